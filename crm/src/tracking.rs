//! Reports without signing in, their files, and asking by the code how one goes.
//!
//! Whoever sends one becomes an owner that nobody vouches for and nobody can sign in as. The code is given once: the answer
//! kept for a repeated request is sealed under the request's own key, which is kept as a hash.
use crate::clock::{later, utc};
use crate::credential::{self, Author};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Begun, Kept, Key, Once};
use crate::public_reports;
use crate::reference::BASE_LANGUAGE;
use crate::session::{self, Citizen};
use crate::state::Crm;
use crate::web::{self, At, Body};
use crate::words::Words;
use crate::{citizens, forwarding, notices, reports, secret, word};
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Json, Router};
use contract::cases::{CaseNumber, Channel, Office};
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId};
use contract::problem::FieldRule;
use contract::reports::{AnonymousReports, CategoryCode};
use contract::tracking::{AnonymousReport, RANDOM_CHARACTERS, Tracked, TrackedReport, TrackingCode, TrackingQuery};
use contract::{Date, FieldProblem, paths};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::net::SocketAddr;

/// Seconds for which the files of a report may still come.
const TOKEN_SECONDS: i64 = 7 * 24 * 3600;
/// The largest multiple of 31 that a byte can hold: bytes from there on would favour some characters.
const FAIR: u8 = 248;

/// The routes of this file; sending shares its path with the public list.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::PUBLIC_TRACKING, post(track)).route(paths::CASE_TRACKING, post(give))
}

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Send a report without signing in, where the town allows it.
#[utoipa::path(post, path = paths::PUBLIC_REPORTS, operation_id = "public_report_send", tag = "public", params(("idempotency-key" = String, Header)),
    request_body = AnonymousReport, security(()),
    responses((status = 201, body = Tracked), (status = 403, body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn send(
    State(crm): State<Crm>,
    peer: Peer,
    asked: HeaderMap,
    key: Key,
    Body(sent): Body<AnonymousReport>,
) -> Result<Response> {
    let address = crm.client_address(&asked, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.reports_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    let secret = key.sealing()?;
    let once = Once::new("nobody reports".to_owned(), key.hidden(), &[&serde_json::to_vec(&sent)?]);
    if let Some(answer) = once.answered(&crm).await? {
        return answer.opened::<Tracked>(&secret);
    }
    let problems = problems(&crm, &sent)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    match once.begin(&crm, Kept::Always).await? {
        Begun::Before(answer) => answer.opened::<Tracked>(&secret),
        Begun::First(mut effect) => {
            let tracked = take(&crm, &mut effect.change, &sent).await?;
            effect.sealed(&secret, &tracked, paths::PUBLIC_TRACKING).await
        }
    }
}

/// A code for one of my reports, for somebody who follows it without signing in. One that was given before leads nowhere from then on.
#[utoipa::path(post, path = paths::CASE_TRACKING, operation_id = "case_tracking", tag = "cases",
    params(("id" = String, Path), ("idempotency-key" = String, Header)),
    responses((status = 201, body = Tracked), (status = "4XX", body = contract::Problem)))]
async fn give(State(crm): State<Crm>, citizen: Citizen, At(id): At<CaseId>, key: Key) -> Result<Response> {
    let secret = key.sealing()?;
    let once = Once::new(format!("citizen {} tracking {id}", citizen.id), key.hidden(), &[]);
    match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => answer.opened::<Tracked>(&secret),
        Begun::First(mut effect) => {
            let row = sqlx::query("SELECT c.number FROM cases c JOIN reports r ON r.case_id = c.id WHERE c.owner_id = $1 AND c.id = $2 AND c.sealed_at IS NULL")
                .bind(citizen.id.as_str())
                .bind(id.as_str())
                .fetch_optional(&mut *effect.change)
                .await?
                .ok_or(Error::NotFound)?;
            let number = CaseNumber(row.try_get(0)?);
            let code = new_code()?;
            // No file travels by this code: the owner signs in.
            sqlx::query(
                "INSERT INTO tracking (case_id, owner_id, code_hash, token_hash, token_until) VALUES ($1, $2, $3, $4, '')
                 ON CONFLICT (case_id) DO UPDATE SET code_hash = excluded.code_hash",
            )
            .bind(id.as_str())
            .bind(citizen.id.as_str())
            .bind(secret::sha256_hex(code.0.as_bytes()))
            .bind(secret::sha256_hex(secret::random()?.as_bytes()))
            .execute(&mut *effect.change)
            .await?;
            effect.sealed(&secret, &Tracked { number, code, upload_token: String::new() }, paths::PUBLIC_TRACKING).await
        }
    }
}

fn problems(crm: &Crm, sent: &AnonymousReport) -> Result<Vec<FieldProblem>> {
    let form = crm.reference.form(BASE_LANGUAGE).ok_or_else(|| Error::Internal("no report form".to_owned()))?;
    if form.anonymous == AnonymousReports::Off {
        return Err(Error::Forbidden);
    }
    let mut problems = sent.report.problems(form, crm.reference.boundary.as_ref());
    problems.extend(sent.contact.problems(form.anonymous == AnonymousReports::Contact));
    // Said aloud, not swallowed: should a browser ever fill this in for a person, their report is not lost in silence.
    if !sent.website.is_empty() {
        problems.push(FieldProblem::new("website", FieldRule::NotAChoice));
    }
    Ok(problems)
}

/// Makes the report's owner, its case, its code.
async fn take(crm: &Crm, change: &mut Change, sent: &AnonymousReport) -> Result<Tracked> {
    let owner = CitizenId(new_id());
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    sqlx::query(
        "INSERT INTO citizens (id, issuer, subject, given_name, family_name, email, phone, created_at, language)
         VALUES ($1, $2, $3, '', '', $4, $5, $6, $7)",
    )
    .bind(owner.as_str())
    .bind(citizens::NOBODY)
    .bind(new_id())
    .bind(given(&sent.contact.email))
    .bind(given(&sent.contact.phone))
    .bind(crm.clock.utc().0)
    .bind(Words::of(&sent.language)?.language)
    .execute(&mut **change)
    .await?;
    let case = reports::take(crm, change, (&owner, Channel::App), &sent.report).await?;
    forwarding::put(crm, change, &case).await?;
    let number: String =
        sqlx::query("SELECT number FROM cases WHERE id = $1").bind(case.as_str()).fetch_one(&mut **change).await?.try_get(0)?;
    let (code, token) = (new_code()?, secret::random()?);
    sqlx::query("INSERT INTO tracking (case_id, owner_id, code_hash, token_hash, token_until) VALUES ($1, $2, $3, $4, $5)")
        .bind(case.as_str())
        .bind(owner.as_str())
        .bind(secret::sha256_hex(code.0.as_bytes()))
        .bind(secret::sha256_hex(token.as_bytes()))
        .bind(utc(later(crm.clock.now(), TOKEN_SECONDS)).0)
        .execute(&mut **change)
        .await?;
    notices::received(crm, change, &case).await?;
    let upload_token = if sent.report.files.is_empty() { String::new() } else { token };
    Ok(Tracked { number: CaseNumber(number), code, upload_token })
}

fn new_code() -> Result<TrackingCode> {
    let mut choices = [0; RANDOM_CHARACTERS];
    let mut filled = 0;
    while filled < choices.len() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        for (choice, byte) in choices.iter_mut().skip(filled).zip(bytes.into_iter().filter(|byte| *byte < FAIR)) {
            *choice = byte % 31;
            filled += 1;
        }
    }
    TrackingCode::new(&choices).ok_or_else(|| Error::Internal("a code that is none".to_owned()))
}

/// How a report goes, for whoever knows its code. A wrong code looks like one that was misread.
#[utoipa::path(post, path = paths::PUBLIC_TRACKING, operation_id = "public_tracking", tag = "public", request_body = TrackingQuery, security(()),
    responses((status = 200, body = TrackedReport), (status = "4XX", body = contract::Problem)))]
async fn track(State(crm): State<Crm>, peer: Peer, asked: HeaderMap, Body(query): Body<TrackingQuery>) -> Result<Json<TrackedReport>> {
    let address = crm.client_address(&asked, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.codes_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    let code = TrackingCode::read(&query.code).ok_or(Error::NotFound)?;
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM tracking t JOIN cases c ON c.id = t.case_id {TABLES} WHERE t.code_hash = $1"))
        .bind(secret::sha256_hex(code.0.as_bytes()))
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(Json(tracked(&crm, &row).await?))
}

/// The columns that [`tracked`] reads, of a case `c` and of [`TABLES`].
pub const COLUMNS: &str =
    "c.id, c.number, c.state, c.phase, c.opened_at, c.moved_at, c.due_on, r.category, o.name, o.address, o.hours, o.phone, o.email";
/// What they are in, besides the case.
pub const TABLES: &str = "JOIN reports r ON r.case_id = c.id JOIN offices o ON o.key = c.office_key";

/// A report as it is shown to whoever may only know how it goes.
///
/// # Errors
/// When a column is not what it should be, or when the database fails.
pub async fn tracked(crm: &Crm, row: &AnyRow) -> Result<TrackedReport> {
    let case = CaseId(row.try_get("id")?);
    Ok(TrackedReport {
        number: CaseNumber(row.try_get("number")?),
        category: CategoryCode(row.try_get("category")?),
        state: StateCode(row.try_get("state")?),
        phase: word::from(row.try_get("phase")?)?,
        sent_on: public_reports::day(row.try_get("opened_at")?)?,
        moved_on: public_reports::day(row.try_get("moved_at")?)?,
        due_on: row.try_get::<Option<String>, _>("due_on")?.map(Date),
        office: Office {
            name: row.try_get("name")?,
            address: row.try_get("address")?,
            hours: row.try_get("hours")?,
            phone: row.try_get("phone")?,
            email: row.try_get("email")?,
        },
        steps: public_reports::steps(crm, case.as_str()).await?,
    })
}

/// Whose files travel: somebody who is signed in or whose device has a send-only credential, or the owner of a report sent
/// without signing in, by its token.
#[derive(Clone, Debug)]
pub struct Uploader {
    /// The owner of the files.
    pub id: CitizenId,
    /// By a send-only credential: nothing is told of a file but how far it has come.
    pub only_sends: bool,
}

impl FromRequestParts<Crm> for Uploader {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let Some(token) = web::bearer(&parts.headers).filter(|_| credential::token(&parts.headers).is_none()) else {
            let Author { id, only_sends, .. } = Author::from_request_parts(parts, crm).await?;
            return Ok(Self { id, only_sends });
        };
        let row = sqlx::query("SELECT owner_id FROM tracking WHERE token_hash = $1 AND token_until > $2")
            .bind(secret::sha256_hex(token.as_bytes()))
            .bind(crm.clock.utc().0)
            .fetch_optional(crm.db.reader())
            .await?;
        let owner = CitizenId(row.ok_or(Error::SignedOut)?.try_get(0)?);
        Ok(Self { id: session::expected(&parts.headers, owner)?, only_sends: false })
    }
}
