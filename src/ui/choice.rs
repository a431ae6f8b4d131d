//! Choosing: one of a few large cards, one of a list, or a tick.
use super::{FieldFrame, Icon};
use crate::form::{Form, field_id};
use crate::markup::view;
use leptos::prelude::*;

/// One of a few: large radio cards. Each is value, icon, title, sentence.
#[component]
pub fn ChoiceCards<V: Copy + PartialEq + Send + Sync + 'static>(
    /// The question.
    legend: &'static str,
    /// The name of the group in the page.
    name: &'static str,
    /// What can be chosen.
    choices: Vec<(V, &'static str, &'static str, &'static str)>,
    /// What is chosen.
    chosen: RwSignal<Option<V>>,
) -> impl IntoView {
    let card = move |(index, (value, icon, title, text)): (usize, (V, &'static str, &'static str, &'static str))| {
        let id = format!("{name}-{index}");
        view! {
            <div class="filo-choice">
                <input type="radio" name=name id=id.clone() prop:checked=move || chosen.get() == Some(value) on:change=move |_| chosen.set(Some(value))/>
                <label for=id><Icon name=icon/><span><strong>{title}</strong><small>{text}</small></span></label>
            </div>
        }
    };
    view! {
        <fieldset class="filo-choices">
            <legend>{legend}</legend>
            {choices.into_iter().enumerate().map(card).collect_view()}
        </fieldset>
    }
}

/// One of a list: the browser's own select. Each choice is value and label.
#[component]
pub fn SelectField<T: Clone + Default + Send + Sync + 'static>(
    /// The form.
    form: Form<T>,
    /// The field's name in the contract.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// A sentence of help.
    #[prop(optional, into)]
    help: String,
    /// Whether something must be chosen.
    #[prop(optional)]
    required: bool,
    /// What the empty choice says.
    prompt: &'static str,
    /// What can be chosen.
    choices: Vec<(String, String)>,
    /// Reads the choice from the form's value.
    read: impl Fn(&T) -> String + Copy + Send + Sync + 'static,
    /// Writes the choice into the form's value.
    write: impl Fn(&mut T, String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let id = field_id(&name);
    let (asked, invalid, changed) = (name.clone(), name.clone(), name.clone());
    let option = move |(value, label): (String, String)| {
        let own = value.clone();
        view! { <option value=value selected=move || form.with(|data| read(data) == own)>{label}</option> }
    };
    view! {
        <FieldFrame name label help required problem=Signal::derive(move || form.problem(&asked))>
            <select class="form-control" id=id.clone() aria-required=required.to_string() aria-describedby=format!("{id}-help {id}-error")
                aria-invalid=move || form.problem(&invalid).is_some().then_some("true")
                on:change:target=move |event| form.edit(&changed, |data| write(data, event.target().value()))>
                <option value="" selected=move || form.with(|data| read(data).is_empty())>{prompt}</option>
                {choices.into_iter().map(option).collect_view()}
            </select>
        </FieldFrame>
    }
}

/// A tick.
#[component]
pub fn TickField<T: Clone + Default + Send + Sync + 'static>(
    /// The form.
    form: Form<T>,
    /// The field's name in the contract.
    name: &'static str,
    /// What is ticked.
    #[prop(into)]
    label: String,
    /// Whether it is ticked.
    read: impl Fn(&T) -> bool + Copy + Send + Sync + 'static,
    /// Ticks it or takes the tick away.
    write: impl Fn(&mut T, bool) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let id = field_id(name);
    view! {
        <div class="form-check filo-tick" class:has-error=move || form.problem(name).is_some()>
            <input type="checkbox" id=id.clone() prop:checked=move || form.with(read) aria-required="true" aria-describedby=format!("{id}-error")
                aria-invalid=move || form.problem(name).is_some().then_some("true")
                on:change:target=move |event| form.edit(name, |data| write(data, event.target().checked()))/>
            <label for=id.clone()>{label}</label>
            <p class="filo-field-error" id=format!("{id}-error") role="status">{move || form.problem(name)}</p>
        </div>
    }
}
