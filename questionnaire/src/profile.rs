//! The closed profile: which objects may have which properties, of which shape. What is not listed here is refused.

/// What a property may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A sentence, or a sentence per language.
    Words,
    /// An expression.
    Formula,
    /// Any value.
    Any,
    /// Several choices, rows or columns.
    Choices,
    /// Several objects of a kind.
    Several(Object),
}

/// The kinds of objects that a definition is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Survey,
    Page,
    Element,
    Item,
    Column,
    Choice,
    Validator,
    Trigger,
    Calculated,
}

pub(crate) type Properties = &'static [(&'static str, Shape)];

use Shape::{Any, Choices, Flag, Formula, Number, OneOf, Several, Text, Words};

const INPUTS: Shape = OneOf(&["text", "number", "date", "datetime-local", "month", "time", "email", "tel", "url"]);
const CELLS: Shape = OneOf(&["text", "comment", "dropdown", "radiogroup", "checkbox", "boolean", "rating", "expression"]);

pub(crate) const SURVEY: Properties = &[
    ("title", Words),
    ("description", Words),
    ("locale", Text),
    ("completedHtml", Words),
    ("pages", Several(Object::Page)),
    ("elements", Several(Object::Element)),
    ("calculatedValues", Several(Object::Calculated)),
    ("triggers", Several(Object::Trigger)),
    ("clearInvisibleValues", OneOf(&["none", "onComplete", "onHidden", "onHiddenContainer"])),
    ("checkErrorsMode", OneOf(&["onNextPage", "onValueChanged", "onComplete"])),
    ("progressBarType", OneOf(&["pages", "questions", "requiredQuestions"])),
    ("showProgressBar", Any),
    ("showQuestionNumbers", Any),
    ("showPreviewBeforeComplete", Any),
    ("firstPageIsStartPage", Flag),
    ("readOnly", Flag),
];

const ELEMENT: Properties = &[
    ("type", Text),
    ("name", Text),
    ("title", Words),
    ("description", Words),
    ("visible", Flag),
    ("readOnly", Flag),
    ("isRequired", Flag),
    ("visibleIf", Formula),
    ("enableIf", Formula),
    ("requiredIf", Formula),
    ("requiredErrorText", Words),
];
pub(crate) const PAGE: Properties = &[("elements", Several(Object::Element))];
const PANEL: Properties = &[("elements", Several(Object::Element)), ("state", OneOf(&["default", "collapsed", "expanded"]))];
const QUESTION: Properties = &[
    ("valueName", Text),
    ("defaultValue", Any),
    ("defaultValueExpression", Formula),
    ("setValueIf", Formula),
    ("setValueExpression", Formula),
    ("resetValueIf", Formula),
    ("validators", Several(Object::Validator)),
    ("showCommentArea", Flag),
    ("hasComment", Flag),
    ("commentText", Words),
    ("useDisplayValuesInDynamicTexts", Flag),
    ("startWithNewLine", Flag),
];
const BOUNDS: Properties = &[
    ("inputType", INPUTS),
    ("min", Any),
    ("max", Any),
    ("minValueExpression", Formula),
    ("maxValueExpression", Formula),
    ("minErrorText", Words),
    ("maxErrorText", Words),
    ("step", Number),
    ("maxLength", Number),
    ("placeholder", Words),
    ("autocomplete", Text),
];
const COMMENT: Properties = &[("maxLength", Number), ("rows", Number), ("placeholder", Words)];
const CHOOSING: Properties = &[
    ("choices", Choices),
    ("choicesVisibleIf", Formula),
    ("choicesEnableIf", Formula),
    ("choicesOrder", OneOf(&["none", "asc", "desc"])),
    ("showOtherItem", Flag),
    ("hasOther", Flag),
    ("showNoneItem", Flag),
    ("hasNone", Flag),
    ("otherText", Words),
    ("noneText", Words),
    ("otherErrorText", Words),
    ("colCount", Number),
    ("placeholder", Words),
];
const CHECKBOX: Properties = &[
    ("showSelectAllItem", Flag),
    ("hasSelectAll", Flag),
    ("selectAllText", Words),
    ("minSelectedChoices", Number),
    ("maxSelectedChoices", Number),
];
const RATING: Properties = &[
    ("rateMin", Number),
    ("rateMax", Number),
    ("rateStep", Number),
    ("rateCount", Number),
    ("rateValues", Choices),
    ("minRateDescription", Words),
    ("maxRateDescription", Words),
];
const MATRIX: Properties = &[
    ("columns", Choices),
    ("rows", Choices),
    ("rowsVisibleIf", Formula),
    ("columnsVisibleIf", Formula),
    ("eachRowRequired", Flag),
    ("isAllRowRequired", Flag),
    ("eachRowUnique", Flag),
];
const BOOLEAN: Properties = &[("labelTrue", Words), ("labelFalse", Words), ("valueTrue", Any), ("valueFalse", Any)];
const FILE: Properties = &[("allowMultiple", Flag), ("maxSize", Number), ("acceptedTypes", Text), ("storeDataAsText", Flag)];
const PANELS: Properties = &[
    ("templateElements", Several(Object::Element)),
    ("templateTitle", Words),
    ("panelCount", Number),
    ("minPanelCount", Number),
    ("maxPanelCount", Number),
    ("addPanelText", Words),
    ("removePanelText", Words),
];
const TABLE: Properties =
    &[("columns", Several(Object::Column)), ("rows", Choices), ("rowsVisibleIf", Formula), ("choices", Choices), ("cellType", CELLS)];

/// The properties of an element of a type; none where the profile has no such type.
pub(crate) fn of_type(kind: &str) -> Option<Vec<Properties>> {
    let own: &[Properties] = match kind {
        "panel" => return Some(vec![ELEMENT, PANEL]),
        "text" => &[BOUNDS],
        "comment" => &[COMMENT],
        "radiogroup" | "dropdown" => &[CHOOSING],
        "checkbox" | "tagbox" | "ranking" => &[CHOOSING, CHECKBOX],
        "boolean" => &[BOOLEAN],
        "rating" => &[RATING],
        "matrix" => &[MATRIX],
        "multipletext" => &[&[("items", Several(Object::Item))]],
        "file" => &[FILE],
        "expression" => &[&[("expression", Formula)]],
        "html" => &[&[("html", Words)]],
        "paneldynamic" => &[PANELS],
        "matrixdropdown" => &[TABLE],
        _ => return None,
    };
    Some([&[ELEMENT, QUESTION], own].concat())
}

/// The properties of an object that is no element.
pub(crate) fn of_object(object: Object, kind: &str) -> Option<Vec<Properties>> {
    Some(match object {
        Object::Survey => vec![SURVEY],
        Object::Page => vec![ELEMENT, PAGE],
        Object::Element => return of_type(kind),
        Object::Item => vec![ELEMENT, QUESTION, BOUNDS],
        Object::Column => [of_type(if kind.is_empty() { "dropdown" } else { kind })?, vec![&[("cellType", CELLS)]]].concat(),
        Object::Choice => {
            vec![&[
                ("value", Any),
                ("text", Words),
                ("visibleIf", Formula),
                ("enableIf", Formula),
                ("showCommentArea", Flag),
                ("imageLink", Text),
            ]]
        }
        Object::Calculated => vec![&[("name", Text), ("expression", Formula), ("includeIntoResult", Flag)]],
        Object::Validator => vec![COMMON_RULE, validator(kind)?],
        Object::Trigger => vec![&[("type", Text), ("expression", Formula)], trigger(kind)?],
    })
}

const COMMON_RULE: Properties = &[("type", Text), ("text", Words), ("notificationType", OneOf(&["error", "warning", "info"]))];

fn validator(kind: &str) -> Option<Properties> {
    Some(match kind {
        "numeric" => &[("minValue", Number), ("maxValue", Number)],
        "text" => &[("minLength", Number), ("maxLength", Number), ("allowDigits", Flag)],
        "regex" => &[("regex", Text), ("caseInsensitive", Flag)],
        "email" => &[],
        "answercount" => &[("minCount", Number), ("maxCount", Number)],
        "expression" => &[("expression", Formula)],
        _ => return None,
    })
}

fn trigger(kind: &str) -> Option<Properties> {
    Some(match kind {
        "complete" => &[],
        "setvalue" => &[("setToName", Text), ("setValue", Any)],
        "copyvalue" => &[("fromName", Text), ("setToName", Text)],
        "runexpression" => &[("runExpression", Formula), ("setToName", Text)],
        "skip" => &[("gotoName", Text)],
        _ => return None,
    })
}

/// The types that an object may have.
pub(crate) fn types(object: Object) -> Vec<&'static str> {
    match object {
        Object::Element => crate::definition::KINDS.iter().map(|(name, _)| *name).collect(),
        Object::Validator => vec!["numeric", "text", "regex", "email", "answercount", "expression"],
        Object::Trigger => vec!["complete", "setvalue", "copyvalue", "runexpression", "skip"],
        _ => Vec::new(),
    }
}

/// The known name that is most like a name, if one is near enough to have been meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let small = name.to_lowercase();
    let near = known.map(|one| (distance(&small, &one.to_lowercase()), one)).min_by_key(|(distance, _)| *distance);
    near.filter(|(distance, one)| *distance <= 1 + one.len() / 4).map(|(_, one)| one)
}

/// Letters to change, add or leave out to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(60).collect();
    let mut before: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().take(60).enumerate() {
        let mut line = vec![row + 1];
        for (column, second) in other.iter().enumerate() {
            let changed = before[column] + usize::from(letter != *second);
            line.push(changed.min(before[column + 1] + 1).min(line[column] + 1));
        }
        before = line;
    }
    before.last().copied().unwrap_or(0)
}
