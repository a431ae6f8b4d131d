//! A field of a form: label above, help, what is wrong with it, all tied to the input.
use crate::form::{Form, field_id};
use crate::markup::view;
use crate::words::{count, key, t};
use leptos::prelude::*;

/// The frame around an input: its label, its help, its error. The input itself must have the id `field_id(name)`.
#[component]
pub fn FieldFrame(
    /// The field's name in the contract ("place.street").
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// A sentence of help.
    #[prop(optional, into)]
    help: String,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// Whether what is wrong is said aloud here: no summary above the form takes the focus and says it.
    #[prop(optional)]
    alone: bool,
    children: Children,
) -> impl IntoView {
    let id = field_id(&name);
    view! {
        <div class="form-group filo-field" class:has-error=move || problem.read().is_some()>
            <label for=id.clone()>{label}{required.then_some(" *")}</label>
            {(!help.is_empty()).then(|| view! { <small class="form-text" id=format!("{id}-help")>{help}</small> })}
            {children()}
            <p class="filo-field-error" id=format!("{id}-error") role=alone.then_some("status")>{move || problem.get()}</p>
        </div>
    }
}

/// A text field of one or more lines.
#[component]
pub fn TextField<T: Clone + Default + Send + Sync + 'static>(
    /// The form.
    form: Form<T>,
    /// The field's name in the contract.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// A sentence of help.
    #[prop(optional, into)]
    help: String,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Lines shown; 1 is a plain input.
    #[prop(default = 1)]
    lines: u32,
    /// Most characters: what is left is shown. More can be typed, so that nothing pasted is cut off in silence.
    chars_max: usize,
    /// What the browser may fill in ("off" for most).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What is typed, for the keyboard on a screen: `text`, `email`, `tel`. What is no text is short, and not counted until too long.
    #[prop(default = "text")]
    kind: &'static str,
    /// Where the text is in the form's value.
    text: fn(&mut T) -> &mut String,
) -> impl IntoView {
    let id = field_id(name);
    let typed = move |value: String| form.edit(name, |data| *text(data) = value);
    let shown = move || form.with(|data| text(&mut data.clone()).clone());
    let invalid = move || form.problem(name).is_some().then_some("true");
    let described = format!("{id}-help {id}-count {id}-error");
    let left = move || chars_max as i64 - shown().trim().chars().count() as i64;
    let input = if lines > 1 {
        view! {
            <textarea class="form-control" id=id.clone() rows=lines autocomplete=autocomplete aria-required=required.to_string()
                aria-invalid=invalid aria-describedby=described
                prop:value=shown on:input:target=move |event| typed(event.target().value())></textarea>
        }
        .into_any()
    } else {
        view! {
            <input class="form-control" type="text" inputmode=kind id=id.clone() autocomplete=autocomplete aria-required=required.to_string()
                aria-invalid=invalid aria-describedby=described
                prop:value=shown on:input:target=move |event| typed(event.target().value())/>
        }
        .into_any()
    };
    view! {
        <FieldFrame name label help required problem=Signal::derive(move || form.problem(name))>
            {input}
            <CharsLeft id=format!("{id}-count") left=Signal::derive(left) quiet={kind != "text"}/>
        </FieldFrame>
    }
}

/// How many characters can still be typed, or are too many.
#[component]
pub fn CharsLeft(
    /// Its id, which the input is described by.
    id: String,
    /// How many; negative when too many.
    left: Signal<i64>,
    /// Whether it speaks only of too many.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let told = move || match left.get() {
        over if over < 0 => count(key::form::CHARS_OVER, -over),
        _ if quiet => String::new(),
        left => count(key::form::CHARS_LEFT, left),
    };
    view! { <small class="form-text filo-count" id=id>{told}</small> }
}

/// The words under a form's title about the asterisk.
#[component]
pub fn RequiredNote() -> impl IntoView {
    view! { <p class="filo-note">{t(key::form::ASTERISK)}</p> }
}
