//! `Upload-Metadata` of tus 1.0: pairs separated by commas, each a key and a value in base64; and the names of files.
use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contract::headers::UPLOAD_METADATA;
use contract::text;
use contract::uploads::METADATA_NAME;

/// Most characters of a file's name.
const NAME_CHARS_MAX: usize = 120;

/// The header as it came; empty when there is none.
pub fn raw(headers: &HeaderMap) -> &str {
    headers.get(UPLOAD_METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The value of a key, when it is there and is text.
pub fn value(raw: &str, key: &str) -> Option<String> {
    let encoded = raw.split(',').find_map(|pair| match pair.trim().split_once(' ') {
        Some((name, encoded)) => (name == key).then_some(encoded),
        None => (pair.trim() == key).then_some(""),
    })?;
    String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()
}

/// The file's name in the header, made harmless.
pub fn file_name(headers: &HeaderMap) -> String {
    harmless(&value(raw(headers), METADATA_NAME).unwrap_or_default())
}

/// A file's name without folders and unsafe characters.
pub fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = last.chars().filter(|c| text::is_safe(*c) && !c.is_control() && !"\"<>:|?*".contains(*c));
    safe.take(NAME_CHARS_MAX).collect::<String>().trim().trim_start_matches('.').to_owned()
}

/// The name with the extension of what the file now is: a PNG that was re-encoded is a JPEG.
pub fn with_extension(name: &str, media_type: &str) -> String {
    let (extensions, fallback): (&[&str], &str) = match media_type {
        "application/pdf" => (&["pdf"], "documento"),
        _ => (&["jpg", "jpeg"], "foto"),
    };
    let first = extensions.first().copied().unwrap_or_default();
    match name.rsplit_once('.') {
        _ if name.is_empty() => format!("{fallback}.{first}"),
        Some((_, extension)) if extensions.contains(&extension.to_ascii_lowercase().as_str()) => name.to_owned(),
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 && !extension.contains(' ') => format!("{stem}.{first}"),
        _ => format!("{name}.{first}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> String {
        let mut headers = HeaderMap::new();
        let value = format!("filetype aW1hZ2U=,filename {}", BASE64_STANDARD.encode(name));
        headers.insert(UPLOAD_METADATA, value.parse().expect("a header"));
        file_name(&headers)
    }

    #[test]
    fn a_file_name_is_made_harmless() {
        assert_eq!(named("Lampione è spento.jpg"), "Lampione è spento.jpg");
        assert_eq!(named("../../etc/passwd"), "passwd");
        assert_eq!(named("C:\\foto\\a\u{202E}gpj.exe"), "agpj.exe");
        assert_eq!(named(".."), "");
        assert_eq!(file_name(&HeaderMap::new()), "");
    }

    #[test]
    fn a_key_is_found_by_its_whole_name() {
        let raw = "filename YQ==, kind cGhvdG8=,is_private,bad %%%";
        assert_eq!(value(raw, "kind").as_deref(), Some("photo"));
        assert_eq!(value(raw, "is_private").as_deref(), Some(""));
        assert_eq!((value(raw, "name"), value(raw, "bad")), (None, None));
    }

    #[test]
    fn the_extension_says_what_the_file_now_is() {
        assert_eq!(with_extension("IMG_1.JPG", "image/jpeg"), "IMG_1.JPG");
        assert_eq!(with_extension("schermata.png", "image/jpeg"), "schermata.jpg");
        assert_eq!(with_extension("n. 3 del 2026", "application/pdf"), "n. 3 del 2026.pdf");
        assert_eq!(with_extension("", "image/jpeg"), "foto.jpg");
    }
}
