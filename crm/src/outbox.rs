//! Effects outside the database: put there in the same change as their cause, delivered afterwards, tried again until it works.
//!
//! Several processes may share one database: each leases what it delivers. One that dies leaves its lease to run out, and
//! somebody else tries again; what has arrived already is known to the other side by its identifier, which never changes.
use crate::channels::{deliveries, outgoing};
use crate::clock::{later, utc};
use crate::connect::smtp;
use crate::db::{Change, new_id};
use crate::error::Result;
use crate::my_data::copies;
use crate::state::Crm;
use crate::{forwarding, mail};
use contract::channels::DeliveryState;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::Row;
use std::time::Duration;

/// Pause between two looks for something due.
const LOOK: Duration = Duration::from_secs(1);
/// Taken by one process at once of one kind, and delivered one after the other: letters arrive in the order they were written.
const AT_ONCE: i64 = 5;
/// Longest time for one delivery.
const DELIVERY_TIME: Duration = Duration::from_secs(60);
/// Longest time for making a copy of somebody's data: they are made one by one.
const COPY_TIME: Duration = Duration::from_secs(500);
/// Seconds for which what was taken is one process's own: longer than delivering all of it takes.
const LEASE_SECONDS: i64 = 600;
/// The pause after the first failure, in seconds; it doubles each time.
const FIRST_PAUSE_SECONDS: i64 = 15;
/// The longest pause.
const LONGEST_PAUSE_SECONDS: i64 = 6 * 3600;
/// The longest pause that the other side may ask for.
const LONGEST_WAIT_SECONDS: i64 = 24 * 3600;
/// After so many failures (about five days) a letter is given up.
const ATTEMPTS_MAX: i64 = 30;

/// What is to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A letter: [`mail::Letter`].
    Mail,
    /// A street report for another Open311 server.
    Open311,
    /// A notification: [`outgoing::Push`].
    Push,
    /// A message of App IO: [`outgoing::Io`].
    AppIo,
    /// A text message: [`outgoing::Text`].
    Sms,
    /// A copy of somebody's data: [`copies::Wanted`]. It goes nowhere, but takes its time and must not be lost.
    Copy,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Mail, Self::Open311, Self::Push, Self::AppIo, Self::Sms, Self::Copy];

    const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Open311 => "open311",
            Self::Push => "push",
            Self::AppIo => "app_io",
            Self::Sms => "sms",
            Self::Copy => "copy",
        }
    }

    /// How many are taken at once, and the longest time for each: together no longer than a lease.
    const fn pace(self) -> (i64, Duration) {
        if matches!(self, Self::Copy) { (1, COPY_TIME) } else { (AT_ONCE, DELIVERY_TIME) }
    }
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Done,
    /// Not now; why.
    Later(String),
    /// Not now, and not before so many seconds have passed, as the other side said; why.
    After(String, i64),
    /// Never; why.
    Never(String),
    /// Never, because the address exists no longer or wants nothing from us; why.
    Gone(String),
}

/// What becomes of a parcel after an attempt.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Done,
    /// So many seconds from now it is due again; why it did not arrive.
    Again(i64, String),
    GivenUp(String),
}

/// Something that is being delivered.
pub struct Parcel {
    /// Its identifier, the same in every attempt.
    pub id: String,
    /// What to deliver, as JSON.
    pub payload: String,
    /// When it was put into the outbox.
    pub created_at: String,
    kind: Kind,
    attempts: i64,
}

/// Puts something into the outbox, as part of a change; its identifier.
///
/// # Errors
/// When the database fails or the payload cannot be written as JSON.
pub async fn put(crm: &Crm, change: &mut Change, kind: Kind, payload: &impl Serialize) -> Result<String> {
    put_for(crm, change, kind, payload, crm.clock.now()).await
}

/// The same, for a certain time: not before it is delivered.
///
/// # Errors
/// When the database fails or the payload cannot be written as JSON.
pub async fn put_for(crm: &Crm, change: &mut Change, kind: Kind, payload: &impl Serialize, due: Timestamp) -> Result<String> {
    let id = new_id();
    sqlx::query("INSERT INTO outbox (id, kind, payload, state, attempts, due_at, created_at) VALUES ($1, $2, $3, 'waiting', 0, $4, $5)")
        .bind(&id)
        .bind(kind.word())
        .bind(serde_json::to_string(payload)?)
        .bind(utc(due).0)
        .bind(crm.clock.utc().0)
        .execute(&mut **change)
        .await?;
    Ok(id)
}

/// Frees what a process held that did not outlive it. Where the database is nobody else's, all leases are the dead one's; elsewhere they run out.
///
/// # Errors
/// When the database fails.
pub async fn take_over(crm: &Crm) -> Result<()> {
    if crm.db.is_shared() {
        return Ok(());
    }
    let mut change = crm.db.begin().await?;
    sqlx::query("UPDATE outbox SET lease = NULL, leased_until = NULL WHERE lease IS NOT NULL").execute(&mut *change).await?;
    change.commit().await?;
    Ok(())
}

/// Delivers what is due of a kind, for ever. Each kind goes by itself: letters do not wait for another server that is slow, nor it for them.
pub async fn keep_delivering(crm: Crm, kind: Kind) {
    loop {
        match deliver(&crm, kind).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!("outbox: {error}"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// One round: everything due of a kind, up to a number. How many were tried.
///
/// # Errors
/// When the database fails; what was leased is free again when its lease runs out.
pub async fn deliver(crm: &Crm, kind: Kind) -> Result<usize> {
    let lease = new_id();
    let parcels = lease_some(crm, kind, &lease).await?;
    for parcel in &parcels {
        let sent = tokio::time::timeout(kind.pace().1, send(crm, parcel)).await;
        end(crm, &lease, parcel, sent.unwrap_or_else(|_| Outcome::Later("it took too long".to_owned()))).await?;
    }
    Ok(parcels.len())
}

async fn lease_some(crm: &Crm, kind: Kind, lease: &str) -> Result<Vec<Parcel>> {
    const DUE: &str = "state = 'waiting' AND kind = $2 AND due_at <= $1 AND (leased_until IS NULL OR leased_until < $1)";
    let now = crm.clock.now();
    // Most looks find nothing: those cost a read, not a write.
    let look = format!("SELECT id FROM outbox WHERE {DUE} LIMIT 1");
    if sqlx::query(&look).bind(utc(now).0).bind(kind.word()).fetch_optional(crm.db.reader()).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut change = crm.db.begin().await?;
    // On PostgreSQL two processes may choose the same rows: the second waits for the first, and then its own condition fails.
    let rows = sqlx::query(&format!(
        "UPDATE outbox SET lease = $3, leased_until = $4, attempts = attempts + 1
         WHERE {DUE} AND id IN (SELECT id FROM outbox WHERE {DUE} ORDER BY due_at, id LIMIT $5)
         RETURNING id, payload, created_at, attempts"
    ))
    .bind(utc(now).0)
    .bind(kind.word())
    .bind(lease)
    .bind(utc(later(now, LEASE_SECONDS)).0)
    .bind(kind.pace().0)
    .fetch_all(&mut *change)
    .await?;
    change.commit().await?;
    let mut parcels: Vec<Parcel> = rows
        .iter()
        .map(|row| {
            Ok(Parcel {
                id: row.try_get("id")?,
                payload: row.try_get("payload")?,
                created_at: row.try_get("created_at")?,
                kind,
                attempts: row.try_get("attempts")?,
            })
        })
        .collect::<Result<_>>()?;
    parcels.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(parcels)
}

async fn send(crm: &Crm, parcel: &Parcel) -> Outcome {
    match parcel.kind {
        Kind::Mail => match (&crm.post, serde_json::from_str::<mail::Letter>(&parcel.payload)) {
            (Some(post), Ok(letter)) => smtp::send(crm, post, parcel, &letter).await,
            (None, _) => Outcome::Later("no mail server is configured".to_owned()),
            (_, Err(error)) => Outcome::Never(error.to_string()),
        },
        Kind::Open311 => forwarding::send(crm, parcel).await,
        Kind::Push => outgoing::push(crm, parcel).await,
        Kind::AppIo => outgoing::app_io(crm, parcel).await,
        Kind::Sms => outgoing::sms(crm, parcel).await,
        Kind::Copy => copies::make(crm, parcel).await,
    }
}

/// Writes down how it ended, unless the lease ran out meanwhile and somebody else has it.
async fn end(crm: &Crm, lease: &str, parcel: &Parcel, outcome: Outcome) -> Result<()> {
    let now = crm.clock.now();
    let is_gone = matches!(outcome, Outcome::Gone(_));
    let fate = fate(parcel, outcome);
    let (state, due) = match &fate {
        Fate::Done => (DeliveryState::Done, now),
        Fate::Again(seconds, _) => (DeliveryState::Again, later(now, *seconds)),
        Fate::GivenUp(_) if is_gone => (DeliveryState::Gone, now),
        Fate::GivenUp(_) => (DeliveryState::Failed, now),
    };
    let mut change = crm.db.begin().await?;
    let query = match &fate {
        Fate::Again(_, why) => {
            tracing::warn!(kind = parcel.kind.word(), attempts = parcel.attempts, "outbox, later: {why}");
            sqlx::query("UPDATE outbox SET lease = NULL, leased_until = NULL, due_at = $1, failure = $2 WHERE id = $3 AND lease = $4")
                .bind(utc(due).0)
                .bind(why)
        }
        Fate::Done => sqlx::query(
            "UPDATE outbox SET state = 'done', payload = '', lease = NULL, leased_until = NULL, ended_at = $1, failure = $2
             WHERE id = $3 AND lease = $4",
        )
        .bind(utc(now).0)
        .bind(None::<&str>),
        Fate::GivenUp(why) => {
            tracing::error!(kind = parcel.kind.word(), attempts = parcel.attempts, "outbox, given up: {why}");
            sqlx::query(
                "UPDATE outbox SET state = 'given_up', payload = CASE WHEN kind = 'open311' THEN payload ELSE '' END, lease = NULL, leased_until = NULL, ended_at = $1, failure = $2
                 WHERE id = $3 AND lease = $4",
            )
            .bind(utc(now).0)
            .bind(why)
        }
    };
    let ended = query.bind(&parcel.id).bind(lease).execute(&mut *change).await?;
    if ended.rows_affected() > 0 {
        deliveries::ended(crm, &mut change, &parcel.id, (state, due)).await?;
    }
    change.commit().await?;
    Ok(())
}

fn fate(parcel: &Parcel, outcome: Outcome) -> Fate {
    let (seconds, why) = match outcome {
        Outcome::Done => return Fate::Done,
        Outcome::Never(why) | Outcome::Gone(why) => return Fate::GivenUp(why),
        Outcome::Later(why) => (0, why),
        Outcome::After(why, seconds) => (seconds.min(LONGEST_WAIT_SECONDS), why),
    };
    // A report is never given up because the other server is away, or somebody must first mend its settings: the office sees it waiting.
    if parcel.attempts >= ATTEMPTS_MAX && parcel.kind != Kind::Open311 {
        return Fate::GivenUp(why);
    }
    Fate::Again(seconds.max(pause(parcel)), why)
}

/// Seconds until the next attempt: doubled each time, and spread by a quarter so that not all come at once.
fn pause(parcel: &Parcel) -> i64 {
    let doubled = u32::try_from(parcel.attempts - 1).ok().and_then(|times| FIRST_PAUSE_SECONDS.checked_shl(times.min(20)));
    let pause = doubled.unwrap_or(LONGEST_PAUSE_SECONDS).clamp(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS);
    // The last bytes of an identifier are random.
    let spread = parcel.id.bytes().rev().take(8).fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1000);
    pause + pause * spread / 4000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(id: &str, attempts: i64, kind: Kind) -> Parcel {
        Parcel { id: id.into(), payload: String::new(), created_at: String::new(), kind, attempts }
    }

    #[test]
    fn the_other_side_may_ask_for_a_longer_pause_but_not_for_ever() {
        let wait = |outcome| match fate(&parcel("0193-a", 1, Kind::Mail), outcome) {
            Fate::Again(seconds, _) => seconds,
            other => panic!("{other:?}"),
        };
        let own = wait(Outcome::Later("busy".into()));
        assert_eq!([-5, 0, 1].map(|seconds| wait(Outcome::After("busy".into(), seconds))), [own; 3]);
        assert_eq!(wait(Outcome::After("busy".into(), 3600)), 3600);
        assert_eq!(wait(Outcome::After("busy".into(), i64::MAX)), LONGEST_WAIT_SECONDS);
    }

    #[test]
    fn what_cannot_arrive_is_given_up_and_the_rest_after_its_last_attempt() {
        let given_up = |attempts, kind, outcome| fate(&parcel("0193-a", attempts, kind), outcome) == Fate::GivenUp("why".into());
        for (outcome, tried_again) in [
            (Outcome::Gone("why".into()), false),
            (Outcome::Never("why".into()), false),
            (Outcome::After("why".into(), 9), true),
            (Outcome::Later("why".into()), true),
        ] {
            assert_eq!(given_up(1, Kind::Mail, outcome.clone()), !tried_again);
            assert!(given_up(ATTEMPTS_MAX, Kind::Mail, outcome.clone()));
            assert_eq!(given_up(ATTEMPTS_MAX, Kind::Open311, outcome), !tried_again);
        }
    }

    #[test]
    fn pauses_grow_up_to_a_quarter_of_a_day_and_differ() {
        let pause_of = |id: &str, attempts| pause(&parcel(id, attempts, Kind::Mail));
        let pauses: Vec<i64> = (1..=ATTEMPTS_MAX).map(|attempts| pause_of("0193-a", attempts)).collect();
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert!((15..19).contains(&pauses[0]), "{pauses:?}");
        assert!(pauses.last().is_some_and(|last| (21_600..=27_000).contains(last)), "{pauses:?}");
        assert!((0..20).any(|n| pause_of(&format!("0193-{n}"), 9) != pauses[8]));
    }
}
