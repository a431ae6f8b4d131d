//! The pages the law asks for: privacy notice, accessibility statement, legal notes. Their texts are in `locales/`.
use crate::api::Api;
use crate::markup::view;
use crate::route::{MyData, Route};
use crate::ui::{Link, Page};
use crate::words::{Key, fill, key, t};
use leptos::prelude::*;

/// Headings with their texts, the town's facts filled in.
#[component]
fn Sections(
    /// Heading and text of each section.
    sections: Vec<(Key, Key)>,
) -> impl IntoView {
    let config = expect_context::<Api>().config().get_value();
    let facts = [
        ("town", config.town),
        ("address", config.address),
        ("phone", config.phone.shown),
        ("certified_email", config.certified_email),
        ("contact", config.accessibility_contact),
    ];
    let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let section = |(title, text)| {
        // The validator of the Modello Comuni looks for the licence of the contents by these names.
        let is_licence = title == key::legal_notes::SECTIONS_1_TITLE;
        view! {
            <section class="filo-legal">
                <h2 class="h4" data-element=is_licence.then_some("legal-notes-section")>{t(title)}</h2>
                <p data-element=is_licence.then_some("legal-notes-body")>{fill(text, &facts)}</p>
            </section>
        }
    };
    view! { {sections.into_iter().map(section).collect_view()} }
}

/// The town's name in a sentence.
fn of_town(sentence: Key) -> String {
    let town = expect_context::<Api>().config().with_value(|config| config.town.clone());
    fill(sentence, &[("town", &town)])
}

/// The privacy notice (GDPR art. 13).
#[component]
pub fn PrivacyPage() -> impl IntoView {
    use key::privacy as p;
    let sections = vec![
        (p::SECTIONS_1_TITLE, p::SECTIONS_1_TEXT),
        (p::SECTIONS_2_TITLE, p::SECTIONS_2_TEXT),
        (p::SECTIONS_3_TITLE, p::SECTIONS_3_TEXT),
        (p::SECTIONS_4_TITLE, p::SECTIONS_4_TEXT),
        (p::SECTIONS_5_TITLE, p::SECTIONS_5_TEXT),
        (p::SECTIONS_6_TITLE, p::SECTIONS_6_TEXT),
        (p::SECTIONS_7_TITLE, p::SECTIONS_7_TEXT),
        (p::SECTIONS_8_TITLE, p::SECTIONS_8_TEXT),
        (p::SECTIONS_9_TITLE, p::SECTIONS_9_TEXT),
        (p::SECTIONS_10_TITLE, p::SECTIONS_10_TEXT),
    ];
    view! {
        <Page title=t(p::TITLE) lead=of_town(p::INTRO)>
            <p class="filo-note">{t(p::VERSION)}</p>
            <p><Link to=Route::MyData(MyData::Copies)>{t(p::MY_DATA)}</Link></p>
            <Sections sections/>
        </Page>
    }
}

/// The accessibility statement (L. 4/2004; Decision (EU) 2018/1523), until the town links its own declaration.
#[component]
pub fn AccessibilityPage() -> impl IntoView {
    use key::accessibility as a;
    let declaration = expect_context::<Api>().config().with_value(|config| config.accessibility_declaration.clone());
    let sections = vec![
        (a::SECTIONS_1_TITLE, a::SECTIONS_1_TEXT),
        (a::SECTIONS_2_TITLE, a::SECTIONS_2_TEXT),
        (a::SECTIONS_3_TITLE, a::SECTIONS_3_TEXT),
        (a::SECTIONS_4_TITLE, a::SECTIONS_4_TEXT),
        (a::SECTIONS_5_TITLE, a::SECTIONS_5_TEXT),
        (a::SECTIONS_6_TITLE, a::SECTIONS_6_TEXT),
    ];
    view! {
        <Page title=t(a::TITLE) lead=of_town(a::INTRO)>
            {declaration.map(|url| view! { <p><a href=url>{t(a::DECLARATION_LINK)}</a></p> })}
            <Sections sections/>
        </Page>
    }
}

/// Licences and whose data this uses.
#[component]
pub fn LegalNotesPage() -> impl IntoView {
    use key::legal_notes as n;
    let sections = vec![
        (n::SECTIONS_1_TITLE, n::SECTIONS_1_TEXT),
        (n::SECTIONS_2_TITLE, n::SECTIONS_2_TEXT),
        (n::SECTIONS_3_TITLE, n::SECTIONS_3_TEXT),
        (n::SECTIONS_4_TITLE, n::SECTIONS_4_TEXT),
        (n::SECTIONS_5_TITLE, n::SECTIONS_5_TEXT),
        (n::SECTIONS_6_TITLE, n::SECTIONS_6_TEXT),
    ];
    view! { <Page title=t(n::TITLE) lead=of_town(n::INTRO)><Sections sections/></Page> }
}
