//! The plain card (feature X4): what a state means, whose turn it is, what to do, by when, in four short answers.
use super::{Icon, ReadAloud};
use crate::markup::view;
use crate::words::{day, fill_text, key, language, t};
use contract::Date;
use contract::dictionary::StateCard;
use leptos::prelude::*;

/// A state explained. `date` is the day that "by when" speaks of, if there is one.
#[component]
pub fn PlainCard(
    /// The dictionary's words.
    card: StateCard,
    /// The day that "by when" speaks of.
    date: Option<Date>,
) -> impl IntoView {
    let by_when = match &date {
        Some(date) => fill_text(&card.by_when, &[("date", &day(date))]),
        None => card.by_when_undated.clone(),
    };
    let answers = [
        ("it-info-circle", key::common::CARD_MEANING, card.meaning.clone()),
        ("it-user", key::common::CARD_TURN, card.whose_turn.clone()),
        ("it-check-circle", key::common::CARD_TODO, card.what_to_do.clone()),
        ("it-calendar", key::common::CARD_WHEN, by_when),
    ];
    let spoken = answers.iter().map(|(_, question, answer)| format!("{}: {answer}", t(*question))).collect::<Vec<_>>().join("\n");
    let is_translated = card.language == language();
    let lang = (!is_translated).then(|| card.language.clone());
    let rows = answers.map(|(icon, question, answer)| {
        view! { <div class="filo-plain-row"><Icon name=icon/><dt>{t(question)}</dt><dd lang=lang.clone()>{answer}</dd></div> }
    });
    view! {
        <section class="filo-plain" aria-labelledby="plain-title">
            <h2 id="plain-title" class="h4" lang=lang.clone()>{card.label}</h2>
            {(!is_translated).then(|| view! { <p class="filo-note">{t(key::common::ONLY_ITALIAN)}</p> })}
            <dl>{rows}</dl>
            <p class="filo-term">{t(key::common::OFFICE_TERM)}" "<em lang="it">{card.term}</em></p>
            <ReadAloud text=move || spoken.clone() language=card.language/>
        </section>
    }
}
