//! "Cancella i miei dati" (feature N3): what goes, what the law keeps and why, read before it is done; then the device forgets too.
use crate::api::{Api, ApiError};
use crate::form::{field_id, focus};
use crate::load::{Load, load};
use crate::markup::view;
use crate::push;
use crate::route::{MyData, Payments, Route};
use crate::ui::{Callout, FieldFrame, Link, LinkButton, Page, Section, SubmitButton, error_key};
use crate::vault;
use crate::words::{Key, Plural, count, day, fill, key, language, t};
use contract::my_data::{Deleted, DeletionPlan, Going, InTheWay, Kept, Named, NewDeletion, Obstacle, Thing};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The field of the word.
const FIELD: &str = "word";

/// The page.
#[component]
pub fn DeletionPage() -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let failed = RwSignal::new(None::<ApiError>);
    let plan = load(move |api| {
        round.get();
        async move { api.get::<DeletionPlan>(&paths::my_deletion(language())).await }
    });
    view! {
        <Page title=t(key::my_data::DELETE_TITLE) lead=t(key::my_data::DELETE_LEAD)>
            <p role="alert" class="filo-field-error">{move || failed.get().map(|error| t(why(&error)))}</p>
            <Load from=plan let:plan><Plan plan round failed/></Load>
            <p><Link to=Route::MyData(MyData::Copies)>{t(key::my_data::TITLE)}</Link></p>
        </Page>
    }
}

fn why(error: &ApiError) -> Key {
    match error {
        ApiError::Conflict => key::my_data::PLAN_CHANGED,
        ApiError::Invalid(_) => key::my_data::WORD_WRONG,
        other => error_key(other),
    }
}

/// What would happen, then the word that makes it happen.
#[component]
fn Plan(plan: DeletionPlan, round: RwSignal<u32>, failed: RwSignal<Option<ApiError>>) -> impl IntoView {
    let is_free = plan.in_the_way.is_empty();
    let (word, tag) = (plan.word.clone(), plan.tag.clone());
    let letter = match &plan.letter_to {
        Some(to) => fill(key::my_data::LETTER, &[("address", to)]),
        None => t(key::my_data::NO_LETTER).to_owned(),
    };
    view! {
        <p><Link to=Route::MyData(MyData::Copies)>{t(key::my_data::COPY_FIRST)}</Link></p>
        {(!is_free).then(|| view! { <Obstacles obstacles=plan.in_the_way/> })}
        <Section id="goes-title" title=t(key::my_data::GOES_TITLE) class="card filo-form-card">
            <ul>{plan.goes.iter().map(|going| view! { <li>{going_words(going)}</li> }).collect_view()}</ul>
            <p>{t(key::my_data::GOES_TEXT)}</p>
        </Section>
        {(!plan.kept.is_empty()).then(|| view! {
            <Section id="kept-title" title=t(key::my_data::KEPT_TITLE) class="card filo-form-card">
                <p>{t(key::my_data::KEPT_TEXT)}</p>
                {plan.kept.into_iter().map(|kept| view! { <KeptPart kept/> }).collect_view()}
            </Section>
        })}
        <Names id="open-title" title=t(key::my_data::OPEN_TITLE) text=t(key::my_data::OPEN_TEXT) items=plan.open/>
        <Names id="unlinked-title" title=t(key::my_data::UNLINKED_TITLE) text=t(key::my_data::UNLINKED_TEXT) items=plan.unlinked/>
        <Names id="to-pay-title" title=t(key::my_data::TO_PAY_TITLE) text=t(key::my_data::TO_PAY_TEXT) items=plan.to_pay/>
        <Section id="anonymous-title" title=t(key::my_data::ANONYMOUS_TITLE)><p>{t(key::my_data::ANONYMOUS_TEXT)}</p></Section>
        {is_free.then(|| view! {
            <Section id="do-title" title=t(key::my_data::DO_TITLE) class="card filo-form-card">
                <p>{letter}</p>
                <p>{t(key::my_data::DO_TEXT)}</p>
                <WordForm word tag round failed/>
            </Section>
        })}
    }
}

/// What must end first, and where.
#[component]
fn Obstacles(obstacles: Vec<InTheWay>) -> impl IntoView {
    let row = |one: InTheWay| {
        let name = format!("{} ({})", one.named.title, one.named.number);
        match one.what {
            Obstacle::Payment => view! { <li>{fill(key::my_data::WAY_PAYMENT, &[("name", &name)])}" "<Link to=Route::Payments(Payments::List)>{t(key::common::PAYMENTS)}</Link></li> },
            Obstacle::Help | Obstacle::Unknown => view! { <li>{fill(key::my_data::WAY_HELP, &[("name", &name)])}" "<Link to=Route::HelpLog>{t(key::common::HELP_LOG)}</Link></li> },
        }
        .into_any()
    };
    view! {
        <Callout kind="warning" title=t(key::my_data::WAY_TITLE)><ul>{obstacles.into_iter().map(row).collect_view()}</ul></Callout>
    }
}

/// What goes, and how much of it.
fn going_words(going: &Going) -> String {
    let words: Plural = match going.what {
        Thing::Contacts => return t(key::my_data::GOES_CONTACTS).to_owned(),
        Thing::Choices => return t(key::my_data::GOES_CHOICES).to_owned(),
        Thing::Unknown => return t(key::my_data::OTHER).to_owned(),
        Thing::Reports => key::my_data::GOES_REPORTS,
        Thing::Drafts => key::my_data::GOES_DRAFTS,
        Thing::Messages => key::my_data::GOES_MESSAGES,
        Thing::Files => key::my_data::GOES_FILES,
        Thing::Followed => key::my_data::GOES_FOLLOWED,
        Thing::Answers => key::my_data::GOES_ANSWERS,
        Thing::Devices => key::my_data::GOES_DEVICES,
        Thing::Ratings => key::my_data::GOES_RATINGS,
        Thing::Copies => key::my_data::GOES_COPIES,
        Thing::Delegations => key::my_data::GOES_DELEGATIONS,
    };
    count(words, i64::from(going.count))
}

/// What one rule keeps: how much, why, until when.
#[component]
fn KeptPart(kept: Kept) -> impl IntoView {
    let years = count(key::my_data::KEPT_YEARS, i64::from(kept.years));
    let has_items = !kept.items.is_empty();
    let items = kept.items.into_iter().map(|item| view! { <li>{named(&item)}</li> }).collect_view();
    view! {
        <h3 class="h6">{kept.what}" ("{kept.count.to_string()}")"</h3>
        <p>{kept.why}" "{years}</p>
        {has_items.then(|| view! { <details><summary>{t(key::my_data::KEPT_WHICH)}</summary><ul>{items}</ul></details> })}
    }
}

/// A case or a payment by name, and until when.
fn named(item: &Named) -> String {
    let name = format!("{} ({})", item.title, item.number);
    match &item.until {
        Some(until) => fill(key::my_data::UNTIL, &[("name", &name), ("day", &day(until))]),
        None => name,
    }
}

/// A part with names; nothing where there are none.
#[component]
fn Names(id: &'static str, title: &'static str, text: &'static str, items: Vec<Named>) -> impl IntoView {
    (!items.is_empty()).then(|| {
        let rows = items.iter().map(|item| view! { <li>{format!("{} ({})", item.title, item.number)}</li> }).collect_view();
        view! { <Section id title class="card filo-form-card"><p>{text}</p><ul>{rows}</ul></Section> }
    })
}

/// The word is typed, and it is done: the device forgets before anybody hears that nobody is here.
#[component]
fn WordForm(word: String, tag: String, round: RwSignal<u32>, failed: RwSignal<Option<ApiError>>) -> impl IntoView {
    let api = expect_context::<Api>();
    let navigate = use_navigate();
    let (typed, busy, is_wrong) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(false));
    let asked = word.clone();
    let send = move || {
        let new = NewDeletion { word: typed.get_untracked(), language: language().to_owned(), tag: tag.clone() };
        is_wrong.set(!new.is_meant(&asked));
        if is_wrong.get_untracked() {
            return focus(&field_id(FIELD));
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            match api.post::<Deleted>(paths::MY_DELETION, &new).await {
                Ok(_) => {
                    vault::call("erase", &[]).await;
                    push::leave().await;
                    // There first: nobody is asked to sign in on the way.
                    navigate(&Route::MyData(MyData::Deleted).to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() });
                    api.leave();
                }
                Err(error) => {
                    busy.try_set(false);
                    if error == ApiError::Conflict {
                        round.try_update(|round| *round += 1);
                    }
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let problem = move || is_wrong.get().then(|| t(key::my_data::WORD_WRONG).to_owned());
    view! {
        <form novalidate=true on:submit=move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            send();
        }>
            <FieldFrame name=FIELD label=fill(key::my_data::WORD, &[("word", &word)]) required=true problem=Signal::derive(problem)>
                <input class="form-control" type="text" id=field_id(FIELD) autocomplete="off" autocapitalize="characters" spellcheck="false"
                    aria-required="true" aria-describedby="field-word-error" aria-invalid=move || is_wrong.get().then_some("true")
                    prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())/>
            </FieldFrame>
            <SubmitButton busy look="outline-danger">{t(key::my_data::DO)}</SubmitButton>
        </form>
    }
}

/// It is done.
#[component]
pub fn DeletedPage() -> impl IntoView {
    view! {
        <Page title=t(key::my_data::DELETED_TITLE) lead=t(key::my_data::DELETED_LEAD)>
            <Callout kind="success" title=t(key::my_data::DELETED_DEVICE)><p>{t(key::my_data::DELETED_KEPT)}</p></Callout>
            <LinkButton to=Route::PublicReports class="btn btn-outline-primary">{t(key::common::PUBLIC_REPORTS)}</LinkButton>
        </Page>
    }
}
