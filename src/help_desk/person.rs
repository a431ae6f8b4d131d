//! Somebody whom the town does not know: who they are, as they say it, and the paper they take away.
use crate::form::Form;
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, QrCode, Section, SelectField, TextField};
use crate::words::{key, t};
use contract::help_desk::{NAME_CHARS_MAX, NewConsent, REACH_CHARS_MAX, Reach};
use leptos::prelude::*;

/// Letters of a code that stand together.
const GROUP: usize = 4;

/// Name, language, how they are reached.
#[component]
pub fn PersonFields(form: Form<NewConsent>) -> impl IntoView {
    let ways = [
        ("nothing", Reach::Nothing, key::help_desk::REACH_NOTHING),
        ("phone", Reach::Phone, key::help_desk::REACH_PHONE),
        ("letter", Reach::Letter, key::help_desk::REACH_LETTER),
        ("email", Reach::Email, key::help_desk::REACH_EMAIL),
    ];
    let languages = [("it", "Italiano"), ("en", "English")];
    let asks = move || form.with(|consent| !matches!(consent.person.reach, None | Some(Reach::Nothing | Reach::Unknown)));
    view! {
        <TextField form name="person.name" label=t(key::help_desk::PERSON_NAME) help=t(key::help_desk::PERSON_NAME_HELP) required=true
            chars_max=NAME_CHARS_MAX text=|consent: &mut NewConsent| &mut consent.person.name/>
        <SelectField form name="person.language" label=t(key::help_desk::PERSON_LANGUAGE) required=true prompt=t(key::help_desk::MINUTES_PROMPT)
            choices=languages.map(|(code, name)| (code.to_owned(), name.to_owned())).to_vec()
            read=|consent| consent.person.language.clone() write=|consent, language| consent.person.language = language/>
        <SelectField form name="person.reach" label=t(key::help_desk::REACH) help=t(key::help_desk::REACH_HELP) required=true prompt=t(key::help_desk::MINUTES_PROMPT)
            choices=ways.map(|(word, _, name)| (word.to_owned(), t(name).to_owned())).to_vec()
            read=move |consent| ways.iter().find(|(_, way, _)| consent.person.reach == Some(*way)).map_or_else(String::new, |(word, ..)| (*word).to_owned())
            write=move |consent, word| consent.person.reach = ways.iter().find(|(known, ..)| *known == word).map(|(_, way, _)| *way)/>
        <div hidden=move || !asks()>
            <TextField form name="person.address" label=t(key::help_desk::REACH_ADDRESS) help=t(key::help_desk::REACH_ADDRESS_HELP) required=true
                chars_max=REACH_CHARS_MAX kind="email" text=|consent: &mut NewConsent| &mut consent.person.address/>
        </div>
    }
}

/// The paper that a new person takes away: large, printed, told once.
#[component]
pub fn PaperCard(code: String, name: String) -> impl IntoView {
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}", Route::HelpPaper);
    let typed = address.split("://").last().unwrap_or_default().to_owned();
    view! {
        <Section id="paper-title" title=t(key::help_desk::PAPER_TITLE) class="card filo-form-card filo-desk-receipt filo-paper">
            <p><strong>{name}</strong></p>
            <div class="filo-desk-phone">
                <QrCode text=format!("{address}#{code}") label=t(key::help_desk::PAPER_QR)/>
                <p class="filo-ticket-code" translate="no">{grouped(&code)}</p>
            </div>
            <ul>
                <li>{t(key::help_desk::PAPER_DESK)}</li>
                <li>{t(key::help_desk::PAPER_OWN)}" "<span class="filo-ticket-address">{typed}</span></li>
                <li>{t(key::help_desk::PAPER_KEEP)}</li>
            </ul>
            <p class="d-print-none">{t(key::help_desk::PAPER_ONCE)}</p>
            <ActionButton icon="it-print" on_press=|()| drop(window().print())>{t(key::help_desk::PAPER_PRINT)}</ActionButton>
        </Section>
    }
}

/// A code in groups, as people read it.
fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
