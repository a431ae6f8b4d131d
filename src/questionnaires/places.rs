//! Where answers are found again: in the form, in the vault, at the CRM; and what is answered anew.
use super::answering::{Answering, Kept};
use crate::command::Sending;
use crate::files::HoldsFiles;
use crate::outbox::outbox;
use crate::words::language;
use contract::questionnaires::Questionnaire;
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::value::Map;

/// Whether the questions can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The vault is not open yet, or what it has is being taken up.
    Waiting,
    /// Another tab has it open.
    Elsewhere,
    /// What was sent waits for the network.
    Unsent,
    /// They can.
    Here,
}

/// Where the answers are now. Tracked.
pub fn place(sending: Sending<Answering>, path: &str) -> Place {
    if sending.form.is_touched() {
        return Place::Here;
    }
    if outbox().on_device().is_none() {
        return Place::Waiting;
    }
    if sending.is_waiting() {
        return Place::Unsent;
    }
    let left = outbox().entries().into_iter().find(|entry| entry.text("path") == path && (entry.is("draft") || entry.is("stuck")));
    match left {
        Some(entry) if entry.get("elsewhere").is_truthy() => Place::Elsewhere,
        Some(_) => Place::Waiting,
        None => Place::Here,
    }
}

/// What somebody goes on from, and whether files of it are missing here: what this device has, else what the CRM has of what is begun, else what was answered, else nothing.
pub fn kept(asked: &Questionnaire<Value>, sending: Sending<Answering>) -> (Kept, bool) {
    let number = asked.given.as_ref().map_or(0, |given| given.number);
    let here = untrack(|| sending.form.is_touched()).then(|| sending.form.peek(|answering| answering.kept.clone()));
    let found = match (here, &asked.begun, &asked.given) {
        (Some(kept), _, _) => kept,
        (None, Some(begun), _) => {
            Kept { answers: begun.answers.clone(), place: begun.place.clone(), from: begun.revision, ..Kept::default() }
        }
        (None, None, Some(given)) => Kept { answers: given.answers.clone(), ..Kept::default() },
        (None, None, None) => Kept { answers: Value::Object(Map::new()), ..Kept::default() },
    };
    // Whoever opens it now sees what was answered last: these take its place.
    let mut kept = Kept { version: asked.version, language: language().to_owned(), changes: number, ..found };
    let given = asked.given.as_ref().map(|given| &given.answers);
    let is_missing = sending.form.peek(|answering| kept.forget_missing(answering.files(), given));
    (kept, is_missing)
}
