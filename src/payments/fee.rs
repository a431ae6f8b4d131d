//! One fee: how it stands in plain words, paying it, its instalments, what is on its notice, its papers.
use super::pay::PayButton;
use super::proof::Proof;
use super::words::{States, is_past, load_states, next_check, part, reduction, when, whose};
use crate::api::Api;
use crate::form::is_writing;
use crate::lexicon::badge;
use crate::live::{Fresh, FreshNote, Ready, live};
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Badge, CallLink, Callout, Facts, Icon, Link, LinkButton, Page, PlainCard, Section};
use crate::words::{day, key, language, money, t};
use contract::cases::Office;
use contract::id::FeeId;
use contract::paths;
use contract::payments::{Chosen, Fee, FeeDetails, Standing};
use leptos::prelude::*;

/// The page of one fee.
#[component]
pub fn FeePage(id: FeeId) -> impl IntoView {
    let api = expect_context::<Api>();
    let ask = move || {
        let id = id.clone();
        async move { api.get::<FeeDetails>(&paths::fee(&id)).await }
    };
    let (fresh, ready) = (Fresh::new(), Ready::new(None));
    let failed = RwSignal::new(None);
    fresh.follow_ready(move || live().payment_changes(), is_writing, ready, ask.clone());
    // Back from elsewhere the browser may show this page as it was left: then it is asked for anew.
    let shown = window_event_listener_untyped("pageshow", move |_| fresh.renew());
    on_cleanup(move || shown.remove());
    let details = load(move |_| fresh.take(ready, ask()));
    let states = load_states();
    view! {
        <Load from=details whole_page=true let:details>
            <Load from=states whole_page=true let:states><FeeView details=details.clone() states fresh failed/></Load>
        </Load>
    }
}

#[component]
fn FeeView(details: FeeDetails, states: States, fresh: Fresh, failed: RwSignal<Option<String>>) -> impl IntoView {
    let fee = details.fee.clone();
    let card = states.card(&fee.state).map(|card| view! { <PlainCard card date=fee.due_on.clone()/> });
    let (label, whose, amount) = (states.label(&fee.state), whose(&fee), money(fee.amount));
    let is_paid = fee.standing == Standing::Paid;
    view! {
        <Page title=fee.title.clone() lead=whose>
            <p class="filo-case-line"><Badge kind=badge(fee.standing.phase()) label/><strong class="filo-fee-sum">{amount}</strong><span>{when(&fee)}</span></p>
            <div class="filo-columns">
                <div>
                    <Checking fee=fee.clone() details=details.clone()/>
                    {card}
                    <FreshNote fresh/>
                    {(fee.standing == Standing::ToPay).then(|| view! { <Pay fee=fee.clone() fresh failed/> })}
                    {is_paid.then(|| view! { <Receipt fee=fee.clone()/> })}
                    {(details.may_prove && (fee.standing == Standing::Checking || fee.state.0 == "not_paid")).then(|| view! { <Proof details=details.clone()/> })}
                    <Instalments details=details.clone() states/>
                </div>
                <aside>
                    <NoticeFacts details=details.clone()/>
                    {details.office.map(|office| view! { <OfficeView office/> })}
                </aside>
            </div>
        </Page>
    }
}

/// It is being found out whether it is paid: not again, when we look next, and the way back to the page that is still open.
#[component]
fn Checking(fee: Fee, details: FeeDetails) -> impl IntoView {
    let way = details.attempt.and_then(|attempt| attempt.location);
    (fee.standing == Standing::Checking).then(|| {
        view! {
            <Callout kind="warning" title=t(key::payments::CHECKING_TITLE)>
                <p>{t(key::payments::CHECKING_TEXT)}</p>
                <p role="status"><strong>{next_check(&fee)}</strong></p>
                {way.map(|way| view! {
                    <p>{t(key::payments::GO_ON_HINT)}</p>
                    <p><a class="btn btn-outline-primary" href=way rel="noreferrer"><Icon name="it-external-link"/><span>{t(key::payments::GO_ON)}</span></a></p>
                })}
            </Callout>
        }
    })
}

/// The amount, the button, and the other ways to pay.
#[component]
fn Pay(fee: Fee, fresh: Fresh, failed: RwSignal<Option<String>>) -> impl IntoView {
    let chosen = vec![Chosen { id: fee.id.clone(), amount: fee.amount }];
    let api = expect_context::<Api>();
    let calendar = fee.due_on.as_ref().filter(|due| !is_past(due)).map(|_| api.address(&paths::fee_calendar(&fee.id, language())));
    view! {
        <section class="card filo-fee-pay" aria-label=t(key::payments::AMOUNT)>
            <p class="filo-fee-amount">{money(fee.amount)}</p>
            {reduction(&fee).map(|words| view! { <p class="filo-fee-reduced">{words}</p> })}
            <PayButton fees=Signal::stored(chosen) failed on_refused=move |()| fresh.renew()/>
            <p class="filo-note d-print-none">{t(key::payments::PAY_HINT)}</p>
            <p class="d-print-none"><LinkButton to=Route::Payments(Payments::Notice(fee.id)) class="btn btn-outline-primary" icon="it-print">{t(key::payments::NOTICE_OPEN)}</LinkButton></p>
            {calendar.map(|address| view! {
                <a class="btn btn-link filo-calendar d-print-none" href=address download=""><Icon name="it-calendar"/><span>{t(key::payments::CALENDAR)}</span></a>
            })}
        </section>
    }
}

/// The receipt's ways.
#[component]
fn Receipt(fee: Fee) -> impl IntoView {
    let api = expect_context::<Api>();
    let address = api.address(&paths::fee_receipt(&fee.id, language()));
    view! {
        <div class="filo-actions d-print-none">
            <LinkButton to=Route::Payments(Payments::Receipt(fee.id)) icon="it-file">{t(key::payments::RECEIPT_OPEN)}</LinkButton>
            <a class="btn btn-outline-primary" href=address download=""><Icon name="it-download"/><span>{t(key::payments::RECEIPT_PDF)}</span></a>
        </div>
    }
}

/// All instalments of the same thing, this one marked.
#[component]
fn Instalments(details: FeeDetails, states: States) -> impl IntoView {
    let here = details.fee.id.clone();
    let row = move |fee: Fee| {
        let (words, label) = (format!("{} · {}", part(&fee), money(fee.amount)), states.label(&fee.state));
        let name = if fee.id == here {
            view! { <strong aria-current="true">{words}</strong> }.into_any()
        } else {
            view! { <Link to=Route::Payments(Payments::Fee(fee.id.clone()))>{words}</Link> }.into_any()
        };
        view! { <li class="filo-instalment">{name}<Badge kind=badge(fee.standing.phase()) label/><span>{when(&fee)}</span></li> }
    };
    (!details.instalments.is_empty()).then(|| {
        view! {
            <Section id="instalments-title" title=t(key::payments::INSTALMENTS)>
                <ul class="filo-instalments">{details.instalments.into_iter().map(row).collect_view()}</ul>
            </Section>
        }
    })
}

/// What stands on the notice.
#[component]
fn NoticeFacts(details: FeeDetails) -> impl IntoView {
    view! {
        <Section id="facts-title" title=t(key::payments::FACTS) class="card filo-side" look="h5">
            <Facts rows=notice_rows(&details)/>
        </Section>
    }
}

/// The rows of a notice: whose and what it is, and what whoever takes the money asks for.
pub fn notice_rows(details: &FeeDetails) -> Vec<(&'static str, String)> {
    let fee = &details.fee;
    vec![
        (t(key::payments::NUMBER), fee.number.grouped()),
        (t(key::payments::CREDITOR), fee.creditor.name.clone()),
        (t(key::payments::CREDITOR_CODE), fee.creditor.fiscal_code.clone()),
        (t(key::payments::REMITTANCE), details.remittance.clone()),
        (t(key::payments::FOR_WHOM), fee.person.clone()),
        (t(key::payments::FOR_WHAT), fee.object.clone()),
        (t(key::payments::PERIOD), fee.period.clone()),
        (t(key::payments::INSTALMENT), part(fee)),
        (t(key::payments::AMOUNT), money(fee.amount)),
        (t(key::payments::DUE_LABEL), fee.due_on.as_ref().map_or_else(String::new, day)),
    ]
}

/// Who can be asked.
#[component]
fn OfficeView(office: Office) -> impl IntoView {
    let lang = (language() != "it").then_some("it");
    view! {
        <Section id="office-title" title=t(key::payments::OFFICE) class="card filo-side" look="h5">
            <p lang=lang><strong>{office.name}</strong></p>
            <p lang=lang>{office.address}<br/>{office.hours}</p>
            <p><CallLink number=office.phone.clone() shown=office.phone/></p>
            <p><a href=format!("mailto:{}", office.email)>{office.email.clone()}</a></p>
        </Section>
    }
}
