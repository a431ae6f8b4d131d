//! Asking for a consent: what, how long, how; and the words to read to the citizen.
use super::ended::keep_code;
use super::person::PersonFields;
use super::words;
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form};
use crate::markup::view;
use crate::ui::{Callout, ChoiceCards, ReadAloud, Section, SelectField, SubmitButton, TextField, error_key};
use crate::words::{fill, key, language, t};
use contract::help_desk::{Consent, ConsentWay, HelpScope, MINUTES, NewConsent, PAPER_LETTERS, PIN_DIGITS, ShownDocument};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Characters of a codice fiscale.
const FISCAL_CODE_CHARS: usize = 16;

/// The form. `is_more`: somebody is being helped, and more time is asked for.
#[component]
pub fn AskForm(is_more: bool, volunteer: String, again: RwSignal<u32>) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<NewConsent>::kept(if is_more { "help_more" } else { "help_desk" });
    let way = RwSignal::new(form.peek(|consent| consent.way));
    Effect::new(move |_| {
        let chosen = way.get();
        if form.peek(|consent| consent.way != chosen) {
            form.edit("way", |consent| consent.way = chosen);
        }
    });
    let failed = RwSignal::new(None::<ApiError>);
    let ask = move || {
        let consent = form.peek(|consent| NewConsent { language: language().to_owned(), ..consent.clone() });
        failed.set(None);
        if form.is_sending() || !form.accept(consent.problems(is_more)) {
            return;
        }
        form.set_sending(true);
        spawn_local(async move {
            let asked = api.create::<Consent>(paths::HELP_DESK_CONSENTS, &consent, &form.key()).await;
            form.set_sending(false);
            match asked {
                Ok(asked) => {
                    keep_code(&asked.id, &asked.code);
                    form.clear();
                    again.try_update(|again| *again += 1);
                }
                Err(error) => {
                    form.renew_key();
                    match error {
                        ApiError::Invalid(problems) => drop(form.accept(problems)),
                        error => drop(failed.try_set(Some(error))),
                    }
                }
            }
        });
    };
    let find = Callback::new(|field: String| {
        let id = match field.as_str() {
            "way" => "way-0".to_owned(),
            "scopes" => "scope-0".to_owned(),
            other => crate::form::field_id(other),
        };
        (None, id)
    });
    view! {
        <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            untrack(ask);
        }>
            <ErrorSummary form label=label find/>
            {move || failed.get().map(|error| view! {
                <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(error_key(&error))}</p></Callout>
            })}
            <Scopes form/>
            <SelectField form name="minutes" label=t(key::help_desk::MINUTES) required=true prompt=t(key::help_desk::MINUTES_PROMPT)
                choices=MINUTES.iter().map(|minutes| (minutes.to_string(), fill(key::help_desk::MINUTES_COUNT, &[("minutes", &minutes.to_string())]))).collect()
                read=|consent| if consent.minutes == 0 { String::new() } else { consent.minutes.to_string() }
                write=|consent, minutes| consent.minutes = minutes.parse().unwrap_or_default()/>
            <ChoiceCards legend=t(key::help_desk::WAY) name="way" chosen=way choices=ways(is_more)/>
            <WhoFields form way is_more/>
            {(!is_more).then(|| view! {
                <TextField form name="pin" label=t(key::help_desk::PIN) help=t(key::help_desk::PIN_HELP) required=true
                    chars_max=PIN_DIGITS kind="numeric" text=|consent: &mut NewConsent| &mut consent.pin/>
            })}
            <Spoken form volunteer/>
            <SubmitButton busy=Signal::derive(move || form.is_sending())>{t(if is_more { key::help_desk::ASK_MORE } else { key::help_desk::ASK })}</SubmitButton>
        </form>
    }
}

/// How they can agree; whoever is being helped is nobody new.
fn ways(is_more: bool) -> Vec<(ConsentWay, &'static str, &'static str, &'static str)> {
    let mut ways = vec![
        (ConsentWay::Phone, "it-pc-mobile", t(key::help_desk::WAY_PHONE), t(key::help_desk::WAY_PHONE_TEXT)),
        (ConsentWay::Code, "it-mail", t(key::help_desk::WAY_CODE), t(key::help_desk::WAY_CODE_TEXT)),
        (ConsentWay::Room, "it-pa", t(key::help_desk::WAY_ROOM), t(key::help_desk::WAY_ROOM_TEXT)),
        (ConsentWay::Paper, "it-card", t(key::help_desk::WAY_PAPER), t(key::help_desk::WAY_PAPER_TEXT)),
    ];
    if !is_more {
        ways.push((ConsentWay::New, "it-user", t(key::help_desk::WAY_NEW), t(key::help_desk::WAY_NEW_TEXT)));
    }
    ways
}

/// Who it is, as far as the way they agree asks it here.
#[component]
fn WhoFields(form: Form<NewConsent>, way: RwSignal<Option<ConsentWay>>, is_more: bool) -> impl IntoView {
    let fiscal_code = move || {
        view! {
            <TextField form name="fiscal_code" label=t(key::help_desk::FISCAL_CODE) help=t(key::help_desk::FISCAL_CODE_HELP) required=true
                chars_max=FISCAL_CODE_CHARS kind="text" text=|consent: &mut NewConsent| &mut consent.fiscal_code/>
        }
    };
    let drawn = move || match way.get() {
        Some(ConsentWay::Code) if !is_more => Some(fiscal_code().into_any()),
        Some(ConsentWay::Room) => Some(view! { {(!is_more).then(fiscal_code)}<DocumentField form/> }.into_any()),
        Some(ConsentWay::Paper) => Some(
            view! {
                <TextField form name="paper" label=t(key::help_desk::PAPER_FIELD) help=t(key::help_desk::PAPER_FIELD_HELP) required=true
                    chars_max=2 * PAPER_LETTERS kind="email" text=|consent: &mut NewConsent| &mut consent.paper/>
            }
            .into_any(),
        ),
        Some(ConsentWay::New) => Some(view! { <PersonFields form/> }.into_any()),
        _ => None,
    };
    view! { {drawn} }
}

fn label(field: &str) -> String {
    t(match field {
        "scopes" => key::help_desk::SCOPES,
        "minutes" => key::help_desk::MINUTES,
        "fiscal_code" => key::help_desk::FISCAL_CODE,
        "document" => key::help_desk::DOCUMENT,
        "pin" => key::help_desk::PIN,
        "paper" => key::help_desk::PAPER_FIELD,
        "person.name" => key::help_desk::PERSON_NAME,
        "person.language" => key::help_desk::PERSON_LANGUAGE,
        "person.reach" => key::help_desk::REACH,
        "person.address" => key::help_desk::REACH_ADDRESS,
        _ => key::help_desk::WAY,
    })
    .to_owned()
}

/// What will be done.
#[component]
fn Scopes(form: Form<NewConsent>) -> impl IntoView {
    let row = move |(index, scope): (usize, HelpScope)| {
        let id = format!("scope-{index}");
        let turn = move |is_on: bool| {
            form.edit("scopes", |consent| {
                consent.scopes.retain(|known| *known != scope);
                if is_on {
                    consent.scopes.push(scope);
                    consent.scopes.sort();
                }
            });
        };
        view! {
            <div class="form-check filo-tick">
                <input type="checkbox" id=id.clone() prop:checked=move || form.with(|consent| consent.scopes.contains(&scope))
                    aria-describedby="scopes-error" on:change:target=move |event| turn(event.target().checked())/>
                <label for=id>{words::scope(scope)}</label>
            </div>
        }
    };
    view! {
        <fieldset class="filo-choices filo-scopes">
            <legend>{t(key::help_desk::SCOPES)}</legend>
            {HelpScope::ALL.into_iter().enumerate().map(row).collect_view()}
            <p class="filo-field-error" id="scopes-error" role="status">{move || form.problem("scopes")}</p>
        </fieldset>
        <p class="filo-note">{t(key::help_desk::NEVER)}</p>
    }
}

/// What is shown in the room.
#[component]
fn DocumentField(form: Form<NewConsent>) -> impl IntoView {
    let known = [
        ("identity_card", ShownDocument::IdentityCard),
        ("passport", ShownDocument::Passport),
        ("driving_licence", ShownDocument::DrivingLicence),
        ("residence_permit", ShownDocument::ResidencePermit),
    ];
    view! {
        <SelectField form name="document" label=t(key::help_desk::DOCUMENT) help=t(key::help_desk::DOCUMENT_HELP) required=true
            prompt=t(key::help_desk::DOCUMENT_PROMPT)
            choices=known.iter().map(|(word, document)| ((*word).to_owned(), t(words::document(*document)).to_owned())).collect()
            read=move |consent| known.iter().find(|(_, document)| consent.document == Some(*document)).map_or_else(String::new, |(word, _)| (*word).to_owned())
            write=move |consent, word| consent.document = known.iter().find(|(known, _)| *known == word).map(|(_, document)| *document)/>
    }
}

/// The words to read to the citizen, and a voice that reads them.
#[component]
fn Spoken(form: Form<NewConsent>, volunteer: String) -> impl IntoView {
    let text = Memo::new(move |_| {
        form.with(|consent| {
            (!consent.scopes.is_empty() && consent.minutes > 0).then(|| {
                let (scopes, minutes) = (words::scopes(&consent.scopes), consent.minutes.to_string());
                fill(key::help_desk::SPOKEN, &[("name", &volunteer), ("scopes", &scopes), ("minutes", &minutes)])
            })
        })
    });
    let drawn = move || {
        text.get().map(|text| {
            view! {
                <Section id="spoken-title" title=t(key::help_desk::SPOKEN_TITLE) class="filo-spoken" look="h5">
                    <p>{text.clone()}</p>
                    <ReadAloud text=move || text.clone() language=language().to_owned()/>
                </Section>
            }
        })
    };
    view! { {drawn} }
}
