//! Choosing files, and the rows of the files chosen (Bootstrap Italia "upload").
use super::{ActionButton, Icon};
use crate::form::field_id;
use crate::markup::view;
use crate::words::{fill, key, t};
use leptos::prelude::*;

/// A button that opens the file picker; the files go to `on_files`.
#[component]
pub fn UploadButton(
    /// The field's name in the contract.
    name: &'static str,
    /// The button's words.
    label: &'static str,
    /// Media types the picker offers.
    accept: &'static str,
    /// Takes the files.
    on_files: impl Fn(Vec<web_sys::File>) + 'static,
) -> impl IntoView {
    let id = field_id(name);
    let input = NodeRef::<leptos::html::Input>::new();
    let changed = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let files = input.files().map(|list| (0..list.length()).filter_map(|index| list.get(index)).collect()).unwrap_or_default();
        // Empty again, so that the same file can be chosen a second time after a mistake.
        input.set_value("");
        on_files(files);
    };
    view! {
        <div class="filo-upload">
            <input type="file" class="upload" id=id.clone() accept=accept multiple=true node_ref=input on:change=changed
                aria-describedby=format!("{id}-help {id}-error")/>
            <label for=id class="btn btn-outline-primary"><Icon name="it-upload"/><span>{label}</span></label>
        </div>
    }
}

/// A file that was chosen: picture, name, what is being done with it, a button to take it back.
#[component]
pub fn UploadRow(
    /// Its name.
    name: String,
    /// What to say about it: its size, or what is wrong.
    detail: String,
    /// `working`, `ready` or `refused`.
    kind: &'static str,
    /// Address of a small picture of it; none for a document.
    #[prop(optional_no_strip)]
    picture: Option<String>,
    /// Takes it back.
    #[prop(into)]
    on_remove: UnsyncCallback<()>,
) -> impl IntoView {
    let spoken = match kind {
        "refused" => key::form::FILE_REFUSED,
        "working" => key::form::FILE_WORKING,
        _ => key::form::FILE_READY,
    };
    let remove = fill(key::form::FILE_REMOVE, &[("name", &name)]);
    view! {
        <li class=format!("upload-file filo-upload-row is-{kind}")>
            {match picture {
                Some(address) => view! { <img src=address alt=""/> }.into_any(),
                None => view! { <Icon name="it-file"/> }.into_any(),
            }}
            <p>
                <span class="visually-hidden">{t(spoken)}" "</span>
                <strong>{name}</strong>
                <small role=(kind == "refused").then_some("alert")>{detail}</small>
            </p>
            <ActionButton look="link" icon="it-delete" on_press=on_remove><span class="visually-hidden">{remove}</span></ActionButton>
        </li>
    }
}
