//! The login page (Modello Comuni "Accedi"): whose device, then two equal buttons, and eIDAS.
use super::start::{self, How};
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::outbox::outbox;
use crate::route::{ReportStep, Route};
use crate::ui::{ActionButton, Callout, ChoiceCards, Link, Page, Section, error_key};
use crate::words::{Key, key, t};
use contract::session::{Device, Scheme};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// Asks how to log in; lands on `back_to` afterwards.
#[component]
pub fn LoginPage(back_to: Route) -> impl IntoView {
    let api = expect_context::<Api>();
    let site = api.config().with_value(|config| config.site.clone());
    let is_light = api.config().with_value(|config| config.light_login);
    let device = RwSignal::new(None::<Device>);
    let asked = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<ApiError>);
    let query = use_location().query;
    // On a page that needs a login, that page with its query is where to land. After a login that did not work the CRM says where it
    // was to lead; it looks at the address again, so that nobody is led to another site.
    let target = match query.read_untracked().get("back") {
        Some(back) if back_to == Route::Home => back,
        _ if back_to == Route::Home => Route::Home.to_string(),
        _ => start::here(),
    };
    let target = StoredValue::new(target);
    let enter = move |scheme: Scheme| {
        let Some(device) = device.get_untracked() else {
            asked.set(true);
            crate::form::focus("device-0");
            return;
        };
        busy.set(true);
        spawn_local(async move {
            failed.set(start::leave(api, How { scheme, device, level: None }, target.get_value()).await.err());
            busy.set(false);
        });
    };
    let problem = query.read_untracked().get("problem");
    view! {
        <Page title=t(key::login::TITLE) lead=t(key::login::LEAD)>
            {problem.map(|code| view! {
                <Callout kind="danger" title=t(key::login::PROBLEM_TITLE) alert=true><p>{t(problem_key(&code))}</p></Callout>
            })}
            {move || outbox().is_wiped().then(|| view! {
                <Callout kind="success" title=t(key::outbox::LEFT_TITLE) alert=true><p>{t(key::outbox::LEFT_TEXT)}</p></Callout>
            })}
            {move || failed.get().map(|error| view! {
                <Callout kind="danger" title=t(key::login::PROBLEM_TITLE) alert=true><p>{t(error_key(&error))}</p></Callout>
            })}
            <ChoiceCards legend=t(key::login::DEVICE_QUESTION) name="device" chosen=device choices=vec![
                (Device::Mine, "it-pc-mobile", t(key::login::DEVICE_MINE), t(key::login::DEVICE_MINE_TEXT)),
                (Device::Shared, "it-pa", t(key::login::DEVICE_SHARED), t(key::login::DEVICE_SHARED_TEXT)),
            ]/>
            <p class="filo-field-error" role="alert">{move || (asked.get() && device.get().is_none()).then(|| t(key::login::DEVICE_MISSING))}</p>
            <div class="filo-login">
                <SchemeCard title="SPID" icon="it-spid" text=key::login::SPID_TEXT button=key::login::SPID_BUTTON help=key::login::SPID_HELP help_url=site.spid_help
                    busy on_press=move |()| enter(Scheme::Spid)/>
                <SchemeCard title="CIE" icon="it-cie" text=key::login::CIE_TEXT button=key::login::CIE_BUTTON help=key::login::CIE_HELP help_url=site.cie_help
                    busy on_press=move |()| enter(Scheme::Cie)/>
            </div>
            <Section id="login-other" title=t(key::login::OTHER_TITLE) class="filo-login-other" look="h5">
                <p>{t(key::login::OTHER_TEXT)}</p>
                <ActionButton look="outline-primary" busy on_press=move |()| enter(Scheme::Eidas)><span lang="en">{t(key::login::EIDAS_BUTTON)}</span></ActionButton>
            </Section>
            <Section id="login-without" title=t(key::login::WITHOUT_TITLE) class="filo-login-other" look="h5">
                <ul>
                    <li><Link to=Route::NewReport { step: ReportStep::Privacy }>{t(key::common::TAB_REPORT)}</Link></li>
                    <li><Link to=Route::PublicReports>{t(key::login::WITHOUT_REPORTS)}</Link></li>
                    {is_light.then(|| view! { <li><Link to=Route::LightReports>{t(key::login::WITHOUT_LIGHT)}</Link></li> })}
                    <li><Link to=Route::Tracking>{t(key::reports::TRACK_TITLE)}</Link></li>
                </ul>
            </Section>
        </Page>
    }
}

/// One of the two equal ways in.
#[component]
fn SchemeCard(
    title: &'static str,
    icon: &'static str,
    text: Key,
    button: Key,
    help: Key,
    help_url: String,
    busy: RwSignal<bool>,
    #[prop(into)] on_press: UnsyncCallback<()>,
) -> impl IntoView {
    view! {
        <section class="card filo-login-card" aria-label=title>
            <h2 class="h4">{title}</h2>
            <p>{t(text)}</p>
            <ActionButton look="primary filo-scheme" icon=icon busy on_press>{t(button)}</ActionButton>
            {(!help_url.is_empty()).then(|| view! { <a class="filo-login-help" href=help_url>{t(help)}</a> })}
        </section>
    }
}

/// What the identity provider's refusal means, and how to go on.
fn problem_key(code: &str) -> Key {
    match code {
        "denied" | "spid_22" => key::login::PROBLEM_DENIED,
        "cancelled" | "spid_25" => key::login::PROBLEM_CANCELLED,
        "expired" | "spid_21" => key::login::PROBLEM_EXPIRED,
        "level" | "spid_20" => key::login::PROBLEM_LEVEL,
        "other_person" => key::login::PROBLEM_OTHER_PERSON,
        "unavailable" => key::login::PROBLEM_UNAVAILABLE,
        "spid_19" => key::login::PROBLEM_SPID_19,
        "spid_23" => key::login::PROBLEM_SPID_23,
        "spid_30" => key::login::PROBLEM_SPID_30,
        _ => key::login::PROBLEM_FAILED,
    }
}
