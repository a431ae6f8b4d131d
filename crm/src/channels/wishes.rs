//! What somebody wants to be told, where: what they chose, and what the CRM begins with where they chose nothing.
use super::reader_of;
use crate::db::Change;
use crate::error::Result;
use crate::my_data::choices;
use crate::state::Crm;
use crate::word;
use contract::channels::{Channel, Quiet, Topic, Wish, Wishes};
use contract::id::CitizenId;
use contract::my_data::Place;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// What is wanted before anything was chosen: letters and notifications of everything (a notification goes only to devices that asked for
/// it), App IO when the town needs something, text messages only to who has no e-mail address. Paper is only for who asks for it.
const fn at_first(topic: Topic, channel: Channel, has_email: bool) -> bool {
    match channel {
        Channel::Email | Channel::Push => true,
        Channel::AppIo => matches!(topic, Topic::Requests),
        Channel::Sms => !has_email && !matches!(topic, Topic::Followed),
        Channel::Paper | Channel::Unknown => false,
    }
}

/// Somebody's wishes; `row` has the columns of [`super::READER`].
///
/// # Errors
/// When the database fails.
pub async fn of(connection: &mut AnyConnection, citizen: &CitizenId, row: &AnyRow, has_email: bool) -> Result<Wishes> {
    let rows = sqlx::query("SELECT topic, channel, wanted FROM channel_choices WHERE citizen_id = $1")
        .bind(citizen.as_str())
        .fetch_all(connection)
        .await?;
    let mut chosen = Vec::with_capacity(rows.len());
    for row in &rows {
        let wish = Wish { topic: word::from(row.try_get("topic")?)?, channel: word::from(row.try_get("channel")?)? };
        chosen.push((wish, row.try_get::<i64, _>("wanted")? != 0));
    }
    let mut wanted = Vec::new();
    for topic in Topic::ALL {
        for channel in Channel::ALL {
            let wish = Wish { topic, channel };
            let own = chosen.iter().find(|(known, _)| *known == wish).map(|(_, wanted)| *wanted);
            if own.unwrap_or_else(|| at_first(topic, channel, has_email)) {
                wanted.push(wish);
            }
        }
    }
    let quiet = match (row.try_get::<Option<String>, _>("quiet_from")?, row.try_get::<Option<String>, _>("quiet_to")?) {
        (Some(from), Some(to)) => Some(Quiet { from, to }),
        _ => None,
    };
    Ok(Wishes {
        wanted,
        quiet,
        tells_content: row.try_get::<i64, _>("tells_content")? != 0,
        attaches: row.try_get::<i64, _>("attaches")? != 0,
        postal_address: row.try_get("postal_address")?,
    })
}

/// Keeps what somebody chose; every pair is chosen then, wanted or not.
///
/// # Errors
/// When the database fails.
pub async fn keep(crm: &Crm, change: &mut Change, citizen: &CitizenId, (wishes, place): (&Wishes, Place)) -> Result<()> {
    let before = reader_of(change, citizen).await?.wishes;
    choices::wished(crm, change, citizen, (&before, wishes), place).await?;
    sqlx::query("UPDATE citizens SET quiet_from = $1, quiet_to = $2, tells_content = $3, attaches = $4, postal_address = $5 WHERE id = $6")
        .bind(wishes.quiet.as_ref().map(|quiet| quiet.from.as_str()))
        .bind(wishes.quiet.as_ref().map(|quiet| quiet.to.as_str()))
        .bind(i64::from(wishes.tells_content))
        .bind(i64::from(wishes.attaches))
        .bind(wishes.postal_address.trim())
        .bind(citizen.as_str())
        .execute(&mut **change)
        .await?;
    for topic in Topic::ALL {
        for channel in Channel::ALL {
            sqlx::query(
                "INSERT INTO channel_choices (citizen_id, topic, channel, wanted) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (citizen_id, topic, channel) DO UPDATE SET wanted = excluded.wanted",
            )
            .bind(citizen.as_str())
            .bind(word::to(&topic)?)
            .bind(word::to(&channel)?)
            .bind(i64::from(wishes.wants(topic, channel)))
            .execute(&mut **change)
            .await?;
        }
    }
    Ok(())
}
