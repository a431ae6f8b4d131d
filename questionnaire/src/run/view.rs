//! What a page shows: its questions with their words, choices and mistakes, ready to be drawn.

use super::choices::{NONE, OTHER};
use super::{Issue, Run, State};
use crate::compare::{LOOSE, same};
use crate::definition::{Kind, Progress as Counts};
use crate::files::FileRules;
use crate::value::Value;

/// A choice as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceView {
    /// What it is in the data; empty for "Select all".
    pub value: Value,
    /// Its words.
    pub text: String,
    /// It can be taken.
    pub enabled: bool,
    /// Where its picture is; empty for none.
    pub picture: String,
}

/// A question as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionView {
    /// What [`Run::answer_at`] knows it by.
    pub key: usize,
    /// Its name.
    pub name: String,
    /// The name of its answer in the data.
    pub value_name: String,
    /// What it is.
    pub kind: Kind,
    /// The kind of field of a text: `text`, `number`, `date`…
    pub input: String,
    /// It is shown, and all it stands in.
    pub visible: bool,
    /// It can only be read.
    pub read_only: bool,
    /// It must be answered.
    pub required: bool,
    /// Its title.
    pub title: String,
    /// What stands under the title.
    pub description: String,
    /// The text of an `html`, as plain text.
    pub html: String,
    /// The choices that are shown, the steps of a rating, the columns of a matrix.
    pub choices: Vec<ChoiceView>,
    /// The rows of a matrix that are shown.
    pub rows: Vec<ChoiceView>,
    /// The answer as the question shows it.
    pub value: Value,
    /// The comment to the answer.
    pub comment: String,
    /// A comment is asked for: by the question, or because "Other" was taken.
    pub asks_comment: bool,
    /// The smallest and the largest answer now.
    pub bounds: (Value, Value),
    /// Most characters of an answer.
    pub max_length: Option<usize>,
    /// Which files are taken.
    pub files: FileRules,
    /// What is wrong with the answer.
    pub issues: Vec<Issue>,
    /// The items of a multipletext.
    pub items: Vec<QuestionView>,
    /// The panels or rows of a dynamic question.
    pub panels: Vec<Vec<QuestionView>>,
}

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Pages passed, or questions answered.
    pub done: usize,
    /// Pages or questions there are.
    pub all: usize,
}

impl Progress {
    /// The part in percent, 100 only when everything is done.
    pub fn percent(self) -> usize {
        (self.done * 100).checked_div(self.all).unwrap_or(0)
    }
}

impl Run {
    /// The title and the questions of the page that is shown; in the preview of all pages.
    pub fn shown_page(&self) -> (String, Vec<QuestionView>) {
        let pages = if self.state == State::Preview { self.visible_pages() } else { self.current().into_iter().collect() };
        let title = pages.first().filter(|_| pages.len() == 1).map(|page| self.title(*page)).unwrap_or_default();
        (title, pages.into_iter().flat_map(|page| self.questions_of(page)).collect())
    }

    /// The questions of the cover.
    pub fn cover(&self) -> Vec<QuestionView> {
        self.pages.first().map(|page| self.questions_of(*page)).unwrap_or_default()
    }

    fn questions_of(&self, container: usize) -> Vec<QuestionView> {
        let mut found = Vec::new();
        let mut open = vec![container];
        while let Some(spot) = open.pop() {
            if !self.spots[spot].shown {
                continue;
            }
            if self.element(spot).kind.is_container() {
                open.extend(self.spots[spot].children.iter().rev());
            } else {
                found.push(self.view(spot));
            }
        }
        found
    }

    /// The questions of all pages that are shown, page by page: the title of each and what stands on it.
    pub fn shown_pages(&self) -> Vec<(String, Vec<QuestionView>)> {
        self.visible_pages().into_iter().map(|page| (self.title(page), self.questions_of(page))).collect()
    }

    /// Every question, the hidden ones too, in the order of the definition.
    pub fn all_questions(&self) -> Vec<QuestionView> {
        self.questions().map(|spot| self.view(spot)).collect()
    }

    /// The names of panels that are not shown or have nothing to show.
    pub fn hidden_panels(&self) -> Vec<&str> {
        let panels = (0..self.spots.len()).filter(|spot| self.element(*spot).kind == Kind::Panel && self.spots[*spot].inside.is_none());
        panels.filter(|spot| !self.has_content(*spot)).map(|spot| self.element(spot).name.as_str()).collect()
    }

    /// The title of the questionnaire.
    pub fn heading(&self) -> String {
        self.said(&self.definition.title)
    }

    /// How far somebody has come, counted as the definition says.
    pub fn progress(&self) -> Progress {
        if self.definition.progress == Counts::Pages {
            let all = self.visible_pages().len();
            let done = if self.state == State::Completed { all } else { self.page_number().unwrap_or(0) };
            return Progress { done, all };
        }
        let only_required = self.definition.progress == Counts::RequiredQuestions;
        let counted = |spot: &usize| {
            let input = !matches!(self.element(*spot).kind, Kind::Html | Kind::Expression);
            input && self.is_visible(*spot) && (!only_required || self.spots[*spot].required)
        };
        let questions: Vec<usize> = self.questions().filter(counted).collect();
        Progress { done: questions.iter().filter(|spot| !self.is_blank(**spot)).count(), all: questions.len() }
    }

    fn view(&self, spot: usize) -> QuestionView {
        let element = self.element(spot);
        let question = &element.question;
        let value = self.answer(spot);
        let other = question.other && holds_other(&value);
        QuestionView {
            key: spot,
            name: element.name.clone(),
            value_name: element.value_name.clone(),
            kind: element.kind,
            input: question.input.clone(),
            visible: self.is_visible(spot),
            read_only: self.is_read_only(spot),
            required: self.spots[spot].required,
            title: self.title(spot),
            description: self.said(&element.description),
            html: self.said(&question.html),
            choices: self.choice_views(spot, &value),
            rows: self.row_views(spot),
            comment: self.comment(spot).unwrap_or_default().to_owned(),
            asks_comment: question.comment || other,
            value,
            bounds: self.spots[spot].bounds.clone(),
            max_length: question.max_length,
            files: FileRules::of(question),
            issues: self.spots[spot].issues.iter().map(|one| Issue { text: self.piped(&one.text), ..one.clone() }).collect(),
            items: self.spots[spot].children.iter().map(|child| self.view(*child)).collect(),
            panels: self.panel_views(spot),
        }
    }

    fn panel_views(&self, spot: usize) -> Vec<Vec<QuestionView>> {
        let shown = |row: &Vec<usize>| row.iter().flat_map(|one| self.questions_of(*one)).collect();
        self.spots[spot].rows.iter().map(shown).collect()
    }

    fn row_views(&self, spot: usize) -> Vec<ChoiceView> {
        let question = &self.element(spot).question;
        let rows = question.rows.iter().zip(&self.spots[spot].rows_shown).filter(|(_, shown)| **shown);
        rows.map(|(row, _)| ChoiceView { value: row.value.clone(), text: self.choice_words(row), enabled: true, picture: String::new() })
            .collect()
    }

    fn choice_views(&self, spot: usize, answer: &Value) -> Vec<ChoiceView> {
        let element = self.element(spot);
        let question = &element.question;
        if element.kind == Kind::Rating {
            let view =
                |rate| ChoiceView { text: self.choice_words(rate), value: rate.value.clone(), enabled: true, picture: String::new() };
            return question.rates.iter().map(view).collect();
        }
        if element.kind == Kind::Matrix {
            let columns = question.choices.iter().zip(&self.spots[spot].choices_shown).filter(|(_, shown)| **shown);
            return columns
                .map(|(one, _)| ChoiceView {
                    text: self.choice_words(one),
                    value: one.value.clone(),
                    enabled: true,
                    picture: String::new(),
                })
                .collect();
        }
        if !element.kind.has_choices() {
            return Vec::new();
        }
        let state = &self.spots[spot];
        let taken = answer.as_list().unwrap_or_default();
        let limited = element.kind.has_several() && question.max_selected > 0;
        let full = limited && taken.len() >= question.max_selected;
        let visible = state.choices_shown.iter().filter(|shown| **shown).count();
        let possible = state.choices_shown.iter().zip(&state.choices_enabled).any(|(shown, enabled)| *shown && *enabled);
        let free = |value: &Value| !full || taken.iter().any(|one| same(one, value, LOOSE));
        let mut views = Vec::new();
        if question.select_all {
            let enabled =
                if question.max_selected > 0 { taken.len() == question.max_selected || question.max_selected >= visible } else { possible };
            views.push(ChoiceView { value: Value::from(""), text: self.special_words(spot, ""), enabled, picture: String::new() });
        }
        for (at, choice) in question.choices.iter().enumerate().filter(|(at, _)| state.choices_shown[*at]) {
            let enabled = state.choices_enabled[at] && free(&choice.value);
            views.push(ChoiceView {
                value: choice.value.clone(),
                text: self.choice_words(choice),
                enabled,
                picture: choice.picture.clone(),
            });
        }
        for special in [(question.none, NONE), (question.other, OTHER)].into_iter().filter(|(there, _)| *there).map(|(_, value)| value) {
            let value = Value::from(special);
            views.push(ChoiceView {
                enabled: special == NONE || free(&value),
                value,
                text: self.special_words(spot, special),
                picture: String::new(),
            });
        }
        views
    }
}

fn holds_other(value: &Value) -> bool {
    match value {
        Value::List(list) => list.iter().any(holds_other),
        value => value.as_text() == Some(OTHER),
    }
}
