//! A run of a questionnaire: the answers so far and all that follows from them.

mod answers;
mod choices;
mod conditions;
mod data;
mod errors;
mod pages;
mod rows;
mod rules;
mod texts;
mod triggers;
mod view;

use crate::definition::{Definition, Element, Kind};
use crate::evaluate::Clock;
use crate::value::{Map, Value};
pub(crate) use choices::{NONE, OTHER};
pub use errors::{Issue, IssueKind};
pub(crate) use rules::beginnings;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
pub use view::{ChoiceView, Progress, QuestionView};

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is nothing to answer.
    Empty,
    /// The cover is shown.
    Starting,
    /// Questions are being answered.
    Running,
    /// Everything is shown on one page, to be read before it is sent.
    Preview,
    /// It is over.
    Completed,
}

/// A page, panel or question of a run. There is one for each element, and one for each element in each row of a dynamic question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spot {
    /// The element.
    pub def: usize,
    /// What it stands in.
    pub parent: Option<usize>,
    /// What stands in it.
    pub children: Vec<usize>,
    /// The question whose answer its own answer is part of, and the row.
    pub inside: Option<(usize, Row)>,
    /// It exists no more: its row was removed.
    pub gone: bool,
    /// Its own condition holds.
    pub shown: bool,
    /// Its own condition allows answering.
    pub enabled: bool,
    /// It must be answered.
    pub required: bool,
    /// The answer that it was given at the beginning, or by a formula since.
    pub given: Option<Value>,
    /// The smallest and the largest answer now.
    pub bounds: (Value, Value),
    /// Which choices are shown.
    pub choices_shown: Vec<bool>,
    /// Which choices can be taken.
    pub choices_enabled: Vec<bool>,
    /// Which rows are shown.
    pub rows_shown: Vec<bool>,
    /// Choices that were taken back when they were hidden; they return with the choice.
    pub hidden_answers: Vec<Value>,
    /// Mistakes that are shown.
    pub issues: Vec<Issue>,
    /// Its formula is at work: it does not start again from what it causes itself.
    pub at_work: bool,
    /// The rows of a dynamic question, with the spots of each.
    pub rows: Vec<Vec<usize>>,
}

/// Where in the answer of a question another answer is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Row {
    /// A member of the answer itself.
    Only,
    /// A panel, by its number from 0.
    Numbered(usize),
    /// A row, by its value.
    Named(String),
}

/// A run of a questionnaire. It is a pure function of its definition, its clock, its language and what was done to it.
#[derive(Clone, Debug)]
pub struct Run {
    definition: Arc<Definition>,
    clock: Clock,
    language: String,
    spots: Vec<Spot>,
    pages: Vec<usize>,
    data: Map,
    /// The keys of `data` in small letters.
    small: HashMap<String, String>,
    variables: Map,
    calculated: Vec<Value>,
    /// Each after those it reads.
    calculated_order: Vec<usize>,
    page: Option<usize>,
    state: State,
    /// Which spots read a name.
    readers: HashMap<String, Vec<usize>>,
    /// Spots that read what has no name.
    always: Vec<usize>,
    /// Spots by the name of their answer and by their own name.
    by_value: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, usize>,
    /// Names that changed while conditions were at work.
    changed: BTreeSet<String>,
    at_work: bool,
    triggers_at_work: bool,
    trigger_names: BTreeSet<String>,
    completing: bool,
    depth: usize,
    /// Changes that may still follow from what was done last.
    budget: usize,
    /// Somebody asks whether a page is answered well: who asks inside that gets no answer.
    asking: Cell<bool>,
}

impl Run {
    /// Begins a questionnaire. `language` is a code like `it`; empty is the definition's own.
    pub fn begin(definition: Arc<Definition>, clock: Clock, language: &str) -> Self {
        Self::resume(definition, clock, language, Map::new())
    }

    /// Goes on with answers that were given before.
    pub fn resume(definition: Arc<Definition>, clock: Clock, language: &str, data: Map) -> Self {
        let language = if language.is_empty() { definition.locale.clone() } else { language.to_owned() };
        let calculated = vec![Value::Undefined; definition.calculated.len()];
        let mut run = Self {
            state: if definition.first_page_is_cover && definition.pages.len() > 1 { State::Starting } else { State::Running },
            clock,
            language,
            spots: Vec::new(),
            pages: Vec::new(),
            data: Map::new(),
            small: HashMap::new(),
            variables: Map::new(),
            calculated,
            calculated_order: rules::calculated_order(&definition),
            definition,
            page: None,
            readers: HashMap::new(),
            always: Vec::new(),
            by_value: HashMap::new(),
            by_name: HashMap::new(),
            changed: BTreeSet::new(),
            at_work: false,
            triggers_at_work: false,
            trigger_names: BTreeSet::new(),
            completing: false,
            depth: 0,
            budget: 0,
            asking: Cell::new(false),
        };
        run.build();
        run.load(data);
        run
    }

    /// The definition that is run.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The language in which it is shown.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Shows it in another language; empty is the definition's own.
    pub fn speak(&mut self, language: &str) {
        self.language = language.to_owned();
        self.work_all();
    }

    fn build(&mut self) {
        let definition = Arc::clone(&self.definition);
        for page in &definition.pages {
            let spot = self.grow(*page, None, None);
            self.pages.push(spot);
        }
    }

    /// Makes the spots of an element and of all that stands in it.
    fn grow(&mut self, def: usize, parent: Option<usize>, inside: Option<(usize, Row)>) -> usize {
        let definition = Arc::clone(&self.definition);
        let element = &definition.elements[def];
        let spot = self.spots.len();
        self.spots.push(Spot {
            def,
            parent,
            shown: element.visible,
            enabled: true,
            required: element.required,
            choices_shown: vec![true; element.question.choices.len()],
            choices_enabled: vec![true; element.question.choices.len()],
            rows_shown: vec![true; element.question.rows.len()],
            inside: inside.clone(),
            ..Spot::default()
        });
        if inside.is_none() && !element.kind.is_container() {
            self.by_value.entry(element.value_name.clone()).or_default().push(spot);
            self.by_name.entry(element.name.clone()).or_insert(spot);
            self.by_name.entry(element.name.to_lowercase()).or_insert(spot);
        }
        self.register(spot);
        for child in &element.children {
            let place = if element.kind == Kind::MultipleText { Some((spot, Row::Only)) } else { inside.clone() };
            let made = self.grow(*child, Some(spot), place);
            self.spots[spot].children.push(made);
        }
        spot
    }

    pub(crate) fn element(&self, spot: usize) -> &Element {
        &self.definition.elements[self.spots[spot].def]
    }

    /// All questions of the definition, items and rows not among them.
    pub(crate) fn questions(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.spots.len()).filter(|spot| self.spots[*spot].inside.is_none() && !self.element(*spot).kind.is_container())
    }

    /// What is around the answers: names and values that only the application knows.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        let name = name.to_lowercase();
        self.variables.insert(name.clone(), value);
        self.changed_names(BTreeSet::from([name]));
    }

    /// The values that are worked out, by name.
    pub fn calculated(&self) -> BTreeMap<String, Value> {
        self.definition.calculated.iter().zip(&self.calculated).map(|(one, value)| (one.name.clone(), value.clone())).collect()
    }
}
