//! Web Push: where a browser is reached (W3C Push API).
use serde::{Deserialize, Serialize};

/// Where a browser is reached: the address and the two keys that `PushSubscription.toJSON()` gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subscription {
    /// The address that its push service made for it: an absolute URL, a secret of the browser's.
    pub endpoint: String,
    /// `keys.p256dh`: the browser's public key, a point of P-256 in base64url.
    pub p256dh: String,
    /// `keys.auth`: 16 bytes that only the browser and we know, in base64url.
    pub auth: String,
}
