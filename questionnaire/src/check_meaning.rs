//! Checks what a definition means: names that nobody has, names twice, formulas that go in circles, languages that are missing.

use crate::check::{Finding, finding};
use crate::definition::{Choice, Definition, Element, Formula, Kind, Rule, Then, expression};
use crate::functions;
use crate::json::Place;
use crate::profile::nearest;
use crate::syntax::{Expression, Part};
use crate::words::Words;
use std::collections::{BTreeMap, BTreeSet};

/// Questions of the largest questionnaire.
pub const MOST_QUESTIONS: usize = 1000;

/// Adds what is wrong in the meaning of a definition.
pub(crate) fn meaning(definition: &Definition, found: &mut Vec<Finding>) {
    if definition.elements.len() > MOST_QUESTIONS {
        let place = definition.elements[MOST_QUESTIONS].place;
        found.push(finding(place, format!("more than {MOST_QUESTIONS} pages, panels and questions"), "make several questionnaires of it"));
        return;
    }
    names(definition, found);
    let known = known_names(definition);
    for (place, read) in all_expressions(definition) {
        unknown_names(place, read, &known, found);
        unknown_functions(place, &read.root, found);
    }
    for element in &definition.elements {
        equal_choices(element, found);
        patterns(element, found);
        crate::pictures::check(element, found);
        crate::files::check(definition, element, found);
        languages(definition, element, found);
    }
    triggers(definition, found);
    circles(definition, found);
}

fn names(definition: &Definition, found: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(bool, Option<usize>, String), Place> = BTreeMap::new();
    for element in &definition.elements {
        if element.name.contains(['{', '}']) {
            found.push(finding(element.place, format!("the name \"{}\" has braces", element.name), ""));
        }
        let inside = element.parent.filter(|parent| !definition.elements[*parent].kind.is_container());
        let key = (element.kind.is_container(), inside, element.name.to_lowercase());
        if let Some(first) = seen.get(&key).filter(|_| !element.name.is_empty()) {
            found.push(finding(element.place, format!("the name \"{}\" is taken", element.name), format!("it stands first at {first}")));
        } else {
            seen.insert(key, element.place);
        }
    }
    for one in &definition.calculated {
        let taken = seen.contains_key(&(false, None, one.name.to_lowercase()));
        if one.name.is_empty() || taken {
            found.push(finding(one.place, format!("the name \"{}\" of a calculated value is missing or taken", one.name), ""));
        }
        if one.formula.is_none() {
            found.push(finding(one.place, "a calculated value wants an \"expression\"", ""));
        }
    }
}

fn known_names(definition: &Definition) -> BTreeSet<String> {
    let questions = definition.elements.iter().filter(|one| !one.kind.is_container()).flat_map(|one| [&one.name, &one.value_name]);
    let calculated = definition.calculated.iter().map(|one| &one.name);
    questions.chain(calculated).map(|name| name.to_lowercase()).collect()
}

/// All expressions that could be read, with the place of what has them.
fn all_expressions(definition: &Definition) -> Vec<(Place, &Expression)> {
    let mut all = Vec::new();
    for element in &definition.elements {
        let question = &element.question;
        let own = [&element.visible_if, &element.enable_if, &element.required_if, &question.default_formula, &question.formula];
        let more = [&question.set_if, &question.set_formula, &question.reset_if, &question.min.formula, &question.max.formula];
        let lists = [&question.choices_visible_if, &question.choices_enable_if, &question.rows_visible_if];
        all.extend(own.into_iter().chain(more).chain(lists).filter_map(expression).map(|one| (element.place, one)));
        for item in question.choices.iter().chain(&question.rows) {
            all.extend([&item.visible_if, &item.enable_if].into_iter().filter_map(expression).map(|one| (item.place, one)));
        }
        for validator in &question.validators {
            if let Rule::Expression(Some(Formula::Read(one))) = &validator.rule {
                all.push((validator.place, one));
            }
        }
    }
    all.extend(definition.calculated.iter().filter_map(|one| expression(&one.formula).map(|read| (one.place, read))));
    for trigger in &definition.triggers {
        all.extend(expression(&trigger.when).map(|read| (trigger.place, read)));
        if let Then::Run(Some(Formula::Read(read)), _) = &trigger.then {
            all.push((trigger.place, read));
        }
    }
    all
}

fn unknown_names(place: Place, read: &Expression, known: &BTreeSet<String>, found: &mut Vec<Finding>) {
    for name in &read.names {
        let small = name.to_lowercase();
        let special = ["item", "choice"].contains(&small.as_str()) || ["panel.", "row."].iter().any(|one| small.starts_with(one));
        let beginning = |name: &str| known.contains(name) || name.strip_suffix("-comment").is_some_and(|name| known.contains(name));
        let in_rows = read.source.contains("InArray");
        if special || in_rows || crate::run::beginnings(&small).any(beginning) {
            continue;
        }
        let hint = nearest(name, known.iter().map(String::as_str)).map(|one| format!("is {{{one}}} meant?")).unwrap_or_default();
        found.push(finding(place, format!("no question is called {{{name}}}"), hint));
    }
}

fn unknown_functions(place: Place, part: &Part, found: &mut Vec<Finding>) {
    let mut open = vec![part];
    while let Some(one) = open.pop() {
        match one {
            Part::Call { name, given } => {
                if !functions::exists(name) {
                    let hint = nearest(name, functions::NAMES.into_iter()).map(|one| format!("is {one} meant?")).unwrap_or_default();
                    found.push(finding(place, format!("the function {name} is unknown"), hint));
                }
                open.extend(given);
            }
            Part::List(parts) => open.extend(parts),
            Part::One(_, inner) => open.push(inner),
            Part::Two(_, left, right) => open.extend([&**left, &**right]),
            Part::Literal(_) | Part::Variable { .. } => {}
        }
    }
}

fn equal_choices(element: &Element, found: &mut Vec<Finding>) {
    for list in [&element.question.choices, &element.question.rows, &element.question.rates] {
        let mut seen = BTreeSet::new();
        for choice in list.iter().filter(|choice| !matches!(choice.value, crate::Value::Object(_))) {
            if !seen.insert(choice.value.to_text().to_lowercase()) {
                let value = choice.value.to_text();
                found.push(finding(choice.place, format!("the value \"{value}\" stands twice in \"{}\"", element.name), ""));
            }
        }
    }
}

fn patterns(element: &Element, found: &mut Vec<Finding>) {
    for validator in &element.question.validators {
        if let Rule::Regex(None, pattern) = &validator.rule {
            let pattern: String = pattern.chars().take(60).collect();
            found.push(finding(validator.place, format!("the pattern `{pattern}` cannot be read or is too large"), ""));
        }
    }
}

/// A sentence in some languages must stand in the definition's own one, or have a default.
fn languages(definition: &Definition, element: &Element, found: &mut Vec<Finding>) {
    let question = &element.question;
    let choices = question.choices.iter().chain(&question.rows).chain(&question.rates).map(|choice: &Choice| &choice.text);
    let own = [&element.title, &element.description, &element.required_text, &question.html, &question.other_text, &question.none_text];
    for words in own.into_iter().chain(choices) {
        if let Some(missing) = missing_language(definition, words) {
            found.push(finding(
                element.place,
                format!("a sentence of \"{}\" is not there in {missing}", element.name),
                "or give it a \"default\"",
            ));
        }
    }
}

fn missing_language(definition: &Definition, words: &Words) -> Option<String> {
    let languages: Vec<&str> = words.languages().collect();
    let own = if definition.locale.is_empty() { "default" } else { definition.locale.as_str() };
    let there = languages.is_empty() || languages.contains(&"default") || languages.contains(&own);
    (!there).then(|| format!("\"{own}\""))
}

fn triggers(definition: &Definition, found: &mut Vec<Finding>) {
    let questions: BTreeSet<&str> = definition.elements.iter().flat_map(|one| [one.name.as_str(), one.value_name.as_str()]).collect();
    for trigger in &definition.triggers {
        if trigger.when.is_none() {
            found.push(finding(trigger.place, "a trigger wants an \"expression\"", ""));
        }
        let named: Vec<&str> = match &trigger.then {
            Then::Complete => Vec::new(),
            Then::Set(to, _) | Then::Skip(to) => vec![to],
            Then::Copy(from, to) => vec![from, to],
            Then::Run(_, to) => to.iter().map(String::as_str).collect(),
        };
        for name in named.into_iter().filter(|name| !questions.contains(name)) {
            let hint = nearest(name, questions.iter().copied()).map(|one| format!("is \"{one}\" meant?")).unwrap_or_default();
            found.push(finding(trigger.place, format!("no question is called \"{name}\""), hint));
        }
    }
}

/// Answers and calculated values that follow from each other in a circle.
fn circles(definition: &Definition, found: &mut Vec<Finding>) {
    let mut given: BTreeMap<String, (Place, Vec<&Expression>)> = BTreeMap::new();
    for element in definition.elements.iter().filter(|one| one.kind != Kind::Panel && one.kind != Kind::Page) {
        let question = &element.question;
        let formulas = [&question.default_formula, &question.set_formula, &question.formula].into_iter().filter_map(expression);
        let inside = element.parent.is_some_and(|parent| !definition.elements[parent].kind.is_container());
        if !inside {
            given.entry(element.value_name.to_lowercase()).or_insert((element.place, Vec::new())).1.extend(formulas);
        }
    }
    for one in &definition.calculated {
        given.entry(one.name.to_lowercase()).or_insert((one.place, Vec::new())).1.extend(expression(&one.formula));
    }
    let reads = |name: &str| -> Vec<String> {
        let formulas = given.get(name).map(|(_, formulas)| formulas.as_slice()).unwrap_or_default();
        let names = formulas.iter().flat_map(|one| &one.names).map(|name| name.to_lowercase());
        names.filter_map(|name| crate::run::beginnings(&name).find(|one| given.contains_key(*one)).map(str::to_owned)).collect()
    };
    let mut done: BTreeSet<String> = BTreeSet::new();
    for (name, (place, _)) in &given {
        let mut open = reads(name);
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            if next == *name && done.insert(name.clone()) {
                found.push(finding(*place, format!("the value of \"{name}\" follows from itself"), ""));
                break;
            }
            if seen.insert(next.clone()) {
                open.extend(reads(&next));
            }
        }
    }
}
