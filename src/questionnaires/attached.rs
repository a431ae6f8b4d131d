//! A question for photos and documents: chosen, made ready as for a report, named in the answer by the SHA-256 of their bytes, and sent with it.
use super::answering::Answering;
use super::questions::fieldset;
use super::sheet::{Sheet, question_id};
use crate::files::{Chosen, HoldsFiles, PHOTO_TYPES, Readiness, choose};
use crate::form::{capitalised, focus, sentence};
use crate::markup::view;
use crate::ui::{Icon, UploadRow};
use crate::words::{count, fill, key, size, t};
use contract::problem::{FieldProblem, FieldRule};
use contract::questionnaires::ANSWER_FILES_MAX;
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::files::{FileRules, NamedFile};
use questionnaire::run::QuestionView;

/// What the picker offers for documents.
const DOCUMENT_TYPES: &str = "application/pdf";

/// The files of an answer.
pub fn named(value: &Value) -> Vec<NamedFile> {
    value.as_list().unwrap_or_default().iter().filter_map(NamedFile::read).collect()
}

/// Names files in their answers as they become ready, for as long as the questions are shown.
pub fn watch(sheet: Sheet) {
    let form = sheet.sending.form;
    Effect::new(move |_| {
        let ready = form.with(|answering| {
            let pending = sheet.choosing.get_value();
            let found = pending.into_iter().filter_map(|(file, question)| Some((question, ready(answering, &file)?, file)));
            found.collect::<Vec<_>>()
        });
        for (question, file, own) in ready {
            let Some(view) = sheet.question(question) else { continue };
            let mut all = named(&view.value);
            let is_known = all.iter().any(|known| known.digest == file.digest);
            if !is_known && all.len() >= view.files.most {
                // It stays where it waited, and says why; what was refused before it took no room.
                let problem = FieldProblem::new("", FieldRule::TooManyItems).with("max", view.files.most);
                form.edit("", |answering| refuse(answering, &own, problem));
                continue;
            }
            sheet.choosing.update_value(|pending| pending.retain(|(key, _)| *key != own));
            if is_known {
                form.edit("", |answering| answering.files_mut().remove(&own));
            } else {
                all.push(file);
                sheet.answer(question, Value::List(all.iter().map(NamedFile::value).collect()));
            }
        }
    });
}

fn refuse(answering: &mut Answering, file: &str, problem: FieldProblem) {
    if let Some(chosen) = answering.files_mut().file(file) {
        chosen.state = Readiness::Refused(problem);
    }
}

/// A chosen file as an answer names it, once it is ready.
fn ready(answering: &Answering, file: &str) -> Option<NamedFile> {
    let all = [(false, "photos"), (true, "documents")].into_iter();
    let mut all = all.flat_map(|(is_document, list)| answering.files().list(list).iter().map(move |one| (is_document, one)));
    let (is_document, chosen) = all.find(|(_, chosen)| chosen.key == file)?;
    let ready = chosen.ready()?;
    // Whoever has a longer name for it does not mean the end of it.
    let name = chosen.name.chars().take(200).collect();
    Some(NamedFile { name, is_document, size: ready.bytes.len() as u64, digest: ready.sha256.clone() })
}

/// The question.
pub fn attached(sheet: Sheet, view: QuestionView) -> AnyView {
    let form = sheet.sending.form;
    let (question, rules) = (view.key, view.files);
    let files = named(&view.value);
    let rows: Vec<AnyView> = files.iter().map(|file| named_row(sheet, question, &files, file)).collect();
    let waiting = move || {
        let pending = sheet.choosing.get_value();
        let is_here = |file: &&Chosen| pending.iter().any(|(key, at)| *at == question && *key == file.key);
        let lists = form.with(|answering| {
            let lists = ["photos", "documents"].map(|list| answering.files().list(list).clone());
            lists.concat()
        });
        lists.iter().filter(is_here).map(|file| waiting_row(sheet, question, file)).collect::<Vec<_>>()
    };
    let more = (files.len() < rules.most && !view.read_only).then(|| picker(sheet, &view));
    fieldset(
        &view,
        view! {
            <p class="form-text">{help(rules)}</p>
            <ul class="upload-file-list filo-upload-list">{rows}{waiting}</ul>
            {more}
        }
        .into_any(),
    )
}

/// What may be sent, in words.
fn help(rules: FileRules) -> String {
    let words = match (rules.kinds.photos, rules.kinds.documents) {
        (true, false) => key::questionnaires::FILE_PHOTOS,
        (false, true) => key::questionnaires::FILE_DOCUMENTS,
        _ => key::questionnaires::FILE_ANY,
    };
    let most = count(words, rules.most as i64);
    if rules.max_size == 0 { most } else { format!("{most} {}", fill(key::questionnaires::FILE_SIZE, &[("size", &size(rules.max_size))])) }
}

/// A file that the answer names.
fn named_row(sheet: Sheet, question: usize, all: &[NamedFile], file: &NamedFile) -> AnyView {
    let form = sheet.sending.form;
    let picture = form.peek(|answering| {
        let photos = answering.files().list("photos").iter().filter_map(|photo| photo.ready());
        photos.filter(|ready| ready.sha256 == file.digest).find_map(|ready| ready.picture.clone())
    });
    let left: Vec<Value> = all.iter().filter(|other| *other != file).map(NamedFile::value).collect();
    let remove = move |()| {
        sheet.answer(question, if left.is_empty() { Value::Undefined } else { Value::List(left.clone()) });
        form.edit("", Answering::drop_unnamed);
        request_animation_frame(move || focus(&question_id(question)));
    };
    view! { <UploadRow name=file.name.clone() detail=size(file.size) kind="ready" picture on_remove=remove/> }.into_any()
}

/// A file that is being made ready, or cannot be taken.
fn waiting_row(sheet: Sheet, question: usize, file: &Chosen) -> AnyView {
    let (kind, detail) = match &file.state {
        Readiness::Refused(problem) => ("refused", capitalised(&sentence(problem))),
        Readiness::Working | Readiness::Ready(_) => ("working", t(key::form::FILE_WORKING).to_owned()),
    };
    let own = file.key.clone();
    let remove = move |()| {
        sheet.choosing.update_value(|pending| pending.retain(|(key, _)| *key != own));
        sheet.sending.form.edit("", |answering| answering.files_mut().remove(&own));
        focus(&question_id(question));
    };
    view! { <UploadRow name=file.name.clone() detail kind on_remove=remove/> }.into_any()
}

/// The button that opens the picker.
fn picker(sheet: Sheet, view: &QuestionView) -> AnyView {
    let (question, rules) = (view.key, view.files);
    let id = format!("{}-file", question_id(question));
    let accept = match (rules.kinds.photos, rules.kinds.documents) {
        (true, false) => PHOTO_TYPES.to_owned(),
        (false, true) => DOCUMENT_TYPES.to_owned(),
        _ => format!("{PHOTO_TYPES},{DOCUMENT_TYPES}"),
    };
    let input = NodeRef::<leptos::html::Input>::new();
    let changed = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let files: Vec<web_sys::File> =
            input.files().map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect()).unwrap_or_default();
        // Empty again: the same file may be chosen once more.
        input.set_value("");
        for file in files {
            take(sheet, question, rules, file);
        }
    };
    let label = format!("{}: {}", t(key::questionnaires::FILE_CHOOSE), view.title);
    view! {
        <div class="filo-upload">
            <input type="file" class="upload" id=id.clone() accept=accept multiple={rules.most > 1} node_ref=input on:change=changed
                aria-label=label aria-required=view.required.to_string()/>
            <label for=id class="btn btn-outline-primary"><Icon name="it-upload"/><span>{t(key::questionnaires::FILE_CHOOSE)}</span></label>
        </div>
    }
    .into_any()
}

/// Begins to make a file ready. What is of a kind that is not asked for is refused there, by its bytes.
fn take(sheet: Sheet, question: usize, rules: FileRules, file: web_sys::File) {
    let form = sheet.sending.form;
    let is_pdf = file.type_() == DOCUMENT_TYPES || file.name().to_lowercase().ends_with(".pdf");
    let list = if rules.kinds.documents && (is_pdf || !rules.kinds.photos) { "documents" } else { "photos" };
    let known = |answering: &Answering| answering.files().list(list).iter().map(|file| file.key.clone()).collect::<Vec<_>>();
    let before = form.peek(known);
    choose(form, list, vec![file], ANSWER_FILES_MAX, None);
    let new = form.peek(known).into_iter().filter(|key| !before.contains(key));
    sheet.choosing.update_value(|pending| pending.extend(new.map(|key| (key, question))));
    // What waits is drawn by what the form says: it is said once more now that it is known whose it is.
    form.note(|_| ());
}
