//! Requests (street reports): those that everybody may see, one of them, and sending a new one.
use super::photos::{self, Photo};
use super::sent::Media;
use super::wire::Refused;
use super::{Asked, category};
use crate::clock::{instant, utc};
use crate::conditions::Conditions;
use crate::db::{Change, is_id, new_id};
use crate::error::Error;
use crate::idempotency::{Answer, Begun, Kept, Once};
use crate::public_reports::{TABLES, shown};
use crate::reference::BASE_LANGUAGE;
use crate::state::Crm;
use crate::{citizens, notices, reports};
use axum::http::{HeaderMap, StatusCode};
use contract::cases::Channel;
use contract::dictionary::StateCode;
use contract::headers::IDEMPOTENCY_KEY;
use contract::id::CitizenId;
use contract::place::{Place, Point};
use contract::reports::{DETAILS_CHARS_MAX, NewReport, ReportForm};
use contract::{contact, paths, text};
use serde_json::{Value, json};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Most characters of a description (GeoReport v2).
const DESCRIPTION_CHARS_MAX: usize = 4000;
/// Most characters of a name or a phone number.
const NAME_CHARS_MAX: usize = 100;
/// Most requests of one answer (GeoReport v2).
const AT_ONCE: i64 = 1000;
/// Requests of a page whose size nobody said.
const PAGE_SIZE: i64 = 50;
/// The last page that can be asked for.
const PAGE_MAX: i64 = 1_000_000;
/// Most characters of an address of a photo.
const MEDIA_URL_CHARS_MAX: usize = 1000;
const DAY_SECONDS: i64 = 24 * 3600;
/// Without dates, and at most between two of them, so many days are answered (GeoReport v2).
const DAYS: i64 = 90;
const COLUMNS: &str = "c.number, c.state, c.phase, c.opened_at, c.moved_at, r.category, p.text, p.street, r.lon, r.lat, o.name AS office,
    (SELECT h.id FROM public_photos h JOIN attachments a ON a.id = h.attachment_id
     WHERE h.report_id = p.id AND a.media_type = 'image/jpeg' ORDER BY h.position LIMIT 1) AS photo";

/// `GET requests`: by numbers, or by services, dates and status.
pub(super) async fn list(crm: &Crm, form: &ReportForm, asked: &Asked) -> Result<Value, Refused> {
    let mut wanted = shown(crm);
    wanted.joined("JOIN offices o ON o.key = c.office_key");
    if let Some(numbers) = asked.text("service_request_id") {
        wanted.one_of("c.number", numbers.split(',').map(str::trim).take(100));
    } else {
        filter(crm, asked, &mut wanted)?;
    }
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} {} ORDER BY c.opened_at DESC, c.number DESC", wanted.sql());
    let rows = wanted.some(crm, &sql, page(asked)?).await?;
    rows.iter().map(|row| request(crm, form, row)).collect()
}

/// How many, and how many before them: `page_size` and `page`, counted from 1.
fn page(asked: &Asked) -> Result<(i64, i64), Refused> {
    let number = |name: &str, most: i64| match asked.text(name) {
        None => Ok(None),
        Some(given) => {
            let number = given.parse::<i64>().ok().filter(|number| (1..=most).contains(number));
            number.map(Some).ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, &format!("{name} is a number from 1 to {most}")))
        }
    };
    let (page, size) = (number("page", PAGE_MAX)?, number("page_size", AT_ONCE)?);
    let size = size.unwrap_or(if page.is_some() { PAGE_SIZE } else { AT_ONCE });
    Ok((size, size * (page.unwrap_or(1) - 1)))
}

fn filter(crm: &Crm, asked: &Asked, wanted: &mut Conditions) -> Result<(), Refused> {
    let date = |name: &str| match asked.text(name) {
        None => Ok(None),
        Some(given) => {
            instant(given).map(Some).ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, &format!("{name} is no date and time")))
        }
    };
    let end = date("end_date")?.unwrap_or_else(|| crm.clock.now());
    let days = |instant, seconds| crate::clock::later(instant, seconds);
    let start = date("start_date")?.unwrap_or_else(|| days(end, -DAYS * DAY_SECONDS)).max(days(end, -DAYS * DAY_SECONDS));
    wanted.at_least("c.opened_at", &utc(start).0);
    wanted.at_most("c.opened_at", &utc(end).0);
    if let Some(codes) = asked.text("service_code") {
        wanted.one_of("r.category", codes.split(',').map(str::trim).take(50));
    }
    match asked.text("status") {
        None | Some("open,closed" | "closed,open") => {}
        Some("closed") => wanted.equal("c.phase", "closed"),
        Some("open") => wanted.plain("c.phase <> 'closed'"),
        Some(_) => return Err(Refused::new(StatusCode::BAD_REQUEST, "status is open or closed")),
    }
    Ok(())
}

/// `GET requests/ID`: one that everybody may see, or that this client sent.
pub(super) async fn one(crm: &Crm, form: &ReportForm, asked: &Asked, number: &str) -> Result<Value, Refused> {
    let mut wanted = shown(crm);
    wanted.joined("JOIN offices o ON o.key = c.office_key");
    wanted.equal("c.number", number);
    let rows = wanted.rows(crm, &format!("SELECT {COLUMNS} FROM {TABLES} {}", wanted.sql()), 1).await?;
    if let Some(row) = rows.first() {
        return Ok(json!([request(crm, form, row)?]));
    }
    if !is_id(number) {
        return Err(Error::NotFound.into());
    }
    let own = "SELECT c.number, c.state, c.phase, c.opened_at, c.moved_at, r.category, '' AS text, '' AS street, r.lon, r.lat,
                      o.name AS office, NULL AS photo
               FROM open311_received s JOIN cases c ON c.id = s.case_id JOIN reports r ON r.case_id = c.id
               JOIN offices o ON o.key = c.office_key WHERE s.client = $1 AND c.number = $2";
    let row = sqlx::query(own)
        .bind(asked.client.as_deref().unwrap_or_default())
        .bind(number)
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(json!([request(crm, form, &row)?]))
}

/// `GET tokens/TOKEN`: requests are numbered at once, so a token is the number itself.
pub(super) async fn token(crm: &Crm, asked: &Asked, token: &str) -> Result<Value, Refused> {
    let form = crm.reference.form(BASE_LANGUAGE).ok_or_else(Refused::broken)?;
    one(crm, form, asked, token).await?;
    Ok(json!([{ "service_request_id": token, "token": token }]))
}

fn request(crm: &Crm, form: &ReportForm, row: &AnyRow) -> Result<Value, Refused> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (state, code) = (StateCode(text("state")?), text("category")?);
    let card = crm.reference.dictionary("").state(&state).map(|card| format!("{}. {}", card.label, card.meaning));
    let name = form.categories.iter().find(|category| category.code.0 == code).map(|category| category.name.clone());
    let photo = row.try_get::<Option<String>, _>("photo")?.map(contract::id::PublicPhotoId);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(json!({
        "service_request_id": text("number")?,
        "status": if text("phase")? == "closed" { "closed" } else { "open" },
        "status_notes": card,
        "service_name": name,
        "service_code": code,
        "description": given(text("text")?),
        "agency_responsible": text("office")?,
        "service_notice": null,
        "requested_datetime": text("opened_at")?,
        "updated_datetime": text("moved_at")?,
        "expected_datetime": null,
        "address": given(text("street")?),
        "address_id": null,
        "zipcode": null,
        "lat": row.try_get::<Option<f64>, _>("lat")?,
        "long": row.try_get::<Option<f64>, _>("lon")?,
        "media_url": photo.map(|photo| format!("{}{}", crm.config.public_url, paths::public_photo(&photo))),
    }))
}

/// `POST requests`: a new report, by a client with an api_key. With an `Idempotency-Key`, sent twice it is one.
pub(super) async fn send(crm: &Crm, asked: &Asked, media: Vec<Media>, headers: &HeaderMap) -> Result<Value, Refused> {
    let Some(client) = &asked.client else {
        let why = if asked.text("api_key").is_some() { "api_key is not known" } else { "api_key was not provided" };
        return Err(Refused::new(StatusCode::FORBIDDEN, why));
    };
    let form = crm.reference.form(BASE_LANGUAGE).ok_or_else(Refused::broken)?;
    let report = report(crm, form, asked)?;
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).filter(|key| (1..=200).contains(&key.len()));
    let key = key.map_or_else(new_id, str::to_owned).into();
    let pairs = serde_json::to_vec(&asked.pairs).map_err(Error::from)?;
    let sent: Vec<&[u8]> = std::iter::once(pairs.as_slice()).chain(media.iter().map(|media| media.bytes.as_slice())).collect();
    let once = Once::new(format!("open311 {client} requests"), key, &sent);
    if let Some(answer) = once.answered(crm).await? {
        return Ok(answer.value()?);
    }
    let photos = photos::check(crm, media).await?;
    let made = make(crm, once, (client, asked), &report, &photos).await;
    // What no row names is forgotten; a request that came twice at once has kept its photos already.
    if !matches!(made, Ok((_, true))) {
        photos::forget(crm, &photos).await;
    }
    Ok(made?.0)
}

/// Makes the report with its photos; whether it was this request that did.
async fn make(
    crm: &Crm,
    once: Once,
    (client, asked): (&str, &Asked),
    report: &NewReport,
    photos: &[Photo],
) -> Result<(Value, bool), Refused> {
    match once.begin(crm, Kept::Always).await? {
        Begun::Before(answer) => Ok((answer.value()?, false)),
        Begun::First(mut effect) => {
            let number = take(crm, &mut effect.change, client, asked, (report, photos)).await?;
            let value = json!([{ "service_request_id": number, "service_notice": null, "account_id": null }]);
            effect.done(Answer::ok(&value)?).await?;
            Ok((value, true))
        }
    }
}

/// The report in what was sent, or everything that is wrong with it.
fn report(crm: &Crm, form: &ReportForm, asked: &Asked) -> Result<NewReport, Refused> {
    let Some(code) = asked.text("service_code") else {
        return Err(Refused::new(StatusCode::BAD_REQUEST, "service_code was not provided"));
    };
    let category = category(form, code)?;
    let mut wrong = Vec::new();
    let mut degrees = |name: &str| {
        let given = asked.text(name)?;
        let degrees = given.parse::<f64>().ok();
        if degrees.is_none() {
            wrong.push(format!("{name} is no number"));
        }
        degrees
    };
    let point = match (degrees("lat"), degrees("long")) {
        (Some(lat), Some(lon)) => Some(Point { lon, lat, accuracy_m: None }),
        _ => None,
    };
    let description = description(asked, &category.name, &mut wrong);
    let report = NewReport {
        privacy_version: form.privacy_notice.version.clone(),
        place: Place { street: asked.text("address_string").unwrap_or_default().to_owned(), house_number: String::new(), point },
        category: category.code.clone(),
        title: category.name.chars().take(contract::reports::TITLE_CHARS_MAX).collect(),
        details: description.clone(),
        answers: answers(asked),
        ..NewReport::default()
    };
    if report.place.point.is_none() && report.place.street.is_empty() && wrong.is_empty() {
        let what = if asked.text("address_id").is_some() {
            "address_id is not known here: lat and long, or address_string"
        } else {
            "lat and long, or address_string"
        };
        wrong.push(format!("{what} must be provided"));
    }
    // Others may write longer descriptions than our own form: that rule is asked with a description cut to our length.
    let ours = NewReport { details: description.chars().take(DETAILS_CHARS_MAX).collect(), ..report.clone() };
    let mut problems = ours.problems(form, crm.reference.boundary.as_ref());
    problems.extend(text::problems("description", &description, false, DESCRIPTION_CHARS_MAX));
    for name in ["first_name", "last_name", "phone"] {
        problems.extend(text::problems(name, asked.text(name).unwrap_or_default(), false, NAME_CHARS_MAX));
    }
    problems.retain(|problem| problem.field != "place.street" || report.place.point.is_some() || !report.place.street.is_empty());
    let name = |field: &str| match field.split_once('.') {
        Some(("answers", code)) => format!("attribute[{code}]"),
        Some(("place", _)) => "location".to_owned(),
        _ => field.to_owned(),
    };
    wrong.extend(problems.iter().map(|problem| format!("{}: {}", name(&problem.field), said(problem.code))));
    if asked.text("email").is_some_and(|email| !contact::is_email(email)) {
        wrong.push("email is no address".to_owned());
    }
    if wrong.is_empty() { Ok(report) } else { Err(Refused::many(wrong)) }
}

/// What was written; the address of a photo elsewhere stands below it, since others' photos are not fetched.
fn description(asked: &Asked, otherwise: &str, wrong: &mut Vec<String>) -> String {
    let words = asked.text("description").unwrap_or(otherwise);
    let Some(address) = asked.text("media_url") else { return words.to_owned() };
    let plain = address.len() <= MEDIA_URL_CHARS_MAX && address.bytes().all(|byte| byte.is_ascii_graphic());
    if !(plain && (address.starts_with("https://") || address.starts_with("http://"))) {
        wrong.push("media_url is no address".to_owned());
    }
    format!("{words}\n{address}")
}

fn said(rule: contract::problem::FieldRule) -> String {
    crate::word::to(&rule).unwrap_or_default().replace('_', " ")
}

/// `attribute[code]=value`, or several `attribute[code][]=value`, which become one answer.
fn answers(asked: &Asked) -> BTreeMap<String, String> {
    let code = |name: &str| {
        let rest = name.strip_prefix("attribute[")?;
        Some(rest.strip_suffix("][]").or_else(|| rest.strip_suffix(']'))?.to_owned())
    };
    let mut answers = BTreeMap::<String, String>::new();
    for (code, value) in asked.pairs.iter().filter_map(|(name, value)| Some((code(name)?, value.trim()))) {
        let answer = answers.entry(code).or_default();
        if !answer.is_empty() && !value.is_empty() {
            answer.push_str(", ");
        }
        answer.push_str(value);
    }
    answers
}

/// Makes the report's owner, whom nobody vouches for, and its case; the number.
async fn take(
    crm: &Crm,
    change: &mut Change,
    client: &str,
    asked: &Asked,
    (report, photos): (&NewReport, &[Photo]),
) -> Result<String, Error> {
    let owner = CitizenId(new_id());
    sqlx::query(
        "INSERT INTO citizens (id, issuer, subject, given_name, family_name, email, phone, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(owner.as_str())
    .bind(citizens::NOBODY)
    .bind(new_id())
    .bind(asked.text("first_name").unwrap_or_default())
    .bind(asked.text("last_name").unwrap_or_default())
    .bind(asked.text("email"))
    .bind(asked.text("phone"))
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    let photos = photos::put(change, &owner, photos).await?;
    let case = reports::take(crm, change, (&owner, Channel::App), &NewReport { photos, ..report.clone() }).await?;
    sqlx::query("INSERT INTO open311_received (case_id, client) VALUES ($1, $2)")
        .bind(case.as_str())
        .bind(client)
        .execute(&mut **change)
        .await?;
    notices::received(crm, change, &case).await?;
    Ok(sqlx::query("SELECT number FROM cases WHERE id = $1").bind(case.as_str()).fetch_one(&mut **change).await?.try_get(0)?)
}
