//! A consent from being asked to beginning something. It is asked by a volunteer, in one browser, and begins something there, once.
use super::helps::{self, Agreed};
use super::log::{self, Entry};
use super::papers;
use super::volunteers::Volunteer;
use crate::channels::reader_of;
use crate::clock::{later, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::notices::{self, Notice};
use crate::outbox::{self, Kind};
use crate::session;
use crate::state::Crm;
use crate::web::{At, Body};
use crate::words::Words;
use crate::{mail, secret, word};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use contract::channels::Topic;
use contract::help_desk::{
    Begin, Begun as BegunHelp, CODE_DIGITS, Consent, ConsentState, ConsentWay, HelpScope, LogAction, LogActor, NewConsent, TRIES_MAX,
};
use contract::id::{CitizenId, ConsentId};
use contract::problem::FieldRule;
use contract::session::Device;
use contract::{FieldProblem, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Seconds for which a consent can be given.
const KEPT_SECONDS: i64 = 600;
/// Consents that one volunteer may ask for in that time: a desk needs a few, who guesses needs many.
const ASKED_MAX: i64 = 20;
/// What the code of a QR code is made of: no letter or digit that is misread for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LETTERS_COUNT: usize = 8;
/// The columns that [`consent`] reads.
const COLUMNS: &str = "id, way, state, scopes, minutes, help_id, until_at";

/// Ask a citizen for their consent, or for more time. What was asked before in this browser is asked no longer.
#[utoipa::path(post, path = paths::HELP_DESK_CONSENTS, operation_id = "consent_ask", tag = "help_desk", params(("idempotency-key" = String, Header)),
    security(("desk" = [])), request_body = NewConsent, responses((status = 201, body = Consent), (status = "4XX", body = contract::Problem)))]
pub async fn ask(State(crm): State<Crm>, volunteer: Volunteer, key: Key, Body(new): Body<NewConsent>) -> Result<Response> {
    let once = Once::new(format!("desk {} consents", volunteer.desk), key, &[&serde_json::to_vec(&new)?]);
    papers::must_be_known(&crm, &volunteer, &new).await?;
    let mut effect = match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => return Ok(answer.into_response()),
        Begun::First(effect) => effect,
    };
    let change = &mut effect.change;
    helps::end_what_is_over(&crm, change).await?;
    let help = going_on(change, &volunteer).await?;
    let problems = new.problems(help.is_some());
    let Some(way) = new.way.filter(|_| problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    if help.is_none() && helps::unchecked(change, &volunteer).await?.is_some() {
        return Err(Error::Conflict);
    }
    limit(&crm, change, &volunteer).await?;
    sqlx::query("UPDATE consents SET state = 'lapsed', person = '' WHERE desk_hash = $1 AND state IN ('asked', 'given')")
        .bind(&volunteer.desk)
        .execute(&mut **change)
        .await?;
    let asked = Asked::new(way, help)?;
    let citizen = match &asked.help {
        Some((_, citizen)) => Some(citizen.clone()),
        None if way == ConsentWay::Paper => papers::find(change, &new.paper).await?,
        None => known(change, new.fiscal_code.trim()).await?,
    };
    // More time is given by the paper of whoever is being helped, and by nobody else's.
    if way == ConsentWay::Paper && papers::find(change, &new.paper).await? != citizen {
        return Err(Error::field("paper", FieldRule::WrongCode));
    }
    insert(&crm, change, &volunteer, (&asked, citizen.as_ref()), &new).await?;
    if let Some(citizen) = citizen.filter(|_| way != ConsentWay::Phone) {
        let why = word::to(&way)?;
        let entry = Entry { why: &why, ..Entry::by(LogActor::Volunteer, &volunteer.name, LogAction::ConsentAsked) };
        log::write(&crm, change, &citizen, entry).await?;
        if way == ConsentWay::Code {
            send_code(&crm, change, (&volunteer, &citizen), (&asked.code, &new)).await?;
        }
    }
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM consents WHERE id = $1")).bind(&asked.id).fetch_one(&mut **change).await?;
    let mut told = consent(&row)?;
    if way == ConsentWay::Phone {
        told.code = asked.code;
    }
    Ok(effect.done(Answer::created(&told, paths::HELP_DESK.to_owned())?).await?.into_response())
}

/// What is asked, before it is kept.
struct Asked {
    id: String,
    /// What stands in the QR code, or is sent; empty in the room.
    code: String,
    code_hash: Option<String>,
    /// What it prolongs.
    help: Option<(String, CitizenId)>,
}

impl Asked {
    fn new(way: ConsentWay, help: Option<(String, CitizenId)>) -> Result<Self> {
        let id = new_id();
        let code = match way {
            ConsentWay::Phone => letters(LETTERS_COUNT)?,
            ConsentWay::Code => digits()?,
            ConsentWay::Room | ConsentWay::Paper | ConsentWay::New | ConsentWay::Unknown => String::new(),
        };
        let code_hash = match way {
            ConsentWay::Phone => Some(phone_hash(&code)),
            ConsentWay::Code => Some(sent_hash(&id, &code)),
            ConsentWay::Room | ConsentWay::Paper | ConsentWay::New | ConsentWay::Unknown => None,
        };
        Ok(Self { id, code, code_hash, help })
    }
}

/// So many letters and digits by chance, five bits each.
///
/// # Errors
/// When the randomness fails.
pub fn letters(count: usize) -> Result<String> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32))).map(|letter| char::from(*letter)).collect())
}

fn digits() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:0CODE_DIGITS$}", u64::from_le_bytes(bytes) % 10_u64.pow(6)))
}

/// A code as it was made, whatever people type between its letters.
pub fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// How the code of a QR code is kept.
pub fn phone_hash(code: &str) -> String {
    secret::sha256_hex(format!("phone {}", plain(code)).as_bytes())
}

fn sent_hash(id: &str, code: &str) -> String {
    secret::sha256_hex(format!("code {id} {}", code.trim()).as_bytes())
}

/// How the four digits are kept: of this browser alone.
pub fn pin_hash(volunteer: &Volunteer, pin: &str) -> String {
    secret::sha256_hex(format!("pin {} {pin}", volunteer.desk).as_bytes())
}

async fn insert(
    crm: &Crm,
    change: &mut Change,
    volunteer: &Volunteer,
    (asked, citizen): (&Asked, Option<&CitizenId>),
    new: &NewConsent,
) -> Result<()> {
    let now = crm.clock.now();
    sqlx::query(
        "INSERT INTO consents (id, desk_hash, volunteer_id, help_id, citizen_id, fiscal_code, way, scopes, minutes, language, document,
                               code_hash, tries, pin_hash, state, asked_at, until_at, person)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $16, $14, $15, $17)",
    )
    .bind(&asked.id)
    .bind(&volunteer.desk)
    .bind(&volunteer.id)
    .bind(asked.help.as_ref().map(|(help, _)| help.clone()))
    .bind(citizen.map(|citizen| citizen.0.clone()))
    .bind(new.fiscal_code.trim().to_ascii_uppercase())
    .bind(word::to_option(new.way.as_ref())?)
    .bind(helps::scopes_to_text(&new.scopes))
    .bind(i64::from(new.minutes))
    .bind(&new.language)
    .bind(word::to_option(new.document.as_ref())?)
    .bind(asked.code_hash.clone())
    .bind(pin_hash(volunteer, &new.pin))
    .bind(utc(now).0)
    .bind(utc(later(now, KEPT_SECONDS)).0)
    // Who shows their paper has agreed.
    .bind(if new.way == Some(ConsentWay::Paper) { "given" } else { "asked" })
    .bind(papers::kept(new)?)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// What a volunteer is doing in this browser, and with whom.
async fn going_on(change: &mut Change, volunteer: &Volunteer) -> Result<Option<(String, CitizenId)>> {
    let row = sqlx::query("SELECT id, citizen_id FROM helps WHERE active_volunteer = $1 AND desk_hash = $2")
        .bind(&volunteer.id)
        .bind(&volunteer.desk)
        .fetch_optional(&mut **change)
        .await?;
    row.map(|row| Ok((row.try_get(0)?, CitizenId(row.try_get(1)?)))).transpose()
}

/// A volunteer asks for so many consents and no more.
///
/// # Errors
/// [`Error::TooMany`], or the database.
pub async fn limit(crm: &Crm, change: &mut Change, volunteer: &Volunteer) -> Result<()> {
    let row = sqlx::query("SELECT COUNT(*) FROM consents WHERE volunteer_id = $1 AND asked_at > $2")
        .bind(&volunteer.id)
        .bind(crm.clock.seconds_ago(KEPT_SECONDS).0)
        .fetch_one(&mut **change)
        .await?;
    if row.try_get::<i64, _>(0)? < ASKED_MAX { Ok(()) } else { Err(Error::TooMany(60)) }
}

/// The citizen with a codice fiscale who can best be reached, if the town knows one. The desk never learns whether it does.
async fn known(change: &mut Change, fiscal_code: &str) -> Result<Option<CitizenId>> {
    if fiscal_code.is_empty() {
        return Ok(None);
    }
    let row = sqlx::query(
        "SELECT id FROM citizens WHERE fiscal_code = $1 ORDER BY CASE WHEN email IS NULL THEN 1 ELSE 0 END, created_at DESC, id LIMIT 1",
    )
    .bind(fiscal_code.to_ascii_uppercase())
    .fetch_optional(&mut **change)
    .await?;
    row.map(|row| Ok(CitizenId(row.try_get(0)?))).transpose()
}

/// Sends the citizen their code, with what it is for. Who has no address gets none, and the desk sees no difference.
async fn send_code(
    crm: &Crm,
    change: &mut Change,
    (volunteer, citizen): (&Volunteer, &CitizenId),
    (code, new): (&str, &NewConsent),
) -> Result<()> {
    let reader = reader_of(change, citizen).await?;
    let (Some(_), Some(email)) = (&crm.post, reader.email.clone()) else { return Ok(()) };
    // In the language in which they were told, not the one they are usually written to.
    let words = Words::of(&new.language)?;
    let desk = &words.desk;
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope_word(&words, *scope)).collect();
    let mut notice: Notice = notices::empty(Topic::Requests);
    notice.subject = desk.code_subject.replace("{code}", code);
    notice.paragraphs = vec![desk.code_text.replace("{volunteer}", &volunteer.name), desk.code_warning.clone()];
    notice.facts = vec![
        (desk.code.clone(), code.to_owned()),
        (desk.what.clone(), scopes.join(", ")),
        (desk.how_long.clone(), desk.minutes.replace("{minutes}", &new.minutes.to_string())),
    ];
    let letter = mail::letter(crm, &words, (reader.name.clone(), email), &mail::greeting(&words, &reader.name), &notice);
    outbox::put(crm, change, Kind::Mail, &letter).await?;
    Ok(())
}

/// What a scope is called in a letter.
fn scope_word(words: &Words, scope: HelpScope) -> &str {
    match scope {
        HelpScope::SeeCases => &words.desk.see_cases,
        HelpScope::SendReport => &words.desk.send_report,
        HelpScope::AnswerQuestionnaire => &words.desk.answer_questionnaire,
        HelpScope::UploadDocuments => &words.desk.upload_documents,
        HelpScope::Unknown => "",
    }
}

/// A row as the desk sees it.
fn consent(row: &AnyRow) -> Result<Consent> {
    Ok(Consent {
        id: ConsentId(row.try_get("id")?),
        way: word::from(row.try_get("way")?)?,
        state: word::from(row.try_get("state")?)?,
        scopes: helps::scopes_from_text(row.try_get("scopes")?),
        minutes: u32::try_from(row.try_get::<i64, _>("minutes")?).unwrap_or_default(),
        is_more: row.try_get::<Option<String>, _>("help_id")?.is_some(),
        until: UtcTime(row.try_get("until_at")?),
        code: String::new(),
    })
}

/// What was asked last in this browser, unless it has begun something or is over.
///
/// # Errors
/// When the database fails.
pub async fn last(crm: &Crm, volunteer: &Volunteer) -> Result<Option<Consent>> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM consents WHERE desk_hash = $1 ORDER BY asked_at DESC, id DESC LIMIT 1"))
        .bind(&volunteer.desk)
        .fetch_optional(crm.db.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let last = consent(&row)?;
    let is_open = matches!(last.state, ConsentState::Asked | ConsentState::Given | ConsentState::Refused);
    Ok(Some(last).filter(|last| is_open && last.until.0 > crm.clock.utc().0))
}

/// Begin what was agreed to: the citizen's code is given here, the other ways have said yes before.
#[utoipa::path(post, path = paths::HELP_DESK_BEGIN, operation_id = "help_begin", tag = "help_desk", params(("id" = String, Path)), security(("desk" = [])),
    request_body = Begin, responses((status = 200, body = BegunHelp), (status = "4XX", body = contract::Problem)))]
pub async fn begin(
    State(crm): State<Crm>,
    volunteer: Volunteer,
    At(id): At<ConsentId>,
    asked: HeaderMap,
    Body(begin): Body<Begin>,
) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    helps::end_what_is_over(&crm, &mut change).await?;
    // The row is this change's own until it ends: a consent begins one thing.
    let row = sqlx::query(
        "UPDATE consents SET tries = tries WHERE id = $1 AND desk_hash = $2
         RETURNING help_id, citizen_id, way, scopes, minutes, code_hash, tries, pin_hash, state, until_at",
    )
    .bind(id.as_str())
    .bind(&volunteer.desk)
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let (state, way): (ConsentState, ConsentWay) = (word::from(row.try_get("state")?)?, word::from(row.try_get("way")?)?);
    if row.try_get::<String, _>("until_at")? <= crm.clock.utc().0 || state == ConsentState::Lapsed {
        return Err(Error::Gone);
    }
    let is_sent = way == ConsentWay::Code && state == ConsentState::Asked;
    if is_sent && row.try_get::<Option<String>, _>("code_hash")? != Some(sent_hash(id.as_str(), &begin.code)) {
        return wrong_code(&crm, change, &volunteer, (id.as_str(), &row)).await;
    }
    if !is_sent && state != ConsentState::Given {
        return Err(Error::Conflict);
    }
    let citizen: Option<String> = row.try_get("citizen_id")?;
    let agreed = Agreed {
        citizen: CitizenId(citizen.ok_or(Error::Conflict)?),
        way,
        scopes: helps::scopes_from_text(row.try_get("scopes")?),
        minutes: row.try_get("minutes")?,
        pin_hash: row.try_get("pin_hash")?,
    };
    let help: Option<String> = row.try_get("help_id")?;
    let mut paper = String::new();
    let (page, cookie) = match &help {
        Some(help) => {
            helps::prolong(&crm, &mut change, &volunteer, (help, &agreed)).await?;
            (String::new(), None)
        }
        None => {
            if let Some(own) = session::hash_of(&asked) {
                session::end(&crm, &mut change, &own).await?;
            }
            let begun = helps::begin(&crm, &mut change, &volunteer, &agreed).await?;
            if way == ConsentWay::New {
                paper = papers::code_of(&mut change, &agreed.citizen).await?;
            }
            (begun.page, Some(session::set_cookie(&crm, Device::Shared, &begun.cookie)?))
        }
    };
    sqlx::query("UPDATE consents SET state = 'used', given_at = COALESCE(given_at, $1) WHERE id = $2")
        .bind(crm.clock.utc().0)
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    let help = helps::of_desk(&crm, &volunteer).await?.ok_or(Error::Conflict)?;
    let mut response = Json(BegunHelp { page, help, paper }).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A code that is not the one that was sent: counted, and written down for its citizen when it is one too many.
async fn wrong_code(crm: &Crm, mut change: Change, volunteer: &Volunteer, (id, row): (&str, &AnyRow)) -> Result<Response> {
    let tries = u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(TRIES_MAX) + 1;
    let is_over = tries >= TRIES_MAX;
    sqlx::query("UPDATE consents SET tries = $1, state = $2 WHERE id = $3")
        .bind(i64::from(tries))
        .bind(if is_over { "lapsed" } else { "asked" })
        .bind(id)
        .execute(&mut *change)
        .await?;
    if is_over {
        tracing::warn!(volunteer = volunteer.id, "a consent's code was guessed at too often");
        if let Some(citizen) = row.try_get::<Option<String>, _>("citizen_id")? {
            let entry = Entry::by(LogActor::Volunteer, &volunteer.name, LogAction::CodeGuessed);
            log::write(crm, &mut change, &CitizenId(citizen), entry).await?;
        }
    }
    change.commit().await?;
    Err(Error::Invalid(vec![FieldProblem::new("code", FieldRule::WrongCode).with("left", TRIES_MAX.saturating_sub(tries))]))
}
