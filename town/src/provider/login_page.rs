//! The page on which a demo person is chosen: plainly not the real SPID, readable on a phone, usable from the keyboard.
use super::authorize::SPID_ERRORS;
use super::store::Pending;
use crate::page::{Page, escape};
use crate::people::{self, Person, Scheme};
use axum::http::StatusCode;

/// The hint of the help desk's logins.
const DESK: &str = "desk";

/// The sentences of the provider's pages in one language.
struct Words {
    mark: &'static str,
    title: &'static str,
    lead: &'static str,
    with: &'static str,
    people: &'static str,
    cancel: &'static str,
    fail_title: &'static str,
    fail_lead: &'static str,
    failures: [&'static str; 6],
    refused_title: &'static str,
    refused: &'static str,
    gone_title: &'static str,
    gone: &'static str,
    out_title: &'static str,
    out: &'static str,
}

const IT: Words = Words {
    mark: "Identità di prova",
    title: "Chi vuoi essere?",
    lead: "Scegli una persona inventata ed entra con il suo nome. Non servono password e non esiste nessuno di loro.",
    with: "Al posto di",
    people: "Persone di prova",
    cancel: "Annulla e torna indietro",
    fail_title: "Prova un accesso che non riesce",
    fail_lead: "Ogni pulsante risponde come farebbe un gestore SPID quando qualcosa va storto.",
    failures: [
        "Il livello di sicurezza non basta (20)",
        "È passato troppo tempo (21)",
        "Non hai dato il consenso (22)",
        "L'identità è sospesa o revocata (23)",
        "Troppe password sbagliate (19)",
        "Il tipo di identità non è quello giusto (30)",
    ],
    refused_title: "Non possiamo farti entrare da qui",
    refused: "Il sito da cui arrivi non è tra quelli che conosciamo. Torna indietro e riprova. Chi gestisce il sito può controllare questo dato:",
    gone_title: "Questa pagina è scaduta",
    gone: "Hai già scelto, oppure è passato troppo tempo. Torna al sito da cui arrivi e premi di nuovo il pulsante per entrare.",
    out_title: "Sei fuori",
    out: "Qui non resta nulla di te. Puoi chiudere la pagina.",
};

const EN: Words = Words {
    mark: "Demo identity",
    title: "Who do you want to be?",
    lead: "Choose an invented person and come in under their name. No password is needed, and none of them exists.",
    with: "In place of",
    people: "Demo people",
    cancel: "Cancel and go back",
    fail_title: "Try a login that fails",
    fail_lead: "Each button answers as a SPID provider would when something goes wrong.",
    failures: [
        "The security level is not enough (20)",
        "It took too long (21)",
        "You did not give consent (22)",
        "The identity is suspended or revoked (23)",
        "Too many wrong passwords (19)",
        "The wrong type of identity (30)",
    ],
    refused_title: "We cannot let you in from here",
    refused: "The site you come from is not one we know. Go back and try again. Whoever runs the site may check this:",
    gone_title: "This page has expired",
    gone: "You have already chosen, or it took too long. Go back to the site you come from and press the button to log in again.",
    out_title: "You are out",
    out: "Nothing of yours stays here. You can close this page.",
};

fn words(language: &str) -> &'static Words {
    if language == "en" { &EN } else { &IT }
}

/// The login page for a request kept under a name.
///
/// # Errors
/// When the demo people cannot be read.
pub(super) fn page(pending: &Pending, name: &str) -> Result<Page, String> {
    let words = words(pending.language);
    let is_desk = pending.scheme.as_deref() == Some(DESK);
    let mut everybody: Vec<&Person> = if is_desk { people::volunteers()? } else { people::all()? }.iter().collect();
    if pending.scheme.as_deref() == Some("eidas") {
        everybody.sort_by_key(|person| person.scheme != Scheme::Eidas);
    }
    let buttons: String = everybody.into_iter().enumerate().map(|(index, person)| button(person, index, pending.language)).collect();
    let failures: String = SPID_ERRORS
        .iter()
        .zip(words.failures)
        .map(|((number, _), text)| {
            format!("<li><button class=\"quiet\" name=\"choice\" value=\"{number}\">{}</button></li>\n", escape(text))
        })
        .collect();
    let instead = match pending.scheme.as_deref() {
        Some("cie") => "CIE",
        Some("eidas") => "eIDAS",
        Some(DESK) if pending.language == "en" => "the staff login",
        Some(DESK) => "l'accesso del personale",
        _ => "SPID",
    };
    let main = format!(
        "<p class=\"over\">{with} {instead}</p>\n<h1>{title}</h1>\n<p class=\"lead\">{lead}</p>\n\
         <form method=\"post\" action=\"/login\">\n<input type=\"hidden\" name=\"request\" value=\"{name}\">\n<input type=\"hidden\" name=\"language\" value=\"{language}\">\n\
         <h2 class=\"unseen\">{people}</h2>\n<ul class=\"people\">\n{buttons}</ul>\n\
         <p><button class=\"back\" name=\"choice\" value=\"cancel\">{cancel}</button></p>\n\
         <details>\n<summary>{fail_title}</summary>\n<p>{fail_lead}</p>\n<ul class=\"failures\">\n{failures}</ul>\n</details>\n</form>",
        with = escape(words.with),
        title = escape(words.title),
        lead = escape(words.lead),
        name = escape(name),
        language = pending.language,
        people = escape(words.people),
        cancel = escape(words.cancel),
        fail_title = escape(words.fail_title),
        fail_lead = escape(words.fail_lead),
    );
    Ok(Page {
        status: StatusCode::OK,
        language: pending.language,
        title: format!("{} · {}", words.title, words.mark),
        main,
        mark: words.mark,
        form_goes_to: origin(&pending.redirect_uri),
    })
}

fn button(person: &Person, index: usize, language: &str) -> String {
    let who = if language == "en" { &person.who.en } else { &person.who.it };
    let initials: String = [&person.given_name, &person.family_name].into_iter().filter_map(|name| name.chars().next()).collect();
    let badge = if person.scheme == Scheme::Eidas { " <span class=\"badge\">eIDAS</span>" } else { "" };
    format!(
        "<li><button class=\"person\" name=\"choice\" value=\"{}\"><span class=\"face face-{}\" aria-hidden=\"true\">{}</span>\
         <span class=\"text\"><span class=\"name\">{}{badge}</span> <span class=\"who\">{}</span></span></button></li>\n",
        escape(&person.subject),
        index % 6,
        escape(&initials),
        escape(&person.name()),
        escape(who),
    )
}

/// The page for a client or an address we do not know: nobody is sent there.
pub(super) fn refused(language: &'static str, parameter: &str) -> Page {
    let words = words(language);
    let text = format!("{}</p>\n<p><code>{}</code>", escape(words.refused), escape(parameter));
    plain(language, StatusCode::BAD_REQUEST, words.refused_title, &text)
}

/// The page for a request that was answered before, or too long ago.
pub(super) fn gone(language: &'static str) -> Page {
    let words = words(language);
    plain(language, StatusCode::BAD_REQUEST, words.gone_title, &escape(words.gone))
}

/// The page at the end of a logout that leads nowhere else.
pub(super) fn out(language: &'static str) -> Page {
    let words = words(language);
    plain(language, StatusCode::OK, words.out_title, &escape(words.out))
}

fn plain(language: &'static str, status: StatusCode, title: &str, html: &str) -> Page {
    let main = format!("<h1>{}</h1>\n<p class=\"lead\">{html}</p>", escape(title));
    Page { status, language, title: title.to_owned(), main, mark: words(language).mark, form_goes_to: None }
}

/// Scheme, host and port of an address: browsers hold a form's redirects against `form-action` too.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    plain.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_taken_out_of_an_address_and_cannot_carry_a_policy() {
        assert_eq!(origin("http://localhost:8080/api/v1/x?y=z").as_deref(), Some("http://localhost:8080"));
        assert_eq!(origin("https://a.example; script-src *"), None);
        assert_eq!(origin("nowhere"), None);
    }
}
