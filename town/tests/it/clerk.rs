//! The clerk at work against an office API that keeps to the contract: lists over several pages, moves once, says plainly what went wrong.

use crate::street::{Street, Tested, between, open};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use contract::cases::{CaseNumber, CaseSummary, Phase, TaskKind};
use contract::contact::Contact;
use contract::dictionary::{KindCode, StateCode};
use contract::id::{AttachmentId, CaseId};
use contract::office::{Move, OfficeCase, Publication};
use contract::{Date, Page, Problem, ProblemCode, UtcTime, headers, paths};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use town::Config;
use town::clerk::Clerk;
use town::seed;

const TOKEN: &str = "the clerk's own token";

/// What the office API was told, by Idempotency-Key: case and move.
type Told = Arc<Mutex<BTreeMap<String, (String, Move)>>>;

/// An office API with 150 cases, number 7 closed, in lists of at most forty.
struct Office {
    url: String,
    told: Told,
    published: Published,
}

fn case(counter: u32) -> OfficeCase {
    let number = CaseNumber::new("FI", 2026, counter);
    let (state, phase) = if counter == 7 { ("accepted", Phase::Closed) } else { ("registered", Phase::Open) };
    let next_states =
        if counter.is_multiple_of(2) { vec![StateCode("waiting_opinion".into()), StateCode("accepted".into())] } else { vec![] };
    OfficeCase {
        summary: CaseSummary {
            id: CaseId(format!("case/{counter}")),
            number,
            kind: KindCode(if counter == 9 { "street_report" } else { "school_bus" }.into()),
            title: format!("Scuolabus <{counter}>"),
            subject: None,
            state: StateCode(state.into()),
            phase,
            opened_at: UtcTime("2026-11-01T08:00:00Z".into()),
            moved_at: UtcTime("2026-11-02T08:00:00Z".into()),
            due_on: None,
            task: None,
        },
        citizen: if counter == 120 { "Teresa Conti" } else { "Maria Rossi" }.into(),
        contact: Contact::default(),
        next_states,
        reminders: 0,
    }
}

fn allowed(headers: &HeaderMap) -> bool {
    headers.get("authorization").is_some_and(|value| value == &format!("Bearer {TOKEN}"))
}

async fn list(headers: HeaderMap, Query(query): Query<BTreeMap<String, String>>) -> Response {
    if !allowed(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let after: u32 = query.get("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let wanted = |case: &OfficeCase| query.get("q").is_none_or(|q| case.summary.number.0.contains(q.as_str()));
    let items: Vec<OfficeCase> = (after + 1..=(after + 40).min(150)).map(case).filter(wanted).collect();
    Json(Page { items, next: (after + 40 < 150).then(|| (after + 40).to_string()) }).into_response()
}

async fn moves(State(told): State<Told>, Path(id): Path<String>, headers: HeaderMap, Json(body): Json<Move>) -> Response {
    let key = headers.get(headers::IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    if !allowed(&headers) || key.is_empty() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(mut case) = id.strip_prefix("case/").and_then(|number| number.parse().ok()).map(case) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if body.state.0 == "archived" {
        let fields = vec![];
        let problem = Problem { kind: "about:blank".into(), status: 409, title: "Conflict".into(), code: ProblemCode::Conflict, fields };
        return (StatusCode::CONFLICT, Json(problem)).into_response();
    }
    case.summary.state = body.state.clone();
    told.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (id, body));
    Json(case.summary).into_response()
}

/// What everybody may see, by the clerk's word: case and publication.
type Published = Arc<Mutex<Vec<(String, Publication)>>>;

/// A case as the office API gives it whole, with one photo.
async fn whole(headers: HeaderMap, Path(id): Path<String>) -> Response {
    let Some(counter) = id.strip_prefix("case/").and_then(|number| number.parse().ok()).filter(|_| allowed(&headers)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let photo = serde_json::json!({
        "id": "photo", "name": "a.jpg", "media_type": "image/jpeg", "bytes": 1, "sent_sha256": "", "width": 1, "height": 1,
        "added_at": "2026-11-01T08:00:00Z"
    });
    Json(serde_json::json!({
        "summary": case(counter).summary,
        "office": { "name": "", "address": "", "hours": "", "phone": "", "email": "" },
        "timeline": [], "documents": [],
        "report": { "category": "roads", "category_name": "Strade", "place": {}, "details": "", "photos": [photo], "documents": [] }
    }))
    .into_response()
}

/// Keeps a photo for a move, if it is one.
async fn photograph(headers: HeaderMap, bytes: axum::body::Bytes) -> Response {
    let named = headers.get(headers::UPLOAD_METADATA).is_some_and(|name| name.to_str().is_ok_and(|name| name.starts_with("filename ")));
    if !allowed(&headers) || !named || !headers.contains_key(headers::IDEMPOTENCY_KEY) || !bytes.starts_with(&[0xFF, 0xD8]) {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let photo = serde_json::json!({
        "id": format!("photo of {} bytes", bytes.len()), "name": "a.jpg", "media_type": "image/jpeg", "bytes": 1, "sent_sha256": "",
        "width": 1, "height": 1, "added_at": "2026-11-01T08:00:00Z"
    });
    (StatusCode::CREATED, Json(photo)).into_response()
}

async fn publish(
    State(published): State<Published>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Publication>,
) -> StatusCode {
    if !allowed(&headers) || !headers.contains_key(headers::IDEMPOTENCY_KEY) {
        return StatusCode::UNAUTHORIZED;
    }
    published.lock().unwrap_or_else(PoisonError::into_inner).push((id, body));
    StatusCode::NO_CONTENT
}

impl Office {
    async fn open() -> Result<Self, Box<dyn Error>> {
        let told = Told::default();
        let published = Published::default();
        let app = Router::new().route(paths::OFFICE_CASES, get(list)).route(paths::OFFICE_MOVES, post(moves)).with_state(told.clone());
        let reports = Router::new().route(paths::OFFICE_CASE, get(whole)).route(paths::OFFICE_PUBLICATION, post(publish));
        let reports = reports.route(paths::OFFICE_ATTACHMENTS, post(photograph));
        let app = app.merge(reports.with_state(published.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, told, published })
    }

    fn told(&self) -> Vec<(String, Move)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn config(&self, token: &str) -> Config {
        let mut config = Config::read(|_| None);
        config.crm_url.clone_from(&self.url);
        config.office_token = token.to_owned();
        config
    }

    async fn street(&self, token: &str) -> Result<Street, Box<dyn Error>> {
        let ours = self.config(token);
        open(|config| (config.crm_url, config.office_token) = (ours.crm_url, ours.office_token)).await
    }
}

#[tokio::test]
async fn a_street_report_taken_in_charge_is_shown_to_everybody_with_its_photos() -> Tested {
    let office = Office::open().await?;
    let clerk = Clerk::new(&office.config(TOKEN))?;
    clerk.bring_to(&CaseNumber::new("FI", 2026, 8).0, "registered", None).await?;
    clerk.bring_to(&CaseNumber::new("FI", 2026, 9).0, "in_progress", None).await?;
    clerk.bring_to(&CaseNumber::new("FI", 2026, 9).0, "registered", None).await?;
    let published = office.published.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let expected = Publication { citizen_text: true, photos: vec![AttachmentId("photo".into())], ..Publication::default() };
    assert_eq!(published, vec![("case/9".to_owned(), expected)]);
    Ok(())
}

#[tokio::test]
async fn a_street_report_is_closed_with_a_photo_of_the_repair() -> Tested {
    let office = Office::open().await?;
    let clerk = Clerk::new(&office.config(TOKEN))?;
    clerk.bring_to(&CaseNumber::new("FI", 2026, 8).0, "resolved", None).await?;
    clerk.bring_to(&CaseNumber::new("FI", 2026, 9).0, "planned", None).await?;
    clerk.bring_to(&CaseNumber::new("FI", 2026, 9).0, "resolved", None).await?;
    let mut files: Vec<(String, String, usize)> =
        office.told().into_iter().map(|(case, moved)| (case, moved.state.0, moved.files.len())).collect();
    files.sort();
    let expected = [("case/8", "resolved", 0), ("case/9", "planned", 0), ("case/9", "resolved", 1)];
    assert_eq!(files, expected.map(|(case, state, files)| (case.to_owned(), state.to_owned(), files)));
    Ok(())
}

#[tokio::test]
async fn the_next_state_is_the_one_expected_or_the_usual_one() -> Tested {
    let office = Office::open().await?;
    let clerk = Clerk::new(&office.config(TOKEN))?;
    // Expected by the CRM; found on the third list; small letters and spaces around do not matter.
    let moved = clerk.next(&format!(" {} ", CaseNumber::new("FI", 2026, 100).0.to_lowercase())).await?;
    assert_eq!((moved.before.0.as_str(), moved.now.state.0.as_str()), ("registered", "waiting_opinion"));
    assert_eq!(office.told()[0].0, "case/100");
    // Nothing expected: what an officer would usually do.
    assert_eq!(clerk.next(&CaseNumber::new("FI", 2026, 9).0).await?.now.state.0, "in_progress");
    let over = clerk.next(&CaseNumber::new("FI", 2026, 7).0).await.err().ok_or("a closed case moved")?;
    assert!(over.to_string().contains("conclusa"), "{over}");
    let table = clerk.table(&["teresa"]).await?;
    assert_eq!(table.lines().count(), 1);
    assert!(table.contains("waiting_opinion") && table.contains("Teresa Conti"), "{table}");
    Ok(())
}

#[tokio::test]
async fn a_state_that_waits_for_the_citizen_comes_with_a_task_and_a_day() -> Tested {
    let office = Office::open().await?;
    let clerk = Clerk::new(&office.config(TOKEN))?;
    let number = CaseNumber::new("FI", 2026, 3).0;
    clerk.bring_to(&number, "waiting_answer", Some("Pensaci.")).await?;
    let (_, told) = office.told().pop().ok_or("nothing was told")?;
    assert_eq!((told.note.as_str(), told.task), ("Pensaci.", Some(TaskKind::Answer)));
    let today = town::calendar::Day::today().date();
    let days = told.task_due_on.as_ref().and_then(|due: &Date| today.days_until(due));
    assert_eq!(days, Some(10), "ten days to answer (L. 241/1990 art. 10-bis)");
    clerk.bring_to(&number, "accepted", None).await?;
    let accepted = office.told().into_iter().find(|(_, told)| told.state.0 == "accepted").ok_or("not told")?.1;
    assert_eq!((accepted.task, accepted.task_due_on, accepted.note.is_empty()), (None, None, false));
    Ok(())
}

#[tokio::test]
async fn what_goes_wrong_is_said_plainly() -> Tested {
    let office = Office::open().await?;
    let clerk = Clerk::new(&office.config(TOKEN))?;
    let number = CaseNumber::new("FI", 2026, 3).0;
    let said =
        |result: Result<town::clerk::Moved, town::clerk::ClerkError>| result.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said(clerk.next("FI-2026-000003-A").await).contains("nessuna pratica"), "a number that was misread");
    assert!(said(clerk.next(&CaseNumber::new("FI", 2026, 999).0).await).contains("nessuna pratica"));
    assert!(said(clerk.bring_to(&number, "frozen", None).await).contains("frozen"));
    assert!(said(clerk.bring_to(&number, "archived", None).await).contains("Conflict (409"));
    assert!(said(Clerk::new(&office.config("wrong"))?.next(&number).await).contains("non riconosce il token"));
    assert!(said(Clerk::new(&office.config(""))?.next(&number).await).contains("TOWN_OFFICE_TOKEN"));
    let mut nowhere = office.config(TOKEN);
    nowhere.crm_url = "http://127.0.0.1:1".to_owned();
    assert!(said(Clerk::new(&nowhere)?.next(&number).await).contains("non risponde"));
    Ok(())
}

#[tokio::test]
async fn the_desk_lists_cases_and_moves_one_once() -> Tested {
    let office = Office::open().await?;
    let street = office.street(TOKEN).await?;
    let page = street.http.get(format!("{}/clerk", street.url)).send().await?.text().await?;
    assert_eq!(page.matches("<li class=\"case\"").count(), 60);
    assert!(page.contains("Ce ne sono altre") && page.contains("Scuolabus &lt;2&gt;") && !page.contains("<2>"));
    assert!(!page.contains(&CaseNumber::new("FI", 2026, 7).0), "a closed case among the open ones");
    let found = street.http.get(format!("{}/clerk?q=TERESA+conti", street.url)).send().await?.text().await?;
    assert_eq!(found.matches("<li class=\"case\"").count(), 1);
    let closed = street.http.get(format!("{}/clerk?all=1&q=000007", street.url)).send().await?.text().await?;
    assert!(closed.contains(&CaseNumber::new("FI", 2026, 7).0));
    let number = CaseNumber::new("FI", 2026, 120).0;
    let key = between(&found, "name=\"key\" value=\"", "\"").ok_or("no key")?;
    for _ in 0..2 {
        let form = [("number", number.as_str()), ("state", "waiting_opinion"), ("key", key), ("q", "teresa conti")];
        let answer = street.http.post(format!("{}/clerk/moves", street.url)).form(&form).send().await?;
        let target = answer.headers().get("location").ok_or("no location")?.to_str()?.to_owned();
        let after = street.http.get(format!("{}{target}", street.url)).send().await?.text().await?;
        assert!(after.contains(&format!("La pratica {number} ora è: Serve un parere.")), "{after}");
    }
    assert_eq!(office.told().len(), 1, "the same page sent twice moves once");
    Ok(())
}

#[tokio::test]
async fn the_desk_shows_errors_and_obeys_no_other_site() -> Tested {
    let office = Office::open().await?;
    let wrong = office.street("wrong").await?;
    let answer = wrong.http.get(format!("{}/clerk", wrong.url)).send().await?;
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await?.contains("non riconosce il token"));
    let street = office.street(TOKEN).await?;
    let number = CaseNumber::new("FI", 2026, 3).0;
    let form = [("number", number.as_str()), ("state", "accepted"), ("key", "k")];
    for (header, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
        let answer = street.http.post(format!("{}/clerk/moves", street.url)).header(header, value).form(&form).send().await?;
        assert_eq!(answer.status(), 403, "{header}: {value}");
    }
    assert_eq!(office.told().len(), 0);
    let own = street.http.post(format!("{}/clerk/moves", street.url)).header("origin", &street.url).form(&form).send().await?;
    assert_eq!((own.status().as_u16(), office.told().len()), (303, 1));
    Ok(())
}

#[test]
fn every_state_but_the_first_has_a_sentence_for_the_citizen() -> Tested {
    for state in seed::states()? {
        assert_eq!(state.note.is_empty(), state.state == "submitted", "{}", state.state);
        assert_eq!(state.task.is_some(), state.phase == Phase::WaitingForYou, "{}", state.state);
        assert_eq!(state.task_days.is_some(), state.task.is_some(), "{}", state.state);
    }
    Ok(())
}
