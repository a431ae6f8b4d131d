//! The list of cases: filter, search, and a cursor that stays where it is while new cases arrive.
use super::SUMMARY;
use crate::conditions::Conditions;
use crate::db::is_id;
use crate::error::{Error, Result};
use crate::fold;
use crate::office::Officer;
use crate::state::Crm;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use contract::cases::{CaseQuery, Phase};
use contract::id::{CaseId, CitizenId};
use contract::problem::FieldRule;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Whose cases are asked for. There is no query without one: everybody's are only for who shows an officer.
#[derive(Clone, Copy)]
pub enum Whose<'a> {
    /// One citizen's; of a delegation about one case that one.
    Citizen(&'a CitizenId, Option<&'a CaseId>),
    /// Everybody's, for an officer.
    Everybody(&'a Officer),
}

/// A page of rows (columns of [`super::SUMMARY`], the citizen's name and the office), the one moved last first, and the
/// cursor of the next page.
///
/// # Errors
/// A filter or cursor that makes no sense, or the database.
pub async fn list(crm: &Crm, whose: Whose<'_>, query: &CaseQuery) -> Result<(Vec<AnyRow>, Option<String>)> {
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let mut asked = Conditions::default();
    match whose {
        Whose::Citizen(id, only) => {
            asked.equal("c.owner_id", id.as_str());
            if let Some(only) = only {
                asked.equal("c.id", only.as_str());
            }
        }
        Whose::Everybody(_) => asked.plain("1 = 1"),
    }
    match query.phase {
        Some(Phase::Unknown) => return Err(Error::field("phase", FieldRule::NotAChoice)),
        Some(phase) => asked.equal("c.phase", phase.as_str()),
        None => {}
    }
    for word in fold::words(query.q.as_deref().unwrap_or_default()) {
        let (states, kinds) = (crm.reference.states_with(&word), crm.reference.kinds_with(&word));
        asked.word(&word, &["c.search_text", "o.search_text"], &[("c.state", &states), ("c.kind", &kinds)]);
    }
    if let Some(after) = &query.after {
        let (moved_at, id) = read_cursor(after).ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?;
        asked.behind("(c.moved_at, c.id)", &moved_at, &id);
    }
    let sql = format!(
        "SELECT {SUMMARY}, p.given_name, p.family_name, p.issuer, p.email, p.phone, c.reminders FROM cases c JOIN offices o ON o.key = c.office_key
         JOIN citizens p ON p.id = c.owner_id {} ORDER BY c.moved_at DESC, c.id DESC",
        asked.sql()
    );
    let mut rows = asked.rows(crm, &sql, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last() {
        Some(last) if more => Some(cursor(last.try_get("moved_at")?, last.try_get("id")?)),
        _ => None,
    };
    Ok((rows, next))
}

/// A cursor behind a row: an instant and an identifier, which decides between equal instants.
pub fn cursor(moved_at: &str, id: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{moved_at} {id}"))
}

/// Reads a cursor; `None` for one that was made up.
pub fn read_cursor(cursor: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (moved_at, id) = text.split_once(' ')?;
    crate::clock::instant(moved_at)?;
    is_id(id).then(|| (moved_at.to_owned(), id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_a_made_up_one_is_not() {
        let made = cursor("2026-11-22T18:50:33Z", "0193");
        assert_eq!(read_cursor(&made), Some(("2026-11-22T18:50:33Z".into(), "0193".into())));
        for wrong in ["", "%%%", "AAAA", &BASE64_URL_SAFE_NO_PAD.encode("yesterday 1"), &cursor("2026-11-22T18:50:33Z", "\0")] {
            assert_eq!(read_cursor(wrong), None, "{wrong}");
        }
    }
}
