//! A notice on paper: looked up here, else at the platform; from then on whoever looked it up sees it and can pay it, and nothing of whose it is.
use super::fees::{self, new_fee};
use super::holders::{Words, hold};
use super::{Payer, Peer, receipts};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::web::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use contract::id::{CitizenId, FeeId};
use contract::payments::notice::{NoticeNumber, creditor};
use contract::payments::{AMOUNT_CENTS, FeeDetails, NoticeQuery, REMITTANCE_CHARS_MAX, TITLE_CHARS_MAX};
use contract::problem::FieldRule;
use contract::{Date, paths};
use sqlx::Row;

/// The platform's words for what cannot be paid.
const PAID: &str = "POI_PAID";
const UNPAID: [&str; 2] = ["POI_UNPAID", "POI_EXPIRED_UNPAID"];

/// Look up a notice by what stands on it. Looking for it twice is finding it once.
#[utoipa::path(post, path = paths::PAPER_NOTICES, operation_id = "paper_notice", tag = "payments", request_body = NoticeQuery,
    responses((status = 200, body = FeeDetails), (status = "4XX", body = contract::Problem), (status = 503, body = contract::Problem)))]
pub async fn find(
    State(crm): State<Crm>,
    payer: Payer,
    peer: Peer,
    asked: HeaderMap,
    Body(query): Body<NoticeQuery>,
) -> Result<Json<FeeDetails>> {
    let problems = query.problems();
    let (Some(number), Some(creditor)) = (NoticeNumber::read(&query.number), creditor(&query.creditor)) else {
        return Err(Error::Invalid(problems));
    };
    let address = crm.client_address(&asked, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.codes_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    let known = sqlx::query("SELECT id FROM fees WHERE creditor = $1 AND number = $2")
        .bind(&creditor)
        .bind(&number.0)
        .fetch_optional(crm.db.reader())
        .await?;
    let id = match known {
        Some(row) => {
            let id = FeeId(row.try_get(0)?);
            let mut change = crm.db.begin().await?;
            see(&crm, &mut change, &payer.id, &id).await?;
            change.commit().await?;
            id
        }
        None => ask(&crm, &payer.id, &creditor, &number).await?,
    };
    Ok(Json(fees::find(&crm, &payer.id, &id).await?))
}

/// Whoever has the notice in their hands sees the fee from now on.
async fn see(crm: &Crm, change: &mut Change, citizen: &CitizenId, id: &FeeId) -> Result<()> {
    let row = sqlx::query("SELECT number, creditor_name, title FROM fees WHERE id = $1").bind(id.as_str()).fetch_one(&mut **change).await?;
    let words = Words { open: [row.try_get("number")?, row.try_get("creditor_name")?, row.try_get("title")?], private: [""; 3] };
    hold(crm, change, citizen, id, (false, &words)).await
}

/// Asks the platform, and keeps what it says.
async fn ask(crm: &Crm, citizen: &CitizenId, creditor: &str, number: &NoticeNumber) -> Result<FeeId> {
    let refused = |rule| Error::field("number", rule);
    let Some(pagopa) = &crm.pagopa else { return Err(refused(FieldRule::NotFound)) };
    let found = pagopa.notice(creditor, &number.0).await.map_err(Error::Unavailable)?.ok_or_else(|| refused(FieldRule::NotFound))?;
    if found.status == PAID {
        return Err(refused(FieldRule::AlreadyPaid));
    }
    let [least, most] = AMOUNT_CENTS;
    if !UNPAID.contains(&found.status.as_str()) || !(least..=most).contains(&found.amount) {
        return Err(refused(FieldRule::NotPayable));
    }
    let short =
        |text: &str, most: usize| text.chars().filter(|c| contract::text::is_safe(*c)).take(most).collect::<String>().trim().to_owned();
    let name = short(&found.creditor_name, REMITTANCE_CHARS_MAX);
    let title = short(&found.description, TITLE_CHARS_MAX);
    let due = found.due_on.and_then(|due| due.get(..10).map(|day| Date(day.to_owned()))).filter(|day| day.day_number().is_some());
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO fees (id, creditor, creditor_name, number, debtor, debtor_name, kind, title, person, object, period, remittance, amount,
            reduced_amount, due_on, position_key, part, parts, office_key, state, told, moved_at, created_at)
         VALUES ($1, $2, $3, $4, '', '', '', $5, '', '', '', $6, $7, 0, $8, '', 0, 0, '', 'due', 1, $9, $9) ON CONFLICT (creditor, number) DO NOTHING",
    )
    .bind(new_fee().as_str())
    .bind(creditor)
    .bind(if name.is_empty() { creditor } else { &name })
    .bind(&number.0)
    .bind(if title.is_empty() { &number.0 } else { &title })
    .bind(short(&found.description, REMITTANCE_CHARS_MAX))
    .bind(found.amount)
    .bind(due.map(|day| day.0))
    .bind(crm.clock.utc().0)
    .execute(&mut *change)
    .await?;
    let row = sqlx::query("SELECT id FROM fees WHERE creditor = $1 AND number = $2")
        .bind(creditor)
        .bind(&number.0)
        .fetch_one(&mut *change)
        .await?;
    let id = FeeId(row.try_get(0)?);
    see(crm, &mut change, citizen, &id).await?;
    receipts::adopt(crm, &mut change, &id, [found.amount, 0]).await?;
    change.commit().await?;
    Ok(id)
}
