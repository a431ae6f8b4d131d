//! A definition: pages, panels and questions in one list, each knowing its place in the tree.

use crate::json::Place;
use crate::syntax::{BadExpression, Expression};
use crate::value::Value;
use crate::words::Words;

/// A whole questionnaire as it was written.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// Its title.
    pub title: Words,
    /// What stands under the title.
    pub description: Words,
    /// The language of a reader who has chosen none.
    pub locale: String,
    /// Pages, panels and questions; [`Definition::pages`] says which are pages.
    pub elements: Vec<Element>,
    /// The pages, in their order, by their place in `elements`.
    pub pages: Vec<usize>,
    /// Values that are worked out from answers.
    pub calculated: Vec<Calculated>,
    /// What happens when a condition holds.
    pub triggers: Vec<Trigger>,
    /// What becomes of answers to hidden questions.
    pub clear: Clear,
    /// When mistakes are shown.
    pub errors: ErrorMode,
    /// Nobody may answer.
    pub read_only: bool,
    /// The first page is a cover.
    pub first_page_is_cover: bool,
    /// It was checked against the profile: the engine enforces what survey-core leaves to the browser's fields.
    pub strict: bool,
    /// How far somebody has come is counted in pages, in questions or in questions that must be answered.
    pub progress: Progress,
}

/// What becomes of answers to hidden questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clear {
    /// They are dropped when the questionnaire is completed.
    #[default]
    OnComplete,
    /// They are dropped when the question is hidden.
    OnHidden,
    /// They are dropped when the question or what it stands in is hidden.
    OnHiddenContainer,
    /// They are kept.
    Never,
}

/// When mistakes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorMode {
    /// On the way to the next page.
    #[default]
    OnNextPage,
    /// As soon as an answer is there.
    OnValueChanged,
    /// At the end, on all pages.
    OnComplete,
}

/// What progress counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Pages that were passed.
    #[default]
    Pages,
    /// Questions with an answer.
    Questions,
    /// Required questions with an answer.
    RequiredQuestions,
}

/// What an element is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Page,
    Panel,
    #[default]
    Text,
    Comment,
    Radiogroup,
    Checkbox,
    Dropdown,
    Tagbox,
    Boolean,
    Rating,
    Ranking,
    Matrix,
    MultipleText,
    File,
    Expression,
    Html,
    PanelDynamic,
    MatrixDropdown,
}

/// The types by their names in JSON.
pub const KINDS: [(&str, Kind); 17] = [
    ("panel", Kind::Panel),
    ("text", Kind::Text),
    ("comment", Kind::Comment),
    ("radiogroup", Kind::Radiogroup),
    ("checkbox", Kind::Checkbox),
    ("dropdown", Kind::Dropdown),
    ("tagbox", Kind::Tagbox),
    ("boolean", Kind::Boolean),
    ("rating", Kind::Rating),
    ("ranking", Kind::Ranking),
    ("matrix", Kind::Matrix),
    ("multipletext", Kind::MultipleText),
    ("file", Kind::File),
    ("expression", Kind::Expression),
    ("html", Kind::Html),
    ("paneldynamic", Kind::PanelDynamic),
    ("matrixdropdown", Kind::MatrixDropdown),
];

impl Kind {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("page", |(name, _)| name)
    }

    /// Page or panel: no question.
    pub fn is_container(self) -> bool {
        matches!(self, Self::Page | Self::Panel)
    }

    /// A question whose answer is one or several of its choices.
    pub fn has_choices(self) -> bool {
        matches!(self, Self::Radiogroup | Self::Dropdown) || self.has_several()
    }

    /// A question whose answer is a list of choices.
    pub fn has_several(self) -> bool {
        matches!(self, Self::Checkbox | Self::Tagbox | Self::Ranking)
    }
}

/// A condition or formula: read, or as it was written when it could not be read.
#[derive(Clone, Debug)]
pub enum Formula {
    /// It follows the grammar.
    Read(Expression),
    /// It does not.
    Broken(String, BadExpression),
}

impl Formula {
    /// The expression, if it could be read.
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Read(expression) => Some(expression),
            Self::Broken(..) => None,
        }
    }
}

/// The expression of a formula that is there and could be read.
pub(crate) fn expression(formula: &Option<Formula>) -> Option<&Expression> {
    formula.as_ref().and_then(Formula::expression)
}

/// A page, a panel or a question.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Its name, which expressions use.
    pub name: String,
    /// Where it stands in the text.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// What it stands in.
    pub parent: Option<usize>,
    /// What stands in it: the elements of a page or panel, the items of a multipletext.
    pub children: Vec<usize>,
    /// What stands in each panel of a paneldynamic, in each row of a matrixdropdown.
    pub template: Vec<usize>,
    /// The name of its answer in the data.
    pub value_name: String,
    /// Its title.
    pub title: Words,
    /// What stands under the title.
    pub description: Words,
    /// Shown, unless `visible_if` says otherwise.
    pub visible: bool,
    /// It can only be read.
    pub read_only: bool,
    /// It must be answered.
    pub required: bool,
    /// When it is shown.
    pub visible_if: Option<Formula>,
    /// When it can be answered.
    pub enable_if: Option<Formula>,
    /// When it must be answered.
    pub required_if: Option<Formula>,
    /// What is said when the answer is missing.
    pub required_text: Words,
    /// What is special about a question.
    pub question: Question,
}

/// What only questions have. Which of it a question has depends on its kind.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The kind of field of a text.
    pub input: String,
    /// The answer that is there at the beginning.
    pub default: Value,
    /// The formula of that answer.
    pub default_formula: Option<Formula>,
    /// When `set_formula` gives the answer.
    pub set_if: Option<Formula>,
    /// The formula of an answer that is written when something it names changes.
    pub set_formula: Option<Formula>,
    /// When the answer goes back to what it was at the beginning.
    pub reset_if: Option<Formula>,
    /// The smallest answer.
    pub min: Bound,
    /// The largest answer.
    pub max: Bound,
    /// Most characters of an answer.
    pub max_length: Option<usize>,
    /// The choices, or the columns of a matrix.
    pub choices: Vec<Choice>,
    /// Which choices are shown; `{item}` is the choice.
    pub choices_visible_if: Option<Formula>,
    /// Which choices can be taken.
    pub choices_enable_if: Option<Formula>,
    /// The rows of a matrix.
    pub rows: Vec<Choice>,
    /// Which rows are shown; `{item}` is the row.
    pub rows_visible_if: Option<Formula>,
    /// Every row must be answered.
    pub each_row_required: bool,
    /// No two rows may have the same answer.
    pub each_row_unique: bool,
    /// There is a choice "Other".
    pub other: bool,
    /// There is a choice "None".
    pub none: bool,
    /// There is a choice "Select all".
    pub select_all: bool,
    /// The words of "Other".
    pub other_text: Words,
    /// The words of "None".
    pub none_text: Words,
    /// The words of "Select all".
    pub select_all_text: Words,
    /// There is a field for a comment.
    pub comment: bool,
    /// Fewest choices to take.
    pub min_selected: usize,
    /// Most choices to take; 0 is no limit.
    pub max_selected: usize,
    /// Steps of a rating.
    pub rates: Vec<Choice>,
    /// The words at the first step of a rating.
    pub min_rate_text: Words,
    /// The words at the last step of a rating.
    pub max_rate_text: Words,
    /// The formula of a question of type `expression`.
    pub formula: Option<Formula>,
    /// The text of an `html`.
    pub html: Words,
    /// What `yes` is in the data.
    pub value_true: Value,
    /// What `no` is in the data.
    pub value_false: Value,
    /// The words of yes.
    pub label_true: Words,
    /// The words of no.
    pub label_false: Words,
    /// What is looked at in the answer.
    pub validators: Vec<Validator>,
    /// A file may be several.
    pub several_files: bool,
    /// Largest file, in bytes; 0 is no limit.
    pub max_size: u64,
    /// Types of files that are taken, as written.
    pub accepted_types: String,
    /// Files would stand inside the answers.
    pub files_in_data: bool,
    /// Panels of a paneldynamic at the beginning.
    pub panel_count: usize,
    /// Fewest panels.
    pub min_panels: usize,
    /// Most panels.
    pub max_panels: usize,
    /// The words in texts are the choices' words, not their values.
    pub raw_in_texts: bool,
}

/// A smallest or largest answer.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    /// As written.
    pub value: Value,
    /// The formula of it.
    pub formula: Option<Formula>,
    /// What is said when an answer passes it; `{0}` is the bound.
    pub text: Words,
}

/// A choice, a row or a column.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Where it stands in the text.
    pub place: Place,
    /// What it is in the data.
    pub value: Value,
    /// Its words.
    pub text: Words,
    /// When it is shown.
    pub visible_if: Option<Formula>,
    /// When it can be taken.
    pub enable_if: Option<Formula>,
    /// Where its picture is; empty for none.
    pub picture: String,
    /// It asks for a comment of its own.
    pub comment: bool,
}

/// A value that is worked out from answers.
#[derive(Clone, Debug, Default)]
pub struct Calculated {
    /// Its name.
    pub name: String,
    /// Where it stands in the text.
    pub place: Place,
    /// Its formula.
    pub formula: Option<Formula>,
    /// Whether it is part of the answers.
    pub in_result: bool,
}

/// What happens when a condition holds.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Where it stands in the text.
    pub place: Place,
    /// The condition.
    pub when: Option<Formula>,
    /// What happens.
    pub then: Then,
}

/// What a trigger does.
#[derive(Clone, Debug)]
pub enum Then {
    /// The questionnaire is completed on the way to the next page.
    Complete,
    /// A value is set.
    Set(String, Value),
    /// An answer is copied: from, to.
    Copy(String, String),
    /// The result of a formula is set.
    Run(Option<Formula>, Option<String>),
    /// The page of a question is opened.
    Skip(String),
}

/// Something that is looked at in an answer.
#[derive(Clone, Debug)]
pub struct Validator {
    /// Where it stands in the text.
    pub place: Place,
    /// What is looked at.
    pub rule: Rule,
    /// What is said when it is not met.
    pub text: Words,
    /// It is a hint: nobody is held up.
    pub only_hint: bool,
}

/// What a validator looks at.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A number, within bounds.
    Numeric(Option<f64>, Option<f64>),
    /// The length of a text, and whether it may end in digits.
    Text(usize, usize, bool),
    /// A pattern; none where it could not be read.
    Regex(Option<regex_lite::Regex>, String),
    /// An e-mail address.
    Email,
    /// How many choices are taken.
    AnswerCount(usize, usize),
    /// An expression.
    Expression(Option<Formula>),
}
