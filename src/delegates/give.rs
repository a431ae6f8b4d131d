//! Giving a delegation: to whom, what for, until when.
use super::page::Board;
use super::words;
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form, field_id};
use crate::load::{Load, load};
use crate::markup::view;
use crate::ui::{Callout, FieldFrame, SelectField, SubmitButton, TextField, error_key};
use crate::words::{day, fill, key, t};
use contract::Date;
use contract::cases::{CaseQuery, CaseSummary};
use contract::delegates::{DELEGABLE, GivenDelegation, NAME_CHARS_MAX, NewDelegation};
use contract::help_desk::HelpScope;
use contract::id::CaseId;
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The form; `days`: the first and the last day that can be chosen.
#[component]
pub fn GiveForm(days: (Date, Date), board: Board) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<NewDelegation>::kept("delegation");
    let failed = RwSignal::new(None::<ApiError>);
    let (today, last) = days.clone();
    let give = move || {
        let new = form.peek(Clone::clone);
        failed.set(None);
        if form.is_sending() || !form.accept(new.problems(&today, &last)) {
            return;
        }
        form.set_sending(true);
        spawn_local(async move {
            let answer = api.create::<GivenDelegation>(paths::MY_DELEGATIONS, &new, &form.key()).await;
            form.set_sending(false);
            match answer {
                Ok(given) => {
                    form.clear();
                    board.given.try_set(Some(given));
                    board.renew();
                }
                Err(ApiError::Invalid(problems)) => {
                    form.renew_key();
                    form.accept(problems);
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let find = Callback::new(|field: String| {
        let id = if field == "scopes" { "scope-0".to_owned() } else { field_id(&field) };
        (None, id)
    });
    let cases = load(|api| async move {
        api.get::<contract::Page<CaseSummary>>(&paths::cases(&CaseQuery { limit: Some(100), ..CaseQuery::default() })).await
    });
    view! {
        <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            untrack(&give);
        }>
            <ErrorSummary form label=label find/>
            {move || failed.get().map(|error| view! {
                <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(error_key(&error))}</p></Callout>
            })}
            <TextField form name="name" label=t(key::delegates::NAME) help=t(key::delegates::NAME_HELP) required=true
                chars_max=NAME_CHARS_MAX kind="email" text=|new: &mut NewDelegation| &mut new.name/>
            <Scopes form/>
            <Load from=cases let:cases><OnlyField form cases=cases.items.clone()/></Load>
            <UntilField form days/>
            <Tells form/>
            <p class="filo-note">{t(key::delegates::NEVER)}</p>
            <SubmitButton busy=Signal::derive(move || form.is_sending())>{t(key::delegates::GIVE)}</SubmitButton>
        </form>
    }
}

fn label(field: &str) -> String {
    t(match field {
        "name" => key::delegates::NAME,
        "scopes" => key::delegates::SCOPES,
        "case" => key::delegates::CASE,
        "until" => key::delegates::UNTIL_FIELD,
        _ => key::common::DELEGATES,
    })
    .to_owned()
}

/// What they may do.
#[component]
fn Scopes(form: Form<NewDelegation>) -> impl IntoView {
    let row = move |(index, scope): (usize, HelpScope)| {
        let id = format!("scope-{index}");
        let turn = move |is_on: bool| {
            form.edit("scopes", |new| {
                new.scopes.retain(|known| *known != scope);
                if is_on {
                    new.scopes.push(scope);
                }
            });
        };
        // A report begins a case of its own.
        let is_off = move || scope == HelpScope::SendReport && form.with(|new| new.case.is_some());
        view! {
            <div class="form-check filo-tick">
                <input type="checkbox" id=id.clone() prop:checked=move || form.with(|new| new.scopes.contains(&scope)) disabled=is_off
                    aria-describedby="scopes-error" on:change:target=move |event| turn(event.target().checked())/>
                <label for=id>{words::scope(scope)}</label>
            </div>
        }
    };
    view! {
        <fieldset class="filo-choices filo-scopes">
            <legend>{t(key::delegates::SCOPES)}</legend>
            {DELEGABLE.into_iter().enumerate().map(row).collect_view()}
            <p class="filo-field-error" id="scopes-error" role="status">{move || form.problem("scopes")}</p>
        </fieldset>
    }
}

/// All cases, or one.
#[component]
fn OnlyField(form: Form<NewDelegation>, cases: Vec<CaseSummary>) -> impl IntoView {
    let choices = cases.into_iter().map(|case| (case.id.0, format!("{} ({})", case.title, case.number.0))).collect();
    view! {
        <SelectField form name="case" label=t(key::delegates::CASE) help=t(key::delegates::CASE_HELP) prompt=t(key::delegates::CASE_ALL) choices
            read=|new| new.case.as_ref().map_or_else(String::new, |case| case.0.clone())
            write=|new, id| {
                new.case = Some(CaseId(id)).filter(|id| !id.0.is_empty());
                if new.case.is_some() {
                    new.scopes.retain(|scope| *scope != HelpScope::SendReport);
                }
            }/>
    }
}

/// The last day.
#[component]
fn UntilField(form: Form<NewDelegation>, days: (Date, Date)) -> impl IntoView {
    let help = fill(key::delegates::UNTIL_HELP, &[("date", &day(&days.1))]);
    let id = field_id("until");
    let change = move |value: String| form.edit("until", |new| new.until = Some(Date(value)).filter(|date| !date.0.is_empty()));
    view! {
        <FieldFrame name="until" label=t(key::delegates::UNTIL_FIELD) help required=true problem=Signal::derive(move || form.problem("until"))>
            <input class="form-control filo-code" type="date" id=id.clone() min=days.0.0 max=days.1.0 aria-required="true"
                aria-describedby=format!("{id}-help {id}-error") aria-invalid=move || form.problem("until").is_some().then_some("true")
                prop:value=move || form.with(|new| new.until.clone().map_or_else(String::new, |until| until.0))
                on:change:target=move |event| change(event.target().value())/>
        </FieldFrame>
    }
}

/// Whether they hear of what is new.
#[component]
fn Tells(form: Form<NewDelegation>) -> impl IntoView {
    view! {
        <div class="form-check filo-tick">
            <input type="checkbox" id="delegation-tells" prop:checked=move || form.with(|new| new.tells)
                on:change:target=move |event| {
                    let is_on = event.target().checked();
                    form.edit("tells", |new| new.tells = is_on);
                }/>
            <label for="delegation-tells">{t(key::delegates::TELLS)}</label>
        </div>
    }
}
