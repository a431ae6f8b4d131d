//! Who is here: logging in through an identity provider, the person, and how long the session lasts.
use crate::calendar::UtcTime;
use crate::comfort::Comfort;
use crate::id::CitizenId;
use serde::{Deserialize, Serialize};

/// The way somebody proves who they are. All of them reach the CRM through OpenID Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// SPID, the Italian public digital identity.
    Spid,
    /// CIE, the electronic identity card.
    Cie,
    /// eIDAS, an identity of another European country: the codice fiscale may be absent.
    Eidas,
    /// A scheme this version does not know.
    #[serde(other)]
    Unknown,
}

/// Whose device this is, as the person says at login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// "È il mio dispositivo": longer session, things may be kept here.
    Mine,
    /// "È un computer condiviso": short session, nothing is written to the device. Also what an unknown word means.
    #[serde(other)]
    Shared,
}

/// `POST /session/login`: begin a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginRequest {
    /// SPID, CIE or eIDAS.
    pub scheme: Scheme,
    /// Mine or shared.
    pub device: Device,
    /// Where in the app to land afterwards: an absolute path of this origin (`/cases`). Anything else lands on the home page.
    pub back_to: String,
    /// Language of the provider's pages, BCP 47 ("it").
    pub language: String,
    /// The least level that will do (1 to 3), when something needs more than the session has: the same person comes back, or nobody.
    /// Absent: whatever the town takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
}

impl LoginRequest {
    /// `back_to` when it is a plain path of this site, else the home page: a login must never land on a foreign address.
    pub fn safe_back_to(&self) -> &str {
        let path = self.back_to.as_str();
        let plain = path.starts_with('/')
            && !path.starts_with("//")
            && path.len() <= 512
            && path.chars().all(|c| c.is_ascii_graphic() && c != '\\');
        if plain { path } else { "/" }
    }
}

/// Where the browser must go to log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginStart {
    /// The identity provider's page, an absolute URL.
    pub location: String,
}

/// `GET /me`: the person who is signed in, and their session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Tells one person from another after a new login.
    pub id: CitizenId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Codice fiscale; absent for people who came through eIDAS without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_code: Option<String>,
    /// E-mail address, as the provider gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number, as the provider gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// How the person reads most easily.
    #[serde(default, skip_serializing_if = "Comfort::is_default")]
    pub comfort: Comfort,
    /// The session itself.
    pub session: SessionInfo,
}

/// How long somebody stays signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// Mine or shared.
    pub device: Device,
    /// How the person logged in.
    pub scheme: Scheme,
    /// How surely they have proved who they are: 1 password, 2 a second factor, 3 hardware.
    #[serde(default)]
    pub level: u8,
    /// Seconds until the session ends if nothing more is asked of the CRM; every request begins it anew.
    pub seconds_left: u32,
    /// When it ends whatever happens.
    pub ends_at: UtcTime,
    /// A volunteer of the help desk has it, for the citizen: the number of the help, of which `GET /me/help` tells the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Who acts in it for the citizen, by a delegation: the one who has logged in. `GET /me/acting` tells the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<CitizenId>,
}

/// `POST /session/vault`: the key under which this person's own devices keep drafts and what is still to be sent (AES-256-GCM).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VaultKey {
    /// 32 bytes in URL-safe base64 without padding. The same for a person at every login.
    pub key: String,
    /// What sends from this device when the session is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<SendCredential>,
}

/// A credential that posts what a person has written on their own device, and reads nothing: it goes as `Authorization: Bearer` with
/// reports, messages, verdicts and their files, and nothing else takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendCredential {
    /// The bearer token.
    pub token: String,
    /// Until when it sends; logging out on the device ends it before.
    pub ends_at: UtcTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back_to(path: &str) -> String {
        LoginRequest { scheme: Scheme::Spid, device: Device::Mine, back_to: path.into(), language: "it".into(), level: None }
            .safe_back_to()
            .to_owned()
    }

    #[test]
    fn a_login_lands_only_on_this_site() {
        assert_eq!(back_to("/cases/0192?tab=1"), "/cases/0192?tab=1");
        for path in ["https://evil.example", "//evil.example", "/\\evil.example", "cases", "", "/a\nb"] {
            assert_eq!(back_to(path), "/", "{path}");
        }
    }

    #[test]
    fn an_unknown_device_is_treated_as_shared() {
        assert_eq!(serde_json::from_str::<Device>("\"toaster\"").ok(), Some(Device::Shared));
    }
}
