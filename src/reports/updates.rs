//! Who is told how a report goes, asked before it is sent by somebody who does not sign in (feature X11).
use super::draft::{Draft, Told};
use super::page::draft;
use crate::form::Form;
use crate::markup::view;
use crate::ui::{ChoiceCards, Facts, TextField};
use crate::words::{key, t};
use contract::contact::{EMAIL_CHARS_MAX, PHONE_CHARS_MAX};
use contract::reports::{AnonymousReports, ReportForm};
use leptos::prelude::*;

/// Nobody, the author or somebody else; then their address.
#[component]
pub fn UpdatesFields(form: Form<Draft>, rules: std::sync::Arc<ReportForm>) -> impl IntoView {
    let mut choices = vec![
        (Told::Author, "it-user", t(key::reports::TOLD_AUTHOR), t(key::reports::TOLD_AUTHOR_TEXT)),
        (Told::Other, "it-user", t(key::reports::TOLD_OTHER), t(key::reports::TOLD_OTHER_TEXT)),
    ];
    if rules.anonymous == AnonymousReports::Anonymous {
        choices.insert(0, (Told::Nobody, "it-card", t(key::reports::TOLD_NOBODY), t(key::reports::TOLD_NOBODY_TEXT)));
    } else if form.peek(|draft| draft.told == Told::Nobody) {
        form.note(|draft| draft.told = Told::Author);
    }
    let chosen = RwSignal::new(Some(form.peek(|draft| draft.told)));
    Effect::new(move |before: Option<Option<Told>>| {
        let now = chosen.get();
        if let Some(told) = now.filter(|_| before.is_some_and(|before| before != now)) {
            form.edit("contact.email", |draft| draft.told = told);
        }
        now
    });
    let email_help = if rules.mail { key::reports::EMAIL_HELP } else { key::reports::EMAIL_HELP_NO_MAIL };
    view! {
        <ChoiceCards legend=t(key::reports::TOLD_QUESTION) name="told" choices chosen/>
        <div hidden=move || chosen.get() == Some(Told::Nobody)>
            <p>{t(key::reports::CONTACT_ONE)}</p>
            <TextField form name="contact.email" kind="email" autocomplete="email" label=t(key::reports::AUTHOR_EMAIL) help=t(email_help)
                chars_max=EMAIL_CHARS_MAX text=|draft| &mut draft.contact.email/>
            <TextField form name="contact.phone" kind="tel" autocomplete="tel" label=t(key::reports::AUTHOR_PHONE) help=t(key::reports::PHONE_HELP)
                chars_max=PHONE_CHARS_MAX text=|draft| &mut draft.contact.phone/>
        </div>
    }
}

/// The same in the summary.
#[component]
pub fn UpdatesTold() -> impl IntoView {
    let rows = draft().peek(|draft| {
        let who = match draft.told {
            Told::Nobody => key::reports::TOLD_NOBODY,
            Told::Author => key::reports::TOLD_AUTHOR,
            Told::Other => key::reports::TOLD_OTHER,
        };
        let reached = draft.reached();
        vec![
            (t(key::reports::TOLD_QUESTION), t(who).to_owned()),
            (t(key::reports::AUTHOR_EMAIL), reached.email),
            (t(key::reports::AUTHOR_PHONE), reached.phone),
        ]
    });
    view! { <Facts rows/> }
}
