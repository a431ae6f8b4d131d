//! Turns `locales/<language>/*.json` into typed keys for the code and one hashed file of sentences per language for the browser.
//!
//! A key that one language lacks, or has too much, fails the build; so does a placeholder that differs. The sentences travel as an
//! array in the order of the keys: no key is ever sent. Written: `$OUT_DIR/keys.rs`, `target/words/<language>-<hash>.json`, `target/words/index.json`.
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
    write_words(&root.join("target/words"), &languages)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| e.to_string())?);
    write(&out.join("keys.rs"), &keys_source(&first, languages.keys()))
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

fn write_words(folder: &Path, languages: &BTreeMap<String, Sentences>) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let mut index = serde_json::Map::new();
    for (language, sentences) in languages {
        let array = Value::Array(sentences.values().cloned().collect());
        let mut hasher = DefaultHasher::new();
        (array.to_string(), sentences.keys().collect::<Vec<_>>()).hash(&mut hasher);
        let name = format!("{language}-{:016x}.json", hasher.finish());
        write(&folder.join(&name), &array.to_string())?;
        index.insert(language.clone(), Value::String(name));
    }
    write(&folder.join("index.json"), &Value::Object(index).to_string())
}

/// One constant per key, in modules that follow the files: `key::cases::TITLE`.
fn keys_source<'a>(sentences: &Sentences, languages: impl Iterator<Item = &'a String>) -> String {
    // Italian first: it is the language the town speaks.
    let mut languages: Vec<_> = languages.collect();
    languages.sort_by_key(|language| *language != "it");
    let mut source = format!("/// The languages there are, Italian first.\npub const LANGUAGES: &[&str] = &{languages:?};\n");
    let _ = writeln!(source, "/// How many sentences a language has.\npub const SENTENCES: usize = {};", sentences.len());
    let mut open: Vec<&str> = Vec::new();
    source.push_str("/// Keys of sentences, by file.\npub mod key {\n");
    for (number, (key, sentence)) in sentences.iter().enumerate() {
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
