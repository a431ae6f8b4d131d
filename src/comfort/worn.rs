//! What a choice does to the document: words in an attribute of its root, which `style/comfort.scss` reads. The attribute is the choice;
//! who does not sign in has it as long as the page lives, and nothing is written to the device.
use crate::markup::view;
use crate::route::Route;
use crate::session::Session;
use crate::ui::{Link, ReadAloud};
use crate::words::{key, language, t};
use contract::comfort::{Comfort, TextSize};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const ATTRIBUTE: &str = "data-comfort";

/// The sizes there are, with the word of each for the style sheet.
pub const SIZES: [(TextSize, &str); 4] =
    [(TextSize::Normal, ""), (TextSize::Large, "large"), (TextSize::Larger, "larger"), (TextSize::Largest, "largest")];

/// Has the document as somebody wants it.
pub fn wear(comfort: Comfort) {
    let size = SIZES.iter().find(|(size, _)| *size == comfort.text).map_or("", |(_, word)| word);
    let rest = [(comfort.spaced, "spaced"), (comfort.plain, "plain"), (comfort.contrast, "contrast"), (comfort.calm, "calm")];
    let words: Vec<_> = rest
        .into_iter()
        .filter_map(|(is_on, word)| is_on.then_some(word))
        .chain([size].into_iter().filter(|size| !size.is_empty()))
        .collect();
    if let Some(root) = document().document_element() {
        // The name is a good one: setting it cannot fail.
        let _ = root.set_attribute(ATTRIBUTE, &words.join(" "));
    }
}

/// As the document is now.
pub fn worn() -> Comfort {
    let words = document().document_element().and_then(|root| root.get_attribute(ATTRIBUTE)).unwrap_or_default();
    let has = |word: &str| words.split(' ').any(|one| one == word);
    let text = SIZES.iter().find(|(_, word)| !word.is_empty() && has(word)).map_or(TextSize::Normal, |(size, _)| *size);
    Comfort { text, spaced: has("spaced"), plain: has("plain"), contrast: has("contrast"), calm: has("calm") }
}

/// Whoever signs in finds the page as they left it, on every device; with them it goes.
pub fn follow(session: Session) {
    Effect::new(move |before: Option<Option<Comfort>>| {
        let now = session.person().map(|me| me.comfort);
        let before = before.flatten();
        if now != before {
            wear(now.unwrap_or_default());
        }
        now
    });
}

/// On every page, before it begins: the way to the choice, and the page read aloud.
#[component]
pub fn ComfortLine() -> impl IntoView {
    view! {
        <div class="filo-comfort d-print-none">
            <Link to=Route::Comfort><span aria-hidden="true">"Aa"</span><span class="filo-comfort-words">{t(key::common::COMFORT)}</span></Link>
            <ReadAloud text=page_text language=language().to_owned() is_page=true/>
        </div>
    }
}

/// What can be read on the page, from its heading on.
fn page_text() -> String {
    let main = document().get_element_by_id("main-container").and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok());
    let text = main.map(|main| main.inner_text()).unwrap_or_default();
    let heading = document().query_selector("main h1").ok().flatten().and_then(|heading| heading.text_content()).unwrap_or_default();
    text.find(&heading).and_then(|begin| text.get(begin..)).unwrap_or_default().to_owned()
}
