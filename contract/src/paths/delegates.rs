//! The URLs of delegations, and of acting for somebody.
use super::escape;
use crate::id::DelegationId;

/// GET → [`crate::delegates::Delegations`]; POST [`crate::delegates::NewDelegation`] → [`crate::delegates::GivenDelegation`].
pub const MY_DELEGATIONS: &str = "/api/v1/me/delegations";
/// DELETE → 204: it ends now, by either side.
pub const MY_DELEGATION: &str = "/api/v1/me/delegations/{id}";
/// POST [`crate::delegates::DelegationCode`] → [`crate::delegates::OfferedDelegation`]: what is behind a code.
pub const DELEGATION_LOOK: &str = "/api/v1/me/delegations/look";
/// POST [`crate::delegates::DelegationCode`] → [`crate::delegates::Delegation`]: accept it.
pub const DELEGATION_ACCEPT: &str = "/api/v1/me/delegations/accept";
/// GET → [`crate::delegates::Acting`]; POST [`crate::delegates::NewActing`] → 204: act for somebody from now on; DELETE → 204: for oneself again.
pub const MY_ACTING: &str = "/api/v1/me/acting";

/// One delegation.
pub fn my_delegation(id: &DelegationId) -> String {
    MY_DELEGATION.replace("{id}", &escape(id.as_str()))
}
