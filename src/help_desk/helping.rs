//! Somebody is being helped: what may be done, where it is done, and more time.
use super::ask::AskForm;
use super::ended::paper;
use super::person::PaperCard;
use super::waiting::WaitingView;
use super::words;
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::ui::{ActionButton, LinkButton, Page, Section};
use crate::words::{fill, key, t};
use contract::help_desk::{Consent, Help, HelpScope};
use leptos::prelude::*;

/// The page while somebody is being helped.
#[component]
pub fn HelpingView(help: Help, consent: Option<Consent>, again: RwSignal<u32>) -> impl IntoView {
    let session = expect_context::<Session>();
    let name = session.person_now().map_or_else(String::new, |me| format!("{} {}", me.given_name, me.family_name));
    let Help { scopes, volunteer, .. } = help;
    let card = paper().map(|code| view! { <PaperCard code name=name.clone()/> });
    let may = |scope| scopes.contains(&scope);
    let (sees, sends, answers) = (may(HelpScope::SeeCases), may(HelpScope::SendReport), may(HelpScope::AnswerQuestionnaire));
    let asks = RwSignal::new(false);
    let more = match consent {
        Some(consent) => view! { <WaitingView consent again/> }.into_any(),
        None => view! {
            <ActionButton look="outline-primary" on_press=move |()| asks.set(true)>{t(key::help_desk::MORE)}</ActionButton>
            {move || asks.get().then(|| view! { <AskForm is_more=true volunteer=volunteer.clone() again/> })}
        }
        .into_any(),
    };
    view! {
        <Page title=fill(key::help_desk::HELPING, &[("name", &name)]) lead=t(key::help_desk::HELPING_LEAD)>
            {card}
            <Section id="may-title" title=t(key::help_desk::MAY) class="card filo-form-card d-print-none">
                <ul>{scopes.iter().map(|scope| view! { <li>{words::scope(*scope)}</li> }).collect_view()}</ul>
                <div class="filo-actions">
                    {sees.then(|| view! { <LinkButton to=Route::Cases icon="it-files">{t(key::help_desk::SEE_CASES)}</LinkButton> })}
                    {sends.then(|| view! {
                        <LinkButton to=Route::NewReport { step: ReportStep::Privacy } class="btn btn-outline-primary" icon="it-map-marker-plus">{t(key::common::TAB_REPORT)}</LinkButton>
                    })}
                    {answers.then(|| view! {
                        <LinkButton to=Route::Questionnaires class="btn btn-outline-primary">{t(key::questionnaires::TITLE)}</LinkButton>
                    })}
                </div>
                <p class="filo-note">{t(key::help_desk::NEVER)}</p>
            </Section>
            <Section id="more-title" title=t(key::help_desk::MORE_TITLE) class="d-print-none">
                <p>{t(key::help_desk::MORE_TEXT)}</p>
                {more}
            </Section>
        </Page>
    }
}
