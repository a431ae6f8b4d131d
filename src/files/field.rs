//! A field for files: chosen, made ready one after the other, shown with their size, taken back.
use super::blur::BlurDialog;
use super::{Chosen, HoldsFiles, Readiness, ReadyFile, shrink};
use crate::api::new_key;
use crate::form::{Form, capitalised, field_id, focus, sentence};
use crate::markup::view;
use crate::ui::{UploadButton, UploadRow};
use crate::words::{key, size, t};
use contract::problem::{FieldProblem, FieldRule};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What the picker offers for photos.
pub const PHOTO_TYPES: &str = "image/jpeg,image/png,image/webp,image/heic,image/heif";

/// Hears of each file that has become ready.
pub type OnReady = Callback<Arc<ReadyFile>>;

/// Photos or documents.
#[component]
pub fn FilesField<T: HoldsFiles>(
    form: Form<T>,
    /// `photos` or `documents`.
    name: &'static str,
    label: &'static str,
    help: &'static str,
    button: &'static str,
    /// Media types for the picker.
    accept: &'static str,
    /// Most files.
    most: usize,
    /// Hears of each file that has become ready.
    #[prop(optional)]
    on_ready: Option<OnReady>,
) -> impl IntoView {
    let id = field_id(name);
    let on_files = move |files: Vec<web_sys::File>| choose(form, name, files, most, on_ready);
    let hiding = RwSignal::new(None::<String>);
    let row = move |file: Chosen| {
        let own = file.key.clone();
        let can_hide = name == "photos" && file.ready().is_some();
        let action = can_hide.then(|| (t(key::files::BLUR), UnsyncCallback::new(move |()| hiding.set(Some(own.clone())))));
        let (kind, detail, picture) = match &file.state {
            Readiness::Working => ("working", t(key::form::FILE_WORKING).to_owned(), None),
            Readiness::Ready(ready) => ("ready", size(ready.bytes.len() as u64), ready.picture.clone()),
            Readiness::Refused(problem) => ("refused", capitalised(&sentence(problem)), None),
        };
        let own = file.key;
        let remove = move |()| {
            form.edit(name, |value| value.files_mut().remove(&own));
            focus(&field_id(name));
        };
        view! { <UploadRow name=file.name detail kind picture action on_remove=remove/> }
    };
    view! {
        <div class="form-group filo-field" class:has-error=move || form.problem(name).is_some()>
            <p class="filo-label">{label}</p>
            <small class="form-text" id=format!("{id}-help")>{help}</small>
            <ul class="upload-file-list filo-upload-list">{move || form.with(|value| value.files().list(name).clone()).into_iter().map(row).collect_view()}</ul>
            <UploadButton name label=button accept described_by=format!("{id}-help {id}-error") on_files/>
            <p class="filo-field-error" id=format!("{id}-error") role="status">{move || form.problem(name)}</p>
            {(name == "photos").then(|| view! { <BlurDialog form asked=hiding/> })}
        </div>
    }
}

/// Takes files that were chosen and makes them ready one after the other: five photos decoded at the same moment are too much for an
/// old phone.
pub fn choose<T: HoldsFiles>(form: Form<T>, name: &'static str, files: Vec<web_sys::File>, most: usize, on_ready: Option<OnReady>) {
    for file in files {
        begin(form, name, file, most, on_ready);
    }
}

/// Puts a file on the list and makes it ready when it is its turn, if there is room by then: what was refused before it takes none.
fn begin<T: HoldsFiles>(form: Form<T>, name: &'static str, file: web_sys::File, most: usize, on_ready: Option<OnReady>) {
    let is_photo = name == "photos";
    let key = new_key();
    form.edit(name, |value| value.files_mut().add(name, Chosen { key: key.clone(), name: file.name(), state: Readiness::Working }));
    in_turn(async move {
        // Taken back while it waited.
        if form.peek(|value| value.files().list(name).iter().all(|chosen| chosen.key != key)) {
            return;
        }
        let taken = form.peek(|value| value.files().list(name).iter().filter(|chosen| chosen.ready().is_some()).count());
        let answer = match is_photo {
            _ if taken >= most => Err(FieldProblem::new(name, FieldRule::TooManyItems).with("max", most)),
            true => shrink::photo(&file).await,
            false => shrink::pdf(&file).await,
        };
        let answer = answer.map(Arc::new);
        let ready = answer.clone().ok();
        let mut is_here = false;
        form.note(|value| {
            if let Some(chosen) = value.files_mut().file(&key) {
                if is_photo && ready.is_some() {
                    chosen.name = shrink::jpeg_name(&chosen.name);
                }
                chosen.state = answer.map_or_else(Readiness::Refused, Readiness::Ready);
                is_here = true;
            }
        });
        if let Some((hear, ready)) = on_ready.zip(ready).filter(|_| is_here) {
            hear.try_run(ready);
        }
    });
}

/// Something that waits for its turn.
type Turn = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    static TURNS: RefCell<VecDeque<Turn>> = const { RefCell::new(VecDeque::new()) };
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Does one thing after the other, whichever form it is for.
fn in_turn(turn: impl Future<Output = ()> + 'static) {
    TURNS.with_borrow_mut(|turns| turns.push_back(Box::pin(turn)));
    if IS_BUSY.replace(true) {
        return;
    }
    spawn_local(async {
        while let Some(turn) = TURNS.with_borrow_mut(VecDeque::pop_front) {
            turn.await;
        }
        IS_BUSY.set(false);
    });
}
