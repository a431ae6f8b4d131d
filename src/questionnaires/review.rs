//! The end: every question with its answer, to be read once more and sent; and the thanks.
use super::ballot;
use super::form::token_failed;
use super::said::answer;
use super::sheet::{HEADING, Sheet, is_asked};
use crate::api::{Api, ApiError};
use crate::files::HoldsFiles;
use crate::form::focus;
use crate::markup::view;
use crate::outbox::outbox;
use crate::route::Route;
use crate::ui::{ActionButton, Callout, LinkButton};
use crate::words::{key, t};
use contract::questionnaires::{Questionnaire, Summary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use questionnaire::Value;
use questionnaire::run::QuestionView;

/// Everything once more.
#[component]
pub fn Review(sheet: Sheet, asked: Questionnaire<Value>, sent: RwSignal<bool>) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = sheet.sending.form;
    let failed = RwSignal::new(None::<ApiError>);
    let asked = StoredValue::new(asked);
    let busy = Signal::derive(move || {
        let is_shut = || !sheet.is_preview && outbox().on_device().is_none();
        form.is_sending() || is_shut() || form.with(|answering| answering.files().is_working())
    });
    let send = move || {
        let Some(answers) = sheet.finished() else { return };
        failed.set(None);
        form.edit("", |answering| {
            answering.kept.answers = answers;
            answering.drop_unnamed();
        });
        let (id, anonymous, modulus) =
            asked.with_value(|asked| (asked.summary.id.clone(), asked.summary.anonymous, asked.token_key.clone()));
        if sheet.is_preview {
            sent.set(true);
            return request_animation_frame(|| focus(HEADING));
        }
        if !anonymous {
            return sheet.sending.send(move |_| {
                sent.try_set(true);
            });
        }
        spawn_local(async move {
            match ballot::get(api, &id, &modulus).await {
                Ok(token) => {
                    form.note(|answering| {
                        answering.kept.token = token.token;
                        answering.kept.signature = token.signature;
                    });
                    sheet.sending.send(move |_| {
                        spawn_local(async move { ballot::used(&id).await });
                        sent.try_set(true);
                    });
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let row = move |view: QuestionView| {
        let said = answer(&view, [t(key::questionnaires::YES), t(key::questionnaires::NO)]);
        let (said, name, title) =
            (if said.is_empty() { t(key::questionnaires::NO_ANSWER).to_owned() } else { said }, view.name, view.title);
        let mend = move |()| sheet.mend(&name);
        view! {
            <div class="filo-review-row">
                <dt>{title.clone()}</dt>
                <dd>{said}</dd>
                <dd class="d-print-none"><ActionButton look="link" on_press=mend>{t(key::common::EDIT)}<span class="visually-hidden">": "{title}</span></ActionButton></dd>
            </div>
        }
    };
    let rows = move || {
        let views = sheet.look(|run| run.shown_pages().into_iter().flat_map(|(_, views)| views).collect::<Vec<_>>());
        views.into_iter().filter(is_asked).map(row).collect_view()
    };
    view! {
        <h2 id=HEADING class="h4" tabindex="-1">{t(key::questionnaires::REVIEW)}</h2>
        <p>{t(key::questionnaires::REVIEW_TEXT)}</p>
        <dl class="card filo-review">{rows}</dl>
        {move || failed.get().map(|error| token_failed(error, send))}
        <div class="filo-step-buttons">
            <ActionButton busy icon="it-check" on_press=move |()| send()>{move || t(if form.is_sending() { key::reports::SENDING } else { key::questionnaires::SEND })}</ActionButton>
            <ActionButton look="link" on_press=move |()| sheet.step_back()>{t(key::common::BACK)}</ActionButton>
        </div>
    }
}

/// The thanks, and what comes next.
#[component]
pub fn Sent(summary: Summary) -> impl IntoView {
    let id = summary.id.clone();
    // In memory the token goes with the page.
    let is_token_lost = summary.anonymous && untrack(|| outbox().on_device()) != Some(true);
    let is_waiting = outbox().entries().iter().any(|entry| entry.is("waiting") && entry.text("about") == id.as_str());
    let (title, text) = if is_waiting {
        let text = if untrack(|| outbox().on_device()) == Some(true) { key::outbox::REPLY_KEPT } else { key::outbox::REPLY_IN_MEMORY };
        (key::outbox::REPLY_WAITING, text)
    } else {
        (key::questionnaires::SENT_TITLE, if is_token_lost { key::questionnaires::SENT_ONCE } else { key::questionnaires::SENT_TEXT })
    };
    let place = NodeRef::<leptos::html::H2>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            // An element that is on the page takes the focus.
            let _ = place.focus();
        }
    });
    view! {
        <h2 class="h4" tabindex="-1" node_ref=place>{t(title)}</h2>
        <p role="status">{t(text)}</p>
        {summary.anonymous.then(|| view! {
            <Callout kind="note" title=t(key::questionnaires::TOKEN_TITLE)><p>{t(if is_token_lost { key::questionnaires::TOKEN_LOST } else { key::questionnaires::TOKEN_KEPT })}</p></Callout>
        })}
        <div class="filo-actions">
            <LinkButton to=Route::Questionnaires>{t(key::questionnaires::GO_LIST)}</LinkButton>
            <LinkButton to=Route::Home class="btn btn-outline-primary">{t(key::common::GO_HOME)}</LinkButton>
        </div>
    }
}
