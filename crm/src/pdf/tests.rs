//! Letters read back with another library: their structure, their language, their words; and texts meant to break them.
#![allow(clippy::unwrap_used)]
use super::layout::{MARGIN, WIDTH};
use super::text::{Typeface, Weight};
use super::*;
use lopdf::{Dictionary, Document, Object};

/// A receipt as the CRM makes them.
fn receipt(paragraphs: &[String], rows: &[(String, String)]) -> Vec<u8> {
    letter(&Letter {
        language: "it",
        title: "Ricevuta",
        town: "Comune di Firenze",
        paragraphs,
        rows,
        issued_on: "Firenze, 22 novembre 2026",
    })
    .unwrap()
}

fn row(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Follows a reference to a dictionary.
fn dictionary<'a>(file: &'a Document, holder: &'a Dictionary, key: &str) -> &'a Dictionary {
    holder.get_deref(key.as_bytes(), file).unwrap().as_dict().unwrap()
}

/// The kinds of the structure elements, in reading order, with how deep they are.
fn structure(file: &Document) -> Vec<String> {
    fn walk(file: &Document, node: &Object, depth: usize, found: &mut Vec<String>) {
        match file.dereference(node).unwrap().1 {
            Object::Array(nodes) => nodes.iter().for_each(|node| walk(file, node, depth, found)),
            Object::Dictionary(element) => {
                if let Ok(kind) = element.get(b"S").and_then(Object::as_name) {
                    found.push(format!("{}{}", " ".repeat(depth), String::from_utf8_lossy(kind)));
                }
                if let Ok(children) = element.get(b"K") {
                    walk(file, children, depth + 1, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    let root = dictionary(file, file.catalog().unwrap(), "StructTreeRoot");
    walk(file, root.get(b"K").unwrap(), 0, &mut found);
    found
}

/// What is on the pages, with the marks that tell text from decoration.
fn contents(file: &Document) -> Vec<String> {
    file.get_pages().values().map(|page| String::from_utf8_lossy(&file.get_page_content(*page)).into_owned()).collect()
}

fn text(file: &Document) -> String {
    file.extract_text(&file.get_pages().keys().copied().collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_letter_is_tagged_titled_and_in_its_language() {
    let bytes = receipt(&["Ciao Maria.".to_owned(), "A presto.".to_owned()], &[row("Numero", "FI-1"), row("Ufficio", "")]);
    let file = Document::load_mem(&bytes).unwrap();
    let catalog = file.catalog().unwrap();
    assert!(dictionary(&file, catalog, "MarkInfo").get(b"Marked").unwrap().as_bool().unwrap());
    assert!(dictionary(&file, catalog, "ViewerPreferences").get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"it");
    let notes = file.trailer.get_deref(b"Info", &file).unwrap().as_dict().unwrap();
    assert_eq!(notes.get(b"Title").unwrap().as_str().unwrap(), b"Ricevuta");
    let expected =
        ["Document", " P", " H1", " P", " Table", "  TBody", "   TR", "    TH", "    TD", "   TR", "    TH", "    TD", " P", " P"];
    assert_eq!(structure(&file), expected);
    let declared = String::from_utf8_lossy(&bytes).into_owned();
    assert!(declared.contains("pdfuaid:part>1<") && declared.contains("pdfaid:part>2<"), "the file says which rules it keeps");
}

#[test]
fn the_typeface_is_inside_and_only_the_letters_used() {
    let bytes = receipt(&["Ciao".to_owned()], &[]);
    let file = Document::load_mem(&bytes).unwrap();
    let fonts: Vec<&Dictionary> =
        file.objects.values().filter_map(|object| object.as_dict().ok()).filter(|font| font.has(b"FontFile2")).collect();
    assert_eq!(fonts.len(), 2);
    for font in fonts {
        let name = String::from_utf8_lossy(font.get(b"FontName").unwrap().as_name().unwrap()).into_owned();
        assert!(name.get(6..).is_some_and(|name| name.starts_with("+TitilliumWeb-")), "{name}");
    }
    assert!(bytes.len() < 40_000, "{} bytes", bytes.len());
}

#[test]
fn words_in_italian_romanian_and_albanian_come_out_as_they_went_in() {
    let words = "Perché è così: più città, virtù, lunedì. ĂÂÎȘȚ ăâîșț ËÇ ëç € « » “ ” ’ – … finire affluente";
    let file = Document::load_mem(&receipt(&[words.to_owned()], &[])).unwrap();
    let all = text(&file);
    for word in words.split(' ') {
        assert!(all.contains(word), "{word} is not in {all}");
    }
    assert!(!contents(&file).concat().contains("ActualText"), "nothing had to be replaced");
}

#[test]
fn what_cannot_be_drawn_is_replaced_and_the_original_kept_for_readers() {
    let typeface = Typeface::new().unwrap();
    let face = typeface.face(Weight::Regular);
    let drawn = |text: &str| face.lines(text, 11.0, 1000.0).iter().map(|line| line.drawn.clone()).collect::<Vec<_>>();
    assert_eq!(drawn("Київ 北京 👍 Viết ﬁ №5 a\u{2011}b e\u{301}"), ["???? ?? ? Viet fi n.5 a-b é"]);
    assert_eq!(drawn("a\u{202e}b\u{200b}c\u{feff}\u{0}\u{7}d\u{e000}\u{fffe}e\u{ad}f"), ["abcdef"]);
    assert_eq!(drawn("one\r\ntwo\u{2028}three\u{b}\n\n \u{200b} four"), ["one", "two", "three", "four"]);
    assert_eq!(face.lines("Київ", 11.0, 1000.0)[0].meant.as_deref(), Some("Київ"));
    assert!(drawn("").is_empty() && drawn(" \u{200e}\t\n").is_empty());
    let file = Document::load_mem(&receipt(&["Київ".to_owned()], &[])).unwrap();
    assert!(contents(&file).concat().contains("ActualText"));
}

#[test]
fn lines_fit_and_lose_nothing() {
    let typeface = Typeface::new().unwrap();
    let texts = [
        "parola ".repeat(300),
        "x".repeat(5000),
        format!("https://example.org/{}", "abc-".repeat(200)),
        "W".repeat(300) + " iiiii " + &"m".repeat(90),
    ];
    for weight in [Weight::Regular, Weight::Semibold] {
        let face = typeface.face(weight);
        for text in &texts {
            for width in [40.0, 138.0, WIDTH] {
                let lines = face.lines(text, 11.0, width);
                let wide = lines.iter().map(|line| face.width(line.drawn.trim_end(), 11.0)).fold(0.0, f32::max);
                assert!(wide <= width + 0.5, "{wide} > {width}");
                assert_eq!(lines.iter().map(|line| line.drawn.as_str()).collect::<String>(), text.trim_end());
            }
        }
        let cut = face.one_line(&texts[0], 8.5, 200.0);
        assert!(cut.ends_with('…') && face.width(&cut, 8.5) <= 200.5, "{cut}");
    }
}

#[test]
fn long_letters_take_pages_with_numbers_and_stay_inside_the_margins() {
    let paragraphs: Vec<String> =
        (0..60).map(|index| format!("{index}. {}", "Una frase come un’altra, lunga quanto basta. ".repeat(12))).collect();
    let rows = [row("Descrizione", &"molte parole ".repeat(900)), row(&"nome".repeat(80), "valore")];
    let letter = Letter { language: "it", title: "Ricevuta", town: "Comune", paragraphs: &paragraphs, rows: &rows, issued_on: "" };
    let sheets = layout::sheets(&letter, &Typeface::new().unwrap()).unwrap();
    assert!(sheets.len() > 5);
    for placed in sheets.iter().flat_map(|sheet| &sheet.lines) {
        assert!(placed.baseline > 60.0 && placed.baseline < 775.0 && placed.x >= MARGIN, "{}", placed.baseline);
    }
    let file = Document::load_mem(&super::letter(&letter).unwrap()).unwrap();
    let pages = file.get_pages();
    assert_eq!(pages.len(), sheets.len());
    for number in pages.keys() {
        assert!(file.extract_text(&[*number]).unwrap().contains(&format!("{number}/{}", pages.len())));
    }
    let kinds = structure(&file);
    let count = |kind: &str| kinds.iter().filter(|found| found.trim() == kind).count();
    assert_eq!((count("TR"), count("TH"), count("TD"), count("P"), count("H1")), (2, 2, 2, 61, 1), "a row over several pages is one row");
}

#[test]
fn hostile_texts_give_a_valid_file() {
    let every: String = (0..0x11_0000).step_by(7).filter_map(char::from_u32).collect();
    let texts = [
        String::new(),
        "\0\u{1}\u{1b}[31m\u{7f}\u{85}".to_owned(),
        "\u{202e}gnihtyreve\u{202c}\u{2066}\u{2069}".to_owned(),
        ")) Tj ET endstream endobj <</JS (app.alert(1))>> \\( \\".to_owned(),
        "<script>alert(1)</script>&amp;]]>".to_owned(),
        "e\u{301}\u{301}\u{301}\u{301}\u{301}".repeat(50),
        "\u{300}\u{301} \u{20dd}".to_owned(),
        "שלום عربي हिन्दी ไทย 한국어".to_owned(),
        "👩‍👩‍👧‍👦🏳️‍🌈\u{e0067}\u{e007f}".to_owned(),
        every,
    ];
    for text in &texts {
        for title in [text.as_str(), "Titolo"] {
            let rows = [(text.clone(), text.clone())];
            let letter = Letter { language: "en", title, town: text, paragraphs: std::slice::from_ref(text), rows: &rows, issued_on: text };
            let made = super::letter(&letter);
            assert!(made.is_ok(), "{made:?} for {:?}", text.chars().take(40).collect::<String>());
            let file = Document::load_mem(&made.unwrap()).unwrap();
            assert!(!file.objects.values().filter_map(|object| object.as_dict().ok()).any(|dictionary| dictionary.has(b"JS")));
        }
    }
}

#[test]
fn what_is_not_a_letter_is_an_error() {
    let make =
        |language: &str, paragraphs: &[String]| letter(&Letter { language, title: "T", town: "C", paragraphs, rows: &[], issued_on: "" });
    for language in ["", "i", "it_IT", "italiano", "it-", "it)/JS", "it-123456789"] {
        assert!(matches!(make(language, &[]), Err(Error::Language(_))), "{language}");
    }
    for language in ["it", "en-GB", "zh-Hant", "sr-Latn-RS"] {
        assert!(make(language, &[]).is_ok(), "{language}");
    }
    assert!(matches!(make("it", &["riga\n".repeat(40_000)]), Err(Error::TooLong)));
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let paragraphs = ["Ciao.".to_owned()];
    let letter = Letter { language: "it", title: "T", town: "C", paragraphs: &paragraphs, rows: &[], issued_on: "oggi" };
    let moment: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    assert_eq!(letter_made_at(&letter, moment).unwrap(), letter_made_at(&letter, moment).unwrap());
}
