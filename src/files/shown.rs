//! Files that the CRM knows of, as a person sees them: photos, documents, and those that have not arrived yet or were refused.
use crate::api::Api;
use crate::form::sentence;
use crate::markup::view;
use crate::outbox::{Entry, file_row, outbox};
use crate::ui::{DocumentList, Icon};
use crate::words::{Key, fill, key, t};
use contract::attachments::{Attachment, AttachmentKind, AttachmentState};
use contract::paths;
use contract::problem::FieldProblem;
use leptos::prelude::*;

/// Files of a report or of a step. Those that travel say from where, and how far they are when this device sends them.
#[component]
pub fn ShownFiles(
    /// Them.
    files: Vec<Attachment>,
    /// What a photo shows, with its `{number}`.
    alt: Key,
    /// Grows when one of them has arrived.
    changed: RwSignal<u32>,
) -> impl IntoView {
    let api = expect_context::<Api>();
    let (here, away): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.state == AttachmentState::Ready);
    let (photos, documents): (Vec<_>, Vec<_>) = here.into_iter().partition(|file| file.width > 0);
    let address = move |file: &Attachment| api.address(&paths::attachment(&file.id));
    let photo = move |(index, photo): (usize, Attachment)| {
        let alt = fill(alt, &[("number", &(index + 1).to_string())]);
        let address = address(&photo);
        view! {
            <li><a href=address.clone() target="_blank"><img src=address alt=alt loading="lazy" width=photo.width height=photo.height/></a></li>
        }
    };
    let documents: Vec<_> = documents
        .into_iter()
        .map(|file| {
            let address = address(&file);
            (file.name, file.media_type, file.bytes, address)
        })
        .collect();
    read_again(&away, changed);
    view! {
        {(!photos.is_empty()).then(|| view! { <ul class="filo-photos">{photos.into_iter().enumerate().map(photo).collect_view()}</ul> })}
        {(!documents.is_empty()).then(|| view! { <DocumentList files=documents/> })}
        {(!away.is_empty()).then(|| view! { <ul class="filo-arriving">{move || away.iter().map(away_row).collect_view()}</ul> })}
    }
}

/// The file as this device sends it, tracked.
fn sent_from_here(file: &Attachment) -> Option<Entry> {
    outbox().entries().iter().flat_map(Entry::files).find(|sent| sent.text("id") == file.id.as_str())
}

/// Reads again what was read, when one of the files that this device sends has arrived.
fn read_again(away: &[Attachment], changed: RwSignal<u32>) {
    let travelling: Vec<_> = away.iter().filter(|file| file.state == AttachmentState::Travelling).cloned().collect();
    if travelling.is_empty() {
        return;
    }
    let under_way = Memo::new(move |_| {
        let sent = travelling.iter().filter_map(sent_from_here);
        sent.filter(|sent| !sent.get("arrived").is_truthy() && !sent.get("problem").is_truthy()).count()
    });
    Effect::new(move |before: Option<usize>| {
        let now = under_way.get();
        if before.is_some_and(|before| before > now) {
            changed.try_update(|times| *times += 1);
        }
        now
    });
}

/// A file that cannot be shown, and why.
fn away_row(file: &Attachment) -> AnyView {
    let is_photo = file.kind != AttachmentKind::Document;
    if file.state != AttachmentState::Refused {
        if let Some(sent) = sent_from_here(file) {
            return file_row(&sent, t(key::outbox::FILE_TRAVELLING));
        }
        let words = match outbox().on_device() {
            // Not known yet.
            None => key::outbox::FILE_TRAVELLING,
            _ if is_photo => key::files::ARRIVING_PHOTO,
            _ => key::files::ARRIVING_DOCUMENT,
        };
        return row("it-clock", &file.name, t(words).to_owned());
    }
    let why = file.problem.as_ref().map_or_else(String::new, |problem: &FieldProblem| sentence(problem));
    let words = if is_photo { key::files::REFUSED_PHOTO } else { key::files::REFUSED_DOCUMENT };
    row("it-error", &file.name, fill(words, &[("why", &why)]))
}

fn row(icon: &'static str, name: &str, words: String) -> AnyView {
    view! { <li><Icon name=icon/><span>{name.to_owned()}</span>" "<small>{words}</small></li> }.into_any()
}
