//! Turns `locales/<language>/*.json` into typed keys for the code and one hashed file of sentences per language for the browser.
//!
//! A key that one language lacks, or has too much, fails the build; so does a placeholder that differs. The sentences travel as two
//! arrays in the order of the keys: those that the first page may say, and those that only [`LATE`] pages say (docs/adr/0001). No key is
//! ever sent. Written: `$OUT_DIR/keys.rs`, `target/words/<language>-<hash>.json`, `target/words/<language>-late-<hash>.json`, `target/words/index.json`.
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Italian is the first language: its keys are the keys.
const FIRST: &str = "it";
/// The plural categories of CLDR: an object with no other keys is one sentence in several numbers.
const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Code of pages that travel in files of their own (`src/late.rs`): what only they say comes behind the first page's words. A file
/// that is not named here is taken for one of the first page, so to forget one costs bytes and no sentence.
const LATE: [&str; 30] = [
    "cases/begun.rs",
    "cases/detail.rs",
    "cases/done.rs",
    "cases/late.rs",
    "cases/receipt.rs",
    "cases/replies.rs",
    "cases/story.rs",
    "cases/whole_story.rs",
    "cases/withdraw.rs",
    "channels/",
    "comfort/page.rs",
    "command.rs",
    "delegates/",
    "files/",
    "help_desk/",
    "inbox/page.rs",
    "legal.rs",
    "outbox/page.rs",
    "payments/",
    "questionnaires/",
    "rating.rs",
    "readback.rs",
    "reports/",
    "sessions/",
    "my_data/",
    "subscriptions/",
    "ui/steps.rs",
    "ui/suggest.rs",
    "ui/timeline.rs",
    "ui/upload.rs",
];

type Sentences = BTreeMap<String, Value>;

fn main() {
    if let Err(problem) = generate() {
        println!("cargo::error={problem}");
    }
}

fn generate() -> Result<(), String> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|e| e.to_string())?);
    let locales = root.join("locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    let mut languages = BTreeMap::new();
    for entry in fs::read_dir(&locales).map_err(|e| format!("locales: {e}"))?.flatten() {
        if entry.path().is_dir() {
            println!("cargo::rerun-if-changed={}", entry.path().display());
            languages.insert(entry.file_name().to_string_lossy().into_owned(), read_language(&entry.path())?);
        }
    }
    let first = languages.get(FIRST).ok_or("locales/it is missing")?.clone();
    for (language, sentences) in &languages {
        compare(language, &first, sentences)?;
    }
    let source = root.join("src");
    println!("cargo::rerun-if-changed={}", source.display());
    let mut at_first = BTreeSet::new();
    said_at_first(&source, &source, &mut at_first)?;
    // In the order in which they travel.
    let (mut order, late): (Vec<&String>, Vec<&String>) = first.keys().partition(|key| at_first.contains(*key));
    let split = order.len();
    order.extend(late);
    write_words(&root.join("target/words"), &languages, &order, split)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| e.to_string())?);
    let numbers: BTreeMap<&String, usize> = order.iter().enumerate().map(|(number, key)| (*key, number)).collect();
    write(&out.join("keys.rs"), &keys_source(&first, &numbers, split, languages.keys()))
}

/// The keys that the code of the first page names, as in the files of sentences: `cases.title` for `key::cases::TITLE`.
fn said_at_first(root: &Path, folder: &Path, said: &mut BTreeSet<String>) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?.flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).map_err(|e| e.to_string())?.to_string_lossy().replace('\\', "/");
        if LATE.iter().any(|late| name == late.trim_end_matches('/') || name.starts_with(late)) {
            continue;
        }
        if path.is_dir() {
            said_at_first(root, &path, said)?;
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let named = |rest: &str| {
                rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).next().unwrap_or_default().to_owned()
            };
            said.extend(text.split("key::").skip(1).map(|rest| named(rest).trim_end_matches(':').replace("::", ".").to_lowercase()));
        }
    }
    Ok(())
}

/// All sentences of a language: `file.key` or `file.group.key` → text or plural object.
fn read_language(folder: &Path) -> Result<Sentences, String> {
    let mut sentences = Sentences::new();
    for entry in fs::read_dir(folder).map_err(|e| e.to_string())?.flatten() {
        let path = entry.path();
        println!("cargo::rerun-if-changed={}", path.display());
        let Some(name) = path.file_stem().and_then(|s| s.to_str()) else { continue };
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let value: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        flatten(name, &value, &mut sentences)?;
    }
    Ok(sentences)
}

fn flatten(prefix: &str, value: &Value, into: &mut Sentences) -> Result<(), String> {
    match value {
        Value::String(_) => {
            into.insert(prefix.to_owned(), value.clone());
            Ok(())
        }
        Value::Object(map) if map.contains_key("other") && map.keys().all(|k| PLURALS.contains(&k.as_str())) => {
            into.insert(prefix.to_owned(), value.clone());
            Ok(())
        }
        Value::Object(map) => map.iter().try_for_each(|(key, value)| flatten(&format!("{prefix}.{key}"), value, into)),
        _ => Err(format!("{prefix}: a sentence is text, not {value}")),
    }
}

fn compare(language: &str, first: &Sentences, other: &Sentences) -> Result<(), String> {
    let missing: Vec<_> = first.keys().filter(|key| !other.contains_key(*key)).collect();
    let extra: Vec<_> = other.keys().filter(|key| !first.contains_key(*key)).collect();
    if !missing.is_empty() || !extra.is_empty() {
        return Err(format!("locales/{language}: missing {missing:?}, not in {FIRST} {extra:?}"));
    }
    for (key, sentence) in first {
        if let Some(translated) = other.get(key)
            && (placeholders(sentence) != placeholders(translated) || sentence.is_object() != translated.is_object())
        {
            return Err(format!("locales/{language}: {key} has other placeholders than in {FIRST}"));
        }
    }
    Ok(())
}

/// The `{names}` a sentence has, over all its numbers; `{count}` may be left out in a number ("one").
fn placeholders(sentence: &Value) -> BTreeSet<String> {
    let texts: Vec<&str> = match sentence {
        Value::Object(map) => map.values().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let mut names = BTreeSet::new();
    for text in texts {
        for part in text.split('{').skip(1) {
            if let Some((name, _)) = part.split_once('}')
                && name != "count"
            {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// Two files for each language: the sentences of the first page, and the rest.
fn write_words(folder: &Path, languages: &BTreeMap<String, Sentences>, order: &[&String], split: usize) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let mut index = serde_json::Map::new();
    for (language, sentences) in languages {
        let mut names = Vec::new();
        for (part, keys) in [("", &order[..split]), ("-late", &order[split..])] {
            let array = Value::Array(keys.iter().filter_map(|key| sentences.get(*key).cloned()).collect());
            let mut hasher = DefaultHasher::new();
            (array.to_string(), keys).hash(&mut hasher);
            let name = format!("{language}{part}-{:016x}.json", hasher.finish());
            write(&folder.join(&name), &array.to_string())?;
            names.push(Value::String(name));
        }
        index.insert(language.clone(), Value::Array(names));
    }
    write(&folder.join("index.json"), &Value::Object(index).to_string())
}

/// One constant per key, in modules that follow the files: `key::cases::TITLE`.
fn keys_source<'a>(
    sentences: &Sentences,
    numbers: &BTreeMap<&String, usize>,
    split: usize,
    languages: impl Iterator<Item = &'a String>,
) -> String {
    // Italian first: it is the language the town speaks.
    let mut languages: Vec<_> = languages.collect();
    languages.sort_by_key(|language| *language != "it");
    let mut source = format!("/// The languages there are, Italian first.\npub const LANGUAGES: &[&str] = &{languages:?};\n");
    let _ = writeln!(source, "/// How many sentences a language has.\npub const SENTENCES: usize = {};", sentences.len());
    let _ = writeln!(
        source,
        "/// How many of them the first page may say: those with the first numbers.\npub const FIRST_SENTENCES: usize = {split};"
    );
    let mut open: Vec<&str> = Vec::new();
    source.push_str("/// Keys of sentences, by file.\npub mod key {\n");
    for (key, sentence) in sentences {
        let number = numbers.get(key).copied().unwrap_or_default();
        let parts: Vec<&str> = key.split('.').collect();
        let (modules, name) = parts.split_at(parts.len() - 1);
        let same = open.iter().zip(modules).take_while(|(a, b)| a == b).count();
        source.push_str(&"}\n".repeat(open.len() - same));
        for module in &modules[same..] {
            let _ = writeln!(source, "/// Sentences of `{module}`.\npub mod {module} {{");
        }
        open = modules.to_vec();
        let kind = if sentence.is_object() { "Plural" } else { "Key" };
        let shown = sentence.as_str().or_else(|| sentence.get("other")?.as_str()).unwrap_or_default().replace('\n', " ");
        let constant = name[0].to_uppercase();
        let _ = writeln!(source, "/// {shown}\npub const {constant}: crate::words::{kind} = crate::words::{kind}({number});");
    }
    source.push_str(&"}\n".repeat(open.len() + 1));
    source
}

/// Writes only what changed, so that nothing is built again for nothing.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}
