//! The story of a case as a timeline: steps done, the present one, those to come.
use super::words::{Lexicon, channel_key};
use crate::ui::Moment;
use crate::words::{day, fill, key, moment, office_language, t};
use contract::cases::{ActorKind, Case, Channel, Phase, Step, StepKind};

/// The steps of a case, in words.
pub fn moments(case: &Case, lexicon: &Lexicon) -> Vec<Moment> {
    let last_done = case.timeline.iter().rposition(|step| step.at.is_some());
    let told = |(index, step): (usize, &Step)| told(step, kind(index, last_done, case.summary.phase), lexicon);
    case.timeline.iter().enumerate().map(told).collect()
}

/// The last step that happened is the present one, unless the case is over: then it is done too.
fn kind(index: usize, last_done: Option<usize>, phase: Phase) -> &'static str {
    match last_done {
        Some(last) if index < last || (index == last && phase == Phase::Closed) => "done",
        Some(last) if index == last => "current",
        _ => "expected",
    }
}

/// A step in words; `kind` is `done`, `current` or `expected`.
pub fn told(step: &Step, kind: &'static str, lexicon: &Lexicon) -> Moment {
    let when = match (&step.at, &step.expected_on) {
        (Some(at), _) => moment(at),
        (None, Some(date)) => fill(key::cases::EXPECTED_ON, &[("date", &day(date))]),
        (None, None) => t(key::cases::EXPECTED_UNDATED).to_owned(),
    };
    let who = match (step.by.kind, step.by.name.as_str()) {
        (ActorKind::You, "") => t(key::cases::BY_YOU).to_owned(),
        (ActorKind::You, name) => fill(key::cases::BY_DELEGATE, &[("name", name)]),
        (_, name) => name.to_owned(),
    };
    let title = match step.kind {
        _ if step.at.is_none() => lexicon.expected(&step.state),
        StepKind::Question => t(key::cases::STEP_QUESTION).to_owned(),
        StepKind::Message if step.channel == Channel::Phone => t(key::cases::STEP_PHONE).to_owned(),
        StepKind::Message if step.channel == Channel::Desk => t(key::cases::STEP_DESK).to_owned(),
        StepKind::Message if step.channel == Channel::Letter => t(key::cases::STEP_LETTER).to_owned(),
        StepKind::Message if step.by.kind == ActorKind::You && !step.by.name.is_empty() => {
            fill(key::cases::STEP_DELEGATE, &[("name", &step.by.name)])
        }
        StepKind::Message => t(if step.by.kind == ActorKind::You { key::cases::STEP_YOU } else { key::cases::STEP_OFFICE }).to_owned(),
        StepKind::Reminder => t(key::cases::STEP_REMINDER).to_owned(),
        StepKind::Confirmed => t(key::cases::STEP_CONFIRMED).to_owned(),
        StepKind::Reopened => t(key::cases::STEP_REOPENED).to_owned(),
        StepKind::Move | StepKind::Unknown => lexicon.label(&step.state),
    };
    let detail = if step.at.is_some() { [who, t(channel_key(step.channel)).to_owned()].join(" · ") } else { String::new() };
    let note_lang = office_language().filter(|_| step.by.kind != ActorKind::You);
    Moment { kind, when, title, detail, note: step.note.clone(), note_lang, files: step.files.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_step_that_happened_is_the_present_one_until_the_case_is_over() {
        let kinds = |phase| [0, 1, 2].map(|index| kind(index, Some(1), phase));
        assert_eq!(kinds(Phase::Open), ["done", "current", "expected"]);
        assert_eq!(kinds(Phase::Closed), ["done", "done", "expected"]);
        assert_eq!(kind(0, None, Phase::Open), "expected");
    }
}
