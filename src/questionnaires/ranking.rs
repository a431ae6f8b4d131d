//! An order: each one up or down by buttons, or drawn to its place by hand; where it has come to is said aloud.
use super::questions::fieldset;
use super::sheet::{Sheet, question_id};
use crate::form::focus;
use crate::markup::view;
use crate::ui::{ActionButton, Icon};
use crate::words::{fill, key, t};
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::run::QuestionView;
use wasm_bindgen::JsCast;

/// What is drawn, and to which place: both by their number from 0.
type Drawn = RwSignal<Option<(usize, usize)>>;

/// The order as it stands, and what moves it.
#[derive(Clone)]
struct Order {
    sheet: Sheet,
    key: usize,
    values: Vec<Value>,
    names: Vec<String>,
}

impl Order {
    fn of(sheet: Sheet, view: &QuestionView) -> Self {
        let values: Vec<Value> = match view.value.as_list() {
            Some(list) if !list.is_empty() => list.to_vec(),
            _ => view.choices.iter().map(|choice| choice.value.clone()).collect(),
        };
        let name = |value: &Value| {
            let known = view.choices.iter().find(|choice| choice.value.to_text() == value.to_text());
            known.map_or_else(|| value.to_text(), |choice| choice.text.clone())
        };
        Self { sheet, key: view.key, names: values.iter().map(name).collect(), values }
    }

    /// Moves one to another place, and says where it is now.
    fn bring(&self, from: usize, to: usize) {
        let mut moved = self.values.clone();
        if from >= moved.len() || to >= moved.len() {
            return;
        }
        let value = moved.remove(from);
        moved.insert(to, value);
        let (at, all) = ((to + 1).to_string(), moved.len().to_string());
        let told = fill(key::questionnaires::RANK_MOVED, &[("name", &self.names[from]), ("at", &at), ("all", &all)]);
        self.sheet.answer(self.key, Value::List(moved));
        self.sheet.told.set(told);
    }
}

/// The question; the order that stands there may be right as it is.
pub fn ranking(sheet: Sheet, view: QuestionView) -> AnyView {
    let order = Order::of(sheet, &view);
    let is_chosen = !view.value.is_empty();
    let drawn: Drawn = RwSignal::new(None);
    let rows: Vec<AnyView> = (0..order.values.len()).map(|at| row(&order, at, drawn, view.read_only)).collect();
    let as_it_is = order.values.clone();
    let key = view.key;
    let fine = (!is_chosen).then(|| {
        let take = move |()| sheet.answer(key, Value::List(as_it_is.clone()));
        view! { <ActionButton look="outline-primary" icon="it-check" on_press=take>{t(key::questionnaires::ORDER_FINE)}</ActionButton> }
    });
    let told = is_chosen.then(|| t(key::questionnaires::ORDER_TAKEN));
    fieldset(&view, view! { <ol class="filo-ranks">{rows}</ol>{fine}<p class="filo-note" role="status">{told}</p> }.into_any())
}

fn row(order: &Order, at: usize, drawn: Drawn, read_only: bool) -> AnyView {
    let last = order.values.len().saturating_sub(1);
    let name = order.names[at].clone();
    let up = button(order, at, at.checked_sub(1), (t(key::questionnaires::UP), "it-arrow-up"));
    let down = button(order, at, (at < last).then_some(at + 1), (t(key::questionnaires::DOWN), "it-arrow-down"));
    let handle = (!read_only).then(|| handle(order.clone(), at, drawn));
    let is_drawn = move || drawn.get().is_some_and(|(from, _)| from == at);
    // Where it would come to stand: above what stands there when it goes up, below when it goes down.
    let is_above = move || drawn.get().is_some_and(|(from, to)| to == at && to < from);
    let is_below = move || drawn.get().is_some_and(|(from, to)| to == at && to > from);
    view! {
        <li class="filo-rank" class:is-drawn=is_drawn class:is-above=is_above class:is-below=is_below>{handle}<span>{name}</span>{up}{down}</li>
    }
    .into_any()
}

/// What a finger or a mouse takes hold of. Whoever uses the keyboard or hears the page has the buttons: this is not there for them.
fn handle(order: Order, at: usize, drawn: Drawn) -> AnyView {
    let begin = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        if let Some(handle) = element(&event) {
            // Without it the browser still tells of moves over the handle itself.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
        drawn.set(Some((at, at)));
    };
    let follow = move |event: PointerEvent| {
        let Some((from, before)) = drawn.get_untracked() else { return };
        let to = element(&event).and_then(|handle| place(&handle, &event)).unwrap_or(before);
        if to != before {
            drawn.set(Some((from, to)));
        }
    };
    let end = move |_: PointerEvent| {
        let Some((from, to)) = drawn.get_untracked() else { return };
        drawn.set(None);
        if from != to {
            order.bring(from, to);
        }
    };
    let cancel = move |_: web_sys::Event| drawn.set(None);
    view! {
        <span class="filo-rank-handle" aria-hidden="true" on:pointerdown=begin on:pointermove=follow on:pointerup=end on:pointercancel=cancel></span>
    }
    .into_any()
}

fn element(event: &PointerEvent) -> Option<web_sys::Element> {
    event.current_target()?.dyn_into().ok()
}

/// The number of the row that the pointer is over; none beside the list.
fn place(handle: &web_sys::Element, event: &PointerEvent) -> Option<usize> {
    let rows = handle.closest("ol").ok()??.children();
    let (x, y) = (event.client_x() as f32, event.client_y() as f32);
    let under = document().element_from_point(x, y)?.closest("li").ok()??;
    (0..rows.length()).find(|at| rows.item(*at).as_ref() == Some(&under)).map(|at| at as usize)
}

fn button(order: &Order, at: usize, to: Option<usize>, (words, icon): (&'static str, &'static str)) -> AnyView {
    let group = question_id(order.key);
    let (id, name) = (format!("{group}-{at}-{icon}"), order.names[at].clone());
    let order = order.clone();
    let press = move |_| {
        let Some(to) = to else { return };
        order.bring(at, to);
        // The button that moved it goes with it.
        let id = format!("{group}-{to}-{icon}");
        request_animation_frame(move || focus(&id));
    };
    view! {
        <button type="button" class="btn btn-outline-primary" id=id aria-disabled=to.is_none().then_some("true") on:click=press>
            <Icon name=icon/><span class="visually-hidden">{format!("{words}: {name}")}</span>
        </button>
    }
    .into_any()
}
