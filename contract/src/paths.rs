//! Every URL of the API, once: the pattern the CRM mounts and the path the app asks for.
use crate::cases::CaseQuery;
use crate::id::{AttachmentId, CaseId, DocumentId, DraftId, LetterId, MessageId, PublicPhotoId, PublicReportId, SessionId, SubscriptionId};
use crate::inbox::{InboxQuery, Shown};
use crate::public_reports::{NearQuery, PublicQuery};
use crate::story::StoryQuery;

mod delegates;
mod help_desk;
mod light;
mod me;
mod payments;
mod questionnaires;
pub use delegates::*;
pub use help_desk::*;
pub use light::*;
pub use me::*;
pub use payments::*;
pub use questionnaires::*;

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
/// GET → all of [`crate::sessions::OpenSession`]; DELETE → 204: end all but this one.
pub const MY_SESSIONS: &str = "/api/v1/me/sessions";
/// DELETE → 204: end one.
pub const MY_SESSION: &str = "/api/v1/me/sessions/{id}";
/// GET → [`crate::session::Me`].
pub const ME: &str = "/api/v1/me";
/// `PUT`: how the signed-in person reads most easily.
pub const ME_COMFORT: &str = "/api/v1/me/comfort";
/// GET `?language=` → [`crate::dictionary::Dictionary`].
pub const DICTIONARY: &str = "/api/v1/dictionary";
/// GET → [`crate::home::Tasks`].
pub const HOME_TASKS: &str = "/api/v1/me/tasks";
/// GET [`CaseQuery`] → a page of [`crate::cases::CaseSummary`].
pub const CASES: &str = "/api/v1/cases";
/// GET `?language=` → [`crate::cases::Case`].
pub const CASE: &str = "/api/v1/cases/{id}";
/// GET: the document's bytes.
pub const DOCUMENT: &str = "/api/v1/cases/{id}/documents/{document}";
/// GET: a receipt of the case as a tagged PDF.
pub const RECEIPT: &str = "/api/v1/cases/{id}/receipt";
/// POST [`crate::replies::NewMessage`] → 201 [`crate::cases::CaseSummary`].
pub const CASE_MESSAGES: &str = "/api/v1/cases/{id}/messages";
/// POST [`crate::replies::NewReminder`] → 201 [`crate::cases::CaseSummary`].
pub const CASE_REMINDER: &str = "/api/v1/cases/{id}/reminder";
/// POST [`crate::replies::NewWithdrawal`] → 201 [`crate::cases::CaseSummary`].
pub const CASE_WITHDRAWAL: &str = "/api/v1/cases/{id}/withdrawal";
/// GET `?language=`: the days of a case for a calendar (iCalendar, RFC 5545).
pub const CASE_CALENDAR: &str = "/api/v1/cases/{id}/calendar";
/// POST [`crate::replies::Verdict`] → 201 [`crate::cases::CaseSummary`].
pub const CASE_VERDICT: &str = "/api/v1/cases/{id}/verdict";
/// POST [`crate::replies::Rating`] → 201 [`crate::replies::Rating`].
pub const CASE_RATING: &str = "/api/v1/cases/{id}/rating";
/// POST nothing → 201 [`crate::tracking::Tracked`]: a code for somebody who follows it without signing in.
pub const CASE_TRACKING: &str = "/api/v1/cases/{id}/tracking";
/// GET [`StoryQuery`] → a page of [`crate::story::StoryEntry`].
pub const STORY: &str = "/api/v1/story";
/// GET [`InboxQuery`] → a page of [`crate::inbox::Message`], newest first.
pub const INBOX: &str = "/api/v1/inbox";
/// GET → [`crate::inbox::InboxCount`].
pub const INBOX_COUNT: &str = "/api/v1/inbox/count";
/// POST [`crate::inbox::Seen`] → [`crate::inbox::InboxCount`].
pub const INBOX_READ: &str = "/api/v1/inbox/read";
/// POST [`crate::inbox::Mark`] → [`crate::inbox::Message`].
pub const MESSAGE: &str = "/api/v1/inbox/{id}";
/// GET `?since_seconds=`, or behind `Last-Event-ID`: server-sent events, each a [`crate::inbox::News`].
pub const EVENTS: &str = "/api/v1/events";
/// GET `?language=` → [`crate::reports::ReportForm`].
pub const REPORT_FORM: &str = "/api/v1/reports/form";
/// POST [`crate::reports::NewReport`] → 201 [`crate::cases::CaseSummary`].
pub const REPORTS: &str = "/api/v1/reports";
/// GET → a page of [`crate::drafts::DraftSummary`]: all of my drafts, changed last first.
pub const DRAFTS: &str = "/api/v1/drafts";
/// GET → [`crate::drafts::Draft`]; PUT [`crate::drafts::NewDraft`] → [`crate::drafts::DraftSummary`]; DELETE → 204.
pub const DRAFT: &str = "/api/v1/drafts/{id}";
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
/// GET [`PublicQuery`] → [`crate::public_reports::PublicReports`]; POST [`crate::tracking::AnonymousReport`] → 201 [`crate::tracking::Tracked`].
pub const PUBLIC_REPORTS: &str = "/api/v1/public/reports";
/// GET [`PublicQuery`] → [`crate::public_reports::PublicPoints`]: all that a map shows, in one answer.
pub const PUBLIC_POINTS: &str = "/api/v1/public/reports/points";
/// GET [`NearQuery`] → [`crate::public_reports::Near`].
pub const PUBLIC_NEAR: &str = "/api/v1/public/reports/near";
/// GET → [`crate::public_reports::PublicReportDetails`].
pub const PUBLIC_REPORT: &str = "/api/v1/public/reports/{id}";
/// GET: a public report's photo, with `?size=thumb` the small image.
pub const PUBLIC_PHOTO: &str = "/api/v1/public/photos/{id}";
/// POST: "Anche io"; DELETE: no longer. Both → [`crate::public_reports::Following`].
pub const FOLLOW: &str = "/api/v1/public/reports/{id}/follow";
/// GET `?after=&limit=` → a page of [`crate::public_reports::PublicReport`]: those I follow.
pub const FOLLOWS: &str = "/api/v1/follows";
/// GET `?language=` → [`crate::subscriptions::Subscriptions`]; POST [`crate::subscriptions::NewSubscription`] → [`crate::subscriptions::Subscription`].
pub const SUBSCRIPTIONS: &str = "/api/v1/subscriptions";
/// DELETE → 204: no longer.
pub const SUBSCRIPTION: &str = "/api/v1/subscriptions/{id}";
/// POST [`crate::tracking::TrackingQuery`] → [`crate::tracking::TrackedReport`].
pub const PUBLIC_TRACKING: &str = "/api/v1/public/tracking";
/// GET → a page of [`crate::office::OfficeCase`].
pub const OFFICE_CASES: &str = "/api/v1/office/cases";
/// GET `?language=` → [`crate::cases::Case`], for an officer.
pub const OFFICE_CASE: &str = "/api/v1/office/cases/{id}";
/// POST [`crate::office::Move`] → [`crate::cases::CaseSummary`].
pub const OFFICE_MOVES: &str = "/api/v1/office/cases/{id}/moves";
/// POST the bytes of a photo or PDF → 201 [`crate::attachments::Attachment`], for a move.
pub const OFFICE_ATTACHMENTS: &str = "/api/v1/office/cases/{id}/attachments";
/// GET: the bytes of a file of the case, whoever sent it.
pub const OFFICE_ATTACHMENT: &str = "/api/v1/office/cases/{id}/attachments/{attachment}";
/// POST [`crate::office::Publication`] → [`crate::public_reports::PublicReportDetails`], or 204 when the report is not public.
pub const OFFICE_PUBLICATION: &str = "/api/v1/office/cases/{id}/publication";

/// GET → a page of [`crate::office::PaperLetter`]: letters to print and post.
pub const OFFICE_LETTERS: &str = "/api/v1/office/letters";
/// GET: a letter as a tagged PDF.
pub const OFFICE_LETTER: &str = "/api/v1/office/letters/{id}";
/// POST: it has been posted → 204.
pub const OFFICE_LETTER_POSTED: &str = "/api/v1/office/letters/{id}/posted";
/// POST [`crate::subscriptions::NewNotice`] → [`crate::subscriptions::Notice`].
pub const OFFICE_NOTICES: &str = "/api/v1/office/notices";
/// GET → a page of [`crate::office::Undelivered`].
pub const OFFICE_UNDELIVERED: &str = "/api/v1/office/undelivered";
/// POST: try again now → 204.
pub const OFFICE_RETRY: &str = "/api/v1/office/undelivered/{id}/retry";

/// One session that is open.
pub fn my_session(id: &SessionId) -> String {
    MY_SESSION.replace("{id}", &escape(id.as_str()))
}

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

/// The address of a draft.
pub fn draft(id: &DraftId) -> String {
    DRAFT.replace("{id}", &escape(id.as_str()))
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

/// The address of a person's story.
pub fn story(query: &StoryQuery) -> String {
    with_parts(STORY, list_parts(query.q.as_deref(), query.after.as_deref(), query.limit))
}

/// A letter to print.
pub fn office_letter(id: &LetterId) -> String {
    OFFICE_LETTER.replace("{id}", &escape(id.as_str()))
}

/// Where it is said that a letter was posted.
pub fn office_letter_posted(id: &LetterId) -> String {
    OFFICE_LETTER_POSTED.replace("{id}", &escape(id.as_str()))
}

/// The address of a message.
pub fn message(id: &MessageId) -> String {
    MESSAGE.replace("{id}", &escape(id.as_str()))
}

/// The address of a list of messages.
pub fn inbox(query: &InboxQuery) -> String {
    let mut parts = Vec::new();
    if query.show != Shown::Inbox {
        parts.push(format!("show={}", query.show.as_str()));
    }
    parts.extend(list_parts(query.q.as_deref(), query.after.as_deref(), query.limit));
    with_parts(INBOX, parts)
}

/// Where a citizen writes to the office about a case.
pub fn case_messages(id: &CaseId) -> String {
    CASE_MESSAGES.replace("{id}", &escape(id.as_str()))
}

/// Where a citizen reminds the office of an answer that is late.
pub fn case_reminder(id: &CaseId) -> String {
    CASE_REMINDER.replace("{id}", &escape(id.as_str()))
}

/// Where a citizen withdraws a case.
pub fn case_withdrawal(id: &CaseId) -> String {
    CASE_WITHDRAWAL.replace("{id}", &escape(id.as_str()))
}

/// The days of a case for a calendar, in a language.
pub fn case_calendar(id: &CaseId, language: &str) -> String {
    format!("{}?language={}", CASE_CALENDAR.replace("{id}", &escape(id.as_str())), escape(language))
}

/// Where a citizen says whether the problem is gone.
pub fn case_verdict(id: &CaseId) -> String {
    CASE_VERDICT.replace("{id}", &escape(id.as_str()))
}

/// Where a citizen rates the service behind a case.
pub fn case_rating(id: &CaseId) -> String {
    CASE_RATING.replace("{id}", &escape(id.as_str()))
}

/// Where a citizen asks for the code of a report.
pub fn case_tracking(id: &CaseId) -> String {
    CASE_TRACKING.replace("{id}", &escape(id.as_str()))
}

/// The address of one case for an officer.
pub fn office_case(id: &CaseId) -> String {
    OFFICE_CASE.replace("{id}", &escape(id.as_str()))
}

/// Where an officer's tool asks for another attempt.
pub fn office_retry(id: &str) -> String {
    OFFICE_RETRY.replace("{id}", &escape(id))
}

/// Where an officer's tool sends a photo for a move.
pub fn office_attachments(id: &CaseId) -> String {
    OFFICE_ATTACHMENTS.replace("{id}", &escape(id.as_str()))
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

/// The address where an officer says what everybody may see of a report.
pub fn office_publication(id: &CaseId) -> String {
    OFFICE_PUBLICATION.replace("{id}", &escape(id.as_str()))
}

/// The address of one public report.
pub fn public_report(id: &PublicReportId) -> String {
    PUBLIC_REPORT.replace("{id}", &escape(id.as_str()))
}

/// The address of a public report's photo.
pub fn public_photo(id: &PublicPhotoId) -> String {
    PUBLIC_PHOTO.replace("{id}", &escape(id.as_str()))
}

/// The address of the small image of a public report's photo.
pub fn public_thumbnail(id: &PublicPhotoId) -> String {
    format!("{}?size=thumb", public_photo(id))
}

/// The address for following a public report, or no longer.
pub fn follow(id: &PublicReportId) -> String {
    FOLLOW.replace("{id}", &escape(id.as_str()))
}

/// The address of what I follow, in a language.
pub fn subscriptions(language: &str) -> String {
    format!("{SUBSCRIPTIONS}?language={}", escape(language))
}

/// The address of something that I follow.
pub fn subscription(id: &SubscriptionId) -> String {
    SUBSCRIPTION.replace("{id}", &escape(id.as_str()))
}

/// The address of the reports I follow, behind a cursor.
pub fn follows(after: Option<&str>) -> String {
    after.map_or_else(|| FOLLOWS.to_owned(), |after| format!("{FOLLOWS}?after={}", escape(after)))
}

/// The address of a list of public reports.
pub fn public_reports(query: &PublicQuery) -> String {
    with_parts(PUBLIC_REPORTS, query.parts())
}

/// The address of the points of public reports.
pub fn public_points(query: &PublicQuery) -> String {
    with_parts(PUBLIC_POINTS, query.parts())
}

/// The address of public reports like one that is about to be written.
pub fn public_near(query: &NearQuery) -> String {
    format!("{PUBLIC_NEAR}?category={}&lat={}&lon={}", escape(&query.category.0), query.lat, query.lon)
}

fn with_parts(path: &str, parts: Vec<String>) -> String {
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// The address of a list of cases.
pub fn cases(query: &CaseQuery) -> String {
    with_parts(CASES, case_parts(query))
}

/// The address of a list of everybody's cases, for an officer's tool.
pub fn office_cases(query: &CaseQuery) -> String {
    with_parts(OFFICE_CASES, case_parts(query))
}

fn case_parts(query: &CaseQuery) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(phase) = query.phase {
        parts.push(format!("phase={}", phase.as_str()));
    }
    parts.extend(list_parts(query.q.as_deref(), query.after.as_deref(), query.limit));
    parts
}

/// What every list that can be searched is asked with.
fn list_parts(q: Option<&str>, after: Option<&str>, limit: Option<u32>) -> Vec<String> {
    let words = q.map(str::trim).filter(|q| !q.is_empty()).map(|q| format!("q={}", escape(q)));
    let after = after.map(|after| format!("after={}", escape(after)));
    [words, after, limit.map(|limit| format!("limit={limit}"))].into_iter().flatten().collect()
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
