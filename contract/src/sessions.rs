//! "Dove sei collegato": the sessions that somebody has open, each on a device.
use crate::calendar::UtcTime;
use crate::id::SessionId;
use crate::session::Device;
use serde::{Deserialize, Serialize};

/// What kind of device a session is on, as far as its browser says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// A phone.
    Phone,
    /// A tablet.
    Tablet,
    /// A computer.
    Computer,
    /// It does not say.
    #[default]
    #[serde(other)]
    Unknown,
}

/// One session that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// Its identifier.
    pub id: SessionId,
    /// The kind of device.
    pub machine: Machine,
    /// The browser by the name people know ("Firefox"); empty when it does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub browser: String,
    /// Whose device it is, as was said at login.
    pub device: Device,
    /// Since when.
    pub began_at: UtcTime,
    /// When something was asked last, to the quarter of a minute.
    pub seen_at: UtcTime,
    /// The one that asks.
    pub is_this: bool,
    /// A volunteer of the help desk has it, in this help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}
