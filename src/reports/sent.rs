//! The confirmation: the report has arrived, its number, its receipt, what comes next.
use crate::load::{Load, load};
use crate::markup::view;
use crate::rating::RatingForm;
use crate::route::Route;
use crate::ui::{Icon, LinkButton, Page};
use crate::words::{key, language, moment, t};
use contract::cases::Case;
use contract::id::CaseId;
use contract::paths;
use leptos::prelude::*;

/// "Segnalazione inviata".
#[component]
pub fn ReportSentPage(id: CaseId) -> impl IntoView {
    let rated = id.clone();
    let (receipt, case_page) = (Route::Receipt { id: id.clone() }, Route::Case { id: id.clone() });
    let case = load(move |api| {
        let id = id.clone();
        async move { api.get::<Case>(&paths::case(&id, language())).await }
    });
    view! {
        <Page title=t(key::reports::SENT_TITLE)>
            <Load from=case let:case>
                <section class="filo-sent">
                    <Icon name="it-check-circle" class="icon-xl"/>
                    <p>{t(key::reports::SENT_THANKS)}</p>
                    <p class="filo-sent-number">{case.summary.number.0.clone()}</p>
                    <p>{moment(&case.summary.opened_at)}</p>
                </section>
            </Load>
            <p>{t(key::reports::SENT_NEXT)}</p>
            <div class="filo-actions">
                <LinkButton to=case_page>{t(key::reports::SENT_CASE)}</LinkButton>
                <LinkButton to=receipt class="btn btn-outline-primary" icon="it-print">{t(key::cases::RECEIPT_OPEN)}</LinkButton>
            </div>
            <RatingForm case=rated/>
        </Page>
    }
}
