//! What a delegate hears of the cases of who has given them a delegation and wants them to be told: that there is something new, and for whom.
//! What it is they read by acting for them, and not in a letter.
use crate::channels::{self, READER, reader};
use crate::db::Change;
use crate::error::Result;
use crate::help_desk::helps::scopes_from_text;
use crate::notices::{Notice, empty};
use crate::state::Crm;
use crate::words::Words;
use crate::{citizens, inbox};
use contract::channels::Topic;
use contract::help_desk::HelpScope;
use contract::id::{CaseId, CitizenId};
use sqlx::Row;

/// The app's page of delegations; `src/route.rs` of the app knows it by the same address.
const PAGE: &str = "/delegates";

/// The office has done something in a case: tells those who may see it for its owner, in the same change.
///
/// # Errors
/// When the database fails.
pub async fn tell(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    let rows = sqlx::query(&format!(
        "SELECT d.citizen_id AS giver_id, d.scopes, {READER} FROM cases k JOIN delegations d ON d.citizen_id = k.owner_id
         JOIN citizens p ON p.id = d.delegate_id
         WHERE k.id = $1 AND (d.case_id IS NULL OR d.case_id = k.id) AND d.tells = 1 AND d.accepted_at IS NOT NULL AND d.ended_at IS NULL AND d.until_on >= $2
         ORDER BY d.made_at, d.id"
    ))
    .bind(case.as_str())
    .bind(crm.clock.today().0)
    .fetch_all(&mut **change)
    .await?;
    let mut told: Vec<CitizenId> = Vec::new();
    for row in &rows {
        let reader = reader(change, row).await?;
        // Once, however many delegations they have.
        if told.contains(&reader.id) || !scopes_from_text(row.try_get("scopes")?).contains(&HelpScope::SeeCases) {
            continue;
        }
        let giver = citizens::name_in(change, &CitizenId(row.try_get("giver_id")?)).await?;
        inbox::tell_delegate(crm, change, &reader.id, &giver).await?;
        if crm.has_channels() {
            let words = Words::of(&reader.language)?;
            let mail = &words.mail;
            let notice = Notice {
                subject: mail.delegated_subject.replace("{name}", &giver),
                paragraphs: vec![mail.delegated.replace("{name}", &giver)],
                link: Some((mail.open_delegations.clone(), format!("{}{PAGE}", crm.config.public_url))),
                small: vec![mail.why_delegated.replace("{name}", &giver)],
                ..empty(Topic::Cases)
            };
            channels::tell(crm, change, &words, &reader, &notice).await?;
        }
        told.push(reader.id);
    }
    Ok(())
}
