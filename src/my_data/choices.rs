//! The page of what one has said yes and no to (feature N1): each with its history and one press that withdraws it.
use crate::api::{Api, ApiError};
use crate::form::focus;
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::{MyData, Route};
use crate::ui::{ActionButton, Link, Page, Section, error_key};
use crate::words::{Key, fill, key, moment, t};
use contract::my_data::{Choice, Choices, HelpGiven, NoticeSeen, Place, Subject};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What has just been done.
const TOLD: &str = "choices-told";

/// The page.
#[component]
pub fn ChoicesPage() -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let told = RwSignal::new(String::new());
    let choices = load(move |api| {
        round.get();
        async move { api.get::<Choices>(paths::MY_CHOICES).await }
    });
    view! {
        <Page title=t(key::my_data::CHOICES_TITLE) lead=t(key::my_data::CHOICES_LEAD)>
            <p role="status" id=TOLD tabindex="-1">{move || told.get()}</p>
            <Load from=choices let:choices><All choices round told/></Load>
            <p><Link to=Route::MyData(MyData::Copies)>{t(key::my_data::TITLE)}</Link></p>
        </Page>
    }
}

/// What is withdrawn: the address that does it, and what is said then.
type Withdraw = Callback<(String, String)>;

/// All of them.
#[component]
fn All(choices: Choices, round: RwSignal<u32>, told: RwSignal<String>) -> impl IntoView {
    let api = expect_context::<Api>();
    let failed = RwSignal::new(None::<ApiError>);
    let withdraw: Withdraw = Callback::new(move |(path, words): (String, String)| {
        failed.set(None);
        spawn_local(async move {
            // What comes back is read anew with the page; of a help nothing does.
            let answer = if path == paths::MY_HELP { api.delete::<()>(&path).await } else { api.delete::<Choices>(&path).await.map(drop) };
            match answer {
                Ok(()) => {
                    told.try_set(words);
                    // The button that was pressed goes.
                    focus(TOLD);
                    round.try_update(|round| *round += 1);
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    let Choices { choices, helps, notices } = choices;
    view! {
        <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        <Section id="choices-title" title=t(key::my_data::CHOICES_LIST)>
            <ul class="filo-list filo-choices-said">{choices.into_iter().map(|choice| view! { <li><ChoiceCard choice withdraw/></li> }).collect_view()}</ul>
            <p>{t(key::my_data::FOLLOWED_LINK)}" "<Link to=Route::Subscriptions>{t(key::common::MY_SUBSCRIPTIONS)}</Link></p>
        </Section>
        <Section id="helps-title" title=t(key::my_data::HELPS_TITLE)>
            {helps.is_empty().then(|| view! { <p>{t(key::my_data::HELPS_NONE)}</p> })}
            <ul class="filo-list filo-choices-said">{helps.into_iter().map(|help| view! { <li><HelpCard help withdraw/></li> }).collect_view()}</ul>
        </Section>
        <Section id="notices-title" title=t(key::my_data::NOTICES_TITLE)>
            <p>{t(key::my_data::NOTICES_TEXT)}</p>
            {notices.is_empty().then(|| view! { <p>{t(key::my_data::NOTICES_NONE)}</p> })}
            <ul>{notices.into_iter().map(|notice| view! { <li><NoticeRow notice/></li> }).collect_view()}</ul>
        </Section>
    }
}

/// What a choice is called.
fn name(subject: Subject) -> Key {
    match subject {
        Subject::Tips => key::my_data::TIPS,
        Subject::Email => key::my_data::EMAIL,
        Subject::Push => key::my_data::PUSH,
        Subject::AppIo => key::my_data::APP_IO,
        Subject::Sms => key::my_data::SMS,
        Subject::Paper => key::my_data::PAPER,
        Subject::Unknown => key::my_data::OTHER,
    }
}

/// One of them.
#[component]
fn ChoiceCard(choice: Choice, withdraw: Withdraw) -> impl IntoView {
    let (title, subject) = (t(name(choice.subject)), choice.subject);
    let reaches = choice.reaches.clone().unwrap_or_default();
    let stands = t(if choice.is_given { key::my_data::GIVEN } else { key::my_data::NOT_GIVEN });
    let again = if subject == Subject::Tips { Route::Home } else { Route::Channels };
    let again_words = t(if subject == Subject::Tips { key::my_data::AGAIN_TIPS } else { key::my_data::AGAIN });
    let done = fill(key::my_data::WITHDRAWN, &[("what", title)]);
    let event = |said: contract::my_data::Said| {
        let place = t(match said.place {
            Place::Channels => key::common::CHANNELS,
            Place::Tips => key::common::TAB_DESK,
            Place::MyData => key::my_data::TITLE,
            Place::Desk => key::my_data::AT_DESK,
            Place::Unknown => key::my_data::OTHER,
        });
        let what = if said.is_given { key::my_data::SAID_YES } else { key::my_data::SAID_NO };
        view! { <li>{fill(what, &[("when", &moment(&said.at)), ("place", place)])}</li> }
    };
    let has_history = !choice.history.is_empty();
    let history = choice.history.into_iter().map(event).collect_view();
    let history = if has_history {
        view! { <details><summary>{t(key::my_data::HISTORY)}<span class="visually-hidden">": "{title}</span></summary><ul>{history}</ul></details> }.into_any()
    } else {
        view! { <p class="filo-note">{t(key::my_data::NO_HISTORY)}</p> }.into_any()
    };
    let action = if choice.is_given {
        view! {
            <ActionButton look="outline-danger" on_press=move |()| withdraw.run((paths::my_choice(subject), done.clone()))>
                {t(key::my_data::WITHDRAW)}<span class="visually-hidden">": "{title}</span>
            </ActionButton>
        }
        .into_any()
    } else {
        view! { <p><Link to=again>{again_words}<span class="visually-hidden">": "{title}</span></Link></p> }.into_any()
    };
    view! {
        <article class="card filo-form-card">
            <h3 class="h5">{title}</h3>
            <p><strong>{stands}</strong>{(!reaches.is_empty()).then(|| format!(" · {reaches}"))}</p>
            {action}
            {history}
        </article>
    }
}

/// Somebody who helps, or has helped.
#[component]
fn HelpCard(help: HelpGiven, withdraw: Withdraw) -> impl IntoView {
    let is_on = help.ended_at.is_none();
    let began = fill(key::my_data::HELP_BEGAN, &[("when", &moment(&help.at)), ("session", &help.session)]);
    let ended = help.ended_at.as_ref().map(|at| fill(key::my_data::HELP_ENDED, &[("when", &moment(at))]));
    let (name, done) = (help.volunteer.clone(), t(key::my_data::HELP_STOPPED).to_owned());
    view! {
        <article class="card filo-form-card">
            <h3 class="h5">{help.volunteer}</h3>
            <p>{began}{ended.map(|ended| view! { <br/>{ended} })}</p>
            {is_on.then(|| view! {
                <ActionButton look="outline-danger" on_press=move |()| withdraw.run((paths::MY_HELP.to_owned(), done.clone()))>
                    {t(key::my_data::HELP_STOP)}<span class="visually-hidden">": "{name}</span>
                </ActionButton>
            })}
        </article>
    }
}

/// A notice that was read.
#[component]
fn NoticeRow(notice: NoticeSeen) -> impl IntoView {
    let words = fill(key::my_data::NOTICE_SEEN, &[("version", &notice.version), ("when", &moment(&notice.at))]);
    view! { {words}" "<Link to=Route::Case { id: notice.case }>{notice.number}</Link> }
}
