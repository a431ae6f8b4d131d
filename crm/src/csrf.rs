//! Requests that another site may have forged are refused, whoever they come from.
//!
//! Every request of the app carries a header that a form or link of another site cannot add; one that changes something
//! must also come from our own origin. Downloads cannot carry the header: the browser says whether they were asked for here.
use crate::error::Error;
use crate::state::Crm;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::{headers, paths};

/// Paths that do without: the provider sends the browser to the callback, the others carry no cookie.
const EXEMPT: [&str; 25] = [
    paths::HEALTH,
    paths::SESSION_CALLBACK,
    paths::OFFICE_CASES,
    paths::OFFICE_CASE,
    paths::OFFICE_MOVES,
    paths::OFFICE_PUBLICATION,
    paths::OFFICE_ATTACHMENTS,
    paths::OFFICE_ATTACHMENT,
    paths::OFFICE_UNDELIVERED,
    paths::OFFICE_RETRY,
    paths::OFFICE_NOTICES,
    paths::OFFICE_LETTERS,
    paths::OFFICE_LETTER,
    paths::OFFICE_LETTER_POSTED,
    paths::OFFICE_QUESTIONNAIRES,
    paths::OFFICE_QUESTIONNAIRE_MOVES,
    paths::OFFICE_QUESTIONNAIRE_RESULTS,
    paths::OFFICE_QUESTIONNAIRE_ANSWERS,
    paths::OFFICE_QUESTIONNAIRE_FILE,
    paths::OFFICE_FEES,
    paths::OFFICE_PAYMENTS,
    paths::OFFICE_FEE_RELEASE,
    paths::OFFICE_FEE_RECEIPT,
    paths::OFFICE_PROOF_FILE,
    paths::PLATFORM_RECEIPTS,
];
/// What a browser asks for without the app's header: files, and the live line.
const DOWNLOADS: [&str; 9] = [
    paths::DOCUMENT,
    paths::RECEIPT,
    paths::CASE_CALENDAR,
    paths::ATTACHMENT,
    paths::PUBLIC_PHOTO,
    paths::EVENTS,
    paths::FEE_RECEIPT,
    paths::FEE_CALENDAR,
    paths::MY_COPY_FILE,
];
const FETCH_SITE: &str = "sec-fetch-site";

/// The layer that refuses. A path it does not know needs everything.
pub async fn guard(State(crm): State<Crm>, path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let asked = request.headers();
    let allowed = if EXEMPT.contains(&path) {
        true
    } else if reads && DOWNLOADS.contains(&path) {
        asked.contains_key(headers::APP) || asked_here(asked)
    } else {
        asked.contains_key(headers::APP) && (reads || from_here(asked, &crm.config.public_url))
    };
    if allowed { next.run(request).await } else { Error::Forbidden.into_response() }
}

/// A download that this site's page, or the person's own typing, asked for. Browsers too old to say are believed:
/// all a forged download could do is give the person their own file.
fn asked_here(headers: &HeaderMap) -> bool {
    match headers.get(FETCH_SITE) {
        Some(site) => site == "same-origin" || site == "none",
        None => true,
    }
}

/// Something that changes: `Origin` and `Sec-Fetch-Site` must not name another site, and one of them must name ours.
fn from_here(headers: &HeaderMap, public_url: &str) -> bool {
    let origin = headers.get(header::ORIGIN).map(|origin| origin == public_url);
    let site = headers.get(FETCH_SITE).map(|site| site == "same-origin");
    match (origin, site) {
        (None, None) => false,
        (origin, site) => origin.unwrap_or(true) && site.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_change_must_come_from_here_and_say_so() {
        let here = |pairs: &[(&'static str, &'static str)]| from_here(&headers(pairs), "https://filo.example");
        assert!(here(&[("origin", "https://filo.example")]));
        assert!(here(&[("sec-fetch-site", "same-origin")]));
        assert!(!here(&[]));
        assert!(!here(&[("origin", "null")]));
        assert!(!here(&[("origin", "https://filo.example.evil.example")]));
        assert!(!here(&[("origin", "https://filo.example"), ("sec-fetch-site", "same-site")]));
        assert!(!here(&[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn a_download_is_asked_for_here_or_by_hand() {
        for (site, allowed) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)] {
            assert_eq!(asked_here(&headers(&[("sec-fetch-site", site)])), allowed, "{site}");
        }
        assert!(asked_here(&headers(&[])));
    }
}
