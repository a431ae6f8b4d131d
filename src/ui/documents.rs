//! Files to download, with their kind and size.
use super::Icon;
use crate::markup::view;
use crate::words::size;
use leptos::prelude::*;

/// A list of files: name, media type, bytes, address.
#[component]
pub fn DocumentList(
    /// The files.
    files: Vec<(String, String, u64, String)>,
) -> impl IntoView {
    let row = |(name, media_type, bytes, address): (String, String, u64, String)| {
        let kind = match media_type.as_str() {
            "application/pdf" => "PDF",
            "image/jpeg" => "JPG",
            _ => "",
        };
        let (icon, shown_size) = (if kind == "JPG" { "it-image" } else { "it-file" }, size(bytes));
        view! {
            <li class="filo-document">
                <a href=address download="">
                    <Icon name=icon/>
                    <span class="filo-document-name">{name}</span>
                    <small>{kind}" · "{shown_size}</small>
                    <Icon name="it-download"/>
                </a>
            </li>
        }
    };
    view! { <ul class="filo-documents">{files.into_iter().map(row).collect_view()}</ul> }
}
