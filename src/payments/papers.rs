//! What is printed: the notice with its QR code, for who pays elsewhere or for somebody else; and the receipt.
use super::fee::notice_rows;
use super::words::name;
use crate::api::Api;
use crate::load::{Load, load};
use crate::markup::view;
use crate::qr::{self, QUIET};
use crate::session::Session;
use crate::ui::{ActionButton, Callout, Facts, Icon, Page, ShareButton};
use crate::words::{day, day_of, fill, key, language, moment, money, t};
use contract::id::FeeId;
use contract::paths;
use contract::payments::notice::qr_text;
use contract::payments::{FeeDetails, Standing};
use leptos::prelude::*;

fn load_fee(id: FeeId) -> crate::load::Loaded<FeeDetails> {
    load(move |api: Api| {
        let id = id.clone();
        async move { api.get::<FeeDetails>(&paths::fee(&id)).await }
    })
}

/// The notice, to print or to show.
#[component]
pub fn NoticePage(id: FeeId) -> impl IntoView {
    let details = load_fee(id);
    view! {
        <Page title=t(key::payments::NOTICE_TITLE) lead=t(key::payments::NOTICE_TEXT)>
            <Load from=details let:details><NoticeView details/></Load>
            <div class="filo-actions d-print-none"><Print/></div>
        </Page>
    }
}

#[component]
fn Print() -> impl IntoView {
    view! { <ActionButton icon="it-print" on_press=|()| drop(window().print())>{t(key::payments::PRINT)}</ActionButton> }
}

#[component]
fn NoticeView(details: FeeDetails) -> impl IntoView {
    let fee = &details.fee;
    let squares = qr::code(&qr_text(&fee.number, &fee.creditor.fiscal_code, fee.amount)).map(|code| {
        let side = code.size() + 2 * QUIET;
        view! {
            <svg class="filo-notice-qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=t(key::payments::NOTICE_QR) shape-rendering="crispEdges">
                <path class="filo-qr-paper" d=format!("M0 0h{side}v{side}h-{side}z")/>
                <path class="filo-qr-ink" d=code.path()/>
            </svg>
        }
    });
    let locked = match fee.standing {
        Standing::ToPay => None,
        Standing::Checking => Some(("warning", key::payments::CHECKING_TITLE, key::payments::NOTICE_LOCKED)),
        Standing::Paid => Some(("success", key::payments::NOTICE_PAID, key::payments::NOTICE_PAID_TEXT)),
        Standing::Over | Standing::Unknown => Some(("note", key::payments::NOTICE_OVER, key::payments::NOTICE_OVER_TEXT)),
    };
    if let Some((kind, title, text)) = locked {
        return view! { <Callout kind title=t(title)><p>{t(text)}</p></Callout> }.into_any();
    }
    let (title, amount) = (name(fee), money(fee.amount));
    view! {
        <section class="filo-receipt filo-notice">
            <p class="filo-receipt-town">{fee.creditor.name.clone()}</p>
            <p class="filo-receipt-number">{amount}</p>
            <p><strong>{title}</strong></p>
            {squares}
            <Facts rows=notice_rows(&details)/>
        </section>
    }
    .into_any()
}

/// The receipt, to read, print and share.
#[component]
pub fn ReceiptPage(id: FeeId) -> impl IntoView {
    let details = load_fee(id);
    view! {
        <Page title=t(key::payments::RECEIPT_TITLE)><Load from=details let:details><ReceiptView details/></Load></Page>
    }
}

#[component]
fn ReceiptView(details: FeeDetails) -> impl IntoView {
    let api = expect_context::<Api>();
    let person = expect_context::<Session>().person().map_or_else(String::new, |me| format!("{} {}", me.given_name, me.family_name));
    let fee = details.fee.clone();
    let Some(receipt) = details.receipt else { return view! { <p>{t(key::payments::RECEIPT_NONE)}</p> }.into_any() };
    let (what, amount) = (name(&fee), money(receipt.amount));
    let date = day(&day_of(&receipt.paid_at));
    let number = fee.number.grouped();
    let words = [("name", what.as_str()), ("amount", &amount), ("date", &date), ("number", &number)];
    let text = fill(key::payments::SHARE_TEXT, &words);
    let rows = vec![
        (t(key::payments::REMITTANCE), details.remittance),
        (t(key::payments::CREDITOR), format!("{} · {}", fee.creditor.name, fee.creditor.fiscal_code)),
        (t(key::payments::NUMBER), number.clone()),
        (t(key::payments::IUV), fee.number.iuv().to_owned()),
        (t(key::payments::PAID_AT), moment(&receipt.paid_at)),
        (t(key::payments::PSP), [receipt.psp, receipt.method].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")),
        (t(key::payments::RECEIPT_ID), receipt.receipt_id),
        (t(key::payments::FOR_WHOM), fee.person.clone()),
        (t(key::payments::DEBTOR), if fee.is_own { person } else { String::new() }),
    ];
    let pdf = api.address(&paths::fee_receipt(&fee.id, language()));
    view! {
        <section class="filo-receipt">
            <p class="filo-receipt-town">{what}</p>
            <p class="filo-receipt-number">{amount}</p>
            <Facts rows/>
            <p>{t(key::payments::RECEIPT_TEXT)}</p>
        </section>
        <div class="filo-actions d-print-none">
            <Print/>
            <a class="btn btn-outline-primary" href=pdf download=""><Icon name="it-download"/><span>{t(key::payments::RECEIPT_PDF)}</span></a>
            <ShareButton text/>
        </div>
    }
    .into_any()
}
