//! After a report (features F14, X20): the office's question and its answer, the verdict on a repair, the rating. They go through the outbox.
use super::begun::BegunNote;
use super::done::Done;
use super::withdraw::Withdraw;
use crate::api::{parse, write};
use crate::command::{Command, Sending, WaitingNote};
use crate::files::{Files, FilesField, HoldsFiles, PHOTO_TYPES};
use crate::form::{ErrorSummary, Form};
use crate::markup::view;
use crate::outbox::outbox;
use crate::rating::RatingForm;
use crate::ui::{ActionButton, Callout, Section, SubmitButton, TextField};
use crate::vault;
use crate::words::{Key, fill, key, office_language, t};
use contract::cases::{ActorKind, Case, Phase, TaskKind};
use contract::id::CaseId;
use contract::paths;
use contract::problem::{FieldProblem, FieldRule};
use contract::replies::{MESSAGE_CHARS_MAX, NewMessage, Verdict};
use contract::reports::{DOCUMENTS_MAX, PHOTOS_MAX};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An answer or a message.
#[derive(Clone, Debug, Default, PartialEq)]
struct Message {
    text: String,
    files: Files,
}

/// The verdict on a repair.
#[derive(Clone, Debug, Default, PartialEq)]
struct Judged {
    resolved: bool,
    reason: String,
    files: Files,
}

impl HoldsFiles for Message {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

impl HoldsFiles for Judged {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

impl Message {
    fn message(&self) -> NewMessage {
        NewMessage { text: self.text.clone(), files: self.files.announced() }
    }
}

impl Judged {
    fn verdict(&self) -> Verdict {
        // Who says that it is fixed need not say why: what was begun stays until that has arrived.
        let reason = if self.resolved { String::new() } else { self.reason.clone() };
        Verdict { resolved: self.resolved, reason, files: self.files.announced() }
    }
}

impl Command for Message {
    fn body(&self) -> Option<String> {
        write(&self.message())
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse::<NewMessage>(body).map(|message| Self { text: message.text, files })
    }
}

impl Command for Judged {
    fn body(&self) -> Option<String> {
        write(&self.verdict())
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse::<Verdict>(body).map(|verdict| Self { resolved: false, reason: verdict.reason, files })
    }
}

/// What the citizen may add to a case now; `changed` grows when something has arrived.
#[component]
pub fn Replies(case: Case, changed: RwSignal<u32>, done: Done) -> impl IntoView {
    let id = case.summary.id.clone();
    let asked = Asked::of(&case);
    let is_over = case.summary.phase == Phase::Closed;
    let can_write = case.may.message;
    let title = fill(key::outbox::REPLY_TITLE, &[("title", &case.summary.title)]);
    let answer = Sending::<Message>::new("answer", &id, paths::case_messages(&id), title.clone());
    let verdict = Sending::<Judged>::new("verdict", &id, paths::case_verdict(&id), title);
    read_again(id.clone(), changed);
    view! {
        <WaitingNote sending=answer/>
        <WaitingNote sending=verdict/>
        <Unsendable id=id.clone() can=can_write path=paths::case_messages(&id) words=|body| Some(parse::<NewMessage>(body)?.text)/>
        <Unsendable id=id.clone() can=case.may.verdict path=paths::case_verdict(&id) words=|body| Some(parse::<Verdict>(body)?.reason)/>
        {case.may.verdict.then(|| view! { <VerdictForm sending=verdict done/> })}
        {can_write.then(|| view! { <Answer sending=answer asked done/> })}
        {case.may.withdraw.then(|| view! { <Withdraw case=case.summary.clone() done/> })}
        {(case.may.rating && is_over).then(|| view! { <RatingForm case=id title=case.summary.title office=Some(case.office) reopen={if case.may.verdict { "verdict-title" } else { "" }}/> })}
    }
}

/// What the office waits for from the citizen, with its own words for it.
#[derive(Clone, PartialEq)]
enum Asked {
    /// An answer to a question.
    Answer(String),
    /// Documents.
    Documents(String),
    /// Nothing: the citizen may write all the same.
    Nothing,
}

impl Asked {
    /// What a case waits for. The office said it in the last step that is its own.
    fn of(case: &Case) -> Self {
        let last = || case.timeline.iter().rfind(|step| step.at.is_some() && step.by.kind != ActorKind::You);
        let words = || last().map(|step| step.note.clone()).unwrap_or_default();
        match case.summary.task.as_ref().map(|task| task.kind) {
            Some(TaskKind::Answer) => Self::Answer(words()),
            Some(TaskKind::SendDocuments) => Self::Documents(words()),
            _ => Self::Nothing,
        }
    }

    /// Title, name of the text, button.
    fn words(&self) -> [Key; 3] {
        match self {
            Self::Answer(_) => [key::cases::ANSWER_TITLE, key::cases::ANSWER_LABEL, key::cases::ANSWER_SEND],
            Self::Documents(_) => [key::cases::DOCUMENTS_TITLE, key::cases::DOCUMENTS_TEXT, key::cases::DOCUMENTS_SEND],
            Self::Nothing => [key::cases::MESSAGE_TITLE, key::cases::MESSAGE_LABEL, key::cases::MESSAGE_SEND],
        }
    }

    /// What is wrong with an answer: documents that are asked for must be there.
    fn problems(&self, message: &Message) -> Vec<FieldProblem> {
        match self {
            Self::Documents(_) if message.files == Files::default() => vec![FieldProblem::new("documents", FieldRule::Required)],
            _ => message.message().problems(),
        }
    }
}

/// Reads the case again when something about it has left. Not after the rating: its thanks stand where it was.
fn read_again(id: CaseId, changed: RwSignal<u32>) {
    let rating = paths::case_rating(&id);
    let waiting = Memo::new(move |_| {
        let entries = outbox().entries();
        let about = entries.iter().filter(|entry| entry.text("about") == id.as_str() && entry.text("path") != rating);
        about.filter(|entry| entry.is("waiting")).count()
    });
    Effect::new(move |before: Option<usize>| {
        let now = waiting.get();
        if before.is_some_and(|before| before > now) {
            changed.try_update(|times| *times += 1);
        }
        now
    });
}

/// Photos of how it looks.
#[component]
fn Photos<T: HoldsFiles>(form: Form<T>) -> impl IntoView {
    view! {
        <FilesField form name="photos" label=t(key::cases::PHOTOS) help=t(key::cases::PHOTOS_HELP) button=t(key::cases::PHOTOS_BUTTON)
            accept=PHOTO_TYPES most=PHOTOS_MAX/>
    }
}

/// Whether it cannot be sent now: it is on its way, the outbox is not there yet, or a photo is being made ready.
fn busy<T: HoldsFiles>(form: Form<T>) -> Signal<bool> {
    Signal::derive(move || form.is_sending() || outbox().on_device().is_none() || form.with(|value| value.files().is_working()))
}

/// True once something has been written, also when it comes from the vault a moment later.
fn begun<T: HoldsFiles>(form: Form<T>) -> RwSignal<bool> {
    let begun = RwSignal::new(untrack(|| form.is_touched()));
    Effect::new(move |_| {
        if form.is_touched() {
            begun.set(true);
        }
    });
    begun
}

/// What was written and cannot be sent any more: it is shown, and goes when the person says so.
#[component]
fn Unsendable(id: CaseId, can: bool, path: String, words: fn(&str) -> Option<String>) -> impl IntoView {
    let stuck = move || {
        outbox()
            .entries()
            .into_iter()
            .find(|entry| !can && entry.is("stuck") && entry.text("path") == path && entry.text("about") == id.as_str())
    };
    let drawn = move || {
        let entry = stuck()?;
        let (text, key) = (words(&entry.text("body")).unwrap_or_default(), entry.text("id"));
        let remove = move |()| {
            let key = key.clone();
            spawn_local(async move { drop(vault::call("remove", &[key.into()]).await) });
        };
        Some(view! {
            <Callout kind="warning" title=t(key::cases::UNSENDABLE_TITLE)>
                <p>{t(key::cases::UNSENDABLE_TEXT)}</p>
                <blockquote>{text}</blockquote>
                <ActionButton look="outline-danger" icon="it-delete" on_press=remove>{t(key::outbox::DELETE)}</ActionButton>
            </Callout>
        })
    };
    view! { {drawn} }
}

/// What a field is called: its own name, that of the whole form when no field is at fault, else that of the files.
fn called(field: &str, form_title: Key, text_field: &str, label: Key) -> Key {
    match field {
        "" => form_title,
        "documents" => key::cases::DOCUMENTS_FILES,
        field if field == text_field => label,
        _ => key::cases::PHOTOS,
    }
}

/// What the office waits for, and the way to give it; when it waits for nothing, a way to write to it.
#[component]
fn Answer(sending: Sending<Message>, asked: Asked, done: Done) -> impl IntoView {
    let form = sending.form;
    sending.keep();
    let [title, label, button] = asked.words();
    let (is_asked, needs_files) = (asked != Asked::Nothing, matches!(asked, Asked::Documents(_)));
    let question = match &asked {
        Asked::Answer(words) | Asked::Documents(words) => words.clone(),
        Asked::Nothing => String::new(),
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.accept(form.peek(|message| asked.problems(message))) {
            sending.send(done.says(key::cases::DONE_MESSAGE));
        }
    };
    let busy = busy(form);
    let name = move |field: &str| t(called(field, title, "text", label)).to_owned();
    let text = view! { <TextField form name="text" label=t(label) required=!needs_files lines=4 chars_max=MESSAGE_CHARS_MAX text=|message| &mut message.text/> };
    let documents = view! {
        <FilesField form name="documents" label=t(key::cases::DOCUMENTS_FILES) help=t(key::cases::DOCUMENTS_HELP)
            button=t(key::cases::DOCUMENTS_BUTTON) accept="application/pdf" most=DOCUMENTS_MAX/>
    };
    let photos = view! { <Photos form/> };
    // What is asked for comes first.
    let fields = if needs_files {
        view! { {documents}{photos}{text} }
    } else {
        view! { {text}{photos}{documents} }
    };
    let body = view! {
        <form novalidate=true on:submit=send>
            <BegunNote sending field="field-text"/>
            {(!question.is_empty()).then(|| view! { <blockquote lang=office_language()>{question}</blockquote> })}
            <ErrorSummary form label=name/>
            {fields}
            <SubmitButton busy>{move || t(if form.is_sending() { key::reports::SENDING } else { button })}</SubmitButton>
        </form>
    };
    if is_asked {
        view! { <Section id="answer-title" title=t(title) class="card filo-reply d-print-none">{body}</Section> }.into_any()
    } else {
        let is_open = begun(form);
        view! { <details class="card filo-reply d-print-none" open=move || is_open.get().then_some("")><summary>{t(title)}</summary>{body}</details> }.into_any()
    }
}

/// "Sì, risolto" or "No, riapri", and then why.
#[component]
fn VerdictForm(sending: Sending<Judged>, done: Done) -> impl IntoView {
    let form = sending.form;
    sending.keep();
    let is_open = begun(form);
    let busy = busy(form);
    let confirm = move || {
        form.note(|verdict| {
            verdict.resolved = true;
            verdict.files = Files::default();
        });
        sending.send(done.says(key::cases::DONE_CONFIRMED));
    };
    let reopen = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.note(|verdict| verdict.resolved = false);
        if form.accept(form.peek(|verdict| verdict.verdict().problems())) {
            sending.send(done.says(key::cases::DONE_REOPENED));
        }
    };
    let name = move |field: &str| t(called(field, key::cases::VERDICT_TITLE, "reason", key::cases::VERDICT_WHY)).to_owned();
    view! {
        <Section id="verdict-title" title=t(key::cases::VERDICT_TITLE) class="card filo-reply d-print-none">
            <p>{t(key::cases::VERDICT_TEXT)}</p>
            <ErrorSummary form label=name/>
            <div class="filo-actions">
                <ActionButton icon="it-check" busy on_press=move |()| confirm()>{t(key::cases::VERDICT_YES)}</ActionButton>
                <button type="button" class="btn btn-outline-primary" aria-expanded=move || is_open.get().to_string() aria-controls="reopen"
                    on:click=move |_| is_open.update(|open| *open = !*open)>{t(key::cases::VERDICT_NO)}</button>
            </div>
            <form id="reopen" novalidate=true hidden=move || !is_open.get() on:submit=reopen>
                <TextField form name="reason" label=t(key::cases::VERDICT_WHY) help=t(key::cases::VERDICT_WHY_HELP) required=true lines=4
                    chars_max=MESSAGE_CHARS_MAX text=|verdict| &mut verdict.reason/>
                <Photos form/>
                <SubmitButton busy>{move || t(if form.is_sending() { key::reports::SENDING } else { key::cases::VERDICT_SEND })}</SubmitButton>
            </form>
        </Section>
    }
}
