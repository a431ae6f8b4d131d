//! What nobody needs any more goes: ended sessions, logins that never came back, files no report took, answers grown old.
use crate::attachments::KeptFiles;
use crate::channels::deliveries;
use crate::clock::{Clock, utc};
use crate::error::Result;
use crate::help_desk::helps;
use crate::my_data::{copies, retention};
use crate::state::Crm;
use crate::{credential, drafts, events, light, login, questionnaires, session, uploads};
use sqlx::Row;
use std::collections::HashSet;
use std::time::{Duration, SystemTime};

/// Time between two rounds.
const EVERY: Duration = Duration::from_secs(600);
/// Seconds after which a file that no report took is thrown away.
const UNUSED_SECONDS: i64 = 24 * 3600;
const DAY_SECONDS: i64 = 24 * 3600;

/// Cleans up now and then, for ever. A round that fails is logged; the next one tries again.
pub async fn keep_clean(crm: Crm) {
    loop {
        if let Err(error) = clean(&crm).await {
            tracing::error!("housekeeping: {error}");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One round.
///
/// # Errors
/// When the database or the disk fails.
pub async fn clean(crm: &Crm) -> Result<()> {
    let clock: &Clock = &crm.clock;
    let now = clock.utc().0;
    let mut change = crm.db.begin().await?;
    sqlx::query("DELETE FROM logins WHERE created_at < $1").bind(clock.seconds_ago(login::KEPT_SECONDS).0).execute(&mut *change).await?;
    helps::end_what_is_over(crm, &mut change).await?;
    sqlx::query("DELETE FROM consents WHERE until_at < $1").bind(clock.seconds_ago(DAY_SECONDS).0).execute(&mut *change).await?;
    sqlx::query("DELETE FROM desk_sessions WHERE ends_at <= $1").bind(&now).execute(&mut *change).await?;
    sqlx::query("DELETE FROM sessions WHERE ends_at <= $1").bind(&now).execute(&mut *change).await?;
    for (device, lengths) in [("mine", crm.config.mine), ("shared", crm.config.shared)] {
        let last = clock.seconds_ago(lengths.idle + session::STEP).0;
        sqlx::query("DELETE FROM sessions WHERE device = $1 AND seen_at < $2").bind(device).bind(last).execute(&mut *change).await?;
    }
    light::expire(crm, &mut change).await?;
    drafts::expire(crm, &mut change).await?;
    credential::expire(crm, &mut change).await?;
    let old = clock.seconds_ago(crm.config.answers_kept_days * DAY_SECONDS).0;
    sqlx::query("DELETE FROM answers WHERE kept = 'days' AND created_at < $1").bind(old).execute(&mut *change).await?;
    let unused = sqlx::query(
        "DELETE FROM attachments WHERE case_id IS NULL AND proof_id IS NULL AND questionnaire_id IS NULL AND
            (state <> 'travelling' AND added_at < $1 OR state = 'travelling' AND expires_at < $2) RETURNING file, thumbnail",
    )
    .bind(clock.seconds_ago(UNUSED_SECONDS).0)
    .bind(clock.seconds_ago(uploads::GRACE_SECONDS).0)
    .fetch_all(&mut *change)
    .await?;
    sqlx::query("DELETE FROM events WHERE created_at < $1")
        .bind(clock.seconds_ago(events::KEPT_DAYS * DAY_SECONDS).0)
        .execute(&mut *change)
        .await?;
    sqlx::query("DELETE FROM deliveries WHERE created_at < $1")
        .bind(clock.seconds_ago(deliveries::KEPT_DAYS * DAY_SECONDS).0)
        .execute(&mut *change)
        .await?;
    sqlx::query("DELETE FROM letters WHERE posted_at < $1")
        .bind(clock.seconds_ago(crm.config.answers_kept_days * DAY_SECONDS).0)
        .execute(&mut *change)
        .await?;
    sqlx::query("DELETE FROM outbox WHERE state <> 'waiting' AND ended_at < $1")
        .bind(clock.seconds_ago(crm.config.answers_kept_days * DAY_SECONDS).0)
        .execute(&mut *change)
        .await?;
    let mut over = questionnaires::expire(crm, &mut change).await?;
    over.extend(copies::expire(crm, &mut change).await?);
    over.extend(retention::expire(crm, &mut change).await?);
    change.commit().await?;
    for file in over {
        crm.files.forget(&file).await;
    }
    for row in &unused {
        KeptFiles::of(row)?.forget(crm).await;
    }
    uploads::expire(crm).await?;
    let swept = crm.files.sweep(&named_files(crm).await?, SystemTime::now()).await?;
    if swept > 0 || !unused.is_empty() {
        tracing::info!(unused = unused.len(), swept, now = utc(clock.now()).0, "files thrown away");
    }
    Ok(())
}

/// The names of all files that a row still needs.
async fn named_files(crm: &Crm) -> Result<HashSet<String>> {
    let rows = sqlx::query("SELECT file FROM documents UNION ALL SELECT file FROM attachments UNION ALL SELECT thumbnail FROM attachments WHERE thumbnail IS NOT NULL UNION ALL SELECT register_file FROM questionnaires WHERE register_file IS NOT NULL UNION ALL SELECT file FROM data_copies WHERE file IS NOT NULL").fetch_all(crm.db.reader()).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
