//! The URLs of questionnaires: the citizen's, everybody's, the office's.
use super::escape;
use crate::id::{AttachmentId, QuestionnaireId};

/// GET `?language=` → [`crate::questionnaires::Questionnaires`]: those I may answer, and those that are over.
pub const QUESTIONNAIRES: &str = "/api/v1/questionnaires";
/// GET `?language=` → [`crate::questionnaires::Questionnaire`]: one with its definition, and what I have answered.
pub const QUESTIONNAIRE: &str = "/api/v1/questionnaires/{id}";
/// PUT [`crate::questionnaires::Begun`] → [`crate::questionnaires::Receipt`]: answers that are not sent yet, to go on with elsewhere.
pub const QUESTIONNAIRE_DRAFT: &str = "/api/v1/questionnaires/{id}/draft";
/// POST [`crate::questionnaires::NewAnswers`] → 201 [`crate::questionnaires::Receipt`].
pub const QUESTIONNAIRE_ANSWERS: &str = "/api/v1/questionnaires/{id}/answers";
/// POST [`crate::questionnaires::Blinded`] → [`crate::questionnaires::Signed`]: the token of an anonymous questionnaire.
pub const QUESTIONNAIRE_TOKEN: &str = "/api/v1/questionnaires/{id}/token";
/// Everything about questionnaires that is asked without a cookie lies below.
pub const PUBLIC_QUESTIONNAIRES: &str = "/api/v1/public/questionnaires";
/// POST [`crate::questionnaires::Ballot`] → 201 [`crate::questionnaires::Receipt`]. Asked without a cookie.
pub const PUBLIC_BALLOTS: &str = "/api/v1/public/questionnaires/{id}/ballots";
/// POST [`crate::questionnaires::BallotQuery`] → [`crate::questionnaires::Given`]: what was answered with a token.
pub const PUBLIC_BALLOT: &str = "/api/v1/public/questionnaires/{id}/ballot";
/// GET `?language=` → [`crate::questionnaires::Results`].
pub const PUBLIC_RESULTS: &str = "/api/v1/public/questionnaires/{id}/results";
/// POST [`crate::questionnaires::PreviewQuery`] → [`crate::questionnaires::Questionnaire`].
pub const PUBLIC_QUESTIONNAIRE_PREVIEW: &str = "/api/v1/public/questionnaires/preview";
/// GET → a page of [`crate::questionnaires::OfficeQuestionnaire`]; POST [`crate::questionnaires::NewQuestionnaire`] → the same, 201.
pub const OFFICE_QUESTIONNAIRES: &str = "/api/v1/office/questionnaires";
/// POST [`crate::questionnaires::QuestionnaireMove`] → [`crate::questionnaires::OfficeQuestionnaire`].
pub const OFFICE_QUESTIONNAIRE_MOVES: &str = "/api/v1/office/questionnaires/{id}/moves";
/// POST [`crate::questionnaires::NewResults`] → [`crate::questionnaires::OfficeQuestionnaire`].
pub const OFFICE_QUESTIONNAIRE_RESULTS: &str = "/api/v1/office/questionnaires/{id}/results";
/// GET `?format=csv|json` → [`crate::questionnaires::Exported`], or the same as a table.
pub const OFFICE_QUESTIONNAIRE_ANSWERS: &str = "/api/v1/office/questionnaires/{id}/answers";
/// GET → a file of an answer, as a download.
pub const OFFICE_QUESTIONNAIRE_FILE: &str = "/api/v1/office/questionnaires/{id}/files/{attachment}";

fn at(path: &str, id: &QuestionnaireId) -> String {
    path.replace("{id}", &escape(id.as_str()))
}

/// The address of the list, in a language.
pub fn questionnaires(language: &str) -> String {
    format!("{QUESTIONNAIRES}?language={}", escape(language))
}

/// The address of one, in a language.
pub fn questionnaire(id: &QuestionnaireId, language: &str) -> String {
    format!("{}?language={}", at(QUESTIONNAIRE, id), escape(language))
}

/// Where answers that are not sent yet are kept.
pub fn questionnaire_draft(id: &QuestionnaireId) -> String {
    at(QUESTIONNAIRE_DRAFT, id)
}

/// Where answers are sent.
pub fn questionnaire_answers(id: &QuestionnaireId) -> String {
    at(QUESTIONNAIRE_ANSWERS, id)
}

/// Where the token of an anonymous questionnaire is asked for.
pub fn questionnaire_token(id: &QuestionnaireId) -> String {
    at(QUESTIONNAIRE_TOKEN, id)
}

/// Where anonymous answers are sent.
pub fn public_ballots(id: &QuestionnaireId) -> String {
    at(PUBLIC_BALLOTS, id)
}

/// Where anonymous answers are read again, by their token.
pub fn public_ballot(id: &QuestionnaireId) -> String {
    at(PUBLIC_BALLOT, id)
}

/// What came of a questionnaire, in a language.
pub fn public_results(id: &QuestionnaireId, language: &str) -> String {
    format!("{}?language={}", at(PUBLIC_RESULTS, id), escape(language))
}

/// Where an officer's tool opens or closes one.
pub fn office_questionnaire_moves(id: &QuestionnaireId) -> String {
    at(OFFICE_QUESTIONNAIRE_MOVES, id)
}

/// Where an officer's tool publishes what came of one.
pub fn office_questionnaire_results(id: &QuestionnaireId) -> String {
    at(OFFICE_QUESTIONNAIRE_RESULTS, id)
}

/// The answers, for an officer's tool: `json` or `csv`.
pub fn office_questionnaire_answers(id: &QuestionnaireId, format: &str) -> String {
    format!("{}?format={}", at(OFFICE_QUESTIONNAIRE_ANSWERS, id), escape(format))
}

/// A file of an answer, for an officer's tool.
pub fn office_questionnaire_file(id: &QuestionnaireId, file: &AttachmentId) -> String {
    at(OFFICE_QUESTIONNAIRE_FILE, id).replace("{attachment}", &escape(file.as_str()))
}

/// The page of the app where a definition is tried.
pub fn questionnaire_preview(token: &str) -> String {
    format!("/questionnaires/preview/{}", escape(token))
}
