//! In the room: a second member of the desk, at a login of their own, looks at the document and says yes or no. Nobody confirms what they ask.
use super::log::{self, Entry};
use super::volunteers::Volunteer;
use super::{helps, papers};
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::web::{At, Body};
use axum::extract::State;
use axum::http::StatusCode;
use contract::help_desk::{Agreed, LogAction, LogActor, ToConfirm};
use contract::id::{CitizenId, ConsentId};
use contract::{UtcTime, paths};
use sqlx::Row;

/// Consents in the room that others ask for and that wait, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(crm: &Crm, volunteer: &Volunteer) -> Result<Vec<ToConfirm>> {
    let rows = sqlx::query(
        "SELECT k.id, k.fiscal_code, k.document, k.scopes, k.minutes, k.until_at, k.person, v.name AS volunteer, c.given_name, c.family_name,
                c.fiscal_code AS own_code
         FROM consents k JOIN volunteers v ON v.id = k.volunteer_id LEFT JOIN citizens c ON c.id = k.citizen_id
         WHERE k.way IN ('room', 'new') AND k.state = 'asked' AND k.until_at > $1 AND k.volunteer_id <> $2 ORDER BY k.asked_at, k.id LIMIT 20",
    )
    .bind(crm.clock.utc().0)
    .bind(&volunteer.id)
    .fetch_all(crm.db.reader())
    .await?;
    let text = |row: &sqlx::any::AnyRow, name: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(name)?.unwrap_or_default()) };
    rows.iter()
        .map(|row| {
            let person = papers::person_of(row.try_get("person")?)?;
            let is_new = person.is_some();
            let known = format!("{} {}", text(row, "given_name")?, text(row, "family_name")?);
            let name = person.map_or(known, |person| person.name);
            let typed: String = row.try_get("fiscal_code")?;
            Ok(ToConfirm {
                id: ConsentId(row.try_get("id")?),
                volunteer: row.try_get("volunteer")?,
                citizen: name.trim().to_owned(),
                // For more time nobody types it again.
                fiscal_code: if typed.is_empty() { text(row, "own_code")? } else { typed },
                document: papers::document(&text(row, "document")?)?,
                is_new,
                scopes: helps::scopes_from_text(row.try_get("scopes")?),
                minutes: u32::try_from(row.try_get::<i64, _>("minutes")?).unwrap_or_default(),
                until: UtcTime(row.try_get("until_at")?),
            })
        })
        .collect()
}

/// Say that the document is the citizen's, or that it is not.
#[utoipa::path(post, path = paths::HELP_DESK_CONFIRMATION, operation_id = "consent_confirm", tag = "help_desk", params(("id" = String, Path)), security(("desk" = [])),
    request_body = Agreed, responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn confirm(
    State(crm): State<Crm>,
    volunteer: Volunteer,
    At(id): At<ConsentId>,
    Body(agreed): Body<Agreed>,
) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    // A codice fiscale that nobody has can be refused, and not confirmed; who has none is made by the confirmation.
    let row = sqlx::query(
        "UPDATE consents SET state = $1, given_at = $2, second_id = $3
         WHERE id = $4 AND way IN ('room', 'new') AND state = 'asked' AND until_at > $2 AND volunteer_id <> $3
            AND (citizen_id IS NOT NULL OR way = 'new' OR $1 = 'refused')
         RETURNING citizen_id, document, volunteer_id, person",
    )
    .bind(if agreed.yes { "given" } else { "refused" })
    .bind(crm.clock.utc().0)
    .bind(&volunteer.id)
    .bind(id.as_str())
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    if let Some(person) = papers::person_of(row.try_get("person")?)? {
        let asker: String = row.try_get("volunteer_id")?;
        let made = if agreed.yes { Some(papers::make(&crm, &mut change, (&asker, &volunteer), &person).await?) } else { None };
        // What they said stands with the person from now on, and nowhere else.
        sqlx::query("UPDATE consents SET citizen_id = $1, person = '' WHERE id = $2")
            .bind(made.map(|made| made.0))
            .bind(id.as_str())
            .execute(&mut *change)
            .await?;
    }
    if let (true, Some(citizen)) = (agreed.yes, row.try_get::<Option<String>, _>("citizen_id")?) {
        let document: Option<String> = row.try_get("document")?;
        let why = document.unwrap_or_default();
        let entry = Entry { why: &why, ..Entry::by(LogActor::Volunteer, &volunteer.name, LogAction::ConsentConfirmed) };
        log::write(&crm, &mut change, &CitizenId(citizen), entry).await?;
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
