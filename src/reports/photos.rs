//! The files of a report: chosen, made ready one after the other, shown with their size, taken back.
use super::draft::{Chosen, Draft, Readiness};
use super::shrink;
use crate::api::new_key;
use crate::form::{Form, capitalised, field_id, sentence};
use crate::markup::view;
use crate::ui::{UploadButton, UploadRow};
use crate::words::{key, size, t};
use contract::problem::{FieldProblem, FieldRule};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Photos or documents.
#[component]
pub fn FilesField(
    form: Form<Draft>,
    /// `photos` or `documents`.
    name: &'static str,
    label: &'static str,
    help: &'static str,
    button: &'static str,
    /// Media types for the picker.
    accept: &'static str,
    /// Most files.
    most: usize,
) -> impl IntoView {
    let id = field_id(name);
    let on_files = move |files: Vec<web_sys::File>| {
        for file in files {
            if form.peek(|draft| list(draft, name).len()) >= most {
                form.accept(vec![FieldProblem::new(name, FieldRule::TooManyItems).with("max", most)]);
                return;
            }
            begin(form, name, file);
        }
    };
    let row = move |file: Chosen| {
        let (kind, detail, picture) = match &file.state {
            Readiness::Working => ("working", t(key::form::FILE_WORKING).to_owned(), None),
            Readiness::Ready(ready) => ("ready", size(ready.bytes.len() as u64), ready.picture.clone()),
            Readiness::Refused(problem) => ("refused", capitalised(&sentence(problem)), None),
        };
        let own = file.key;
        view! { <UploadRow name=file.name detail kind picture on_remove=move |()| remove(form, name, &own)/> }
    };
    view! {
        <div class="form-group filo-field" class:has-error=move || form.problem(name).is_some()>
            <p class="filo-label">{label}</p>
            <small class="form-text" id=format!("{id}-help")>{help}</small>
            <ul class="upload-file-list filo-upload-list">{move || form.with(|draft| list(draft, name).clone()).into_iter().map(row).collect_view()}</ul>
            <UploadButton name label=button accept on_files/>
            <p class="filo-field-error" id=format!("{id}-error") role="status">{move || form.problem(name)}</p>
        </div>
    }
}

fn list<'a>(draft: &'a Draft, name: &str) -> &'a Vec<Chosen> {
    if name == "photos" { &draft.photos } else { &draft.documents }
}

/// Puts a file on the list and makes it ready.
fn begin(form: Form<Draft>, name: &'static str, file: web_sys::File) {
    let is_photo = name == "photos";
    let key = new_key();
    let shown = if is_photo { shrink::jpeg_name(&file.name()) } else { file.name() };
    let chosen = Chosen { key: key.clone(), name: shown, state: Readiness::Working };
    form.edit(name, |draft| if is_photo { draft.photos.push(chosen) } else { draft.documents.push(chosen) });
    spawn_local(async move {
        let answer = if is_photo { shrink::photo(&file).await } else { shrink::pdf(&file).await };
        form.note(|draft| {
            if let Some(chosen) = draft.file(&key) {
                chosen.state = match answer {
                    Ok(ready) => Readiness::Ready(std::sync::Arc::new(ready)),
                    Err(problem) => Readiness::Refused(problem),
                };
            }
        });
    });
}

fn remove(form: Form<Draft>, name: &'static str, key: &str) {
    form.edit(name, |draft| {
        draft.photos.retain(|file| file.key != key);
        draft.documents.retain(|file| file.key != key);
    });
    crate::form::focus(&field_id(name));
}
