//! The confirmation for who did not sign in: the number, the code that leads to it, and the files that are still on their way.
use super::sent::Thanks;
use super::ticket::Ticket;
use crate::form::Form;
use crate::load::{Load, load};
use crate::markup::view;
use crate::outbox::{FileRows, how_far, outbox};
use crate::route::{ReportStep, Route};
use crate::ui::{ActionButton, Link, LinkButton, Page, Section};
use crate::vault::call;
use crate::words::{key, language, t};
use contract::paths;
use contract::reports::ReportForm;
use contract::tracking::Tracked;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What a report without a login was answered with. It lives as long as the page: the CRM cannot give the code again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The report's entry in the outbox, as long as its files travel.
    pub entry: String,
    /// Number and code.
    pub tracked: Option<Tracked>,
    /// The address that was left; empty for none.
    pub email: String,
}

/// The entry whose code was given last; tracked.
pub fn coded() -> Signal<Option<String>> {
    Signal::derive(|| given().with(|given| given.tracked.as_ref().map(|_| given.entry.clone())))
}

/// What was given last.
pub fn given() -> Form<Given> {
    Form::kept("tracked")
}

/// "Segnalazione inviata", with the code.
#[component]
pub fn ReportTrackedPage() -> impl IntoView {
    let Given { entry, tracked, email } = given().peek(Clone::clone);
    let Some(tracked) = tracked else {
        return view! {
            <Page title=t(key::reports::TRACKED_GONE_TITLE) lead=t(key::reports::TRACKED_GONE)>
                <LinkButton to=Route::Tracking>{t(key::reports::TRACK_TITLE)}</LinkButton>
            </Page>
        }
        .into_any();
    };
    let form = load(move |api| async move { api.get::<ReportForm>(&paths::report_form(language())).await });
    let (number, code) = (tracked.number.0.clone(), tracked.code);
    view! {
        <Page title=t(key::reports::SENT_TITLE)>
            <Load from=form let:form>
                <Thanks number=tracked.number.0.clone() when="" email={if form.mail { email.clone() } else { String::new() }}/>
            </Load>
            <UnderWay entry/>
            <Section id="code-title" title=t(key::reports::CODE_TITLE) class="card filo-form-card filo-code-box">
                <p>{t(key::reports::CODE_TEXT)}</p>
                <p><strong>{t(key::reports::CODE_ONCE)}</strong></p>
                <Ticket number code/>
            </Section>
            <p class="d-print-none"><Link to=Route::NewReport { step: ReportStep::Privacy }>{t(key::reports::PUBLIC_OTHER)}</Link></p>
        </Page>
    }
    .into_any()
}

/// The files on their way: they are in memory only, so the page stays open until they have arrived.
#[component]
fn UnderWay(entry: String) -> impl IntoView {
    let rows = entry.clone();
    // What is said, and whether they are stuck. `None` where there were no files, or none is left: then nothing is said of them.
    let told = Memo::new(move |before: Option<&Option<(String, bool)>>| {
        let entries = outbox().entries();
        match entries.iter().find(|known| known.get("id") == *entry) {
            Some(known) if known.is("stuck") => Some((how_far(known), true)),
            Some(known) => Some((format!("{} {}", how_far(known), t(key::reports::KEEP_OPEN)), false)),
            None => before.cloned().flatten().filter(|(_, is_stuck)| !is_stuck).map(|_| (t(key::reports::FILES_ARRIVED).to_owned(), false)),
        }
    });
    let remove = |entry: String| {
        view! {
            <ActionButton look="outline-danger" icon="it-delete" on_press=move |()| {
                let id = entry.clone();
                spawn_local(async move { drop(call("remove", &[id.into()]).await) });
            }>{t(key::outbox::DELETE)}</ActionButton>
        }
    };
    let drawn = move || {
        told.get().map(|(told, is_stuck)| {
            view! {
                <section class="card filo-form-card d-print-none" aria-label=t(key::reports::PHOTOS)>
                    <p role="status"><strong>{told}</strong></p>
                    <FileRows entry=rows.clone()/>
                    {is_stuck.then(|| remove(rows.clone()))}
                </section>
            }
        })
    };
    view! { {drawn} }
}
