//! Between two citizens: the receipt of the one, then a computer that is wiped, opened anew and looked through for the other.
use super::words;
use crate::api::{Api, parse};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Callout, Facts, Icon, LinkButton, Page, Section};
use crate::vault::call_script;
use crate::words::{Key, key, moment, t};
use contract::help_desk::{Checked, CheckedThing, HelpReceipt, LogAction, LogEntry};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Wipes what this browser has of the site, and opens the page anew that looks whether anything is left.
pub fn wipe() {
    spawn_local(async {
        // What could not be wiped is found by the page that comes next.
        drop(call_script("wipe", "wipe", &[]).await);
        let _ = window().location().replace(&Route::HelpDeskChecked.to_string());
    });
}

/// What was done, large, for the citizen to take away.
#[component]
pub fn ReceiptView(receipt: HelpReceipt) -> impl IntoView {
    let rows = vec![
        (t(key::help_desk::SESSION), receipt.session),
        (t(key::help_desk::RECEIPT_PERSON), receipt.citizen),
        (t(key::help_desk::RECEIPT_VOLUNTEER), receipt.volunteer),
        (t(key::help_desk::RECEIPT_WAY), t(words::way(receipt.way)).to_owned()),
        (t(key::help_desk::RECEIPT_SCOPES), words::scopes(&receipt.scopes)),
        (t(key::help_desk::RECEIPT_BEGAN), moment(&receipt.began_at)),
        (t(key::help_desk::RECEIPT_ENDED), moment(&receipt.ended_at)),
        (t(key::help_desk::RECEIPT_END), t(words::end(receipt.end)).to_owned()),
    ];
    let updates = if receipt.updates_to.is_empty() { t(key::help_desk::UPDATES_NONE).to_owned() } else { receipt.updates_to };
    let is_act = |entry: &&LogEntry| !matches!(entry.action, LogAction::HelpBegun | LogAction::HelpEnded | LogAction::HelpProlonged);
    let done: Vec<_> = receipt.done.iter().filter(is_act).map(row).collect();
    view! {
        <Page title=t(key::help_desk::RECEIPT_TITLE) lead=t(key::help_desk::RECEIPT_LEAD)>
            <article class="card filo-form-card filo-desk-receipt">
                <Facts rows/>
                <h2 class="h4">{t(key::help_desk::RECEIPT_DONE)}</h2>
                {if done.is_empty() { view! { <p>{t(key::help_desk::RECEIPT_NOTHING)}</p> }.into_any() } else { view! { <ol>{done}</ol> }.into_any() }}
                <h2 class="h4">{t(key::help_desk::UPDATES)}</h2>
                <p>{updates}</p>
                <p>{t(key::help_desk::RECEIPT_LOG)}</p>
            </article>
            <div class="filo-actions">
                <ActionButton icon="it-print" look="outline-primary" on_press=|()| drop(window().print())>{t(key::help_desk::PRINT)}</ActionButton>
                <ActionButton icon="it-check" on_press=|()| wipe()>{t(key::help_desk::WIPE)}</ActionButton>
            </div>
        </Page>
    }
}

/// One thing that was done.
fn row(entry: &LogEntry) -> AnyView {
    let about = [entry.title.clone(), entry.number.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let time = moment(&entry.at);
    view! { <li>{t(words::action(entry.action))}{(!about.is_empty()).then(|| format!(": {about}"))}<br/><small>{time}</small></li> }
        .into_any()
}

/// What is looked at, in the order in which it is told.
fn things() -> [(CheckedThing, &'static str, Key); 6] {
    [
        (CheckedThing::Session, "session", key::help_desk::CHECK_SESSION),
        (CheckedThing::Cookies, "cookies", key::help_desk::CHECK_COOKIES),
        (CheckedThing::Storage, "storage", key::help_desk::CHECK_STORAGE),
        (CheckedThing::Databases, "databases", key::help_desk::CHECK_DATABASES),
        (CheckedThing::Caches, "caches", key::help_desk::CHECK_CACHES),
        (CheckedThing::Memory, "memory", key::help_desk::CHECK_MEMORY),
    ]
}

/// What was looked at, what is clean, and what must still be done by hand.
#[component]
pub fn CheckedPage() -> impl IntoView {
    let api = expect_context::<Api>();
    let clean = RwSignal::new(None::<Vec<CheckedThing>>);
    let taken = RwSignal::new(None::<bool>);
    let address = api.address(paths::ME);
    spawn_local(async move {
        let found = call_script("wipe", "check", &[address.into()]).await.ok().and_then(|found| found.as_string());
        let names: Vec<String> = found.as_deref().and_then(parse).unwrap_or_default();
        let found: Vec<_> =
            things().into_iter().filter(|(_, name, _)| names.iter().any(|clean| clean == name)).map(|(thing, ..)| thing).collect();
        clean.try_set(Some(found.clone()));
        let answer = api.post::<()>(paths::HELP_DESK_CHECKED, &Checked { clean: found }).await;
        taken.try_set(Some(answer.is_ok()));
    });
    let row = move |(thing, _, words): (CheckedThing, &'static str, Key)| {
        let is_clean = clean.with(|clean| clean.as_ref().is_some_and(|clean| clean.contains(&thing)));
        let (icon, told) =
            if is_clean { ("it-check-circle", key::help_desk::CHECK_CLEAN) } else { ("it-error", key::help_desk::CHECK_LEFT) };
        view! { <li><Icon name=icon/><span>{t(words)}": "<strong>{t(told)}</strong></span></li> }
    };
    let by_hand =
        [key::help_desk::HAND_PAPERS, key::help_desk::HAND_PRINTER, key::help_desk::HAND_DOWNLOADS, key::help_desk::HAND_PASSWORDS];
    let list = move || {
        clean.with(Option::is_some).then(|| view! { <ul class="filo-desk-checks">{things().into_iter().map(row).collect_view()}</ul> })
    };
    let next = move || {
        match taken.get()? {
        true => Some(view! {
            <Callout kind="success" title=t(key::help_desk::CHECKED_GOOD) alert=true><p>{t(key::help_desk::CHECKED_GOOD_TEXT)}</p></Callout>
            <LinkButton to=Route::HelpDesk>{t(key::help_desk::NEXT)}</LinkButton>
        }
        .into_any()),
        false => Some(view! {
            <Callout kind="danger" title=t(key::help_desk::CHECKED_BAD) alert=true><p>{t(key::help_desk::CHECKED_BAD_TEXT)}</p></Callout>
            <ActionButton icon="it-refresh" on_press=|()| wipe()>{t(key::help_desk::WIPE)}</ActionButton>
        }
        .into_any()),
    }
    };
    view! {
        <Page title=t(key::help_desk::CHECKED_TITLE) lead=t(key::help_desk::CHECKED_LEAD)>
            <Section id="checks-title" title=t(key::help_desk::CHECKS) class="card filo-form-card">
                <div role="status">{list}</div>
            </Section>
            <Section id="hand-title" title=t(key::help_desk::HAND)>
                <ul>{by_hand.map(|words| view! { <li>{t(words)}</li> })}</ul>
            </Section>
            <div>{next}</div>
        </Page>
    }
}
