//! How somebody reads most easily (features K3, K4): the size of letters, the space between them, a plain typeface, strong contrast, a calm page.
use serde::{Deserialize, Serialize};

/// How large letters are, against what the browser is set to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// As the browser has it.
    #[default]
    Normal,
    /// About 115 %.
    Large,
    /// About 130 %.
    Larger,
    /// 150 % on a phone, 200 % on a wide screen; the browser's own zoom goes on from there (WCAG 2.2, 1.4.4).
    Largest,
    /// A size this version does not know: shown as [`TextSize::Normal`], refused when it is written.
    #[serde(other)]
    Unknown,
}

/// `PUT /me/comfort`, and part of `GET /me`: what a person has chosen. Without a choice everything is as the town designed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comfort {
    /// How large letters are.
    #[serde(default)]
    pub text: TextSize,
    /// More space between lines, words and letters (WCAG 2.2, 1.4.12).
    #[serde(default)]
    pub spaced: bool,
    /// A typeface of the device whose letters are easily told apart.
    #[serde(default)]
    pub plain: bool,
    /// Black on white, or white on black where the device is set to dark; links underlined.
    #[serde(default)]
    pub contrast: bool,
    /// Nothing moves.
    #[serde(default)]
    pub calm: bool,
}

impl Comfort {
    /// Whether nothing was chosen.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
