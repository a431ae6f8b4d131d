//! Payments: what there is to pay, one fee with its papers, paying, the way back, a notice on paper.
mod card;
mod fee;
mod list;
mod notice;
mod papers;
mod pay;
mod proof;
mod returned;
mod scan;
mod words;

use crate::markup::view;
use crate::route::Payments;
use leptos::prelude::*;

/// The page of a place among the payments.
#[component]
pub fn PaymentsPages(place: Payments) -> impl IntoView {
    match place {
        Payments::List => view! { <list::FeesPage/> }.into_any(),
        Payments::Paper => view! { <notice::PaperPage/> }.into_any(),
        Payments::Fee(id) => view! { <fee::FeePage id/> }.into_any(),
        Payments::Receipt(id) => view! { <papers::ReceiptPage id/> }.into_any(),
        Payments::Notice(id) => view! { <papers::NoticePage id/> }.into_any(),
        Payments::Returned(id) => view! { <returned::ReturnedPage id/> }.into_any(),
    }
}
