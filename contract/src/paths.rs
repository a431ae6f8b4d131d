//! Every URL of the API, once: the pattern the CRM mounts and the path the app asks for.
use crate::cases::CaseQuery;
use crate::id::{AttachmentId, CaseId, DocumentId};

/// Everything of the API lies below.
pub const API: &str = "/api/v1";

/// GET: is the CRM alive, and its database with it?
pub const HEALTH: &str = "/api/v1/health";
/// POST [`crate::session::LoginRequest`] → [`crate::session::LoginStart`].
pub const SESSION_LOGIN: &str = "/api/v1/session/login";
/// GET, where the identity provider sends the browser back to.
pub const SESSION_CALLBACK: &str = "/api/v1/session/callback";
/// POST: stay signed in → [`crate::session::SessionInfo`].
pub const SESSION_EXTEND: &str = "/api/v1/session/extend";
/// POST: the key of what this person keeps on their own device, once for each login → [`crate::session::VaultKey`].
pub const SESSION_VAULT: &str = "/api/v1/session/vault";
/// POST: log out → 204.
pub const SESSION_LOGOUT: &str = "/api/v1/session/logout";
/// GET → [`crate::session::Me`].
pub const ME: &str = "/api/v1/me";
/// GET `?language=` → [`crate::dictionary::Dictionary`].
pub const DICTIONARY: &str = "/api/v1/dictionary";
/// GET [`CaseQuery`] → a page of [`crate::cases::CaseSummary`].
pub const CASES: &str = "/api/v1/cases";
/// GET `?language=` → [`crate::cases::Case`].
pub const CASE: &str = "/api/v1/cases/{id}";
/// GET: the document's bytes.
pub const DOCUMENT: &str = "/api/v1/cases/{id}/documents/{document}";
/// GET: a receipt of the case as a tagged PDF.
pub const RECEIPT: &str = "/api/v1/cases/{id}/receipt";
/// GET `?language=` → [`crate::reports::ReportForm`].
pub const REPORT_FORM: &str = "/api/v1/reports/form";
/// POST [`crate::reports::NewReport`] → 201 [`crate::cases::CaseSummary`].
pub const REPORTS: &str = "/api/v1/reports";
/// POST the bytes of a photo or PDF → 201 [`crate::attachments::Attachment`].
pub const ATTACHMENTS: &str = "/api/v1/attachments";
/// GET: an attachment's bytes, with `?size=thumb` the small image of a photo; DELETE: take it back, while no report holds it.
pub const ATTACHMENT: &str = "/api/v1/attachments/{id}";
/// GET → [`crate::attachments::Attachment`]: how far it has come.
pub const ATTACHMENT_STATE: &str = "/api/v1/attachments/{id}/state";
/// tus 1.0. OPTIONS: what is spoken; POST: begin to send a file → 201 with its `Location`.
pub const UPLOADS: &str = "/api/v1/uploads";
/// tus 1.0. HEAD: how much has arrived; PATCH: the next piece; DELETE: give up. Its id is the attachment's.
pub const UPLOAD: &str = "/api/v1/uploads/{id}";
/// GET → a page of [`crate::office::OfficeCase`].
pub const OFFICE_CASES: &str = "/api/v1/office/cases";
/// POST [`crate::office::Move`] → [`crate::cases::CaseSummary`].
pub const OFFICE_MOVES: &str = "/api/v1/office/cases/{id}/moves";

/// The address of one case, in a language.
pub fn case(id: &CaseId, language: &str) -> String {
    format!("{}?language={}", CASE.replace("{id}", &escape(id.as_str())), escape(language))
}

/// The address of a document.
pub fn document(case: &CaseId, document: &DocumentId) -> String {
    DOCUMENT.replace("{id}", &escape(case.as_str())).replace("{document}", &escape(document.as_str()))
}

/// The address of a case's receipt, in a language.
pub fn receipt(id: &CaseId, language: &str) -> String {
    format!("{}?language={}", RECEIPT.replace("{id}", &escape(id.as_str())), escape(language))
}

/// The address of an attachment.
pub fn attachment(id: &AttachmentId) -> String {
    ATTACHMENT.replace("{id}", &escape(id.as_str()))
}

/// The address of a photo's small image.
pub fn thumbnail(id: &AttachmentId) -> String {
    format!("{}?size=thumb", attachment(id))
}

/// The address that tells how far an attachment has come.
pub fn attachment_state(id: &AttachmentId) -> String {
    ATTACHMENT_STATE.replace("{id}", &escape(id.as_str()))
}

/// The address of the upload that brings an attachment.
pub fn upload(id: &AttachmentId) -> String {
    UPLOAD.replace("{id}", &escape(id.as_str()))
}

/// The address of the dictionary in a language.
pub fn dictionary(language: &str) -> String {
    format!("{DICTIONARY}?language={}", escape(language))
}

/// The address of the report form in a language.
pub fn report_form(language: &str) -> String {
    format!("{REPORT_FORM}?language={}", escape(language))
}

/// The address where an officer's tool moves a case.
pub fn office_moves(id: &CaseId) -> String {
    OFFICE_MOVES.replace("{id}", &escape(id.as_str()))
}

/// The address of a list of cases.
pub fn cases(query: &CaseQuery) -> String {
    let mut parts = Vec::new();
    if let Some(phase) = query.phase {
        parts.push(format!("phase={}", phase.as_str()));
    }
    if let Some(q) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
        parts.push(format!("q={}", escape(q.trim())));
    }
    if let Some(after) = &query.after {
        parts.push(format!("after={}", escape(after)));
    }
    if let Some(limit) = query.limit {
        parts.push(format!("limit={limit}"));
    }
    if parts.is_empty() { CASES.to_owned() } else { format!("{CASES}?{}", parts.join("&")) }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Phase;

    #[test]
    fn what_people_type_cannot_change_the_address() {
        let query = CaseQuery { phase: Some(Phase::WaitingForYou), q: Some("mensa & età".into()), ..CaseQuery::default() };
        assert_eq!(cases(&query), "/api/v1/cases?phase=waiting_for_you&q=mensa%20%26%20et%C3%A0");
        assert_eq!(cases(&CaseQuery::default()), CASES);
        assert_eq!(case(&CaseId("../me".into()), "it"), "/api/v1/cases/..%2Fme?language=it");
    }
}
