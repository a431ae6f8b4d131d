//! The words of what can be delegated, and of how a delegation stands.
use crate::words::{Key, key, t};
use contract::delegates::DelegationState;
use contract::help_desk::HelpScope;

/// What a scope allows, as both sides read it.
pub fn scope(scope: HelpScope) -> &'static str {
    t(match scope {
        HelpScope::SeeCases => key::delegates::SCOPE_CASES,
        HelpScope::SendReport => key::delegates::SCOPE_REPORT,
        HelpScope::UploadDocuments => key::delegates::SCOPE_DOCUMENTS,
        HelpScope::AnswerQuestionnaire | HelpScope::Unknown => key::delegates::SCOPE_UNKNOWN,
    })
}

/// Several, one after another.
pub fn scopes(scopes: &[HelpScope]) -> String {
    scopes.iter().map(|one| scope(*one)).collect::<Vec<_>>().join("; ")
}

/// How a delegation stands.
pub fn state(state: DelegationState) -> Key {
    match state {
        DelegationState::Pending => key::delegates::STATE_PENDING,
        DelegationState::Active => key::delegates::STATE_ACTIVE,
        DelegationState::EndedByGiver => key::delegates::STATE_GIVER,
        DelegationState::EndedByDelegate => key::delegates::STATE_DELEGATE,
        DelegationState::EndedByTime => key::delegates::STATE_TIME,
        DelegationState::Lapsed => key::delegates::STATE_LAPSED,
        DelegationState::Unknown => key::delegates::SCOPE_UNKNOWN,
    }
}
