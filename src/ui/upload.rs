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
    /// Its icon.
    #[prop(default = "it-upload")]
    icon: &'static str,
    /// Whether it opens the camera, on devices that one holds in the hand.
    #[prop(optional)]
    is_camera: bool,
    /// The ids of what describes it.
    #[prop(optional)]
    described_by: Option<String>,
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
        <div class=if is_camera { "filo-upload is-camera" } else { "filo-upload" }>
            <input type="file" class="upload" id=id.clone() accept=accept multiple=!is_camera capture=is_camera.then_some("environment") node_ref=input
                on:change=changed aria-describedby=described_by/>
            <label for=id class="btn btn-outline-primary"><Icon name=icon/><span>{label}</span></label>
        </div>
    }
}

/// Something more that can be done with a file: its words, and doing it.
pub type RowAction = (&'static str, UnsyncCallback<()>);

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
    /// Something more that can be done with it.
    #[prop(optional_no_strip)]
    action: Option<RowAction>,
    /// Takes it back.
    #[prop(into)]
    on_remove: UnsyncCallback<()>,
) -> impl IntoView {
    let spoken = match kind {
        "refused" => key::form::FILE_REFUSED,
        "working" => key::form::FILE_WORKING,
        _ => key::form::FILE_READY,
    };
    let more = action.map(|(words, on_press)| {
        let about = name.clone();
        view! { <ActionButton look="link" icon="it-pencil" on_press>{words}<span class="visually-hidden">" "{about}</span></ActionButton> }
    });
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
            {more}
        </li>
    }
}
