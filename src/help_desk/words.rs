//! The words of scopes, ways, documents, ends and acts.
use crate::words::{Key, key, t};
use contract::help_desk::{ConsentWay, HelpEnd, HelpScope, LogAction, LogEntry, ShownDocument};

/// What a scope allows, as a person reads it.
pub fn scope(scope: HelpScope) -> &'static str {
    t(match scope {
        HelpScope::SeeCases => key::help_desk::SCOPE_CASES,
        HelpScope::SendReport => key::help_desk::SCOPE_REPORT,
        HelpScope::AnswerQuestionnaire => key::help_desk::SCOPE_QUESTIONNAIRE,
        HelpScope::UploadDocuments => key::help_desk::SCOPE_DOCUMENTS,
        HelpScope::Unknown => key::help_desk::SCOPE_UNKNOWN,
    })
}

/// Several, one after another.
pub fn scopes(scopes: &[HelpScope]) -> String {
    scopes.iter().map(|one| scope(*one)).collect::<Vec<_>>().join("; ")
}

/// How somebody agreed.
pub fn way(way: ConsentWay) -> Key {
    match way {
        ConsentWay::Phone => key::help_desk::WAY_PHONE,
        ConsentWay::Code => key::help_desk::WAY_CODE,
        ConsentWay::Room => key::help_desk::WAY_ROOM,
        ConsentWay::Paper => key::help_desk::WAY_PAPER,
        ConsentWay::New => key::help_desk::WAY_NEW,
        ConsentWay::Unknown => key::help_desk::SCOPE_UNKNOWN,
    }
}

/// A document that is shown.
pub fn document(document: ShownDocument) -> Key {
    match document {
        ShownDocument::IdentityCard => key::help_desk::DOCUMENT_CARD,
        ShownDocument::Passport => key::help_desk::DOCUMENT_PASSPORT,
        ShownDocument::DrivingLicence => key::help_desk::DOCUMENT_LICENCE,
        ShownDocument::ResidencePermit => key::help_desk::DOCUMENT_PERMIT,
        ShownDocument::Unknown => key::help_desk::SCOPE_UNKNOWN,
    }
}

/// Why a help ended.
pub fn end(end: HelpEnd) -> Key {
    match end {
        HelpEnd::Finished => key::help_desk::END_FINISHED,
        HelpEnd::Time => key::help_desk::END_TIME,
        HelpEnd::Idle => key::help_desk::END_IDLE,
        HelpEnd::Revoked => key::help_desk::END_REVOKED,
        HelpEnd::Reopened => key::help_desk::END_REOPENED,
        HelpEnd::Removed => key::help_desk::END_REMOVED,
        HelpEnd::Guessed => key::help_desk::END_GUESSED,
        HelpEnd::Unknown => key::help_desk::SCOPE_UNKNOWN,
    }
}

/// What was done.
pub fn action(action: LogAction) -> Key {
    match action {
        LogAction::ConsentAsked => key::help_desk::DID_ASK,
        LogAction::ConsentConfirmed => key::help_desk::DID_CONFIRM,
        LogAction::CodeGuessed => key::help_desk::DID_GUESS,
        LogAction::HelpBegun => key::help_desk::DID_BEGIN,
        LogAction::HelpProlonged => key::help_desk::DID_PROLONG,
        LogAction::HelpEnded => key::help_desk::DID_END,
        LogAction::CasesSeen => key::help_desk::DID_SEE_CASES,
        LogAction::CaseSeen => key::help_desk::DID_SEE_CASE,
        LogAction::DocumentSeen => key::help_desk::DID_SEE_DOCUMENT,
        LogAction::StorySeen => key::help_desk::DID_SEE_STORY,
        LogAction::ReportSent => key::help_desk::DID_SEND_REPORT,
        LogAction::MessageSent => key::help_desk::DID_SEND_MESSAGE,
        LogAction::FileSent => key::help_desk::DID_SEND_FILE,
        LogAction::QuestionnaireSeen => key::help_desk::DID_SEE_QUESTIONNAIRE,
        LogAction::QuestionnaireAnswered => key::help_desk::DID_ANSWER_QUESTIONNAIRE,
        LogAction::Refused => key::help_desk::DID_TRY,
        LogAction::CaseMoved => key::help_desk::DID_MOVE,
        LogAction::CasePublished => key::help_desk::DID_PUBLISH,
        LogAction::PaperMade => key::help_desk::DID_MAKE_PAPER,
        LogAction::PaperTaken => key::help_desk::DID_TAKE_PAPER,
        LogAction::ContentConfirmed => key::help_desk::DID_CONFIRM_CONTENT,
        LogAction::ContentWrong => key::help_desk::DID_REFUSE_CONTENT,
        LogAction::DelegationGiven => key::help_desk::DID_DELEGATE,
        LogAction::DelegationAccepted => key::help_desk::DID_ACCEPT,
        LogAction::DelegationEnded => key::help_desk::DID_END_DELEGATION,
        LogAction::ActingBegun => key::help_desk::DID_BEGIN_ACTING,
        LogAction::ActingEnded => key::help_desk::DID_END_ACTING,
        LogAction::Unknown => key::help_desk::SCOPE_UNKNOWN,
    }
}

/// Why an entry is there, in words: how somebody agreed, which document was shown, why it ended, or a reason as it was written.
pub fn why(entry: &LogEntry) -> String {
    let words = match (entry.action, entry.why.as_str()) {
        (LogAction::ConsentAsked | LogAction::HelpBegun | LogAction::HelpProlonged, "phone") => way(ConsentWay::Phone),
        (LogAction::ConsentAsked | LogAction::HelpBegun | LogAction::HelpProlonged, "code") => way(ConsentWay::Code),
        (LogAction::ConsentAsked | LogAction::HelpBegun | LogAction::HelpProlonged, "room") => way(ConsentWay::Room),
        (LogAction::ConsentAsked | LogAction::HelpBegun | LogAction::HelpProlonged, "paper") => way(ConsentWay::Paper),
        (LogAction::HelpBegun, "new") => way(ConsentWay::New),
        (LogAction::ContentConfirmed | LogAction::ContentWrong, "phone") => key::help_desk::ON_PHONE,
        (LogAction::ContentConfirmed | LogAction::ContentWrong, "screen") => key::help_desk::ON_SCREEN,
        (LogAction::ConsentConfirmed, "identity_card") => document(ShownDocument::IdentityCard),
        (LogAction::ConsentConfirmed, "passport") => document(ShownDocument::Passport),
        (LogAction::ConsentConfirmed, "driving_licence") => document(ShownDocument::DrivingLicence),
        (LogAction::ConsentConfirmed, "residence_permit") => document(ShownDocument::ResidencePermit),
        (LogAction::HelpEnded, "finished") => end(HelpEnd::Finished),
        (LogAction::HelpEnded, "time") => end(HelpEnd::Time),
        (LogAction::HelpEnded, "idle") => end(HelpEnd::Idle),
        (LogAction::HelpEnded, "revoked") => end(HelpEnd::Revoked),
        (LogAction::HelpEnded, "reopened") => end(HelpEnd::Reopened),
        (LogAction::HelpEnded, "removed") => end(HelpEnd::Removed),
        (LogAction::HelpEnded, "guessed") => end(HelpEnd::Guessed),
        (_, other) => return other.to_owned(),
    };
    t(words).to_owned()
}
