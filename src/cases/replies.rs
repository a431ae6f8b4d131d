//! After a report (features F14, X20): the office's question and its answer, the verdict on a repair, the rating.
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form};
use crate::markup::view;
use crate::rating::RatingForm;
use crate::ui::{ActionButton, Callout, Section, TextField, error_key};
use crate::words::{key, t};
use contract::cases::{Case, CaseSummary, Phase, StepKind, TaskKind};
use contract::id::CaseId;
use contract::paths;
use contract::replies::{MESSAGE_CHARS_MAX, NewMessage, Verdict};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is being written, and about which case: words for one office must not reach another.
#[derive(Clone, Debug, Default, PartialEq)]
struct Reply {
    about: String,
    text: String,
}

/// What the citizen may add to a case now; `changed` grows when something has arrived.
#[component]
pub fn Replies(case: Case, changed: RwSignal<u32>) -> impl IntoView {
    let id = case.summary.id.clone();
    let question = case.timeline.iter().rfind(|step| step.at.is_some()).filter(|step| step.kind == StepKind::Question);
    let question = question.map(|step| step.note.clone()).unwrap_or_default();
    let is_asked = case.summary.task.as_ref().is_some_and(|task| task.kind == TaskKind::Answer);
    let is_over = case.summary.phase == Phase::Closed;
    let write = case.report.is_some() && case.may.message;
    view! {
        {case.may.verdict.then(|| view! { <VerdictForm id=id.clone() changed/> })}
        {write.then(|| view! { <Answer id=id.clone() question is_asked changed/> })}
        {(case.may.rating && is_over).then(|| view! { <RatingForm case=id/> })}
    }
}

/// One way of sending for all of them: what was written stays until it has arrived, and twice never makes two.
#[derive(Clone, Copy)]
struct Sending {
    form: Form<Reply>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<ApiError>>,
    changed: RwSignal<u32>,
}

impl Sending {
    fn new(name: &'static str, about: &CaseId, changed: RwSignal<u32>) -> Self {
        let form = Form::<Reply>::kept(name);
        if form.peek(|reply| reply.about != about.as_str()) {
            form.clear();
            form.note(|reply| about.as_str().clone_into(&mut reply.about));
        }
        Self { form, busy: RwSignal::new(false), failed: RwSignal::new(None), changed }
    }

    /// Sends a body to where the case takes it.
    fn send(self, path: String, body: impl serde::Serialize + 'static) {
        let api = expect_context::<Api>();
        self.busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            let answer = api.create::<CaseSummary>(&path, &body, &self.form.key()).await;
            // The page may have been left meanwhile.
            self.busy.try_set(false);
            match answer {
                Ok(_) => {
                    self.form.clear();
                    self.changed.try_update(|times| *times += 1);
                }
                Err(ApiError::Invalid(fields)) => drop(self.form.accept(fields)),
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
        });
    }

    /// Why it was not sent, and that everything is kept.
    fn failure(self) -> impl Fn() -> AnyView {
        move || {
            match self.failed.get() {
            None => ().into_any(),
            Some(error) => view! {
                <Callout kind="danger" title=t(key::form::NOT_SENT) alert=true><p>{t(error_key(&error))}" "{t(key::cases::REPLY_KEPT)}</p></Callout>
            }
            .into_any(),
        }
        }
    }
}

/// The office's question, and the way to answer it; without one, a way to write to the office.
#[component]
fn Answer(id: CaseId, question: String, is_asked: bool, changed: RwSignal<u32>) -> impl IntoView {
    let sending = Sending::new("answer", &id, changed);
    let form = sending.form;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let message = NewMessage { text: form.peek(|reply| reply.text.clone()), files: Vec::new() };
        if form.accept(message.problems()) {
            sending.send(paths::case_messages(&id), message);
        }
    };
    let (title, button) =
        if is_asked { (key::cases::ANSWER_TITLE, key::cases::ANSWER_SEND) } else { (key::cases::MESSAGE_TITLE, key::cases::MESSAGE_SEND) };
    let label = if is_asked { key::cases::ANSWER_LABEL } else { key::cases::MESSAGE_LABEL };
    let body = view! {
        <form novalidate=true on:submit=send>
            {(!question.is_empty()).then(|| view! { <blockquote>{question}</blockquote> })}
            <ErrorSummary form label=move |_: &str| t(label).to_owned()/>
            <TextField form name="text" label=t(label) required=true lines=4 chars_max=MESSAGE_CHARS_MAX text=|reply| &mut reply.text/>
            {sending.failure()}
            <button type="submit" class="btn btn-primary" disabled=move || sending.busy.get()>{t(button)}</button>
        </form>
    };
    if is_asked {
        view! { <Section id="answer-title" title=t(title) class="card filo-reply d-print-none">{body}</Section> }.into_any()
    } else {
        view! { <details class="card filo-reply d-print-none"><summary>{t(title)}</summary>{body}</details> }.into_any()
    }
}

/// "Sì, risolto" or "No, riapri", and then why.
#[component]
fn VerdictForm(id: CaseId, changed: RwSignal<u32>) -> impl IntoView {
    let sending = Sending::new("verdict", &id, changed);
    let form = sending.form;
    let is_open = RwSignal::new(form.peek(|reply| !reply.text.is_empty()));
    let path = StoredValue::new(paths::case_verdict(&id));
    let busy = sending.busy;
    let confirm = move || sending.send(path.get_value(), Verdict { resolved: true, ..Verdict::default() });
    let reopen = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let verdict = Verdict { resolved: false, reason: form.peek(|reply| reply.text.clone()), files: Vec::new() };
        if form.accept(verdict.problems()) {
            sending.send(path.get_value(), verdict);
        }
    };
    view! {
        <Section id="verdict-title" title=t(key::cases::VERDICT_TITLE) class="card filo-reply d-print-none">
            <p>{t(key::cases::VERDICT_TEXT)}</p>
            <div class="filo-actions">
                <ActionButton icon="it-check" busy on_press=move |()| confirm()>{t(key::cases::VERDICT_YES)}</ActionButton>
                <button type="button" class="btn btn-outline-primary" aria-expanded=move || is_open.get().to_string() aria-controls="reopen"
                    on:click=move |_| is_open.update(|open| *open = !*open)>{t(key::cases::VERDICT_NO)}</button>
            </div>
            {sending.failure()}
            <form id="reopen" novalidate=true hidden=move || !is_open.get() on:submit=reopen>
                <ErrorSummary form label=move |_: &str| t(key::cases::VERDICT_WHY).to_owned()/>
                <TextField form name="reason" label=t(key::cases::VERDICT_WHY) help=t(key::cases::VERDICT_WHY_HELP) required=true lines=4
                    chars_max=MESSAGE_CHARS_MAX text=|reply| &mut reply.text/>
                <button type="submit" class="btn btn-primary" disabled=move || busy.get()>{t(key::cases::VERDICT_SEND)}</button>
            </form>
        </Section>
    }
}
