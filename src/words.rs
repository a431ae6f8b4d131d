//! Words: the current language, its sentences, dates and sizes as people write them, reading aloud.
//!
//! Sentences come from `locales/` (see `build.rs`) as two files per language: what the first page says, fetched by `public/boot.js` before
//! the app starts, and the rest, which comes with the first page that travels late ([`more`]).
//! Changing the language draws the whole page again, so a sentence is plain text here and not a signal: that keeps the WebAssembly small.
use contract::{Date, UtcTime};
use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// A sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u16);
/// A sentence in several numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plural(pub u16);

thread_local! {
    /// The words file: each entry a sentence, or its forms by plural category.
    static WORDS: RefCell<Option<Array>> = const { RefCell::new(None) };
    /// Sentences that have been said: only those are taken out of the file, each once.
    static SAID: RefCell<Vec<Option<&'static str>>> = const { RefCell::new(Vec::new()) };
    static LANGUAGE: Cell<&'static str> = const { Cell::new("it") };
}

/// The language people read the app in.
#[derive(Clone, Copy)]
pub struct Words {
    /// BCP 47; everything on the page is drawn again when it changes.
    language: RwSignal<&'static str>,
}

impl Words {
    /// Takes the sentences that the boot script has fetched. `None` when they are not there or not those this build knows.
    pub async fn from_boot() -> Option<Self> {
        let language = known(&boot("language")?.as_string()?)?;
        let sentences = wasm_bindgen_futures::JsFuture::from(boot("words")?.dyn_into::<Promise>().ok()?).await.ok()?;
        take(language, &sentences)?;
        Some(Self { language: RwSignal::new(language) })
    }

    /// The current language; what reads it is drawn again when it changes.
    pub fn language(self) -> &'static str {
        self.language.get()
    }

    /// Fetches another language and draws everything in it. On failure the old one stays.
    pub async fn change(self, to: &'static str) -> bool {
        let Some(promise) = call_boot("changeLanguage", to).and_then(|p| p.dyn_into::<Promise>().ok()) else { return false };
        let Ok(sentences) = wasm_bindgen_futures::JsFuture::from(promise).await else { return false };
        if take(to, &sentences).is_none() {
            return false;
        }
        self.language.set(to);
        true
    }
}

/// The language of the sentences now in use, for requests and dates.
pub fn language() -> &'static str {
    LANGUAGE.get()
}

/// A language by its code, if the app has it.
fn known(code: &str) -> Option<&'static str> {
    LANGUAGES.iter().copied().find(|language| *language == code)
}

/// A member of `window.filo`, which the boot script fills.
pub fn boot(member: &str) -> Option<JsValue> {
    let filo = Reflect::get(&js_sys::global(), &"filo".into()).ok()?;
    Reflect::get(&filo, &member.into()).ok().filter(|value| !value.is_undefined())
}

fn call_boot(member: &str, argument: &str) -> Option<JsValue> {
    boot(member)?.dyn_into::<js_sys::Function>().ok()?.call1(&JsValue::NULL, &argument.into()).ok()
}

/// What late pages say, and their style, if they are not here yet: asked for at once, here when the answer has been awaited. False when they
/// could not be had.
pub fn more() -> impl Future<Output = bool> {
    let asked = (!are_whole()).then(|| (language(), call_boot("late", language()).and_then(|promise| promise.dyn_into::<Promise>().ok())));
    async move {
        let Some((asked, promise)) = asked else { return true };
        let Some(promise) = promise else { return false };
        let rest = wasm_bindgen_futures::JsFuture::from(promise).await.ok().and_then(|rest| rest.dyn_into::<Array>().ok());
        // Another page, or a change of language, may have brought everything meanwhile.
        if !are_whole()
            && asked == language()
            && let Some(rest) = rest
        {
            let whole = WORDS.with_borrow(|words| words.as_ref().map(|first| first.concat(&rest)));
            WORDS.replace(whole);
        }
        are_whole()
    }
}

/// Whether every sentence of the language is here.
fn are_whole() -> bool {
    WORDS.with_borrow(|words| words.as_ref().is_some_and(|words| words.length() as usize == SENTENCES))
}

/// Keeps a language's sentences. What has been said stays for the life of the page: a language weighs some 30 kB and people change it once.
fn take(language: &'static str, sentences: &JsValue) -> Option<()> {
    let array = sentences.dyn_ref::<Array>().filter(|array| [FIRST_SENTENCES, SENTENCES].contains(&(array.length() as usize)))?;
    WORDS.replace(Some(array.clone()));
    SAID.replace(vec![None; SENTENCES]);
    LANGUAGE.set(language);
    Some(())
}

/// An entry of the words file; none before there is one. A sentence of a late page that is said before its file came is a mistake in
/// `build.rs`, and is not passed over in silence.
fn entry(index: u16) -> Option<JsValue> {
    let entry = WORDS.with_borrow(|words| words.as_ref().map(|words| words.get(u32::from(index))))?;
    if entry.is_undefined() {
        web_sys::console::error_2(&"Filo: a sentence was said before it came".into(), &index.into());
    }
    Some(entry)
}

/// A sentence in the current language.
pub fn t(key: Key) -> &'static str {
    let index = usize::from(key.0);
    if let Some(said) = SAID.with_borrow(|said| said.get(index).copied().flatten()) {
        return said;
    }
    let Some(text) = entry(key.0).and_then(|text| text.as_string()) else { return "" };
    let text = &*String::leak(text);
    SAID.with_borrow_mut(|said| said.get_mut(index).map(|place| *place = Some(text)));
    text
}

/// A sentence with its `{names}` filled in.
pub fn fill(key: Key, values: &[(&str, &str)]) -> String {
    fill_text(t(key), values)
}

/// Any text with its `{names}` filled in.
pub fn fill_text(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A sentence in the number that fits, with `{count}` filled in.
pub fn count(key: Plural, number: i64) -> String {
    let Some(forms) = entry(key.0) else { return String::new() };
    let form = |category: &str| Reflect::get(&forms, &category.into()).ok().and_then(|form| form.as_string());
    let rules = js_sys::Intl::PluralRules::new(&Array::of1(&language().into()), &Object::new());
    let form = form(&String::from(rules.select(number as f64))).or_else(|| form("other"));
    form.map_or_else(String::new, |text| fill_text(&text, &[("count", &number.to_string())]))
}

/// The present instant, by the device's clock.
pub fn now() -> UtcTime {
    UtcTime(String::from(js_sys::Date::new_0().to_iso_string()))
}

/// Today in the town (Europe/Rome), by the device's clock.
pub fn today() -> Date {
    day_of(&now())
}

/// The town's day (Europe/Rome) at an instant.
pub fn day_of(time: &UtcTime) -> Date {
    // Swedish is the language that writes days as ISO 8601 does.
    Date(format(&time.0, "sv-SE", &[("year", "numeric"), ("month", "2-digit"), ("day", "2-digit")]))
}

/// A day in words: "22 novembre 2026".
pub fn day(date: &Date) -> String {
    format(&format!("{}T12:00:00Z", date.0), language(), &[("year", "numeric"), ("month", "long"), ("day", "numeric")])
}

/// A day in few characters: "22 nov 2026".
pub fn day_short(date: &Date) -> String {
    format(&format!("{}T12:00:00Z", date.0), language(), &[("year", "numeric"), ("month", "short"), ("day", "numeric")])
}

/// The town's day and hour of an instant: "22 novembre 2026, 18:50".
pub fn moment(time: &UtcTime) -> String {
    let clock = [("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")];
    format(&time.0, language(), &[[("year", "numeric"), ("month", "long"), ("day", "numeric")], clock].concat())
}

/// The language of what an office has written, for who reads the page in another one: screen readers change their voice (WCAG 3.1.2).
pub fn office_language() -> Option<&'static str> {
    (language() != "it").then_some("it")
}

/// Formats an instant with `Intl`, in the town's time zone. Text that is no instant comes back as it is.
fn format(instant: &str, language: &str, parts: &[(&str, &str)]) -> String {
    let date = js_sys::Date::new(&instant.into());
    if date.get_time().is_nan() {
        return instant.to_owned();
    }
    let options = Object::new();
    for (name, value) in parts.iter().chain([&("timeZone", "Europe/Rome")]) {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    // The English of Europe: the day before the month.
    let language = if language == "en" { "en-GB" } else { language };
    let formatter = js_sys::Intl::DateTimeFormat::new(&Array::of1(&language.into()), &options);
    formatter.format().call1(&JsValue::NULL, &date).ok().and_then(|text| text.as_string()).unwrap_or_else(|| instant.to_owned())
}

/// How many days from today to a day: negative when it is past.
pub fn days_left(until: &Date) -> Option<i64> {
    today().days_until(until)
}

/// A file's size: "840 kB", "1,4 MB".
pub fn size(bytes: u64) -> String {
    let (number, unit) =
        if bytes < 1_000_000 { ((bytes as f64 / 1000.0).ceil(), "kB") } else { ((bytes as f64 / 100_000.0).round() / 10.0, "MB") };
    let formatter = js_sys::Intl::NumberFormat::new(&Array::of1(&language().into()), &Object::new());
    let number = formatter.format().call1(&JsValue::NULL, &number.into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
    format!("{number} {unit}")
}

/// An amount of cents as people write it: "38,42 €".
pub fn money(cents: i64) -> String {
    let options = Object::new();
    for (name, value) in [("style", "currency"), ("currency", "EUR")] {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let locale = if language() == "en" { "en-GB" } else { language() };
    let formatter = js_sys::Intl::NumberFormat::new(&Array::of1(&locale.into()), &options);
    let text = formatter.format().call1(&JsValue::NULL, &(cents as f64 / 100.0).into()).ok().and_then(|text| text.as_string());
    text.unwrap_or_else(|| format!("{},{:02} €", cents / 100, cents % 100))
}

/// How reading aloud ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingEnd {
    /// Read to the end, or stopped by somebody.
    Done,
    /// It could not be read: most of the time there is no voice.
    Failed,
}

/// About so many bytes are read aloud in one go.
const PIECE_BYTES: usize = 400;

/// Reads a text aloud in a language; begins anew if something is being read. `when_over` is called once, at the end.
pub fn read_aloud(text: &str, language: &str, when_over: impl FnOnce(ReadingEnd) + 'static) {
    let Ok(voice) = window().speech_synthesis() else { return when_over(ReadingEnd::Failed) };
    let utterances: Vec<_> =
        pieces(text).into_iter().filter_map(|piece| web_sys::SpeechSynthesisUtterance::new_with_text(&piece).ok()).collect();
    let Some(last) = utterances.last() else { return when_over(ReadingEnd::Failed) };
    voice.cancel();
    let mut when_over = Some(when_over);
    let mut over = move |end| {
        if let Some(when_over) = when_over.take() {
            when_over(end);
        }
    };
    // An end or an error comes, and in some browsers both.
    let heard = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let error = Reflect::get(&event, &"error".into()).ok().and_then(|error| error.as_string());
        let is_stopped = error.as_deref().is_none_or(|error| matches!(error, "canceled" | "interrupted"));
        over(if is_stopped { ReadingEnd::Done } else { ReadingEnd::Failed });
    })
    .into_js_value();
    last.set_onend(Some(heard.unchecked_ref()));
    for utterance in &utterances {
        utterance.set_lang(language);
        utterance.set_onerror(Some(heard.unchecked_ref()));
        voice.speak(utterance);
    }
}

/// A text in pieces that are not long: some browsers fall silent in the middle of what takes a voice more than a quarter of a minute.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for line in text.lines().flat_map(short).map(str::trim).filter(|line| !line.is_empty()) {
        match pieces.last_mut() {
            Some(piece) if piece.is_empty() || piece.len() + line.len() < PIECE_BYTES => {
                piece.push_str(line);
                piece.push('\n');
            }
            _ => pieces.push(format!("{line}\n")),
        }
    }
    pieces
}

/// A line in parts that are no longer than a piece, cut behind a sentence, or behind a word where no sentence ends.
fn short(line: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), line);
    while rest.len() > PIECE_BYTES {
        let end = rest.char_indices().map(|(at, _)| at).take_while(|at| *at <= PIECE_BYTES).last().unwrap_or(rest.len());
        let (head, _) = rest.split_at(end);
        let spaces = || head.rmatch_indices(' ').map(|(at, _)| at).filter(|at| *at > 0);
        let at = spaces().find(|at| head[..*at].ends_with(['.', '!', '?', ';'])).or_else(|| spaces().next()).unwrap_or(end);
        let (part, behind) = rest.split_at(at);
        parts.push(part);
        rest = behind.trim_start();
    }
    parts.push(rest);
    parts
}

/// Whether the browser has a voice by now: many fetch them when they are first asked.
pub fn has_voice() -> bool {
    window().speech_synthesis().is_ok_and(|voice| voice.get_voices().length() > 0)
}

/// Whether the browser can read aloud.
pub fn can_read_aloud() -> bool {
    Reflect::has(&js_sys::global(), &"speechSynthesis".into()).unwrap_or(false)
}

/// Stops reading.
pub fn stop_reading() {
    if let Ok(voice) = window().speech_synthesis() {
        voice.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_aloud_is_cut_at_sentences_and_loses_nothing() {
        let sentence = "Il Comune risponde entro trenta giorni. ";
        let long = sentence.repeat(40);
        let told = pieces(&format!("Titolo\n{long}\n{}", "è".repeat(900)));
        assert!(told.iter().all(|piece| piece.len() <= PIECE_BYTES + 1), "{:?}", told.iter().map(String::len).collect::<Vec<_>>());
        assert!(told.iter().filter(|piece| piece.contains("Comune")).all(|piece| piece.trim_end().ends_with("giorni.")));
        let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
        assert_eq!(letters(&told.concat()), format!("Titolo{}{}", letters(&long), "è".repeat(900)));
        assert_eq!(short("breve"), ["breve"]);
    }
}
