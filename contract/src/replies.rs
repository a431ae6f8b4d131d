//! What a citizen adds to a case that exists: a message, the verdict on a repair, a rating.
use crate::calendar::Date;
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use crate::uploads::{self, Announced};
use serde::{Deserialize, Serialize};

/// Most characters of a message, or of the reason for reopening.
pub const MESSAGE_CHARS_MAX: usize = 1000;
/// Most characters of a rating's details (Modello Comuni: "Inserire massimo 200 caratteri").
pub const RATING_CHARS_MAX: usize = 200;

/// `POST /cases/{id}/messages`: the answer to the office's question, or something to add. Its files may still be on their way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMessage {
    /// What the citizen says; may be empty when there are files.
    #[serde(default)]
    pub text: String,
    /// Photos and documents.
    #[serde(default)]
    pub files: Vec<Announced>,
}

impl NewMessage {
    /// The rules both sides apply.
    pub fn problems(&self) -> Vec<FieldProblem> {
        // Files speak for themselves.
        let mut problems = text::problems("text", &self.text, self.files.is_empty(), MESSAGE_CHARS_MAX);
        problems.extend(uploads::problems(&self.files, 0, 0));
        problems
    }
}

/// `POST /cases/{id}/verdict`: is the problem gone? "Sì, risolto" or "No, riapri".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// It is gone. When it is not, the report is opened again.
    pub resolved: bool,
    /// What is still wrong; needed to open it again.
    #[serde(default)]
    pub reason: String,
    /// Photos of how it looks now.
    #[serde(default)]
    pub files: Vec<Announced>,
}

impl Verdict {
    /// The rules both sides apply.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = text::problems("reason", &self.reason, !self.resolved, MESSAGE_CHARS_MAX);
        problems.extend(uploads::problems(&self.files, 0, 0));
        problems
    }
}

/// `POST /cases/{id}/reminder`: "Sollecita": the day for the town's answer is past. Once in a number of days that the town sets; each goes
/// one level higher in the town hall (L. 241/1990 art. 2, c. 9-bis: who answers in place of who does not).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewReminder {
    /// What the citizen says; the app offers a ready text.
    pub words: String,
}

impl NewReminder {
    /// The rules both sides apply.
    pub fn problems(&self) -> Vec<FieldProblem> {
        text::problems("words", &self.words, true, MESSAGE_CHARS_MAX)
    }
}

/// `POST /cases/{id}/withdrawal`: the citizen does not need it any more. It is over, and cannot be taken up again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWithdrawal {
    /// Why, if the citizen wants to say so.
    #[serde(default)]
    pub reason: String,
}

impl NewWithdrawal {
    /// The rules both sides apply.
    pub fn problems(&self) -> Vec<FieldProblem> {
        text::problems("reason", &self.reason, false, MESSAGE_CHARS_MAX)
    }
}

/// The reminders of a case, since the office last moved it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reminders {
    /// How many.
    #[serde(default)]
    pub count: u32,
    /// From when the citizen may send another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_on: Option<Date>,
}

/// `POST /cases/{id}/rating`: "Quanto è stato facile usare questo servizio?" Once for each case, and never changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rating {
    /// One to five stars.
    pub stars: u8,
    /// What was best (four stars and more) or worst.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RatingReason>,
    /// In the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub details: String,
}

/// The answers that the Modello Comuni offers after the stars, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RatingReason {
    /// "Le indicazioni erano chiare".
    Clear,
    /// "Le indicazioni erano complete".
    Complete,
    /// "Capivo sempre che stavo procedendo correttamente".
    OnTrack,
    /// "Non ho avuto problemi tecnici".
    NoTechnicalProblems,
    /// "A volte le indicazioni non erano chiare".
    Unclear,
    /// "A volte le indicazioni non erano complete".
    Incomplete,
    /// "A volte non capivo se stavo procedendo correttamente".
    Lost,
    /// "Ho avuto problemi tecnici".
    TechnicalProblems,
    /// "Altro".
    Other,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}

impl RatingReason {
    /// The answers that go with so many stars: praise from four on, else difficulties.
    pub const fn for_stars(stars: u8) -> [Self; 5] {
        if stars >= 4 {
            [Self::Clear, Self::Complete, Self::OnTrack, Self::NoTechnicalProblems, Self::Other]
        } else {
            [Self::Unclear, Self::Incomplete, Self::Lost, Self::TechnicalProblems, Self::Other]
        }
    }
}

impl Rating {
    /// The rules both sides apply.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = text::problems("details", &self.details, false, RATING_CHARS_MAX);
        if !(1..=5).contains(&self.stars) {
            problems.push(FieldProblem::new("stars", if self.stars == 0 { FieldRule::Required } else { FieldRule::NotAChoice }));
        } else if self.reason.is_some_and(|reason| !RatingReason::for_stars(self.stars).contains(&reason)) {
            problems.push(FieldProblem::new("reason", FieldRule::NotAChoice));
        }
        problems
    }
}

/// What a citizen may add to a case now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MayReply {
    /// A message: the case is not over.
    #[serde(default)]
    pub message: bool,
    /// The verdict: the office says that the problem is gone, and the citizen has not said so yet.
    #[serde(default)]
    pub verdict: bool,
    /// A rating: none was given.
    #[serde(default)]
    pub rating: bool,
    /// A reminder: the answer is late, and the last reminder is long enough ago.
    #[serde(default)]
    pub remind: bool,
    /// Withdraw it: it is not over.
    #[serde(default)]
    pub withdraw: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(problems: Vec<FieldProblem>) -> Vec<(String, FieldRule)> {
        problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn who_opens_a_report_again_says_why() {
        assert_eq!(faults(Verdict { resolved: true, ..Verdict::default() }.problems()), []);
        assert_eq!(faults(Verdict::default().problems()), [("reason".into(), FieldRule::Required)]);
        assert_eq!(faults(NewMessage::default().problems()), [("text".into(), FieldRule::Required)]);
    }

    #[test]
    fn reasons_go_with_the_stars() {
        let rating = |stars, reason| faults(Rating { stars, reason, details: String::new() }.problems());
        assert_eq!(rating(5, Some(RatingReason::Clear)), []);
        assert_eq!(rating(3, Some(RatingReason::Lost)), []);
        assert_eq!(rating(4, None), []);
        assert_eq!(rating(4, Some(RatingReason::Lost)), [("reason".into(), FieldRule::NotAChoice)]);
        assert_eq!(rating(1, Some(RatingReason::Unknown)), [("reason".into(), FieldRule::NotAChoice)]);
        assert_eq!(rating(0, None), [("stars".into(), FieldRule::Required)]);
        assert_eq!(rating(6, None), [("stars".into(), FieldRule::NotAChoice)]);
        let long = Rating { stars: 5, details: "a".repeat(201), ..Rating::default() };
        assert_eq!(faults(long.problems()), [("details".into(), FieldRule::TooLong)]);
    }
}
