//! The report form: what it needs from the CRM, its stepper, and which step is shown.
use super::data_step::DataStep;
use super::draft::Draft;
use super::privacy_step::PrivacyStep;
use super::streets::Streets;
use super::summary_step::SummaryStep;
use crate::form::Form;
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::ReportStep;
use crate::ui::{Page, Steps};
use crate::words::{key, language, t};
use contract::paths;
use contract::place::Boundary;
use contract::reports::ReportForm;
use leptos::prelude::*;
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
    let town = load(|api| async move {
        let form = api.get::<ReportForm>(&paths::report_form(language())).await?;
        let (streets, boundary) = api.config().with_value(|config| (config.streets.clone(), config.boundary.clone()));
        let streets = api.file::<Streets>(&streets).await.unwrap_or_default();
        let boundary = api.file::<Boundary>(&boundary).await.ok().map(Arc::new);
        Ok(Town { form: Arc::new(form), streets: Arc::new(streets), boundary })
    });
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
