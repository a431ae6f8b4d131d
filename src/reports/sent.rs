//! The confirmation: the report has arrived, its number, its receipt, what comes next.
use crate::files::ShownFiles;
use crate::load::{Load, load};
use crate::markup::view;
use crate::rating::RatingForm;
use crate::route::Route;
use crate::ui::{Icon, LinkButton, Page};
use crate::words::{key, language, moment, t};
use contract::attachments::Attachment;
use contract::cases::Case;
use contract::id::CaseId;
use contract::paths;
use leptos::prelude::*;

/// "Segnalazione inviata".
#[component]
pub fn ReportSentPage(id: CaseId) -> impl IntoView {
    let changed = RwSignal::new(0);
    let rated = id.clone();
    let (receipt, case_page) = (Route::Receipt { id: id.clone() }, Route::Case { id: id.clone() });
    let case = load(move |api| {
        changed.get();
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
                <ShownFiles files=files(&case) alt=key::cases::PHOTO_ALT changed/>
            </Load>
            <p>{t(key::reports::SENT_NEXT)}</p>
            <div class="filo-actions">
                <LinkButton to=case_page>{t(key::reports::SENT_CASE)}</LinkButton>
                <LinkButton to=receipt class="btn btn-outline-primary" icon="it-print">{t(key::cases::RECEIPT_OPEN)}</LinkButton>
            </div>
            <RatingForm case=rated title=t(key::reports::TITLE).to_owned()/>
        </Page>
    }
}

/// What the report brought, and what is still on its way.
fn files(case: &Case) -> Vec<Attachment> {
    case.report.iter().flat_map(|report| report.photos.iter().chain(&report.documents)).cloned().collect()
}
