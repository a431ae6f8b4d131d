//! Subscriptions: a street, an area or a topic that a citizen follows, and the notices that the office writes about them.
use crate::calendar::{Date, UtcTime};
use crate::id::SubscriptionId;
use crate::place::STREET_CHARS_MAX;
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use serde::{Deserialize, Serialize};

/// Most subscriptions of one citizen.
pub const SUBSCRIPTIONS_MAX: usize = 50;
/// The smallest and the largest radius of an area, in metres.
pub const RADIUS_METRES: [u32; 2] = [50, 5_000];
/// Most characters of what an area is called.
pub const AREA_CHARS_MAX: usize = 120;

/// What is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionKind {
    /// A street, by its name.
    #[default]
    Street,
    /// A circle on the ground.
    Area,
    /// A topic of the town's.
    Topic,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// A circle on the ground.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Area {
    /// What the citizen calls it ("intorno a Via Maggio").
    #[serde(default)]
    pub name: String,
    /// Longitude of its middle, degrees east (WGS84).
    pub lon: f64,
    /// Latitude of its middle, degrees north.
    pub lat: f64,
    /// Its radius in metres, from 50 to 5000.
    pub radius_m: u32,
}

impl Area {
    /// The rules of an area, but for the question whether it lies in the municipality.
    pub fn problems(&self, field: &str) -> Vec<FieldProblem> {
        let mut problems = text::problems(&format!("{field}.name"), &self.name, false, AREA_CHARS_MAX);
        let [least, most] = RADIUS_METRES;
        if !(least..=most).contains(&self.radius_m) {
            problems.push(FieldProblem::new(format!("{field}.radius_m"), FieldRule::NotAChoice).with("min", least).with("max", most));
        }
        if !(-180.0..=180.0).contains(&self.lon) || !(-89.0..=89.0).contains(&self.lat) {
            problems.push(FieldProblem::new(format!("{field}.lat"), FieldRule::NotAPlace));
        }
        problems
    }
}

/// `POST /subscriptions`: follow something. Following it twice is following it once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSubscription {
    /// What kind of thing.
    pub kind: SubscriptionKind,
    /// With [`SubscriptionKind::Street`]: its name, without a house number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub street: String,
    /// With [`SubscriptionKind::Topic`]: its code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// With [`SubscriptionKind::Area`]: where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
}

impl NewSubscription {
    /// The rules both sides apply. Whether the town has the topic, and whether an area lies in it, the CRM alone knows.
    pub fn problems(&self) -> Vec<FieldProblem> {
        match (self.kind, &self.area) {
            (SubscriptionKind::Street, _) => text::problems("street", &self.street, true, STREET_CHARS_MAX),
            (SubscriptionKind::Area, Some(area)) => area.problems("area"),
            (SubscriptionKind::Area, None) => vec![FieldProblem::new("area", FieldRule::Required)],
            (SubscriptionKind::Topic, _) => text::problems("topic", &self.topic, true, STREET_CHARS_MAX),
            (SubscriptionKind::Unknown, _) => vec![FieldProblem::new("kind", FieldRule::NotAChoice)],
        }
    }
}

/// Something that a citizen follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subscription {
    /// Its identifier in URLs.
    pub id: SubscriptionId,
    /// What kind of thing.
    pub kind: SubscriptionKind,
    /// The street, or the code of the topic.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// Since when.
    pub since: UtcTime,
}

/// A topic that can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topic {
    /// Its code.
    pub code: String,
    /// Its name, in the language that was asked for.
    pub name: String,
}

/// `GET /subscriptions?language=`: what I follow, and the topics there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subscriptions {
    /// What I follow, followed last first.
    pub items: Vec<Subscription>,
    /// The topics of the town.
    pub topics: Vec<Topic>,
}

/// Most characters of a notice's title.
pub const NOTICE_TITLE_CHARS_MAX: usize = 120;
/// Most characters of its text.
pub const NOTICE_TEXT_CHARS_MAX: usize = 1000;
/// Most characters of its link.
pub const NOTICE_LINK_CHARS_MAX: usize = 300;

/// `POST /office/notices`: a word of the town's for everybody who follows its topic, its street or a place that its area touches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewNotice {
    /// The code of its topic.
    pub topic: String,
    /// The street it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub street: String,
    /// The area it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// A heading.
    pub title: String,
    /// What there is to know.
    pub text: String,
    /// A page with more, https.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// The last day on which it holds; today or later.
    pub until: Date,
}

impl NewNotice {
    /// The rules that ask nothing of the town.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = text::problems("topic", &self.topic, true, STREET_CHARS_MAX);
        problems.extend(text::problems("street", &self.street, false, STREET_CHARS_MAX));
        problems.extend(text::problems("title", &self.title, true, NOTICE_TITLE_CHARS_MAX));
        problems.extend(text::problems("text", &self.text, true, NOTICE_TEXT_CHARS_MAX));
        problems.extend(text::problems("link", &self.link, false, NOTICE_LINK_CHARS_MAX));
        problems.extend(self.area.iter().flat_map(|area| area.problems("area")));
        if !self.link.is_empty() && (!self.link.starts_with("https://") || self.link.contains(char::is_whitespace)) {
            problems.push(FieldProblem::new("link", FieldRule::NotAChoice));
        }
        problems
    }
}

/// A notice that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Its identifier.
    pub id: String,
    /// How many citizens it was told to.
    pub told: u32,
}
