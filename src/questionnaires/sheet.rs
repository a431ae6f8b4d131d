//! A questionnaire being answered: the run of the engine, where somebody stands in it, what is wrong.
use super::answering::{Answering, Kept};
use super::numbers;
use super::said::group;
use crate::command::Sending;
use crate::form::focus;
use crate::words::{key, language, t};
use contract::questionnaires::Questionnaire;
use js_sys::Date;
use leptos::prelude::*;
use questionnaire::definition::Kind;
use questionnaire::evaluate::Clock;
use questionnaire::run::QuestionView;
use questionnaire::value::Map;
use questionnaire::{Definition, Run, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The heading above the questions, which takes the focus when others are shown.
pub const HEADING: &str = "questions-title";
/// The box that says what is wrong.
pub const SUMMARY: &str = "questions-wrong";

/// Where somebody stands on the page that the run shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// At so-many questions of it.
    Group(usize),
    /// At the end: everything is read once more.
    Review,
}

/// Something that is wrong: the id of the input, the question, why.
#[derive(Clone, PartialEq)]
pub struct Wrong {
    /// The id of the input.
    pub id: String,
    /// The question.
    pub title: String,
    /// Why.
    pub why: String,
}

/// The questionnaire.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// What keeps and sends it.
    pub sending: Sending<Answering>,
    /// One question at a time.
    pub one_by_one: RwSignal<bool>,
    /// Where somebody stands.
    pub at: RwSignal<At>,
    /// What is wrong on what is shown.
    pub wrong: RwSignal<Vec<Wrong>>,
    /// It is only tried: nothing is sent.
    pub is_preview: bool,
    /// What was moved last, for who hears the page.
    pub told: RwSignal<String>,
    run: StoredValue<Run, LocalStorage>,
    /// Grows with every change: what is drawn reads it.
    tick: RwSignal<u32>,
    /// Files that are being made ready, by their keys, and the questions that they are for.
    pub choosing: StoredValue<Vec<(String, usize)>>,
    /// Numbers as they are typed, which the engine does not keep: `1,` is on the way to `1,5`.
    typed: StoredValue<HashMap<usize, String>>,
}

/// The town's clock, by the device.
fn clock() -> Clock {
    let now = Date::new_0();
    Clock { now: now.get_time(), offset: -(now.get_timezone_offset() as i32) }
}

fn run_of(definition: &Value, answers: &Value) -> Run {
    let data = if let Value::Object(map) = answers { map.clone() } else { Map::new() };
    let mut run = Run::resume(Arc::new(Definition::kept(definition)), clock(), language(), data);
    run.start();
    run
}

/// The id of a question's input, or of the fieldset around its inputs.
pub fn question_id(key: usize) -> String {
    format!("question-{key}")
}

/// Whether somebody answers it.
pub fn is_asked(view: &QuestionView) -> bool {
    !matches!(view.kind, Kind::Html | Kind::Expression)
}

/// Why an answer is wrong: the engine's mistake, or a number that is none.
pub fn why_wrong(view: &QuestionView) -> Option<String> {
    let issue = view.issues.iter().find(|issue| !issue.only_hint).map(|issue| issue.text.clone());
    let is_no_number =
        view.kind == Kind::Text && view.input == "number" && matches!(&view.value, Value::Text(text) if !text.trim().is_empty());
    let text = issue.or_else(|| is_no_number.then(|| t(key::questionnaires::NOT_A_NUMBER).to_owned()))?;
    Some(if text.is_empty() { t(key::questionnaires::NOT_ACCEPTED).to_owned() } else { text })
}

/// Everything that is wrong with a question and what is inside it.
fn wrong_in(view: &QuestionView, into: &mut Vec<Wrong>) {
    if let Some(why) = why_wrong(view) {
        into.push(Wrong { id: question_id(view.key), title: view.title.clone(), why });
    }
    for part in view.items.iter().chain(view.panels.iter().flatten()) {
        wrong_in(part, into);
    }
}

impl Sheet {
    /// Goes on from what is kept.
    pub fn begin(asked: &Questionnaire<Value>, kept: &Kept, sending: Sending<Answering>) -> Self {
        let run = run_of(&asked.definition, &kept.answers);
        let sheet = Self {
            sending,
            one_by_one: RwSignal::new(asked.one_by_one),
            at: RwSignal::new(At::Group(0)),
            wrong: RwSignal::new(Vec::new()),
            is_preview: false,
            told: RwSignal::new(String::new()),
            run: StoredValue::new_local(run),
            tick: RwSignal::new(0),
            choosing: StoredValue::new(Vec::new()),
            typed: StoredValue::new(HashMap::new()),
        };
        sheet.open(&kept.place);
        sheet
    }

    /// The same, when it is only tried.
    pub fn tried(self) -> Self {
        Self { is_preview: true, ..self }
    }

    /// Puts other answers in place of all.
    pub fn replace(self, definition: &Value, kept: &Kept) {
        self.run.set_value(run_of(definition, &kept.answers));
        self.typed.update_value(HashMap::clear);
        self.at.set(At::Group(0));
        self.open(&kept.place);
        self.redraw();
    }

    /// A look at the run, tracked.
    pub fn look<R>(self, look: impl FnOnce(&Run) -> R) -> R {
        self.tick.track();
        self.run.with_value(look)
    }

    fn redraw(self) {
        self.tick.update(|tick| *tick += 1);
    }

    /// Changes the run, keeps what follows, draws it.
    fn change(self, change: impl FnOnce(&mut Run)) {
        let data = self.run.try_update_value(|run| {
            change(run);
            run.data()
        });
        let Some(data) = data else { return };
        let place = self.place();
        self.sending.form.edit("", |answering| {
            answering.kept.answers = Value::Object(data);
            answering.kept.place = place;
        });
        // What was wrong may be right now; what is new is said when somebody goes on.
        if !untrack(|| self.wrong.with(Vec::is_empty)) {
            self.wrong.set(self.wrong_here());
        }
        self.redraw();
    }

    /// An answer, by the question's key.
    pub fn answer(self, key: usize, value: Value) {
        self.change(|run| run.answer_at(key, value));
    }

    /// A question as it is answered now, by its key.
    pub fn question(self, key: usize) -> Option<QuestionView> {
        self.run.try_with_value(|run| run.all_questions().into_iter().find(|view| view.key == key)).flatten()
    }

    /// A number as it is typed.
    pub fn answer_number(self, key: usize, text: String) {
        let number = numbers::read(&text, language());
        let value = number.map_or_else(|| Value::Text(text.trim().to_owned()), Value::Number);
        self.typed.update_value(|typed| drop(typed.insert(key, text)));
        self.answer(key, value);
    }

    /// What was typed for a number; else its value.
    pub fn shown_number(self, view: &QuestionView) -> String {
        let typed = self.typed.with_value(|typed| typed.get(&view.key).cloned());
        typed.unwrap_or_else(|| if view.value.is_empty() { String::new() } else { numbers::written(&view.value) })
    }

    /// The comment to an answer, by the question's name.
    pub fn comment(self, name: &str, text: &str) {
        self.change(|run| run.comment_with(name, text));
    }

    /// One more panel, or one less.
    pub fn panel(self, name: &str, remove: Option<usize>) {
        self.typed.update_value(HashMap::clear);
        self.change(|run| match remove {
            Some(number) => drop(run.remove_panel(name, number)),
            None => drop(run.add_panel(name)),
        });
    }

    /// The questions that are shown now: all of the page, or one with what belongs to it.
    pub fn here(self) -> Vec<QuestionView> {
        let groups = self.look(|run| group(run.shown_page().1));
        match (self.one_by_one.get(), self.at.get()) {
            (true, At::Group(at)) => groups.into_iter().nth(at).unwrap_or_default(),
            _ => groups.into_iter().flatten().collect(),
        }
    }

    fn here_now(self) -> Vec<QuestionView> {
        untrack(|| self.here())
    }

    /// The title of the page that is shown; empty when it has none.
    pub fn page_title(self) -> String {
        self.look(|run| run.shown_page().0)
    }

    /// Which question (or page) this is, and how many there are.
    pub fn progress(self) -> (usize, usize) {
        let one = self.one_by_one.get();
        let first = self.here().into_iter().find(is_asked).map(|view| view.key);
        self.look(|run| {
            if !one {
                return (run.page_number().unwrap_or(0) + 1, run.page_names().len());
            }
            let all: Vec<usize> =
                run.shown_pages().into_iter().flat_map(|(_, views)| views).filter(is_asked).map(|view| view.key).collect();
            let at = first.and_then(|key| all.iter().position(|known| *known == key)).unwrap_or(0);
            (at + 1, all.len().max(1))
        })
    }

    /// Where somebody stands, by the name of a question.
    fn place(self) -> String {
        self.here_now().into_iter().find(is_asked).map(|view| view.name).unwrap_or_default()
    }

    fn groups_now(self) -> Vec<Vec<QuestionView>> {
        self.run.with_value(|run| group(run.shown_page().1))
    }

    /// Opens the place of a question by its name.
    pub fn open(self, name: &str) {
        if name.is_empty() {
            return;
        }
        self.run.update_value(|run| run.open_question(name));
        let groups = self.groups_now();
        let at = groups.iter().position(|group| group.iter().any(|view| view.name == name)).unwrap_or(0);
        self.at.set(At::Group(at));
        self.redraw();
    }

    fn wrong_here(self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        self.here_now().iter().for_each(|view| wrong_in(view, &mut wrong));
        wrong
    }

    /// Looks at what is shown; when something is wrong it is said, and takes the focus.
    fn is_fine_here(self) -> bool {
        let names: Vec<String> = self.here_now().into_iter().map(|view| view.name).collect();
        self.run.update_value(|run| {
            for name in &names {
                run.check_question(name);
            }
        });
        let wrong = self.wrong_here();
        let is_fine = wrong.is_empty();
        self.wrong.set(wrong);
        self.redraw();
        if !is_fine {
            request_animation_frame(|| focus(SUMMARY));
        }
        is_fine
    }

    /// Goes on, when what is shown is answered well.
    pub fn next(self) {
        if !self.is_fine_here() {
            return;
        }
        let (groups, now) = (self.groups_now().len(), self.at.get_untracked());
        let within = matches!(now, At::Group(at) if at + 1 < groups) && self.one_by_one.get_untracked();
        let to = match now {
            At::Group(at) if within => At::Group(at + 1),
            _ => {
                let went = self.run.try_update_value(|run| run.next_page() && run.state() != questionnaire::State::Completed);
                if went == Some(true) { At::Group(0) } else { At::Review }
            }
        };
        self.go(to);
    }

    /// Goes back. False where it began.
    pub fn back(self) -> bool {
        self.wrong.set(Vec::new());
        let to = match self.at.get_untracked() {
            At::Review => Some(At::Group(self.last_group())),
            At::Group(at) if at > 0 && self.one_by_one.get_untracked() => Some(At::Group(at - 1)),
            At::Group(_) => {
                let went = self.run.try_update_value(Run::previous_page) == Some(true);
                went.then(|| At::Group(self.last_group()))
            }
        };
        to.map(|to| self.go(to)).is_some()
    }

    /// Goes back, where there is a way back.
    pub fn step_back(self) {
        self.back();
    }

    fn last_group(self) -> usize {
        if self.one_by_one.get_untracked() { self.groups_now().len().saturating_sub(1) } else { 0 }
    }

    fn go(self, to: At) {
        self.told.set(String::new());
        self.wrong.set(Vec::new());
        self.at.set(to);
        self.redraw();
        let place = self.place();
        if untrack(|| self.sending.form.is_touched()) {
            self.sending.form.edit("", |answering| answering.kept.place = place);
        }
        request_animation_frame(|| {
            window().scroll_to_with_x_and_y(0.0, 0.0);
            focus(HEADING);
        });
    }

    /// Shows one question at a time, or whole pages.
    pub fn turn(self) {
        let place = self.place();
        self.one_by_one.update(|one| *one = !*one);
        self.open(&place);
        request_animation_frame(|| focus(HEADING));
    }

    /// Leads from the end to a question.
    pub fn mend(self, name: &str) {
        self.open(name);
        request_animation_frame(|| focus(HEADING));
    }

    /// The answers as they are sent; none when something is still wrong, which is shown then.
    pub fn finished(self) -> Option<Value> {
        let mut run = self.run.with_value(Clone::clone);
        if run.state() != questionnaire::State::Completed {
            if !run.check_all() {
                let bad = run.shown_pages().into_iter().flat_map(|(_, views)| views).find(|view| {
                    let mut wrong = Vec::new();
                    wrong_in(view, &mut wrong);
                    !wrong.is_empty()
                });
                self.run.set_value(run);
                self.open(&bad.map(|view| view.name).unwrap_or_default());
                self.is_fine_here();
                return None;
            }
            run.finish();
        }
        Some(Value::Object(run.data()))
    }
}
