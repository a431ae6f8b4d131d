//! The payment page: what is paid, and a button for every way in which it can end. Closing the window is one more.
use super::wire::{Paid, PaymentNotice};
use super::{Cart, Platform};
use crate::page::{Page, escape, go_to};
use crate::params::Params;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use office_client::Office;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MARK: &str = "Pagamento di prova";
/// How late a receipt comes when the payer chooses so.
const LATE: Duration = Duration::from_secs(60);
/// How soon when nobody says otherwise.
const SOON: Duration = Duration::from_millis(1_500);

/// `GET /pagopa/pay/{cart}`.
pub(super) async fn page(State(platform): State<Platform>, Path(id): Path<String>) -> Page {
    let inner = platform.lock();
    let Some(cart) = inner.carts.get(&id).cloned() else {
        return said(StatusCode::NOT_FOUND, "Questo carrello non esiste", "", None);
    };
    let is_paid = |notice: &PaymentNotice| {
        inner.notices.get(&(notice.fiscal_code.clone(), notice.notice_number.clone())).is_some_and(|known| known.receipt.is_some())
    };
    if cart.notices.iter().any(is_paid) {
        let way = format!("<p><a href=\"{}\">Torna al Comune</a></p>", escape(&cart.back.return_ok_url));
        return said(StatusCode::OK, "Questo avviso è già pagato", &way, None);
    }
    drop(inner);
    let rows: String = cart
        .notices
        .iter()
        .map(|notice| {
            let (company, what, amount) = (escape(&notice.company_name), escape(&notice.description), money(notice.amount));
            format!("<li><strong>{what}</strong><br>{company} · codice avviso {}<br>{amount}</li>", escape(&notice.notice_number))
        })
        .collect();
    let total = money(cart.notices.iter().map(|notice| notice.amount).sum());
    let button = |outcome: &str, words: &str| format!("<p><button name=\"outcome\" value=\"{outcome}\">{words}</button></p>");
    let buttons = [
        button("paid", &format!("Paga {total}")),
        button("late", "Paga: la ricevuta arriva dopo un minuto"),
        button("never", "Paga: la ricevuta non arriva da sola"),
        button("refused", "La banca rifiuta la carta"),
        button("abandoned", "Annulla e torna indietro"),
    ]
    .concat();
    let main = format!(
        "<p class=\"lead\">Qui non si paga davvero. Scegli come va a finire. Puoi anche chiudere la finestra.</p>\n<ul>{rows}</ul>\n<form method=\"post\">{buttons}</form>"
    );
    said(StatusCode::OK, &format!("Paga {total}"), &main, Some(&cart))
}

fn said(status: StatusCode, title: &str, main: &str, cart: Option<&Cart>) -> Page {
    let main = format!("<h1>{}</h1>\n{main}", escape(title));
    let form_goes_to = cart.map(|cart| origin(&cart.back.return_ok_url));
    Page { status, language: "it", title: format!("{title} · {MARK}"), main, mark: MARK, form_goes_to }
}

/// "1234,50 €".
fn money(cents: i64) -> String {
    format!("{},{:02} €", cents / 100, cents % 100)
}

/// The origin of an address.
fn origin(address: &str) -> String {
    address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// `POST /pagopa/pay/{cart}`: how it ends.
pub(super) async fn choose(State(platform): State<Platform>, Path(id): Path<String>, params: Params) -> Response {
    let Some(cart) = platform.lock().carts.get(&id).cloned() else {
        return said(StatusCode::NOT_FOUND, "Questo carrello non esiste", "", None).into_response();
    };
    let back = match params.get("outcome") {
        Some(outcome @ ("paid" | "late" | "never")) => {
            pay(&platform, &cart, outcome);
            &cart.back.return_ok_url
        }
        Some("refused") => &cart.back.return_error_url,
        _ => &cart.back.return_cancel_url,
    };
    go_to(back)
}

/// Pays every notice that is not paid yet, and sends the receipts as the payer and the platform's behaviour say.
fn pay(platform: &Platform, cart: &Cart, outcome: &str) {
    let mut inner = platform.lock();
    let behaviour = inner.behaviour.clone();
    let mut receipts = Vec::new();
    for notice in &cart.notices {
        let Some(known) = inner.notices.get_mut(&(notice.fiscal_code.clone(), notice.notice_number.clone())) else { continue };
        if known.receipt.is_some() {
            continue;
        }
        let paid = Paid { receipt_id: format!("{:032x}", rand::random::<u128>()), amount: notice.amount, at: now() };
        receipts.push(paid.platform_receipt(&notice.fiscal_code, &notice.notice_number));
        known.receipt = Some(paid);
        known.status = "POI_PAID".to_owned();
    }
    drop(inner);
    if outcome == "never" || behaviour.never || platform.receipts_token.is_empty() {
        return;
    }
    let delay = match (outcome, behaviour.delay_ms) {
        ("late", _) => LATE,
        (_, 0) => SOON,
        (_, milliseconds) => Duration::from_millis(milliseconds),
    };
    let Ok(office) = Office::new(&origin(&cart.back.return_ok_url), &platform.receipts_token) else { return };
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        for _ in 0..behaviour.times.max(1) {
            // The last one first: receipts come in no order.
            for receipt in receipts.iter().rev() {
                if let Err(error) = office.receipt(receipt).await {
                    eprintln!("town: a receipt did not arrive: {error}");
                }
            }
        }
    });
}

/// The present instant, RFC 3339.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(0));
    let day = crate::calendar::Day(seconds.div_euclid(86_400)).date().0;
    let rest = seconds.rem_euclid(86_400);
    format!("{day}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}
