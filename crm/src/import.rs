//! Bringing in people and cases from another system, or of a demo town. What is there already is left alone.
use crate::clock::{instant, utc, year};
use crate::db::{Change, Db, decimal, new_id};
use crate::error::{Error, Result};
use crate::receipt::{OwnedLetter, write};
use crate::reference::{BASE_LANGUAGE, Reference};
use crate::state::Crm;
use crate::words::Words;
use crate::{clock, fold, inbox, number, payments, publication, reports, word};
use contract::cases::{CaseNumber, Phase};
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId};
use contract::import::{ImportCase, ImportCitizen, ImportDocument, ImportFile, ImportOffice, ImportReport, ImportStep};
use contract::office::Publication;
use contract::{Date, UtcTime};
use sqlx::Row;
use std::collections::{HashMap, HashSet};

/// Cases brought in by one change: few enough to let others write in between.
const CASES_AT_ONCE: usize = 50;

/// What an import brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Offices that are now up to date.
    pub offices: usize,
    /// Citizens that were not there before.
    pub citizens: usize,
    /// Cases that were not there before.
    pub cases: usize,
    /// Fees that were not there before.
    pub fees: usize,
}

/// Brings in a file. The second time it brings nothing.
///
/// # Errors
/// [`Error::Internal`] names the first case that makes no sense, before anything is written.
pub async fn import(crm: &Crm, file: &ImportFile) -> Result<Imported> {
    check(&crm.reference, file)?;
    let mut imported = Imported { offices: file.offices.len(), ..Imported::default() };
    let mut change = crm.db.begin().await?;
    for office in &file.offices {
        put_office(&mut change, office).await?;
    }
    for citizen in &file.citizens {
        imported.citizens += put_citizen(&mut change, citizen, &crm.clock.utc()).await?;
    }
    change.commit().await?;
    let owners = owners(&crm.db, &file.citizens).await?;
    let known = known_cases(&crm.db).await?;
    let mut fresh: Vec<&ImportCase> = file.cases.iter().filter(|case| !known.contains(&case.key)).collect();
    // Numbers follow the order in which cases were opened.
    fresh.sort_by_key(|case| opened_at(case));
    for some in fresh.chunks(CASES_AT_ONCE) {
        let mut change = crm.db.begin().await?;
        for case in some {
            let owner = owners.get(&case.citizen).ok_or_else(|| wrong(&case.key, "its citizen is not in the file"))?;
            put_case(crm, &mut change, owner, case).await?;
            imported.cases += 1;
        }
        change.commit().await?;
    }
    for some in file.fees.chunks(CASES_AT_ONCE) {
        let mut change = crm.db.begin().await?;
        for fee in some {
            let owner = owners.get(&fee.citizen).ok_or_else(|| wrong(&fee.fee.number, "its citizen is not in the file"))?;
            imported.fees += usize::from(payments::bring(crm, &mut change, &CitizenId(owner.clone()), fee).await?);
        }
        change.commit().await?;
    }
    Ok(imported)
}

fn wrong(key: &str, why: impl std::fmt::Display) -> Error {
    Error::Internal(format!("case {key}: {why}"))
}

fn check(reference: &Reference, file: &ImportFile) -> Result<()> {
    let mut keys = HashSet::new();
    for case in &file.cases {
        if !keys.insert(&case.key) {
            return Err(wrong(&case.key, "stands there twice"));
        }
        if !file.offices.iter().any(|office| office.key == case.office) {
            return Err(wrong(&case.key, "its office is not in the file"));
        }
        let categories = reference.form(BASE_LANGUAGE).map_or(&[][..], |form| &form.categories);
        if case.report.as_ref().is_some_and(|report| !categories.iter().any(|known| known.code == report.category)) {
            return Err(wrong(&case.key, "its category is not in the report form"));
        }
        if case.steps.first().is_none_or(|step| step.at.is_none()) {
            return Err(wrong(&case.key, "its first step has not happened"));
        }
        if case.steps.windows(2).any(|pair| matches!(pair, [first, second] if first.at.is_none() && second.at.is_some())) {
            return Err(wrong(&case.key, "something happened after what is only expected"));
        }
        for step in &case.steps {
            check_step(reference, step).map_err(|why| wrong(&case.key, why))?;
        }
        let days = [case.due_on.as_ref(), case.task_due_on.as_ref(), case.protocol.as_ref().map(|protocol| &protocol.registered_on)];
        if days.into_iter().flatten().any(|day| day.day_number().is_none()) {
            return Err(wrong(&case.key, "a day that is not in the calendar"));
        }
        if case.documents.iter().any(|document| instant(&document.added_at.0).is_none()) {
            return Err(wrong(&case.key, "a document without an instant"));
        }
    }
    Ok(())
}

fn check_step(reference: &Reference, step: &ImportStep) -> Result<(), String> {
    if reference.phase(&step.state).is_none() {
        return Err(format!("the dictionary does not know state {}", step.state.0));
    }
    match (&step.at, &step.expected_on) {
        (Some(at), None) if instant(&at.0).is_some() => Ok(()),
        (None, day) if day.as_ref().is_none_or(|day| day.day_number().is_some()) => Ok(()),
        _ => Err("a step has either happened at an instant or is expected on a day".to_owned()),
    }
}

/// An instant of the file as it is stored, so that all of them sort as text.
fn stored(at: &UtcTime) -> String {
    instant(&at.0).map_or_else(|| at.0.clone(), |at| utc(at).0)
}

fn opened_at(case: &ImportCase) -> String {
    case.steps.first().and_then(|step| step.at.as_ref()).map(stored).unwrap_or_default()
}

async fn put_office(change: &mut Change, ImportOffice { key, office }: &ImportOffice) -> Result<()> {
    sqlx::query(
        "INSERT INTO offices (key, name, address, hours, phone, email, search_text) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, address = excluded.address, hours = excluded.hours,
            phone = excluded.phone, email = excluded.email, search_text = excluded.search_text",
    )
    .bind(key)
    .bind(&office.name)
    .bind(&office.address)
    .bind(&office.hours)
    .bind(&office.phone)
    .bind(&office.email)
    .bind(fold::fold(&office.name))
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// One when the citizen is new. One who is known stays as the provider last described them.
async fn put_citizen(change: &mut Change, citizen: &ImportCitizen, now: &UtcTime) -> Result<usize> {
    let added = sqlx::query(
        "INSERT INTO citizens (id, issuer, subject, given_name, family_name, fiscal_code, email, phone, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (issuer, subject) DO NOTHING",
    )
    .bind(new_id())
    .bind(&citizen.issuer)
    .bind(&citizen.subject)
    .bind(&citizen.given_name)
    .bind(&citizen.family_name)
    .bind(&citizen.fiscal_code)
    .bind(&citizen.email)
    .bind(&citizen.phone)
    .bind(&now.0)
    .execute(&mut **change)
    .await?;
    Ok(usize::from(added.rows_affected() == 1))
}

async fn owners(db: &Db, citizens: &[ImportCitizen]) -> Result<HashMap<String, String>> {
    let mut owners = HashMap::new();
    for citizen in citizens {
        let row = sqlx::query("SELECT id FROM citizens WHERE issuer = $1 AND subject = $2")
            .bind(&citizen.issuer)
            .bind(&citizen.subject)
            .fetch_one(db.reader())
            .await?;
        owners.insert(citizen.subject.clone(), row.try_get(0)?);
    }
    Ok(owners)
}

async fn known_cases(db: &Db) -> Result<HashSet<String>> {
    let rows = sqlx::query("SELECT import_key FROM cases WHERE import_key IS NOT NULL").fetch_all(db.reader()).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

async fn put_case(crm: &Crm, change: &mut Change, owner: &str, case: &ImportCase) -> Result<()> {
    let happened: Vec<&ImportStep> = case.steps.iter().filter(|step| step.at.is_some()).collect();
    let state: &StateCode = happened.last().map(|step| &step.state).ok_or_else(|| wrong(&case.key, "nothing happened"))?;
    let phase = crm.reference.phase(state).unwrap_or(Phase::Unknown);
    let opened = opened_at(case);
    let moved = happened.iter().rev().find(|step| !step.by_citizen).and_then(|step| step.at.as_ref()).map_or(opened.clone(), stored);
    let opened_year = instant(&opened).map(year).ok_or_else(|| wrong(&case.key, "opened at no instant"))?;
    let number = number::next(change, &crm.reference.town.number_prefix, opened_year).await?;
    let id = new_id();
    sqlx::query(
        "INSERT INTO cases (id, owner_id, number, import_key, kind, title, subject, description, state, phase, opened_at, moved_at,
            due_on, legal_days, task, task_due_on, protocol_number, protocol_on, office_key, search_text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    )
    .bind(&id)
    .bind(owner)
    .bind(&number.0)
    .bind(&case.key)
    .bind(&case.kind.0)
    .bind(&case.title)
    .bind(&case.subject)
    .bind(&case.description)
    .bind(&state.0)
    .bind(phase.as_str())
    .bind(&opened)
    .bind(moved)
    .bind(case.due_on.as_ref().map(|day| day.0.clone()))
    .bind(case.legal_days.or_else(|| crm.reference.legal_days(&case.kind)).map(i64::from))
    .bind(word::to_option(case.task.as_ref())?)
    .bind(case.task_due_on.as_ref().map(|day| day.0.clone()))
    .bind(case.protocol.as_ref().map(|protocol| protocol.number.clone()))
    .bind(case.protocol.as_ref().map(|protocol| protocol.registered_on.0.clone()))
    .bind(&case.office)
    .bind(reports::search_text(&number, &case.title, case.subject.as_deref()))
    .execute(&mut **change)
    .await?;
    put_steps(change, (owner, &id), (case, &number)).await?;
    if let Some(report) = &case.report {
        put_report(crm, change, (owner, &id), (case, report), &opened).await?;
    }
    for document in &case.documents {
        put_document(crm, change, (owner, &id), (case, &number), document).await?;
    }
    Ok(())
}

async fn put_steps(change: &mut Change, (owner, id): (&str, &str), (case, number): (&ImportCase, &CaseNumber)) -> Result<()> {
    for (position, step) in case.steps.iter().enumerate() {
        sqlx::query(
            "INSERT INTO steps (case_id, position, state, happened_at, expected_on, note, by_citizen, office_name, channel)
             SELECT $1, $2, $3, $4, $5, $6, $7, o.name, $8 FROM offices o WHERE o.key = $9",
        )
        .bind(id)
        .bind(i64::try_from(position).unwrap_or_default())
        .bind(&step.state.0)
        .bind(step.at.as_ref().map(stored))
        .bind(step.expected_on.as_ref().map(|day| day.0.clone()))
        .bind(&step.note)
        .bind(i64::from(step.by_citizen))
        .bind(word::to(&step.channel)?)
        .bind(&case.office)
        .execute(&mut **change)
        .await?;
        if let (true, Some(at)) = (step.told, &step.at) {
            inbox::bring(change, &CitizenId(owner.to_owned()), &CaseId(id.to_owned()), (case, number), (step, &stored(at))).await?;
        }
    }
    Ok(())
}

async fn put_report(
    crm: &Crm,
    change: &mut Change,
    (owner, id): (&str, &str),
    (case, report): (&ImportCase, &ImportReport),
    opened: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO reports (case_id, owner_id, category, street, house_number, lon, lat, accuracy_m, details, answers,
                              privacy_version, privacy_at)
         VALUES ($1, $2, $3, $4, $5, CAST($6 AS DOUBLE PRECISION), CAST($7 AS DOUBLE PRECISION), NULL, $8, '{}', '', $9)",
    )
    .bind(id)
    .bind(owner)
    .bind(&report.category.0)
    .bind(&report.place.street)
    .bind(&report.place.house_number)
    .bind(decimal(report.place.point.map(|point| point.lon)))
    .bind(decimal(report.place.point.map(|point| point.lat)))
    .bind(&case.description)
    .bind(opened)
    .execute(&mut **change)
    .await?;
    let (id, publication) = (CaseId(id.to_owned()), Publication { citizen_text: true, ..Publication::default() });
    for step in case.steps.iter().filter(|step| step.at.is_some()) {
        publication::on_move(crm, change, &id, &step.state).await?;
    }
    if report.approved {
        publication::apply(change, &id, &publication).await?;
    }
    Ok(())
}

async fn put_document(
    crm: &Crm,
    change: &mut Change,
    (owner, id): (&str, &str),
    (case, number): (&ImportCase, &CaseNumber),
    document: &ImportDocument,
) -> Result<()> {
    let words = Words::of(BASE_LANGUAGE)?;
    let added = instant(&document.added_at.0).ok_or_else(|| wrong(&case.key, "a document without an instant"))?;
    let mut rows = vec![(words.number.clone(), number.0.clone())];
    if let Some(protocol) = &case.protocol {
        let day = words.day(&Date(protocol.registered_on.0.clone()))?;
        rows.push((words.protocol.clone(), words.protocol_value.replace("{number}", &protocol.number).replace("{day}", &day)));
    }
    let page = OwnedLetter {
        language: words.language,
        title: document.name.clone(),
        town: crm.reference.town.town.clone(),
        paragraphs: document.paragraphs.clone(),
        rows,
        issued_on: words.day(&clock::day(added))?,
    };
    let bytes = write(crm, page).await?;
    let file = crm.files.keep(&bytes).await?;
    sqlx::query(
        "INSERT INTO documents (id, case_id, owner_id, name, media_type, bytes, added_at, file)
         VALUES ($1, $2, $3, $4, 'application/pdf', $5, $6, $7)",
    )
    .bind(new_id())
    .bind(id)
    .bind(owner)
    .bind(&document.name)
    .bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
    .bind(utc(added).0)
    .bind(file)
    .execute(&mut **change)
    .await?;
    Ok(())
}
