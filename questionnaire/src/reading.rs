//! Makes a definition of JSON. What it does not know it leaves out; `profile` is what refuses it.

use crate::definition::{Bound, Calculated, Clear, Definition, Element, ErrorMode, Formula, KINDS, Kind, Progress, Question};
use crate::json::{self, Node};
use crate::reading_parts::{choices, reading_triggers, validators};
use crate::syntax::Expression;
use crate::value::Value;
use crate::words::Words;

/// Reads a definition out of JSON.
pub(crate) fn definition(root: &Node) -> Definition {
    let mut made = Definition {
        title: words(root, "title"),
        description: words(root, "description"),
        locale: text(root, "locale").unwrap_or_default().to_owned(),
        clear: match text(root, "clearInvisibleValues") {
            Some("none") => Clear::Never,
            Some("onHidden") => Clear::OnHidden,
            Some("onHiddenContainer") => Clear::OnHiddenContainer,
            _ => Clear::OnComplete,
        },
        errors: match text(root, "checkErrorsMode") {
            Some("onValueChanged" | "onValueChanging") => ErrorMode::OnValueChanged,
            Some("onComplete") => ErrorMode::OnComplete,
            _ => ErrorMode::OnNextPage,
        },
        read_only: flag(root, "readOnly", false) || text(root, "mode") == Some("display"),
        first_page_is_cover: flag(root, "firstPageIsStartPage", false) || flag(root, "firstPageIsStarted", false),
        progress: match text(root, "progressBarType") {
            Some("questions") => Progress::Questions,
            Some("requiredQuestions") => Progress::RequiredQuestions,
            _ => Progress::Pages,
        },
        triggers: reading_triggers(root),
        ..Definition::default()
    };
    for node in list(root, "calculatedValues") {
        let name = text(node, "name").unwrap_or_default().to_owned();
        let in_result = flag(node, "includeIntoResult", false);
        made.calculated.push(Calculated { name, place: node.place, formula: formula(node, "expression"), in_result });
    }
    let pages = list(root, "pages");
    for node in pages {
        page(&mut made, node);
    }
    if pages.is_empty() && !elements_of(root).is_empty() {
        page(&mut made, &Node { place: root.place, kind: json::Kind::Object(only_elements(root)) });
    }
    made
}

fn only_elements(root: &Node) -> Vec<(String, json::Place, Node)> {
    root.members().iter().filter(|(key, _, _)| key == "elements" || key == "questions").cloned().collect()
}

fn page(made: &mut Definition, node: &Node) {
    let name = format!("page{}", made.pages.len() + 1);
    let at = add(made, node, Kind::Page, None, &name);
    made.pages.push(at);
    children(made, node, at);
}

fn children(made: &mut Definition, node: &Node, parent: usize) {
    for child in elements_of(node) {
        if let Some(at) = element(made, child, Some(parent), "text") {
            made.elements[parent].children.push(at);
        }
    }
}

fn element(made: &mut Definition, node: &Node, parent: Option<usize>, otherwise: &str) -> Option<usize> {
    if !matches!(node.kind, json::Kind::Object(_)) {
        return None;
    }
    let kind = text(node, "type").unwrap_or(otherwise);
    let kind = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, kind)| *kind)?;
    let at = add(made, node, kind, parent, "");
    match kind {
        Kind::Panel => children(made, node, at),
        Kind::MultipleText => {
            for item in list(node, "items") {
                if let Some(child) = element(made, item, Some(at), "text") {
                    made.elements[at].children.push(child);
                }
            }
        }
        Kind::PanelDynamic => template(made, list(node, "templateElements"), at, "text"),
        Kind::MatrixDropdown => {
            let cells = text(node, "cellType").unwrap_or("dropdown").to_owned();
            template(made, list(node, "columns"), at, &cells);
        }
        _ => {}
    }
    Some(at)
}

fn template(made: &mut Definition, nodes: &[Node], owner: usize, otherwise: &str) {
    for node in nodes {
        let cell = text(node, "cellType").filter(|cell| *cell != "default").unwrap_or(otherwise).to_owned();
        let Some(child) = element(made, node, Some(owner), &cell) else { continue };
        let common = made.elements[owner].question.choices.clone();
        let question = &mut made.elements[child].question;
        if question.choices.is_empty() && cell != "text" {
            question.choices = common;
        }
        made.elements[owner].template.push(child);
    }
}

fn add(made: &mut Definition, node: &Node, kind: Kind, parent: Option<usize>, otherwise: &str) -> usize {
    let unnamed = || made.elements.iter().filter(|one| !one.kind.is_container()).count() + 1;
    let name = match text(node, "name").unwrap_or(otherwise).trim_start_matches('#') {
        "" if !kind.is_container() => format!("question{}", unnamed()),
        name => name.to_owned(),
    };
    let value_name = node.get("valueName").map(|node| node.value().to_text()).filter(|text| !text.is_empty());
    made.elements.push(Element {
        value_name: value_name.unwrap_or_else(|| name.clone()),
        name,
        place: node.place,
        kind,
        parent,
        title: words(node, "title"),
        description: words(node, "description"),
        visible: flag(node, "visible", true),
        read_only: flag(node, "readOnly", false),
        required: flag(node, "isRequired", false),
        visible_if: formula(node, "visibleIf"),
        enable_if: formula(node, "enableIf"),
        required_if: formula(node, "requiredIf"),
        required_text: words(node, "requiredErrorText"),
        question: if kind.is_container() { Question::default() } else { question(node, kind) },
        ..Element::default()
    });
    made.elements.len() - 1
}

fn question(node: &Node, kind: Kind) -> Question {
    let (default, default_formula) = default_of(node);
    Question {
        input: text(node, "inputType").unwrap_or("text").to_owned(),
        default,
        default_formula,
        set_if: formula(node, "setValueIf"),
        set_formula: formula(node, "setValueExpression"),
        reset_if: formula(node, "resetValueIf"),
        min: bound(node, "min"),
        max: bound(node, "max"),
        max_length: Some(number(node, "maxLength", -1.0)).filter(|most| *most > 0.0).map(|most| most as usize),
        choices: if kind == Kind::Matrix { choices(node, "columns") } else { choices(node, "choices") },
        choices_visible_if: formula(node, if kind == Kind::Matrix { "columnsVisibleIf" } else { "choicesVisibleIf" }),
        choices_enable_if: formula(node, "choicesEnableIf"),
        rows: choices(node, "rows"),
        rows_visible_if: formula(node, "rowsVisibleIf"),
        each_row_required: flag(node, "eachRowRequired", false) || flag(node, "isAllRowRequired", false),
        each_row_unique: flag(node, "eachRowUnique", false),
        other: kind != Kind::Ranking && (flag(node, "showOtherItem", false) || flag(node, "hasOther", false)),
        none: kind != Kind::Ranking && (flag(node, "showNoneItem", false) || flag(node, "hasNone", false)),
        select_all: matches!(kind, Kind::Checkbox | Kind::Tagbox)
            && (flag(node, "showSelectAllItem", false) || flag(node, "hasSelectAll", false)),
        other_text: words(node, "otherText"),
        none_text: words(node, "noneText"),
        select_all_text: words(node, "selectAllText"),
        comment: flag(node, "showCommentArea", false) || flag(node, "hasComment", false),
        min_selected: number(node, "minSelectedChoices", 0.0) as usize,
        max_selected: number(node, "maxSelectedChoices", 0.0) as usize,
        rates: if kind == Kind::Rating { crate::reading_parts::rates(node) } else { Vec::new() },
        min_rate_text: words(node, "minRateDescription"),
        max_rate_text: words(node, "maxRateDescription"),
        formula: formula(node, "expression"),
        html: words(node, "html"),
        value_true: node.get("valueTrue").map_or(Value::Bool(true), Node::value),
        value_false: node.get("valueFalse").map_or(Value::Bool(false), Node::value),
        label_true: words(node, "labelTrue"),
        label_false: words(node, "labelFalse"),
        validators: validators(node),
        several_files: flag(node, "allowMultiple", false),
        max_size: number(node, "maxSize", 0.0) as u64,
        accepted_types: text(node, "acceptedTypes").unwrap_or_default().to_owned(),
        files_in_data: flag(node, "storeDataAsText", false),
        panel_count: number(node, "panelCount", 0.0).max(number(node, "minPanelCount", 0.0)).min(100.0) as usize,
        min_panels: number(node, "minPanelCount", 0.0).min(100.0) as usize,
        max_panels: number(node, "maxPanelCount", 100.0).min(100.0) as usize,
        raw_in_texts: !flag(node, "useDisplayValuesInDynamicTexts", true),
    }
}

/// An answer at the beginning: a value, or a formula where a text begins with an equals sign.
fn default_of(node: &Node) -> (Value, Option<Formula>) {
    let written = node.get("defaultValue").map(Node::value).unwrap_or_default();
    match (formula(node, "defaultValueExpression"), &written) {
        (Some(formula), _) => (written, Some(formula)),
        (None, Value::Text(text)) if text.len() > 1 && text.starts_with('=') => (Value::Undefined, Some(read_formula(&text[1..]))),
        _ => (written, None),
    }
}

fn bound(node: &Node, key: &str) -> Bound {
    let written = node.get(key).map(Node::value).unwrap_or_default();
    let formula = formula(node, &format!("{key}ValueExpression"));
    let text = words(node, &format!("{key}ErrorText"));
    match (&formula, &written) {
        (None, Value::Text(said)) if said.len() > 1 && said.starts_with('=') => {
            Bound { value: Value::Undefined, formula: Some(read_formula(&said[1..])), text }
        }
        _ => Bound { value: written, formula, text },
    }
}

/// The members of an array; a single object counts as an array of one.
pub(crate) fn list<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    match node.get(key) {
        Some(one) if matches!(one.kind, json::Kind::Object(_)) => std::slice::from_ref(one),
        Some(many) => many.elements(),
        None => &[],
    }
}

fn elements_of(node: &Node) -> &[Node] {
    let elements = list(node, "elements");
    if elements.is_empty() { list(node, "questions") } else { elements }
}

pub(crate) fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::text)
}

pub(crate) fn words(node: &Node, key: &str) -> Words {
    node.get(key).map(Words::read).unwrap_or_default()
}

pub(crate) fn flag(node: &Node, key: &str, otherwise: bool) -> bool {
    match node.get(key).map(Node::value) {
        Some(Value::Bool(answer)) => answer,
        Some(Value::Text(text)) => text == "true",
        _ => otherwise,
    }
}

pub(crate) fn number(node: &Node, key: &str, otherwise: f64) -> f64 {
    node.get(key).map_or(otherwise, |node| node.value().to_number()).clamp(-1e9, 1e9)
}

pub(crate) fn formula(node: &Node, key: &str) -> Option<Formula> {
    match node.get(key)?.value() {
        Value::Undefined | Value::Null => None,
        Value::Text(text) if text.trim().is_empty() => None,
        written => Some(read_formula(&written.to_text())),
    }
}

pub(crate) fn read_formula(text: &str) -> Formula {
    Expression::read(text).map_or_else(|bad| Formula::Broken(text.to_owned(), bad), Formula::Read)
}
