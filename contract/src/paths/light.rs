//! The URLs of the light login by a code.

/// POST [`crate::light::NewLightCode`] → 204: a code is sent, if something was sent with that address.
pub const LIGHT_CODES: &str = "/api/v1/light/codes";
/// POST [`crate::light::LightCode`] → 204: in; DELETE → 204: out.
pub const LIGHT_SESSION: &str = "/api/v1/light/session";
/// GET → [`crate::light::LightReports`].
pub const LIGHT_REPORTS: &str = "/api/v1/light/reports";
