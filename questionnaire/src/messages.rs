//! What the engine itself says about an answer, in the words that survey-core uses in English, and in Italian.

/// Something that is said.
#[derive(Clone, Copy)]
pub(crate) enum Message {
    Required,
    AllRows,
    UniqueRows,
    OtherEmpty,
    Numeric,
    Between,
    AtLeast,
    AtMost,
    NoDigits,
    BetweenLetters,
    AtLeastLetters,
    AtMostLetters,
    Email,
    AtLeastChoices,
    AtMostChoices,
    Expression,
    TooSmall,
    TooGreat,
    TooLarge,
    Other,
    None,
    SelectAll,
    Yes,
    No,
}

/// The sentence in Italian where the language is Italian, else in English.
pub(crate) fn say(message: Message, language: &str) -> &'static str {
    if language.split('-').next() == Some("it") { italian(message) } else { english(message) }
}

fn english(message: Message) -> &'static str {
    match message {
        Message::Required => "Response required.",
        Message::AllRows => "Response required: answer questions in all rows.",
        Message::UniqueRows => "Each row must have a unique value.",
        Message::OtherEmpty => "Response required: enter another value.",
        Message::Numeric => "The value should be numeric.",
        Message::Between => "The 'value' should be at least {0} and at most {1}",
        Message::AtLeast => "The 'value' should be at least {0}",
        Message::AtMost => "The 'value' should be at most {0}",
        Message::NoDigits => "Numbers are not allowed.",
        Message::BetweenLetters => "Please enter at least {0} and no more than {1} characters.",
        Message::AtLeastLetters => "Please enter at least {0} character(s).",
        Message::AtMostLetters => "Please enter no more than {0} character(s).",
        Message::Email => "Please enter a valid e-mail address.",
        Message::AtLeastChoices => "Please select at least {0} option(s).",
        Message::AtMostChoices => "Please select no more than {0} option(s).",
        Message::Expression => "The expression: {0} should return 'true'.",
        Message::TooSmall => "The value should not be less than {0}",
        Message::TooGreat => "The value should not be greater than {0}",
        Message::TooLarge => "The file is too large.",
        Message::Other => "Other (describe)",
        Message::None => "None",
        Message::SelectAll => "Select All",
        Message::Yes => "Yes",
        Message::No => "No",
    }
}

fn italian(message: Message) -> &'static str {
    match message {
        Message::Required => "Campo obbligatorio",
        Message::AllRows => "Rispondi in ogni riga",
        Message::UniqueRows => "Ogni riga vuole una risposta diversa",
        Message::OtherEmpty => "Scrivi la tua risposta",
        Message::Numeric => "Scrivi un numero",
        Message::Between => "Scrivi un numero da {0} a {1}",
        Message::AtLeast => "Scrivi un numero da {0} in su",
        Message::AtMost => "Scrivi un numero fino a {0}",
        Message::NoDigits => "Scrivi senza numeri",
        Message::BetweenLetters => "Scrivi da {0} a {1} lettere",
        Message::AtLeastLetters => "Scrivi almeno {0} lettere",
        Message::AtMostLetters => "Scrivi al massimo {0} lettere",
        Message::Email => "Scrivi un indirizzo e-mail valido",
        Message::AtLeastChoices => "Scegli almeno {0} risposte",
        Message::AtMostChoices => "Scegli al massimo {0} risposte",
        Message::Expression => "Questa regola non è rispettata: {0}",
        Message::TooSmall => "Da {0} in poi",
        Message::TooGreat => "Fino a {0}",
        Message::TooLarge => "Il file è troppo grande",
        Message::Other => "Altro (descrivi)",
        Message::None => "Nessuno",
        Message::SelectAll => "Seleziona tutto",
        Message::Yes => "Sì",
        Message::No => "No",
    }
}
