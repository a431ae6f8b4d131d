//! Files that a question asks for: which kinds it takes, and how an answer names a file, which travels by itself.

use crate::check::{Finding, finding};
use crate::definition::{Definition, Element, Kind, Question};
use crate::value::Value;

/// Most files of one question.
pub const FILES_MAX: usize = 5;
/// Characters of a SHA-256 in hexadecimal.
const DIGEST_CHARS: usize = 64;
/// Most characters of a file's name.
const NAME_CHARS_MAX: usize = 200;

/// The kinds of files that a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKinds {
    /// Photos.
    pub photos: bool,
    /// PDF documents.
    pub documents: bool,
}

/// What a question allows: `acceptedTypes`, `allowMultiple`, `maxSize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// The kinds.
    pub kinds: FileKinds,
    /// Most files.
    pub most: usize,
    /// Most bytes of each; 0 is no limit of its own.
    pub max_size: u64,
}

/// A file as an answer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Its name.
    pub name: String,
    /// It is a PDF document; else a photo.
    pub is_document: bool,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hexadecimal: what the answer has in the place of the bytes.
    pub digest: String,
}

impl FileKinds {
    /// Reads `acceptedTypes`; nothing written takes both kinds.
    ///
    /// # Errors
    /// The type that is neither a photo nor a PDF.
    pub fn read(text: &str) -> Result<Self, &str> {
        let mut kinds = Self { photos: text.trim().is_empty(), documents: text.trim().is_empty() };
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            match one.to_ascii_lowercase().as_str() {
                "image/*" | "image/jpeg" | "image/png" | "image/webp" | "image/heic" | "image/heif" | ".jpg" | ".jpeg" | ".png"
                | ".webp" | ".heic" | ".heif" => kinds.photos = true,
                "application/pdf" | ".pdf" => kinds.documents = true,
                _ => return Err(one),
            }
        }
        Ok(kinds)
    }
}

impl FileRules {
    /// The rules of a question.
    pub(crate) fn of(question: &Question) -> Self {
        let kinds = FileKinds::read(&question.accepted_types).unwrap_or(FileKinds { photos: true, documents: true });
        Self { kinds, most: if question.several_files { FILES_MAX } else { 1 }, max_size: question.max_size }
    }

    /// Whether an answer names files that may be there. What is too large is a mistake that the run tells.
    pub(crate) fn fit(self, value: &Value) -> bool {
        let Some(list) = value.as_list().filter(|list| (1..=self.most).contains(&list.len())) else { return false };
        let files: Option<Vec<NamedFile>> = list.iter().map(NamedFile::read).collect();
        let Some(files) = files else { return false };
        let is_twice = |(at, file): (usize, &NamedFile)| files.iter().take(at).any(|before| before.digest == file.digest);
        let is_taken = |file: &NamedFile| if file.is_document { self.kinds.documents } else { self.kinds.photos };
        files.iter().all(is_taken) && !files.iter().enumerate().any(is_twice)
    }
}

impl NamedFile {
    /// Reads a file of an answer; `None` when it is none.
    pub fn read(value: &Value) -> Option<Self> {
        let map = value.as_object().filter(|map| map.len() == 4)?;
        let text = |name: &str| map.get(name).and_then(Value::as_text);
        let (name, digest) = (text("name")?, text("content")?);
        let is_digest = digest.len() == DIGEST_CHARS && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_document = match text("type")? {
            "application/pdf" => true,
            "image/jpeg" => false,
            _ => return None,
        };
        let Some(Value::Number(size)) = map.get("size") else { return None };
        let is_size = *size >= 1.0 && size.fract() == 0.0 && *size < 1e15;
        let fits = is_digest && is_size && name.chars().count() <= NAME_CHARS_MAX;
        fits.then(|| Self { name: name.to_owned(), is_document, size: *size as u64, digest: digest.to_owned() })
    }

    /// The same, as an answer has it.
    pub fn value(&self) -> Value {
        let kind = if self.is_document { "application/pdf" } else { "image/jpeg" };
        let members = [
            ("name", Value::from(self.name.as_str())),
            ("type", Value::from(kind)),
            ("size", Value::Number(self.size as f64)),
            ("content", Value::from(self.digest.as_str())),
        ];
        Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Says what cannot be asked for: other types, files in rows, files inside answers.
pub(crate) fn check(definition: &Definition, element: &Element, found: &mut Vec<Finding>) {
    if element.kind != Kind::File {
        return;
    }
    if let Err(other) = FileKinds::read(&element.question.accepted_types) {
        let what = format!("\"{other}\" is no type of file that is taken");
        found.push(finding(element.place, what, "photos and PDF: image/*, image/jpeg, image/png, application/pdf, .jpg, .png, .pdf"));
    }
    if element.question.files_in_data {
        found.push(finding(element.place, "files do not stand inside answers", "leave \"storeDataAsText\" out"));
    }
    let mut around = element.parent;
    while let Some(parent) = around.map(|at| &definition.elements[at]) {
        if !parent.kind.is_container() {
            found.push(finding(element.place, format!("files cannot be asked for in the rows of \"{}\"", parent.name), "ask on the page"));
            return;
        }
        around = parent.parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(change: impl FnOnce(&mut NamedFile)) -> Value {
        let mut file = NamedFile { name: "a.jpg".into(), is_document: false, size: 10, digest: "a0".repeat(32) };
        change(&mut file);
        file.value()
    }

    #[test]
    fn a_file_is_a_photo_or_a_pdf() {
        assert_eq!(FileKinds::read(""), Ok(FileKinds { photos: true, documents: true }));
        assert_eq!(FileKinds::read("image/*, .PNG"), Ok(FileKinds { photos: true, documents: false }));
        assert_eq!(FileKinds::read("application/pdf"), Ok(FileKinds { photos: false, documents: true }));
        assert_eq!(FileKinds::read("image/*,.docx"), Err(".docx"));
    }

    #[test]
    fn an_answer_names_files_and_nothing_else() {
        let rules = FileRules { kinds: FileKinds { photos: true, documents: false }, most: 2, max_size: 0 };
        let list = |files: Vec<Value>| Value::List(files);
        assert!(rules.fit(&list(vec![file(|_| ()), file(|file| file.digest = "b1".repeat(32))])));
        for wrong in [
            list(vec![]),
            list(vec![file(|_| ()), file(|_| ())]),
            list(vec![file(|file| file.is_document = true)]),
            list(vec![file(|file| file.size = 0)]),
            list(vec![file(|file| file.digest = "A0".repeat(32))]),
            list(vec![file(|file| file.name = "a".repeat(NAME_CHARS_MAX + 1))]),
            list(vec![Value::from("data:image/jpeg;base64,AAAA")]),
            file(|_| ()),
        ] {
            assert!(!rules.fit(&wrong), "{wrong:?}");
        }
        assert!(!FileRules { most: 1, ..rules }.fit(&list(vec![file(|_| ()), file(|file| file.digest = "b1".repeat(32))])));
    }
}
