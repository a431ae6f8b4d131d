//! Documents with something hidden in them, documents made to keep the server busy, and honest ones.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::photo::accept;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;
use std::time::{Duration, Instant};

/// A document around some objects; what the sieve asks for is there.
fn document(objects: &[u8]) -> Vec<u8> {
    [b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n".as_slice(), objects, b"\nstartxref\n9\n%%EOF\n"].concat()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A stream with a dictionary.
fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    [format!("7 0 obj\n<<{dictionary}/Length {}>>\nstream\r\n", data.len()).as_bytes(), data, b"\nendstream\nendobj\n"].concat()
}

/// The outcome in one word.
fn outcome(bytes: &[u8]) -> String {
    match accept(bytes) {
        Ok(accepted) => {
            assert_eq!((accepted.bytes.as_slice(), accepted.media_type), (bytes, "application/pdf"));
            "kept".to_owned()
        }
        Err(refused) => refused.params.get("reason").cloned().unwrap_or_else(|| format!("{:?}", refused.rule)),
    }
}

const OBJECTS: &str = "/Type/ObjStm/N 1/First 4/Filter/FlateDecode";

#[test]
fn honest_documents_pass_unchanged() {
    let paragraphs = ["Parole. ".repeat(3000)];
    let letter = crate::pdf::Letter { language: "it", title: "T", town: "C", paragraphs: &paragraphs, rows: &[], issued_on: "" };
    assert_eq!(outcome(&crate::pdf::letter(&letter).unwrap()), "kept");
    let mut file = lopdf::Document::load_mem(&crate::pdf::letter(&letter).unwrap()).unwrap();
    let mut modern = Vec::new();
    file.save_modern(&mut modern).unwrap();
    assert!(holds(&modern, b"/ObjStm"));
    assert_eq!(outcome(&modern), "kept");
    assert_eq!(outcome(&document(b"")), "kept");
    let picture = stream("/Subtype/Image/Filter/DCTDecode", b"\xFF\xD8 (/JS x) /JS /JS\n");
    assert_eq!(outcome(&document(&picture)), "kept", "two letters by chance in a picture are no script");
    assert_eq!(outcome(&document(b"3 0 obj\n<</JSON 1/LaunchDate(x)/Font<</F1 4 0 R>>>>\nendobj")), "kept", "longer names are other names");
}

#[test]
fn documents_that_do_something_are_refused() {
    let actions = [
        "<</S/JavaScript/JS(app.alert\\(1\\))>>",
        "<</OpenAction<</S/Java#53cript>>>>",
        "<</S/#4aavaScript>>",
        "<</S/Rendition/JS 5 0 R>>",
        "<</S/Rendition/#4a#53 5 0 R>>",
        "<</S/Launch/F(cmd.exe)>>",
        "<</Type/EmbeddedFile>>",
        "<</Names<</EmbeddedFiles 3 0 R>>>>",
        "[/JavaScript]",
    ];
    for action in actions {
        let plain = document(format!("3 0 obj\n{action}\nendobj").as_bytes());
        assert_eq!(outcome(&plain), "active", "{action}");
        let objects = format!("3 0 {action}");
        assert_eq!(outcome(&document(&stream(OBJECTS, &compressed(objects.as_bytes())))), "active", "compressed {action}");
        assert_eq!(
            outcome(&document(&stream("/Type/ObjStm/N 1/First 4", objects.as_bytes()))),
            "active",
            "in an uncompressed stream {action}"
        );
        let far = format!("{}{action}{}", " ".repeat(65_530), " ".repeat(200_000));
        assert_eq!(outcome(&document(&stream(OBJECTS, &compressed(far.as_bytes())))), "active", "far inside {action}");
    }
}

#[test]
fn hiding_places_are_looked_into() {
    let script = compressed(b"3 0 <</S/Rendition/JS 5 0 R>>");
    let hidden = [
        stream("/X(obj)/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &script),
        stream("/X(\\)>> stream )/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &script),
        stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode%>>\n/X(obj)", &script),
        stream("/Type/#4fbjStm/N 1/First 4/Filter[/Fl]", &script),
        stream("/Type/Other/N 1/F#69rst 4/Filter/FlateDecode/X<</Y<</Z<AB>>>>>", &script),
        [b"(stream\n ".as_slice(), &stream(OBJECTS, &script)].concat(),
    ];
    for (index, objects) in hidden.iter().enumerate() {
        assert_eq!(outcome(&document(objects)), "active", "{index}");
    }
    let odd = ["/Filter[/ASCIIHexDecode/FlateDecode]", "/Filter/LZWDecode", "/Filter/FlateDecode/DecodeParms<</Predictor 12>>"];
    for filter in odd {
        assert_eq!(outcome(&document(&stream(&format!("/Type/ObjStm/N 1/First 4{filter}"), &script))), "FileDamaged", "{filter}");
    }
    let long: String = (0..2000).map(|number| format!("<</K {number}>> ")).collect();
    let whole = compressed(long.as_bytes());
    assert_eq!(outcome(&document(&stream(OBJECTS, &whole))), "kept");
    assert_eq!(outcome(&document(&stream(OBJECTS, &whole[..whole.len() / 2]))), "FileDamaged", "objects that cannot be read");
    assert_eq!(outcome(&document(&stream(OBJECTS, b"not compressed"))), "FileDamaged", "objects that are not what they say");
}

#[test]
fn documents_cut_short_are_refused() {
    let whole = document(&stream("/Filter/FlateDecode", &compressed(&[b'a'; 5000])));
    assert_eq!(outcome(&whole), "kept");
    for length in (10..whole.len() - 6).step_by(7) {
        assert_eq!(outcome(&whole[..length]), "FileDamaged", "{length}");
    }
    assert_eq!(outcome(&[whole.as_slice(), &[b' '; 500]].concat()), "kept");
    assert_eq!(outcome(&[whole.as_slice(), &[b' '; 5000]].concat()), "FileDamaged");
    assert_eq!(outcome(b"%PDF-1.7\n%%EOF"), "FileDamaged");
}

#[test]
fn encrypted_documents_pass_only_when_their_names_can_be_read() {
    let trailer = b"trailer <</Encrypt 9 0 R>>";
    let text = stream("/Filter/FlateDecode", b"encrypted, so it does not decompress");
    assert_eq!(outcome(&document(&[text.as_slice(), trailer].concat())), "kept");
    let objects = stream(OBJECTS, b"encrypted, so it does not decompress");
    assert_eq!(outcome(&document(&[objects.as_slice(), trailer].concat())), "encrypted");
}

#[test]
fn documents_made_to_keep_the_server_busy_are_refused_soon() {
    let zeros = compressed(&vec![0; 20_000_000]);
    let bomb = stream(OBJECTS, &zeros).repeat(20);
    let many = b"obj<<>>stream\n".repeat(100_000);
    let slow =
        [&bomb[..], &many, &b"obj<<".repeat(400_000), &b"obj<<(".repeat(400_000), &b"obj%".repeat(400_000), &b"obj<<%".repeat(400_000)];
    for (index, objects) in slow.into_iter().enumerate() {
        let file = document(objects);
        let start = Instant::now();
        assert_eq!(outcome(&file), "FileDamaged", "{index}");
        assert!(start.elapsed() < Duration::from_secs(20), "{index}: {:?}", start.elapsed());
    }
}
