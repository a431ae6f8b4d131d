//! The house rules as a test: what ARCHITECTURE.md says must stay true, checked in the files themselves.
//!
//! One test per rule; each names the files that break it. Where a rule has an exception, the exception and its reason stand here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const COMPONENT_LINES_MAX: usize = 90;
/// Names of rooms that hold everything, and so nothing.
const JUNK_DRAWERS: [&str; 7] = ["utils", "helpers", "common", "shared", "misc", "types", "models"];
/// The words of the app: one feature is one word, and that word is its address everywhere.
#[rustfmt::skip]
const SLICES: [&str; 14] = [
    "login", "home", "cases", "inbox", "channels", "reports", "subscriptions", "comfort", "questionnaires", "help_desk", "payments", "sessions", "my_data",
    "delegates",
];
const CRATES: [&str; 8] = ["src", "contract", "crm", "markup", "office_client", "questionnaire", "streams", "town"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut |path| {
        if endings.iter().any(|ending| path.extension().is_some_and(|e| e == *ending)) {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    });
    assert!(!found.is_empty(), "nothing to check in {folder}: the rule would pass for the wrong reason");
    found
}

fn walk(folder: &Path, see: &mut impl FnMut(&Path)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", "dist"].contains(&name.as_str()) {
            see(&path);
            walk(&path, see);
        } else if path.is_file() {
            see(&path);
        }
    }
}

fn rust(folders: &[&str]) -> Vec<(String, String)> {
    folders.iter().flat_map(|folder| files(folder, &["rs"])).collect()
}

fn none(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// The part of a file before its own tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

#[test]
fn every_file_says_in_its_first_line_what_it_does_and_stays_small() {
    let mut broken = Vec::new();
    for (name, text) in rust(&CRATES) {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            broken.push(format!("{name}: {lines} lines, at most {LINES_MAX}"));
        }
        if !text.starts_with("//!") {
            broken.push(format!("{name}: the first line must be //! and say what the file does"));
        }
    }
    none("small rooms with a name on the door", broken);
}

#[test]
fn functions_and_components_fit_on_a_screen() {
    let mut broken = Vec::new();
    for (name, text) in rust(&CRATES) {
        for (function, lines, is_component) in functions(&text) {
            let most = if is_component { COMPONENT_LINES_MAX } else { FUNCTION_LINES_MAX };
            if lines > most {
                broken.push(format!("{name}: {function} has {lines} lines, at most {most}"));
            }
        }
    }
    none("functions fit on a screen", broken);
}

/// Name, length and kind of each function, by the indentation that rustfmt gives.
fn functions(text: &str) -> Vec<(String, usize, bool)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let head = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").trim_start_matches("async ");
        let Some(rest) = head.strip_prefix("fn ") else { continue };
        let closing = format!("{}}}", " ".repeat(indent));
        let Some(length) = lines[start..].iter().position(|line| *line == closing) else { continue };
        let is_component = lines[start.saturating_sub(4)..start].iter().any(|line| line.contains("#[component]"));
        found.push((rest.split(['(', '<']).next().unwrap_or_default().to_owned(), length + 1, is_component));
    }
    found
}

#[test]
fn there_are_no_junk_drawers() {
    let mut broken = Vec::new();
    for folder in CRATES {
        walk(&root().join(folder), &mut |path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            if JUNK_DRAWERS.contains(&stem.as_str()) {
                broken.push(path.display().to_string());
            }
        });
    }
    none("a room named after nothing holds everything", broken);
}

#[test]
fn each_door_is_the_only_one() {
    // What may be spoken of, and where alone.
    let doors: [(&str, &[&str]); 6] = [
        ("gloo_net", &["src/api.rs"]),
        ("indexed_db", &["src/vault.rs"]),
        ("local_storage()", &["src/vault.rs"]),
        ("session_storage()", &["src/vault.rs"]),
        ("href=\"/", &["src/route.rs"]),
        ("\"/api", &["src/route.rs"]),
    ];
    let mut broken = Vec::new();
    for (name, text) in files("src", &["rs"]) {
        for (word, allowed) in doors {
            if without_tests(&text).contains(word) && !allowed.contains(&name.as_str()) {
                broken.push(format!("{name}: {word} belongs to {allowed:?}"));
            }
        }
    }
    none("one door for each thing outside", broken);
}

#[test]
fn arrows_point_one_way() {
    let mut broken = Vec::new();
    for (name, text) in files("src", &["rs"]) {
        let slice = SLICES.iter().find(|slice| name.starts_with(&format!("src/{slice}/")));
        for other in SLICES {
            let imports = text.contains(&format!("crate::{other}::"));
            let allowed = match slice {
                // The home page may use the cards that other slices export.
                Some(slice) => *slice == other || *slice == "home",
                None => name == "src/app.rs",
            };
            if imports && !allowed {
                broken.push(format!("{name} imports the slice {other}"));
            }
        }
    }
    for (name, text) in files("contract", &["rs", "toml"]) {
        if text.contains("leptos") || text.contains("sqlx") || text.contains("axum") {
            broken.push(format!("{name}: the contract depends on serde alone"));
        }
    }
    none("no slice imports a slice, and the contract knows nobody", broken);
}

#[test]
fn a_word_has_all_its_rooms() {
    let mut broken = Vec::new();
    for slice in SLICES {
        let mut rooms = vec![
            format!("src/{slice}/mod.rs"),
            format!("locales/it/{slice}.json"),
            format!("locales/en/{slice}.json"),
            format!("end2end/tests/{slice}.spec.ts"),
        ];
        // Home and login are served by the session: they have no CRM file of their own name.
        if slice != "home" && slice != "login" {
            rooms.extend([format!("contract/src/{slice}.rs"), format!("crm/src/{slice}.rs")]);
        }
        rooms.push(format!("style/{slice}.scss"));
        for room in rooms {
            // A partial's file name begins with an underscore, a module may be a folder.
            let alternatives = [room.clone(), room.replace("style/", "style/_"), room.replace(".rs", "/mod.rs")];
            if !alternatives.iter().any(|path| root().join(path).exists()) {
                broken.push(format!("{slice}: {room} is missing"));
            }
        }
    }
    none("one feature is one word, everywhere", broken);
}

#[test]
fn views_carry_no_inline_style_and_no_raw_html() {
    let mut broken = Vec::new();
    for (name, text) in files("src", &["rs"]) {
        for forbidden in [" style=\"", "inner_html", " onclick=\""] {
            if text.contains(forbidden) {
                broken.push(format!("{name}: {forbidden}"));
            }
        }
    }
    let page = fs::read_to_string(root().join("index.html")).unwrap();
    for forbidden in [" style=\"", "<style", "javascript:", " onload=\""] {
        if page.contains(forbidden) {
            broken.push(format!("index.html: {forbidden}"));
        }
    }
    none("the Content-Security-Policy forbids it in some engine", broken);
}

#[test]
fn what_a_person_reads_is_in_locales() {
    let mut broken = Vec::new();
    for (name, text) in files("src", &["rs"]) {
        if name.ends_with("gallery.rs") || name == "src/words.rs" {
            continue;
        }
        for (number, line) in without_tests(&text).lines().enumerate() {
            let Some((_, rest)) = line.split_once(">\"") else { continue };
            if rest.split('"').next().is_some_and(|shown| shown.chars().filter(|c| c.is_alphabetic()).count() > 3) {
                broken.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none("sentences belong to locales/", broken);
}

#[test]
fn no_sentence_is_kept_that_nobody_says() {
    let code: String = files("src", &["rs"]).into_iter().map(|(_, text)| text).collect();
    let mut broken = Vec::new();
    for (name, text) in files("locales/it", &["json"]) {
        let module = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        let sentences: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        let spoken = names_of(&code, &module).into_iter().flat_map(|module| constants_behind(&code, &format!("{module}::")));
        let spoken: BTreeSet<&str> = spoken.collect();
        broken.extend(sentences.keys().filter(|key| !spoken.contains(key.to_uppercase().as_str())).map(|key| format!("{module}.{key}")));
    }
    none("unused sentences", broken);
}

/// What a module of keys is called in the code: by its own name, or as `use key::privacy as p` says.
fn names_of<'a>(code: &'a str, module: &'a str) -> Vec<&'a str> {
    let alias = format!("use key::{module} as ");
    let own = format!("key::{module}");
    let aliases = code.split(&alias).skip(1).filter_map(|rest| rest.split(';').next());
    aliases.chain(code.contains(&own).then_some(module)).collect()
}

/// The constants that stand right behind a prefix, each whole.
fn constants_behind<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let starts = code.match_indices(prefix).filter(|(at, _)| !code[..*at].ends_with(is_part));
    starts.map(|(at, _)| code[at + prefix.len()..].split(|character| !is_part(character)).next().unwrap_or_default()).collect()
}

#[test]
fn a_sentence_said_by_another_module_does_not_count() {
    let code = "use key::privacy as p; t(p::TITLE); t(key::cases::TITLES); t(zip::LEAD)";
    assert_eq!(names_of(code, "privacy"), ["p", "privacy"]);
    assert_eq!(constants_behind(code, "p::"), ["TITLE"]);
    assert_eq!(constants_behind(code, "cases::"), ["TITLES"]);
    assert!(names_of(code, "home").is_empty());
}

#[test]
fn our_own_italian_is_easy_to_read() {
    // Prescribed by law or by the Modello Comuni: not ours to simplify.
    const PRESCRIBED: [&str; 1] = ["legal_notes.sections_1_text"];
    let mut broken = Vec::new();
    for (name, text) in files("locales/it", &["json"]) {
        let module = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        let sentences: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        for (key, value) in &sentences {
            let key = format!("{module}.{key}");
            let Some(text) = value.as_str() else { continue };
            if let Some(index) = gulpease(text)
                && index < 60.0
                && !PRESCRIBED.contains(&key.as_str())
            {
                broken.push(format!("{key}: Gulpease {index:.0}, at least 60"));
            }
        }
    }
    none("short sentences, short words (docs/texts.md)", broken);
}

/// The four answers of a plain card, as they are read aloud one after another.
const CARD: [&str; 4] = ["meaning", "whose_turn", "what_to_do", "by_when"];

#[test]
fn every_plain_card_is_easy_to_read() {
    let dictionary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("crm/seed/dictionary/it.json")).unwrap()).unwrap();
    let (cards, of_fees) = (dictionary["states"].as_array().unwrap(), dictionary["payment_states"].as_array().unwrap());
    assert!(cards.len() > 10 && of_fees.len() > 5, "the states of the dictionary");
    let mut broken = Vec::new();
    for card in cards.iter().chain(of_fees) {
        let whole = CARD.map(|field| card[field].as_str().unwrap()).join(" ").replace("{date}", "8 dicembre 2026");
        let index = gulpease(&whole).unwrap_or(100.0);
        if index < 60.0 {
            broken.push(format!("{}: Gulpease {index:.0}, at least 60", card["code"]));
        }
    }
    none("plain cards in short sentences, short words (docs/texts.md)", broken);
}

#[test]
fn every_tip_is_easy_to_read() {
    let tips: Vec<serde_json::Value> = serde_json::from_str(&fs::read_to_string(root().join("crm/seed/tips.json")).unwrap()).unwrap();
    let mut broken = Vec::new();
    for tip in &tips {
        let whole = ["title", "what", "why"].map(|field| tip["words"]["it"][field].as_str().unwrap()).join(". ");
        let index = gulpease(&whole.replace("{day}", "8 dicembre 2026")).unwrap_or(100.0);
        if index < 60.0 {
            broken.push(format!("{}: Gulpease {index:.0}, at least 60", tip["key"]));
        }
    }
    assert!(tips.len() >= 6, "the demo town has tips");
    none("tips in short sentences, short words (docs/texts.md)", broken);
}

#[test]
fn the_privacy_notice_has_one_version_everywhere() {
    let read = |path: &str| -> serde_json::Value { serde_json::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap() };
    let kept = read("crm/seed/report_form/it.json")["privacy_notice"]["version"].as_str().unwrap().to_owned();
    let mut broken = Vec::new();
    for language in ["it", "en"] {
        if read(&format!("crm/seed/report_form/{language}.json"))["privacy_notice"]["version"] != *kept {
            broken.push(format!("crm/seed/report_form/{language}.json"));
        }
        let shown = read(&format!("locales/{language}/privacy.json"))["version"].as_str().unwrap().to_owned();
        if shown.rsplit(' ').next() != Some(&kept) {
            broken.push(format!("locales/{language}/privacy.json: {shown}"));
        }
    }
    none("what is acknowledged is what can be read (docs/texts.md)", broken);
}

/// The Gulpease index of a text of 30 words or more: 89 + (300 × sentences − 10 × letters) / words.
fn gulpease(text: &str) -> Option<f64> {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    if words < 30 {
        return None;
    }
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    let sentences = text.split(['.', '!', '?', ':', ';']).filter(|part| part.chars().any(char::is_alphabetic)).count() as f64;
    Some(89.0 + (300.0 * sentences - 10.0 * letters) / words as f64)
}

#[test]
fn the_measure_of_ease_tells_hard_from_easy() {
    let easy = "Il Comune ha letto la tua richiesta. Ora tocca a te. Manda i documenti che mancano. Puoi farlo da qui. Se hai dubbi chiama. Ti risponde una persona e ti aiuta a fare tutto.";
    let hard = "L'amministrazione procedente, esperita l'istruttoria endoprocedimentale, comunica all'interessato la sospensione dei termini procedimentali conseguente alla richiesta di integrazione documentale formulata dall'unità organizzativa responsabile competente territorialmente secondo le disposizioni regolamentari vigenti in materia di documentazione amministrativa.";
    assert!(gulpease(easy).unwrap() > 60.0);
    assert!(gulpease(hard).unwrap() < 60.0);
}

/// What publiccode.yml 0.7.0 asks for. (A catalogue's own parser reads the file too, at publication.)
#[test]
fn publiccode_yml_has_what_a_catalogue_asks_for() {
    let text = fs::read_to_string(root().join("publiccode.yml")).unwrap();
    let value =
        |key: &str| text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": ")).unwrap_or_default().trim_matches('"');
    let mut broken = Vec::new();
    for key in ["publiccodeYmlVersion", "name", "url", "developmentStatus", "softwareType", "license", "type", "localisationReady"] {
        if value(key).is_empty() {
            broken.push(format!("{key} is missing"));
        }
    }
    for list in ["platforms:\n  - ", "contacts:\n    - name: ", "availableLanguages:\n    - it\n", "features:\n      - "] {
        if !text.contains(list) {
            broken.push(format!("{list:?} is missing"));
        }
    }
    let (host, path) = value("url").strip_prefix("https://").and_then(|rest| rest.split_once('/')).unwrap_or_default();
    if !host.contains('.') || path.is_empty() || value("url").contains(' ') {
        broken.push(format!("url: {} is no address of a repository", value("url")));
    }
    if !["concept", "development", "beta", "stable", "obsolete"].contains(&value("developmentStatus")) {
        broken.push("developmentStatus: not one of the five".to_owned());
    }
    for description in text.split("shortDescription: \"").skip(1) {
        let short = description.split('"').next().unwrap_or_default().chars().count();
        let long = description.split("longDescription: |\n").nth(1).and_then(|rest| rest.split("    features:").next()).unwrap_or_default();
        let long = long.lines().map(str::trim).collect::<Vec<_>>().join(" ").chars().count();
        if !(1..=150).contains(&short) || !(150..=10_000).contains(&long) {
            broken.push(format!("shortDescription of {short}, longDescription of {long} characters"));
        }
    }
    none("publiccode.yml", broken);
}
