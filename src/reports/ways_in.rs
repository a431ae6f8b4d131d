//! Before the first step, for who is not signed in: with SPID, CIE or eIDAS, or without, and what each means (features F8, A2).
use super::page::{Town, draft};
use crate::form::is_anything_typed;
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::ui::{ActionButton, Link, LinkButton, Section};
use crate::words::{key, t};
use contract::reports::AnonymousReports;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The two ways; only the first where the town wants everybody to sign in.
#[component]
pub fn WaysIn(
    town: Town,
    /// Where to go on after signing in.
    step: ReportStep,
) -> impl IntoView {
    let allowed = town.form.anonymous;
    let navigate = use_navigate();
    let without = move || {
        draft().note(|draft| draft.without_login = true);
        navigate(&Route::NewReport { step: ReportStep::Privacy }.to_string(), Default::default());
    };
    view! {
        <p class="lead">{t(if allowed == AnonymousReports::Off { key::reports::WAYS_ONE } else { key::reports::WAYS_LEAD })}</p>
        <div class="filo-login">
            <Section id="way-login-title" title=t(key::reports::WAY_LOGIN) class="card filo-way" look="h4">
                <ul>
                    <li>{t(key::reports::WAY_LOGIN_CASES)}</li>
                    <li>{t(key::reports::WAY_LOGIN_NAME)}</li>
                    <li>{t(key::reports::WAY_LOGIN_DRAFT)}</li>
                </ul>
                {is_anything_typed().then(|| view! { <p><strong>{t(key::reports::WAY_LOGIN_LOSES)}</strong></p> })}
                <LinkButton to=Route::SignedReport { step } icon="it-user">{t(key::reports::WAY_LOGIN_BUTTON)}</LinkButton>
            </Section>
            {(allowed != AnonymousReports::Off).then(|| view! {
                <Section id="way-without-title" title=t(key::reports::WAY_WITHOUT) class="card filo-way" look="h4">
                    <ul>
                        <li>{t(key::reports::WAY_WITHOUT_CODE)}</li>
                        <li>{t(if allowed == AnonymousReports::Contact { key::reports::WAY_WITHOUT_CONTACT } else { key::reports::WAY_WITHOUT_NAME })}</li>
                        <li>{t(key::reports::WAY_WITHOUT_OPEN)}</li>
                    </ul>
                    <ActionButton look="outline-primary" on_press=move |()| without()>{t(key::reports::WAY_WITHOUT_BUTTON)}</ActionButton>
                </Section>
            })}
        </div>
        <p><Link to=Route::Tracking>{t(key::reports::TRACK_TITLE)}</Link></p>
    }
}
