//! A questionnaire is tried before anybody is asked: the same form as everybody will see, and nothing is sent or kept.
use super::answering::{Kept, sending};
use super::attached;
use super::form::Shown;
use super::review::Review;
use super::sheet::{At, HEADING, Sheet};
use crate::form::focus;
use crate::load::{Load, load};
use crate::markup::view;
use crate::ui::{ActionButton, Callout, Page};
use crate::words::{key, language, t};
use contract::paths;
use contract::questionnaires::{PreviewQuery, Questionnaire};
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::value::Map;

/// The page.
#[component]
pub fn PreviewPage(token: String) -> impl IntoView {
    let asked = load(move |api| {
        let query = PreviewQuery { token: token.clone(), language: language().to_owned() };
        async move { api.post::<Questionnaire<Value>>(paths::PUBLIC_QUESTIONNAIRE_PREVIEW, &query).await }
    });
    view! { <Load from=asked whole_page=true let:asked><Tried asked/></Load> }
}

/// The questions, as often as somebody wants to try them.
#[component]
fn Tried(asked: Questionnaire<Value>) -> impl IntoView {
    let title = asked.summary.title.clone();
    let why = asked.why.clone();
    let asked = StoredValue::new(asked);
    let is_over = RwSignal::new(false);
    let again = move |()| {
        is_over.set(false);
        request_animation_frame(|| focus(HEADING));
    };
    let drawn = move || match is_over.get() {
        true => view! {
            <h2 id=HEADING class="h4" tabindex="-1">{t(key::questionnaires::PREVIEW_OVER)}</h2>
            <p role="status">{t(key::questionnaires::PREVIEW_OVER_TEXT)}</p>
            <ActionButton on_press=again>{t(key::questionnaires::PREVIEW_AGAIN)}</ActionButton>
        }
        .into_any(),
        false => view! { <Once asked=asked.get_value() is_over/> }.into_any(),
    };
    view! {
        <Page title lead=why>
            <Callout kind="note" title=t(key::questionnaires::PREVIEW_TITLE)><p>{t(key::questionnaires::PREVIEW_TEXT)}</p></Callout>
            {drawn}
        </Page>
    }
}

/// The questions once, from the first to the last. The form is in memory alone: nothing keeps it.
#[component]
fn Once(asked: Questionnaire<Value>, is_over: RwSignal<bool>) -> impl IntoView {
    let id = asked.summary.id.clone();
    let sending = sending(&id, false, &asked.summary.title);
    sending.form.clear();
    let kept = Kept { version: asked.version, answers: Value::Object(Map::new()), ..Kept::default() };
    sending.form.note(|answering| answering.kept = kept.clone());
    let sheet = Sheet::begin(&asked, &kept, sending).tried();
    attached::watch(sheet);
    on_cleanup(move || sending.form.clear());
    let is_end = Memo::new(move |_| sheet.at.get() == At::Review);
    move || match is_end.get() {
        true => view! { <Review sheet asked=asked.clone() sent=is_over/> }.into_any(),
        false => view! { <Shown sheet mirror=None id=id.clone()/> }.into_any(),
    }
}
