//! Street reports as everybody sees them: a list, points for a map, one report with its photos, similar ones nearby.
//!
//! Nothing here says who wrote a report: no query of this file reads a citizen, and identifiers are not those of cases.
use crate::cases;
use crate::clock::{self, instant};
use crate::conditions::Conditions;
use crate::error::{Error, Result};
use crate::reference::{RESOLVED, STREET_REPORT};
use crate::state::Crm;
use crate::web::{self, Asked, At, NO_STORE};
use crate::word;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::cases::Phase;
use contract::dictionary::StateCode;
use contract::id::{PublicPhotoId, PublicReportId};
use contract::place::Point;
use contract::problem::FieldRule;
use contract::public_reports::{
    NEAR_DAYS, NEAR_MAX, NEAR_METRES, Near, NearQuery, NearReport, POINTS_MAX, PublicPhoto, PublicPoint, PublicPoints, PublicQuery,
    PublicReport, PublicReportDetails, PublicReports, PublicStep,
};
use contract::reports::CategoryCode;
use contract::{Date, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

const DAY_SECONDS: i64 = 24 * 3600;
/// The tables a public report is made of.
pub(crate) const TABLES: &str = "public_reports p JOIN cases c ON c.id = p.case_id JOIN reports r ON r.case_id = p.case_id";
/// The columns that [`report`] reads.
const COLUMNS: &str = "p.id, r.category, p.title, c.state, c.phase, c.opened_at, c.moved_at, p.street, r.lon, r.lat,
    (SELECT COUNT(*) FROM follows f WHERE f.report_id = p.id) AS followers,
    (SELECT h.id FROM public_photos h JOIN attachments a ON a.id = h.attachment_id
     WHERE h.report_id = p.id AND a.media_type = 'image/jpeg' ORDER BY h.position LIMIT 1) AS photo";

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::PUBLIC_POINTS, get(points))
        .route(paths::PUBLIC_NEAR, get(near))
        .route(paths::PUBLIC_REPORT, get(one))
        .route(paths::PUBLIC_PHOTO, get(photo))
}

/// Public reports, the one sent last first.
#[utoipa::path(get, path = paths::PUBLIC_REPORTS, operation_id = "public_reports", tag = "public", params(PublicQuery), security(()),
    responses((status = 200, body = PublicReports), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn list(State(crm): State<Crm>, Asked(query): Asked<PublicQuery>, asked: HeaderMap) -> Result<Response> {
    let mut wanted = filtered(&crm, &query)?;
    let total = wanted.count(&crm, TABLES).await?;
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    if let Some(after) = &query.after {
        let (opened_at, id) = cases::read_cursor(after).ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?;
        wanted.behind("(c.opened_at, p.id)", &opened_at, &id);
    }
    let (items, next) = page(&crm, &wanted, ("c.opened_at", limit)).await?;
    let since = crm.clock.seconds_ago(365 * DAY_SECONDS).0;
    let resolved: i64 = sqlx::query("SELECT COUNT(*) FROM cases WHERE kind = $1 AND state = $2 AND moved_at >= $3")
        .bind(STREET_REPORT)
        .bind(RESOLVED)
        .bind(since)
        .fetch_one(crm.db.reader())
        .await?
        .try_get(0)?;
    let resolved_in_a_year = u32::try_from(resolved).unwrap_or(u32::MAX);
    web::tagged(&asked, NO_STORE, &PublicReports { items, next, total, resolved_in_a_year })
}

/// Rows by a column of instants, newest first, and the cursor behind them.
async fn page(crm: &Crm, wanted: &Conditions, (by, limit): (&str, u32)) -> Result<(Vec<PublicReport>, Option<String>)> {
    let sql = format!("SELECT {COLUMNS}, {by} AS cursor_at FROM {TABLES} {} ORDER BY {by} DESC, p.id DESC", wanted.sql());
    let mut rows = wanted.rows(crm, &sql, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last() {
        Some(last) if more => Some(cases::cursor(last.try_get("cursor_at")?, last.try_get("id")?)),
        _ => None,
    };
    Ok((rows.iter().map(report).collect::<Result<_>>()?, next))
}

/// The public reports that somebody follows, followed last first.
///
/// # Errors
/// A cursor that makes no sense, or the database.
pub async fn followed_by(
    crm: &Crm,
    citizen: &contract::id::CitizenId,
    (after, limit): (Option<&str>, u32),
) -> Result<(Vec<PublicReport>, Option<String>)> {
    let mut wanted = shown(crm);
    wanted.equal("w.citizen_id", citizen.as_str());
    if let Some(after) = after {
        let (at, id) = cases::read_cursor(after).ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?;
        wanted.behind("(w.followed_at, p.id)", &at, &id);
    }
    wanted.joined("JOIN follows w ON w.report_id = p.id");
    page(crm, &wanted, ("w.followed_at", limit)).await
}

/// What a map shows.
#[utoipa::path(get, path = paths::PUBLIC_POINTS, operation_id = "public_points", tag = "public", params(PublicQuery), security(()),
    responses((status = 200, body = PublicPoints), (status = "4XX", body = contract::Problem)))]
async fn points(State(crm): State<Crm>, Asked(query): Asked<PublicQuery>, asked: HeaderMap) -> Result<Response> {
    let mut wanted = filtered(&crm, &query)?;
    wanted.plain("r.lat IS NOT NULL AND r.lon IS NOT NULL");
    let total = wanted.count(&crm, TABLES).await?;
    let sql = format!("SELECT p.id, r.category, c.phase, r.lon, r.lat FROM {TABLES} {} ORDER BY c.opened_at DESC, p.id DESC", wanted.sql());
    let rows = wanted.rows(&crm, &sql, i64::try_from(POINTS_MAX).unwrap_or(i64::MAX)).await?;
    let point = |row: &AnyRow| {
        Ok(PublicPoint {
            id: PublicReportId(row.try_get("id")?),
            lon: rounded(row.try_get("lon")?),
            lat: rounded(row.try_get("lat")?),
            category: CategoryCode(row.try_get("category")?),
            phase: word::from(row.try_get("phase")?)?,
        })
    };
    let items = rows.iter().map(point).collect::<Result<_>>()?;
    web::tagged(&asked, NO_STORE, &PublicPoints { items, total })
}

/// Reports like the one that is about to be written.
#[utoipa::path(get, path = paths::PUBLIC_NEAR, operation_id = "public_near", tag = "public", params(NearQuery), security(()),
    responses((status = 200, body = Near), (status = "4XX", body = contract::Problem)))]
async fn near(State(crm): State<Crm>, Asked(query): Asked<NearQuery>, asked: HeaderMap) -> Result<Response> {
    let here = Point { lon: query.lon, lat: query.lat, accuracy_m: None };
    if !(-180.0..=180.0).contains(&here.lon) || !(-89.0..=89.0).contains(&here.lat) {
        return Err(Error::field("lat", FieldRule::NotAPlace));
    }
    let mut wanted = shown(&crm);
    wanted.equal("r.category", &query.category.0);
    wanted.at_least("c.opened_at", &crm.clock.seconds_ago(i64::from(NEAR_DAYS) * DAY_SECONDS).0);
    // A box around the circle first, which an index can find; one degree of latitude is never shorter than 110 km.
    let high = f64::from(NEAR_METRES) / 110_000.0;
    let wide = high / here.lat.to_radians().cos();
    wanted.inside([here.lon - wide, here.lat - high, here.lon + wide, here.lat + high]);
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} {} ORDER BY c.opened_at DESC", wanted.sql());
    let mut items = Vec::new();
    for row in wanted.rows(&crm, &sql, 1000).await? {
        let report = report(&row)?;
        let (Some(lon), Some(lat)) = (report.lon, report.lat) else { continue };
        let metres = metres(here, Point { lon, lat, accuracy_m: None });
        if metres <= f64::from(NEAR_METRES) {
            items.push(NearReport { report, distance_m: metres.round() as u32 });
        }
    }
    items.sort_by_key(|item| item.distance_m);
    items.truncate(NEAR_MAX);
    web::tagged(&asked, NO_STORE, &Near { items })
}

/// Metres between two points on a sphere of the earth's mean radius (haversine); good to half a per cent.
pub(crate) fn metres(one: Point, other: Point) -> f64 {
    let (lat1, lat2) = (one.lat.to_radians(), other.lat.to_radians());
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = half(lat2 - lat1) + lat1.cos() * lat2.cos() * half((other.lon - one.lon).to_radians());
    2.0 * 6_371_008.8 * chord.clamp(0.0, 1.0).sqrt().asin()
}

/// One public report.
#[utoipa::path(get, path = paths::PUBLIC_REPORT, operation_id = "public_report", tag = "public", params(("id" = String, Path)), security(()),
    responses((status = 200, body = PublicReportDetails), (status = "4XX", body = contract::Problem)))]
async fn one(State(crm): State<Crm>, At(id): At<PublicReportId>, asked: HeaderMap) -> Result<Response> {
    web::tagged(&asked, NO_STORE, &find(&crm, &id).await?)
}

/// A public report with all that is public about it.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it is not shown.
pub async fn find(crm: &Crm, id: &PublicReportId) -> Result<PublicReportDetails> {
    let mut wanted = shown(crm);
    wanted.equal("p.id", id.as_str());
    let sql = format!(
        "SELECT {COLUMNS}, p.text, p.case_id, o.name AS office FROM {TABLES} JOIN offices o ON o.key = c.office_key {}",
        wanted.sql()
    );
    let rows = wanted.rows(crm, &sql, 1).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let case: String = row.try_get("case_id")?;
    let photos = sqlx::query(
        "SELECT h.id, a.width, a.height FROM public_photos h JOIN attachments a ON a.id = h.attachment_id
         WHERE h.report_id = $1 AND a.media_type = 'image/jpeg' ORDER BY h.position",
    )
    .bind(id.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let pixels = |row: &AnyRow, column| Ok::<u32, Error>(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default());
    let photo = |row: &AnyRow| {
        Ok(PublicPhoto { id: PublicPhotoId(row.try_get("id")?), width: pixels(row, "width")?, height: pixels(row, "height")? })
    };
    Ok(PublicReportDetails {
        report: report(row)?,
        text: row.try_get("text")?,
        office: row.try_get("office")?,
        steps: steps(crm, &case).await?,
        photos: photos.iter().map(photo).collect::<Result<_>>()?,
    })
}

/// What happened to a case, without what the office and the citizen wrote to each other.
///
/// # Errors
/// When the database fails.
pub async fn steps(crm: &Crm, case: &str) -> Result<Vec<PublicStep>> {
    let moves = "SELECT state, happened_at FROM steps WHERE case_id = $1 AND happened_at IS NOT NULL
                 AND kind NOT IN ('message', 'confirmed') ORDER BY position";
    let rows = sqlx::query(moves).bind(case).fetch_all(crm.db.reader()).await?;
    rows.iter().map(|row| Ok(PublicStep { state: StateCode(row.try_get("state")?), on: day(row.try_get("happened_at")?)? })).collect()
}

#[derive(Debug, Default, serde::Deserialize)]
struct Size {
    #[serde(default)]
    size: String,
}

/// A photo of a public report.
#[utoipa::path(get, path = paths::PUBLIC_PHOTO, operation_id = "public_photo", tag = "public", security(()),
    params(("id" = String, Path), ("size" = Option<String>, Query, description = "`thumb`: the small image")),
    responses((status = 200, body = crate::openapi::File, content_type = "image/jpeg"), (status = "4XX", body = contract::Problem)))]
async fn photo(State(crm): State<Crm>, At(id): At<PublicPhotoId>, Asked(size): Asked<Size>) -> Result<Response> {
    let mut wanted = shown(&crm);
    wanted.equal("h.id", id.as_str());
    wanted.plain("a.media_type = 'image/jpeg'");
    wanted.joined("JOIN public_photos h ON h.report_id = p.id JOIN attachments a ON a.id = h.attachment_id");
    let rows = wanted.rows(&crm, &format!("SELECT a.file, a.thumbnail FROM {TABLES} {}", wanted.sql()), 1).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let small = row.try_get::<Option<String>, _>("thumbnail")?.filter(|_| size.size == "thumb");
    let bytes = crm.files.read(&small.map_or_else(|| row.try_get("file"), Ok)?).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(crate::headers::USER_FILE_POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static(NO_STORE)),
    ];
    Ok((headers, bytes).into_response())
}

/// The reports that everybody may see: neither hidden nor in a state that is not public.
pub(crate) fn shown(crm: &Crm) -> Conditions {
    let mut wanted = Conditions::default();
    wanted.plain("p.hidden = 0");
    wanted.one_of("c.state", crm.reference.town.public_states.iter().map(|state| state.0.as_str()));
    wanted
}

/// Those of them that a query asks for.
fn filtered(crm: &Crm, query: &PublicQuery) -> Result<Conditions> {
    let mut wanted = shown(crm);
    if let Some(categories) = query.category.as_deref().filter(|codes| !codes.is_empty()) {
        wanted.one_of("r.category", categories.split(',').take(50));
    }
    match query.phase {
        Some(Phase::Unknown) => return Err(Error::field("phase", FieldRule::NotAChoice)),
        Some(phase) => wanted.equal("c.phase", phase.as_str()),
        None => {}
    }
    if let Some(bbox) = query.bbox.as_deref().filter(|bbox| !bbox.is_empty()) {
        let sides: Vec<f64> = bbox.split(',').filter_map(|side| side.trim().parse().ok()).filter(|side: &f64| side.is_finite()).collect();
        let sides: [f64; 4] = sides.try_into().map_err(|_| Error::field("bbox", FieldRule::NotAPlace))?;
        wanted.inside(sides);
    }
    Ok(wanted)
}

fn report(row: &AnyRow) -> Result<PublicReport> {
    let degrees = |column| Ok::<Option<f64>, Error>(row.try_get::<Option<f64>, _>(column)?.map(rounded));
    Ok(PublicReport {
        id: PublicReportId(row.try_get("id")?),
        category: CategoryCode(row.try_get("category")?),
        title: Some(row.try_get("title")?).filter(|title: &String| !title.is_empty()),
        state: StateCode(row.try_get("state")?),
        phase: word::from(row.try_get("phase")?)?,
        sent_on: day(row.try_get("opened_at")?)?,
        moved_on: day(row.try_get("moved_at")?)?,
        street: row.try_get("street")?,
        lon: degrees("lon")?,
        lat: degrees("lat")?,
        photo: row.try_get::<Option<String>, _>("photo")?.map(PublicPhotoId),
        followers: u32::try_from(row.try_get::<i64, _>("followers")?).unwrap_or(u32::MAX),
    })
}

/// Five decimals of a degree: about a metre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 100_000.0).round() / 100_000.0
}

/// The day in the town on which an instant of the database fell.
///
/// # Errors
/// When it is no instant.
pub fn day(at: &str) -> Result<Date> {
    Ok(clock::day(instant(at).ok_or_else(|| Error::Internal(format!("{at} is no instant")))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_are_counted_on_the_ground() {
        let at = |lon, lat| Point { lon, lat, accuracy_m: None };
        assert!((metres(at(11.25, 43.77), at(11.25, 43.771)) - 111.2).abs() < 0.1);
        assert!((metres(at(11.25, 43.77), at(11.251, 43.77)) - 80.3).abs() < 0.1);
        assert_eq!(metres(at(11.25, 43.77), at(11.25, 43.77)), 0.0);
    }
}
