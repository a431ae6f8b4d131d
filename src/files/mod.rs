//! Files that a person chooses, whatever for: made ready on the device, shown, taken back, handed to the outbox.
mod blur;
mod exif;
mod field;
mod image_bytes;
mod shown;
mod shrink;

pub use field::{FilesField, OnReady, PHOTO_TYPES, choose};
pub use shown::ShownFiles;

use crate::api::{hex, new_key};
use crate::outbox::Entry;
use crate::vault;
use contract::attachments::AttachmentKind;
use contract::id::AttachmentId;
use contract::place::Point;
use contract::problem::{FieldProblem, FieldRule};
use contract::uploads::Announced;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

/// A file's kind, as the outbox writes it.
const PHOTO: &str = "photo";

thread_local! {
    /// Files whose bytes the vault has.
    static KEPT: RefCell<HashSet<String>> = RefCell::new(HashSet::new());
}

/// The files of something that is being written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    /// Photos chosen.
    pub photos: Vec<Chosen>,
    /// PDF documents chosen.
    pub documents: Vec<Chosen>,
    /// Those of them that the vault has but could not give: a draft keeps them, for when it can.
    unread: Vec<Announced>,
}

/// What files are chosen for.
pub trait HoldsFiles: Clone + Default + Send + Sync + 'static {
    /// Its files.
    fn files(&self) -> &Files;
    /// The same, to change them.
    fn files_mut(&mut self) -> &mut Files;
}

/// A file that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its identifier, here and at the CRM: what tells it from the others, whatever its name.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: Readiness,
}

impl Chosen {
    /// Itself, once it is ready to be sent.
    pub fn ready(&self) -> Option<&Arc<ReadyFile>> {
        match &self.state {
            Readiness::Ready(ready) => Some(ready),
            Readiness::Working | Readiness::Refused(_) => None,
        }
    }
}

/// How far a chosen file is.
#[derive(Clone, Debug, PartialEq)]
pub enum Readiness {
    /// Waiting for its turn, or being read and, for a photo, made smaller.
    Working,
    /// Ready to be sent.
    Ready(Arc<ReadyFile>),
    /// Not acceptable, and why.
    Refused(FieldProblem),
}

/// A file ready to be sent.
#[derive(Debug, PartialEq)]
pub struct ReadyFile {
    /// What will be sent, to the byte.
    pub bytes: Vec<u8>,
    /// Their SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Address of a small picture of it, for a photo; given back to the browser with the file.
    pub picture: Option<String>,
    /// Where the photo said that it was taken, before that was stripped. Never kept, never sent by itself.
    pub place: Option<Point>,
}

impl ReadyFile {
    /// A file of these bytes; a photo gets its picture.
    async fn new(bytes: Vec<u8>, is_photo: bool, place: Option<Point>) -> Self {
        let array = Uint8Array::from(bytes.as_slice());
        let picture = if is_photo { picture(&array) } else { None };
        Self { sha256: hex(&vault::sha256(&array).await), bytes, picture, place }
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        if let Some(picture) = &self.picture {
            // The browser keeps the bytes behind an address until it is told. It knows this one.
            let _ = web_sys::Url::revoke_object_url(picture);
        }
    }
}

impl Files {
    /// Whether some are still being made ready.
    pub fn is_working(&self) -> bool {
        self.all().any(|(_, file)| file.state == Readiness::Working)
    }

    /// Those of a field, `photos` or `documents`.
    pub fn list(&self, name: &str) -> &Vec<Chosen> {
        if name == "photos" { &self.photos } else { &self.documents }
    }

    /// The file of that key, to change it; `None` once it has been taken back.
    pub fn file(&mut self, key: &str) -> Option<&mut Chosen> {
        self.photos.iter_mut().chain(&mut self.documents).find(|file| file.key == key)
    }

    fn add(&mut self, name: &str, file: Chosen) {
        if name == "photos" { self.photos.push(file) } else { self.documents.push(file) }
    }

    /// Other bytes in the place of a file, under a key of their own.
    fn exchange(&mut self, key: &str, new_key: String, ready: Arc<ReadyFile>) {
        if let Some(file) = self.file(key) {
            (file.key, file.state) = (new_key, Readiness::Ready(ready));
        }
    }

    /// Takes a file back.
    pub fn remove(&mut self, key: &str) {
        self.photos.retain(|file| file.key != key);
        self.documents.retain(|file| file.key != key);
    }

    fn all(&self) -> impl Iterator<Item = (AttachmentKind, &Chosen)> {
        let photos = self.photos.iter().map(|file| (AttachmentKind::Photo, file));
        photos.chain(self.documents.iter().map(|file| (AttachmentKind::Document, file)))
    }

    /// Those that are ready, as the CRM is told about them.
    pub fn announced(&self) -> Vec<Announced> {
        let ready = self.all().filter_map(|(kind, file)| Some((kind, file, file.ready()?)));
        let announce = |(kind, file, ready): (AttachmentKind, &Chosen, &Arc<ReadyFile>)| Announced {
            id: AttachmentId(file.key.clone()),
            kind,
            name: file.name.clone(),
            bytes: ready.bytes.len() as u64,
            sha256: ready.sha256.clone(),
        };
        ready.map(announce).collect()
    }

    /// Those that are ready, as an entry of the outbox names them; and the bytes that the vault does not have yet. A draft also names those
    /// that could not be read: what an entry does not name is thrown away.
    pub fn to_entry(&self, is_draft: bool) -> (Array, Array) {
        let (files, unkept) = (Array::new(), Array::new());
        let is_left = |file: &&Announced| is_draft && self.all().any(|(_, chosen)| chosen.key == file.id.as_str());
        for file in self.announced().iter().chain(self.unread.iter().filter(is_left)) {
            let kind = if file.kind == AttachmentKind::Photo { PHOTO } else { "document" };
            let members = [
                ("id", file.id.as_str().into()),
                ("kind", kind.into()),
                ("name", file.name.as_str().into()),
                ("bytes", (file.bytes as f64).into()),
                ("sha256", file.sha256.as_str().into()),
            ];
            files.push(&Entry::new(&members).to_js());
        }
        for (file, ready) in self.all().filter_map(|(_, file)| Some((file, file.ready()?))) {
            if KEPT.with_borrow_mut(|kept| kept.insert(file.key.clone())) {
                unkept.push(&Array::of2(&file.key.as_str().into(), &Uint8Array::from(ready.bytes.as_slice())));
            }
        }
        (files, unkept)
    }

    /// Gives those that are ready new keys: the old ones are another's. What is still being made ready is nobody's yet.
    pub fn renew_keys(&mut self) {
        // What could not be read stays with what it belongs to.
        self.unread.clear();
        let files = self.photos.iter_mut().chain(&mut self.documents);
        files.filter(|file| file.ready().is_some()).for_each(|file| file.key = new_key());
    }

    /// Takes up the files of an entry again, from the vault.
    pub async fn of_entry(entry: &Entry) -> Self {
        let mut files = Self::default();
        for file in entry.files() {
            let key = file.text("id");
            let is_photo = file.get("kind") == *PHOTO;
            let field = if is_photo { "photos" } else { "documents" };
            let Some(bytes) = vault::file(&key).await else {
                let kind = if is_photo { AttachmentKind::Photo } else { AttachmentKind::Document };
                let (id, name, sha256) = (AttachmentId(key.clone()), file.text("name"), file.text("sha256"));
                files.unread.push(Announced { id, kind, name: name.clone(), bytes: file.number("bytes") as u64, sha256 });
                let problem = FieldProblem::new(field, FieldRule::FileChanged);
                files.add(field, Chosen { key, name, state: Readiness::Refused(problem) });
                continue;
            };
            let picture = if is_photo { picture(&bytes) } else { None };
            let ready = ReadyFile { picture, bytes: bytes.to_vec(), sha256: file.text("sha256"), place: None };
            KEPT.with_borrow_mut(|kept| kept.insert(key.clone()));
            let chosen = Chosen { key, name: file.text("name"), state: Readiness::Ready(Arc::new(ready)) };
            files.add(field, chosen);
        }
        files
    }
}

/// Somebody is here anew: what was in memory may be gone with who was here before, so the bytes are handed over again.
pub fn nothing_kept() {
    KEPT.with_borrow_mut(HashSet::clear);
}

/// The vault does not have these (`[id, bytes]`) after all.
pub fn not_kept(unkept: &Array) {
    let ids = unkept.iter().filter_map(|file| Array::from(&file).get(0).as_string());
    KEPT.with_borrow_mut(|kept| {
        for id in ids {
            kept.remove(&id);
        }
    });
}

fn picture(bytes: &Uint8Array) -> Option<String> {
    let blob = web_sys::Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}
