//! A case whose person leaves: sealed, deleted, or without them from then on; and its end, when its time has passed.
use crate::citizens::NOBODY;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::reports;
use crate::state::Crm;
use contract::cases::CaseNumber;
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId};
use sqlx::Row;

/// The law keeps it: from now on it is only read, and nobody is told of it outside of the personal area.
pub async fn seal(crm: &Crm, change: &mut Change, citizen: &CitizenId, case: &CaseId) -> Result<()> {
    sqlx::query("UPDATE cases SET sealed_at = COALESCE(sealed_at, $1), quiet = 1 WHERE owner_id = $2 AND id = $3")
        .bind(crm.clock.utc().0)
        .bind(citizen.as_str())
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// It goes, with everything that hangs on it; its files.
pub async fn delete(change: &mut Change, case: &CaseId) -> Result<Vec<String>> {
    let mut files = forget_files(change, "case_id = $1", case.as_str()).await?;
    let documents =
        sqlx::query("DELETE FROM documents WHERE case_id = $1 RETURNING file").bind(case.as_str()).fetch_all(&mut **change).await?;
    for row in &documents {
        files.push(row.try_get(0)?);
    }
    sqlx::query("DELETE FROM cases WHERE id = $1").bind(case.as_str()).execute(&mut **change).await?;
    forget_answers(change, case).await?;
    Ok(files)
}

/// Answers about a case that were given to offices, to be given again: they have its title.
async fn forget_answers(change: &mut Change, case: &CaseId) -> Result<()> {
    sqlx::query("DELETE FROM answers WHERE body LIKE '%\"' || $1 || '\"%' OR location LIKE '%/' || $1")
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// It stays without its person: it is nobody's, as what is sent without signing in. The words that an office still works with go when it
/// is over, those of what is over already at once; the files that went.
pub async fn unlink(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<Vec<String>> {
    let nobody = new_id();
    sqlx::query(
        "INSERT INTO citizens (id, issuer, subject, given_name, family_name, created_at, language) VALUES ($1, $2, $1, '', '', $3, 'it')",
    )
    .bind(&nobody)
    .bind(NOBODY)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    for (table, column) in [("documents", "case_id"), ("attachments", "case_id"), ("reports", "case_id")] {
        sqlx::query(&format!("UPDATE {table} SET owner_id = $1 WHERE {column} = $2"))
            .bind(&nobody)
            .bind(case.as_str())
            .execute(&mut **change)
            .await?;
    }
    sqlx::query("UPDATE cases SET owner_id = $1, quiet = 1, sealed_at = NULL, unlinked_at = $2 WHERE id = $3")
        .bind(&nobody)
        .bind(crm.clock.utc().0)
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
    for table in ["inbox", "ratings", "tracking", "disputes"] {
        sqlx::query(&format!("DELETE FROM {table} WHERE case_id = $1")).bind(case.as_str()).execute(&mut **change).await?;
    }
    let row = sqlx::query("SELECT phase FROM cases WHERE id = $1").bind(case.as_str()).fetch_one(&mut **change).await?;
    if row.try_get::<&str, _>("phase")? == "closed" { end(crm, change, case).await } else { Ok(Vec::new()) }
}

/// A case that was left, at its end: what everybody may see stays, without the person; the rest goes. The files that went.
///
/// # Errors
/// When the database fails.
pub async fn end(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<Vec<String>> {
    let row = sqlx::query(
        "SELECT c.number, c.state, c.unlinked_at, p.title, p.street, p.hidden FROM cases c LEFT JOIN public_reports p ON p.case_id = c.id WHERE c.id = $1",
    )
    .bind(case.as_str())
    .fetch_optional(&mut **change)
    .await?
    .ok_or(Error::NotFound)?;
    let is_public =
        row.try_get::<Option<i64>, _>("hidden")? == Some(0) && crm.reference.town.public_states.contains(&StateCode(row.try_get("state")?));
    if !is_public {
        return delete(change, case).await;
    }
    if row.try_get::<Option<String>, _>("unlinked_at")?.is_none() {
        // It comes back here, without its person.
        return Box::pin(unlink(crm, change, case)).await;
    }
    let text = |column: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default()) };
    let (title, street, number) = (text("title")?, text("street")?, CaseNumber(row.try_get("number")?));
    strip(change, case, (&title, &street, &number)).await
}

/// Takes out what its author and the office have written to one another: what is approved for everybody stays.
async fn strip(change: &mut Change, case: &CaseId, (title, street, number): (&str, &str, &CaseNumber)) -> Result<Vec<String>> {
    sqlx::query("UPDATE cases SET title = $1, subject = NULL, description = '', search_text = $2, unlinked_at = NULL WHERE id = $3")
        .bind(title)
        .bind(reports::search_text(number, title, None))
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
    sqlx::query("UPDATE reports SET street = $1, house_number = '', details = '', answers = '{}' WHERE case_id = $2")
        .bind(street)
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
    sqlx::query("UPDATE steps SET note = '' WHERE case_id = $1").bind(case.as_str()).execute(&mut **change).await?;
    forget_answers(change, case).await?;
    let mut files = forget_files(change, "case_id = $1 AND id NOT IN (SELECT attachment_id FROM public_photos)", case.as_str()).await?;
    let documents =
        sqlx::query("DELETE FROM documents WHERE case_id = $1 RETURNING file").bind(case.as_str()).fetch_all(&mut **change).await?;
    for row in &documents {
        files.push(row.try_get(0)?);
    }
    sqlx::query("UPDATE attachments SET name = '', metadata = NULL WHERE case_id = $1").bind(case.as_str()).execute(&mut **change).await?;
    Ok(files)
}

/// Deletes the rows of files that a condition on `$1` finds; their names on the disk.
pub async fn forget_files(change: &mut Change, condition: &str, value: &str) -> Result<Vec<String>> {
    let rows = sqlx::query(&format!("DELETE FROM attachments WHERE {condition} RETURNING file, thumbnail"))
        .bind(value)
        .fetch_all(&mut **change)
        .await?;
    let mut files = Vec::new();
    for row in &rows {
        files.extend([row.try_get("file")?, row.try_get::<Option<String>, _>("thumbnail")?.unwrap_or_default()]);
    }
    // What had not begun to arrive has no name.
    files.retain(|file: &String| !file.is_empty());
    Ok(files)
}
