//! The report form: what it needs from the CRM, its stepper, and which step is shown.
use super::data_step::DataStep;
use super::draft::{Draft, Sent};
use super::keep::{Resumed, resume, start};
use super::privacy_step::PrivacyStep;
use super::summary_step::SummaryStep;
use super::ways_in::WaysIn;
use crate::api::Api;
use crate::form::Form;
use crate::load::{Load, Loaded, load};
use crate::markup::view;
use crate::outbox::outbox;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::streets::Streets;
use crate::ui::{ActionButton, Link, Page, Skeleton, Steps};
use crate::words::{key, language, t};
use contract::paths;
use contract::place::Boundary;
use contract::reports::ReportForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::sync::Arc;

/// What the form knows about the town. Streets and outline are a help: without them a place is typed, and the CRM checks it.
#[derive(Clone)]
pub struct Town {
    /// Categories and privacy notice.
    pub form: Arc<ReportForm>,
    /// The streets; empty when they could not be read.
    pub streets: Arc<Streets>,
    /// The outline of the municipality.
    pub boundary: Option<Arc<Boundary>>,
}

/// The draft of the report that is being written.
pub fn draft() -> Form<Draft> {
    Form::kept("report")
}

/// A step of the report form.
#[component]
pub fn NewReportPage(step: ReportStep) -> impl IntoView {
    let town = load(move |api| async move {
        let form = api.get::<ReportForm>(&paths::report_form(language())).await?;
        let (streets, boundary) = api.config().with_value(|config| (config.streets.clone(), config.boundary.clone()));
        // Only where a place is asked for.
        let streets = if step == ReportStep::Data { api.get::<Streets>(&streets).await.unwrap_or_default() } else { Streets::default() };
        let boundary = api.get::<Boundary>(&boundary).await.ok().map(Arc::new);
        Ok(Town { form: Arc::new(form), streets: Arc::new(streets), boundary })
    });
    start();
    lead_on(step);
    let (form, is_nobody) = (draft(), is_nobody());
    // The page is drawn anew when somebody comes or goes.
    let api = expect_context::<Api>();
    let is_choosing = Memo::new(move |_| is_nobody && !form.with(|draft| draft.without_login));
    Effect::new(move |_| {
        if is_nobody && !is_choosing.get() {
            outbox().open_for_nobody(api);
        }
    });
    let drawn = move || match is_choosing.get() {
        true => view! { <Page title=t(key::reports::TITLE)><Load from=town let:town><WaysIn town step/></Load></Page> }.into_any(),
        false => view! { <StepPage step town/> }.into_any(),
    };
    view! { {drawn} }
}

/// Whether nobody is signed in here.
pub fn is_nobody() -> bool {
    expect_context::<Session>().person_now().is_none()
}

/// One of the three steps, below the stepper.
#[component]
fn StepPage(step: ReportStep, town: Loaded<Town>) -> impl IntoView {
    let names = vec![t(key::reports::STEP_PRIVACY), t(key::reports::STEP_DATA), t(key::reports::STEP_SUMMARY)];
    let current = match step {
        ReportStep::Privacy => 0,
        ReportStep::Data => 1,
        ReportStep::Summary => 2,
    };
    view! {
        <Page title=format!("{}: {}", t(key::reports::TITLE), names[current])>
            <Steps names=names.clone() current/>
            <Load from=town let:town>
                {match step {
                    ReportStep::Privacy => view! { <PrivacyStep town/> }.into_any(),
                    ReportStep::Data => view! { <DataStep town/> }.into_any(),
                    ReportStep::Summary => view! { <SummaryStep town/> }.into_any(),
                }}
            </Load>
        </Page>
    }
}

/// What is on its way is read, not changed: until it is known what becomes of it there is only its last step. After the sending leads to what became of it; a later step that is opened anew (after a new login, say) finds the last draft again.
fn lead_on(step: ReportStep) {
    let form = draft();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let Some(sent) = form.with(|draft| draft.sent.clone()) else { return };
        form.note(|draft| draft.sent = None);
        let to = match sent {
            Sent::Elsewhere => Route::Outbox,
            _ if step != ReportStep::Summary => return,
            Sent::Accepted(id) => Route::ReportSent { id },
            Sent::Tracked => Route::ReportTracked,
            Sent::Later => Route::Outbox,
        };
        navigate(&to.to_string(), Default::default());
    });
    let to_summary = use_navigate();
    Effect::new(move |_| {
        if step != ReportStep::Summary && form.is_sending() {
            let options = leptos_router::NavigateOptions { replace: true, ..Default::default() };
            to_summary(&Route::NewReport { step: ReportStep::Summary }.to_string(), options);
        }
    });
    Effect::new(move |_| {
        if step != ReportStep::Privacy
            && outbox().on_device() == Some(true)
            && !untrack(|| form.is_touched())
            && let Some(last) = untrack(|| outbox().last_draft())
        {
            spawn_local(async move {
                resume(&last.text("id"), false).await;
            });
        }
    });
}

/// A draft, to go on with where it was left; when another tab has it open, that is asked first.
#[component]
pub fn DraftPage(id: String) -> impl IntoView {
    start();
    let found = RwSignal::new(Resumed::Here);
    let navigate = use_navigate();
    let id = StoredValue::new(id);
    let go_on = move |take: bool| {
        let navigate = navigate.clone();
        spawn_local(async move {
            let Some(id) = id.try_get_value() else { return };
            let resumed = resume(&id, take).await;
            if resumed != Resumed::Here {
                found.try_set(resumed);
                return;
            }
            let is_read = draft().peek(|draft| !draft.report.privacy_version.is_empty());
            let step = if is_read { ReportStep::Data } else { ReportStep::Privacy };
            navigate(&Route::NewReport { step }.to_string(), leptos_router::NavigateOptions { replace: true, ..Default::default() });
        });
    };
    let begin = go_on.clone();
    Effect::new(move |begun: Option<bool>| {
        if begun == Some(true) || outbox().on_device().is_none() {
            return begun.unwrap_or_default();
        }
        begin(false);
        true
    });
    let drawn = move || {
        let go_on = go_on.clone();
        match found.get() {
            Resumed::Here => view! { <Skeleton/> }.into_any(),
            Resumed::Gone => view! { <Page title=t(key::common::NOT_FOUND_TITLE) lead=t(key::common::NOT_FOUND_TEXT)>""</Page> }.into_any(),
            Resumed::Elsewhere => view! {
                <Page title=t(key::outbox::ELSEWHERE_TITLE) lead=t(key::outbox::ELSEWHERE_TEXT)>
                    <div class="filo-actions">
                        <ActionButton on_press=move |()| go_on(true)>{t(key::outbox::TAKE_OVER)}</ActionButton>
                        <Link to=Route::Outbox>{t(key::outbox::TITLE)}</Link>
                    </div>
                </Page>
            }
            .into_any(),
        }
    };
    view! { {drawn} }
}
