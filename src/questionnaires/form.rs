//! The questions of a questionnaire, as they were left: one at a time or page by page, kept at every answer, with or without a network.
use super::answering::{Answering, Kept, sending};
use super::attached;
use super::ballot;
use super::mirror::{ClashNote, Mirror};
use super::places::{Place, kept, place};
use super::questions::question;
use super::review::{Review, Sent};
use super::said::aloud;
use super::sheet::{At, HEADING, SUMMARY, Sheet};
use crate::api::{Api, ApiError};
use crate::command::{Sending, WaitingNote};
use crate::files::HoldsFiles;
use crate::load::{Load, load};
use crate::markup::view;
use crate::outbox::{Entry, outbox};
use crate::route::Route;
use crate::ui::{ActionButton, Callout, ErrorView, LinkButton, Page, ReadAloud, RequiredNote, Skeleton, SubmitButton};
use crate::vault;
use crate::words::{fill, key, language, t};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{Questionnaire, Standing};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use questionnaire::Value;

/// The page.
#[component]
pub fn AnswerPage(id: QuestionnaireId) -> impl IntoView {
    let asked = load(move |api| {
        let id = id.clone();
        async move {
            let mut asked = api.get::<Questionnaire<Value>>(&paths::questionnaire(&id, language())).await?;
            let token = if asked.summary.anonymous && asked.summary.standing == Standing::Open {
                Some(own_token(api, &mut asked).await)
            } else {
                None
            };
            Ok((asked, token))
        }
    });
    view! { <Load from=asked whole_page=true let:asked><Gate asked=asked.0 token=asked.1/></Load> }
}

/// The token of this device, and what was answered with it. On a shared computer, where nothing can be kept, it is asked for at the end.
async fn own_token(api: Api, asked: &mut Questionnaire<Value>) -> Result<Kept, ApiError> {
    let id = asked.summary.id.clone();
    let known = ballot::kept(&id).await;
    if let Some(token) = known.as_ref().filter(|token| token.used) {
        asked.given = ballot::given(api, &id, token).await;
    }
    if api.session().is_shared() && known.is_none() {
        return Ok(Kept::default());
    }
    let token = ballot::get(api, &id, &asked.token_key).await?;
    Ok(Kept { token: token.token, signature: token.signature, ..Kept::default() })
}

/// What stands in the way of the questions, or the questions.
#[component]
fn Gate(asked: Questionnaire<Value>, token: Option<Result<Kept, ApiError>>) -> impl IntoView {
    let summary = asked.summary.clone();
    let title = summary.title.clone();
    if summary.standing != Standing::Open {
        let to = Route::Questionnaire { id: summary.id };
        return view! { <Page title lead=t(key::questionnaires::OVER)><LinkButton to>{t(key::common::BACK)}</LinkButton></Page> }
            .into_any();
    }
    // Without a network what was begun here goes on: the token is there already, or is asked for at the end.
    let token = match token {
        Some(Err(ApiError::Conflict)) => {
            return view! { <Page title lead=t(key::questionnaires::TOKEN_ELSEWHERE)><LinkButton to=Route::Questionnaires>{t(key::common::BACK)}</LinkButton></Page> }
                .into_any();
        }
        Some(Ok(token)) => token,
        _ => Kept::default(),
    };
    let sending = sending(&summary.id, summary.anonymous, &title);
    sending.keep();
    let path = if summary.anonymous { paths::public_ballots(&summary.id) } else { paths::questionnaire_answers(&summary.id) };
    let sent = RwSignal::new(false);
    let at = Memo::new(move |_| place(sending, &path));
    Effect::new(move |before: Option<Place>| {
        let now = at.get();
        // What waited for the network has left.
        if before == Some(Place::Unsent) && now == Place::Here {
            sent.set(true);
        }
        now
    });
    let asked = StoredValue::new(asked);
    let drawn = move || {
        if sent.get() {
            return view! { <Sent summary=summary.clone()/> }.into_any();
        }
        match at.get() {
            Place::Waiting => view! { <Skeleton/> }.into_any(),
            Place::Elsewhere => view! { <Elsewhere about=summary.id.clone()/> }.into_any(),
            Place::Unsent => view! { <WaitingNote sending/> }.into_any(),
            Place::Here => view! { <Questions asked=asked.get_value() token=token.clone() sending sent/> }.into_any(),
        }
    };
    view! { <Page title>{drawn}</Page> }.into_any()
}

/// Another tab has it open: it may be taken over.
#[component]
fn Elsewhere(about: QuestionnaireId) -> impl IntoView {
    let take = move |()| {
        let entries = untrack(|| outbox().entries());
        let id = entries.iter().find(|entry| entry.questionnaire().as_ref() == Some(&about)).map(|entry| entry.text("id"));
        spawn_local(async move { drop(vault::call("own", &[id.into(), true.into()]).await) });
    };
    view! {
        <Callout kind="note" title=t(key::outbox::ELSEWHERE_TITLE)>
            <p>{t(key::questionnaires::ELSEWHERE_TEXT)}</p>
            <ActionButton on_press=take>{t(key::outbox::TAKE_OVER)}</ActionButton>
        </Callout>
    }
}

/// The questions.
#[component]
fn Questions(asked: Questionnaire<Value>, token: Kept, sending: Sending<Answering>, sent: RwSignal<bool>) -> impl IntoView {
    let api = expect_context::<Api>();
    let summary = asked.summary.clone();
    let (found, is_missing) = kept(&asked, sending);
    let token = if token.token.is_empty() { found.clone() } else { token };
    let found = Kept { token: token.token, signature: token.signature, ..found };
    sending.form.note(|answering| answering.kept = found.clone());
    let sheet = Sheet::begin(&asked, &found, sending);
    attached::watch(sheet);
    let missing = is_missing.then(|| {
        view! { <Callout kind="note" title=t(key::questionnaires::FILES_ELSEWHERE)><p>{t(key::questionnaires::FILES_ELSEWHERE_TEXT)}</p></Callout> }
    });
    let definition = StoredValue::new(asked.definition.clone());
    let mirror = (!summary.anonymous).then(|| Mirror::start(api, sending.form, summary.id.clone()));
    let is_change = asked.given.is_some();
    let refused = move || {
        (!sending.form.problems().is_empty()).then(|| {
            view! { <Callout kind="danger" title=t(key::questionnaires::REFUSED_TITLE) alert=true><p>{t(key::questionnaires::REFUSED_TEXT)}</p></Callout> }
        })
    };
    // While one question follows another the form stays: only the end is another page.
    let is_end = Memo::new(move |_| sheet.at.get() == At::Review);
    let part = move || match is_end.get() {
        true => view! { <Review sheet asked=asked.clone() sent/> }.into_any(),
        false => view! { <Shown sheet mirror id=asked.summary.id.clone()/> }.into_any(),
    };
    view! {
        {mirror.map(|mirror| view! { <ClashNote mirror sheet definition/> })}
        {is_change.then(|| view! { <p class="filo-note">{t(key::questionnaires::CHANGING)}</p> })}
        {missing}
        {refused}
        {part}
    }
}

/// How far somebody is, in words and as a bar.
#[component]
fn Progress(sheet: Sheet) -> impl IntoView {
    let words = move || {
        let (at, all) = sheet.progress();
        let key = if sheet.one_by_one.get() { key::questionnaires::QUESTION_OF } else { key::questionnaires::PAGE_OF };
        fill(key, &[("at", &at.to_string()), ("all", &all.to_string())])
    };
    let bar = move || {
        let (at, all) = sheet.progress();
        view! { <progress class="filo-progress" max=all.to_string() value=at.to_string() aria-hidden="true"></progress> }
    };
    let title = move || sheet.page_title();
    view! {
        <div class="filo-questions-head">
            <h2 id=HEADING class="h5" tabindex="-1">{words}</h2>
            {bar}
            <p class="filo-note">{title}</p>
        </div>
    }
}

/// What is wrong, each with a way to its input.
#[component]
fn Summary(sheet: Sheet) -> impl IntoView {
    let row = |wrong: super::sheet::Wrong| {
        let (id, address) = (wrong.id.clone(), format!("#{}", wrong.id));
        let go = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            crate::form::focus(&id);
        };
        view! { <li><a href=address on:click=go>{wrong.title}": "{wrong.why}</a></li> }
    };
    view! {
        <div class="filo-errors" id=SUMMARY role="group" aria-label=t(key::form::SUMMARY) tabindex="-1" hidden=move || sheet.wrong.with(Vec::is_empty)>
            <h2 class="h5">{t(key::form::SUMMARY)}</h2>
            <ul>{move || sheet.wrong.get().into_iter().map(row).collect_view()}</ul>
        </div>
    }
}

/// Whether what was answered is found again when the page is closed: on this device, or at the CRM. Nothing while that is not known. Tracked.
fn is_saved(sending: Sending<Answering>, mirror: Option<Mirror>) -> Option<bool> {
    if !sending.form.is_touched() {
        return None;
    }
    let path = sending.path();
    let is_here = |entry: &Entry| !entry.get("is_far").is_truthy() && entry.is("draft") && entry.text("path") == path;
    let entry = outbox().entries().into_iter().find(is_here);
    let on_device = entry.map(|entry| entry.get("on_device").is_truthy());
    // The CRM keeps what was answered, not yet the files that an answer names.
    let has_files = sending.form.with(|answering| ["photos", "documents"].iter().any(|list| !answering.files().list(list).is_empty()));
    if on_device == Some(true) || (!has_files && mirror.is_some_and(Mirror::is_kept)) {
        return Some(true);
    }
    // What is in memory alone may still reach the CRM.
    (on_device.is_some() && mirror.is_none_or(Mirror::has_failed)).then_some(false)
}

/// The questions that are shown now.
#[component]
pub fn Shown(sheet: Sheet, mirror: Option<Mirror>, id: QuestionnaireId) -> impl IntoView {
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sheet.next();
    };
    let back = move |()| {
        if !sheet.back() && !sheet.is_preview {
            navigate(&Route::Questionnaire { id: id.clone() }.to_string(), Default::default());
        }
    };
    let questions = move || sheet.here().into_iter().map(|view| question(sheet, view)).collect_view();
    // What is read aloud changes with the questions, not with the answers.
    let text = Memo::new(move |_| aloud(&sheet.here()));
    let listen = move || {
        text.track();
        view! { <ReadAloud text=move || text.get_untracked() language=language().to_owned()/> }
    };
    let other = move || t(if sheet.one_by_one.get() { key::questionnaires::WHOLE_PAGES } else { key::questionnaires::ONE_BY_ONE });
    let is_saved = Memo::new(move |_| if sheet.is_preview { None } else { is_saved(sheet.sending, mirror) });
    let saved = move || is_saved.get().map(|saved| t(if saved { key::questionnaires::SAVED } else { key::questionnaires::NOT_SAVED }));
    view! {
        <Summary sheet/>
        <Progress sheet/>
        <form class="filo-questions" novalidate=true on:submit=submit>
            <RequiredNote/>
            {questions}
            <div class="filo-step-buttons">
                <SubmitButton>{t(key::common::NEXT)}</SubmitButton>
                <ActionButton look="link" on_press=back>{t(key::common::BACK)}</ActionButton>
            </div>
        </form>
        <p class="visually-hidden" role="status">{move || sheet.told.get()}</p>
        <p class="filo-note" role="status">{saved}</p>
        <div class="filo-actions filo-questions-ways">
            {listen}
            <ActionButton look="outline-primary" on_press=move |()| sheet.turn()>{other}</ActionButton>
        </div>
    }
}

/// Shows why a token could not be had, with a way to ask again.
pub fn token_failed(error: ApiError, again: impl Fn() + 'static) -> AnyView {
    if error == ApiError::Conflict {
        return view! { <Callout kind="warning" title=t(key::questionnaires::TOKEN_TITLE) alert=true><p>{t(key::questionnaires::TOKEN_ELSEWHERE)}</p></Callout> }.into_any();
    }
    view! { <ErrorView error retry=UnsyncCallback::new(move |()| again())/> }.into_any()
}
