//! The receipt of a case (feature C10): number, date, what and where, to print or to keep as PDF.
use super::words::load_lexicon;
use crate::api::Api;
use crate::load::{Load, load};
use crate::markup::view;
use crate::session::Session;
use crate::ui::{ActionButton, Facts, Icon, Page};
use crate::words::{key, language, moment, t};
use contract::cases::Case;
use contract::id::CaseId;
use contract::paths;
use leptos::prelude::*;

/// The receipt as a page to print.
#[component]
pub fn ReceiptPage(id: CaseId) -> impl IntoView {
    let shown = id.clone();
    let case = load(move |api| {
        let id = id.clone();
        async move { api.get::<Case>(&paths::case(&id, language())).await }
    });
    let lexicon = load_lexicon();
    let api = expect_context::<Api>();
    view! {
        <Page title=t(key::cases::RECEIPT_TITLE)>
            <Load from=case let:case>
                <Load from=lexicon let:lexicon>
                    <ReceiptView kind=lexicon.kind(&case.summary) state=lexicon.label(&case.summary.state) case=case.clone()/>
                </Load>
            </Load>
            <div class="filo-actions d-print-none">
                <ActionButton icon="it-print" on_press=|()| drop(window().print())>{t(key::cases::RECEIPT_PRINT)}</ActionButton>
                <a class="btn btn-outline-primary" href=api.address(&paths::receipt(&shown, language())) download="">
                    <Icon name="it-download"/><span>{t(key::cases::RECEIPT_PDF)}</span>
                </a>
            </div>
        </Page>
    }
}

#[component]
fn ReceiptView(case: Case, kind: String, state: String) -> impl IntoView {
    let person = expect_context::<Session>().person();
    let town = expect_context::<Api>().config().with_value(|config| config.town.clone());
    let name = person.map_or_else(String::new, |me| format!("{} {}", me.given_name, me.family_name));
    let summary = case.summary;
    let place = case.report.map_or_else(String::new, |report| [report.place.street, report.place.house_number].join(" ").trim().to_owned());
    let rows = vec![
        (t(key::cases::RECEIPT_FROM), name),
        (t(key::cases::RECEIPT_KIND), kind),
        (t(key::cases::RECEIPT_ABOUT), summary.title),
        (t(key::cases::REPORT_PLACE), place),
        (t(key::cases::OPENED), moment(&summary.opened_at)),
        (t(key::cases::PROTOCOL), case.protocol.map_or_else(String::new, |protocol| protocol.number)),
        (t(key::cases::RECEIPT_STATE), state),
        (t(key::cases::OFFICE), format!("{}, {}", case.office.name, case.office.phone)),
    ];
    view! {
        <section class="filo-receipt">
            <p class="filo-receipt-town">{town}</p>
            <p class="filo-receipt-number">{summary.number.0}</p>
            <Facts rows/>
            <p>{t(key::cases::RECEIPT_NOTE)}</p>
        </section>
    }
}
