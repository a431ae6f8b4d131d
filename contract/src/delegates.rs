//! Family and delegates (feature J11): a citizen lets another one act for them, for some things and some time, and both can end it.
use crate::calendar::{Date, UtcTime};
use crate::help_desk::HelpScope;
use crate::id::{CaseId, DelegationId};
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use serde::{Deserialize, Serialize};

/// What can be delegated: the words of the help desk ([`HelpScope`]), but for questionnaires, which ask what somebody thinks.
pub const DELEGABLE: [HelpScope; 3] = [HelpScope::SeeCases, HelpScope::SendReport, HelpScope::UploadDocuments];
/// Letters and digits of a code: each one of 32, so 60 bits.
pub const CODE_LETTERS: usize = 12;
/// Days for which a code waits to be used.
pub const CODE_DAYS: i64 = 7;
/// Most days of a delegation, unless the town says fewer.
pub const DAYS_MAX: u32 = 365;
/// Most delegations of somebody that wait or go on.
pub const OPEN_MAX: i64 = 20;
/// Most characters of a name.
pub const NAME_CHARS_MAX: usize = 100;

/// `POST /me/delegations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDelegation {
    /// For whom it is meant, as the giver calls them: who accepts sees it.
    #[serde(default)]
    pub name: String,
    /// What they may do, of [`DELEGABLE`]. Who may answer about cases sees them too.
    #[serde(default)]
    pub scopes: Vec<HelpScope>,
    /// Only this case; nothing for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Its last day.
    #[serde(default)]
    pub until: Option<Date>,
    /// Whether they hear of what is new in the cases.
    #[serde(default)]
    pub tells: bool,
}

impl NewDelegation {
    /// The rules; `today` and the last day that can be chosen are the CRM's.
    pub fn problems(&self, today: &Date, until_max: &Date) -> Vec<FieldProblem> {
        let mut problems = text::problems("name", &self.name, true, NAME_CHARS_MAX);
        let is_some_case = self.case.is_some();
        // A report begins a case of its own: it is none of that one.
        let fits = |scope: &HelpScope| DELEGABLE.contains(scope) && !(is_some_case && *scope == HelpScope::SendReport);
        if self.scopes.is_empty() {
            problems.push(FieldProblem::new("scopes", FieldRule::Required));
        } else if !self.scopes.iter().all(fits) {
            problems.push(FieldProblem::new("scopes", FieldRule::NotAChoice));
        }
        match &self.until {
            None => problems.push(FieldProblem::new("until", FieldRule::Required)),
            Some(until) if until.0.len() != 10 || until.day_number().is_none() || until < today || until > until_max => {
                problems.push(FieldProblem::new("until", FieldRule::NotAChoice));
            }
            Some(_) => {}
        }
        problems
    }

    /// What is given, in the order in which people read it. Nobody answers about what they do not see.
    pub fn granted(&self) -> Vec<HelpScope> {
        let has = |scope: HelpScope| {
            self.scopes.contains(&scope) || (scope == HelpScope::SeeCases && self.scopes.contains(&HelpScope::UploadDocuments))
        };
        DELEGABLE.into_iter().filter(|scope| has(*scope)).collect()
    }
}

/// How a delegation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DelegationState {
    /// Its code waits to be used.
    Pending,
    /// It is accepted, and holds.
    Active,
    /// Who gave it has ended it.
    EndedByGiver,
    /// The delegate has ended it.
    EndedByDelegate,
    /// Its last day is over.
    EndedByTime,
    /// Its code was not used in time.
    Lapsed,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

impl DelegationState {
    /// Whether it waits or holds: it can be ended.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Active)
    }
}

/// One delegation, as one of its two sides sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delegation {
    /// Its identifier.
    pub id: DelegationId,
    /// Its number, which people can say on the phone, and which stands in the log.
    pub number: String,
    /// The other side: who has accepted, or for whom it is meant until then; for the delegate, who gave it.
    pub name: String,
    /// What may be done.
    pub scopes: Vec<HelpScope>,
    /// Only this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// What that case is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Whether the delegate hears of what is new.
    pub tells: bool,
    /// How it stands.
    pub state: DelegationState,
    /// When it was given.
    pub made_at: UtcTime,
    /// Until when its code can be used; of what waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_until: Option<UtcTime>,
    /// Its last day.
    pub until: Date,
    /// When somebody ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UtcTime>,
}

/// `GET /me/delegations`: both directions, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delegations {
    /// Who may act for me.
    pub given: Vec<Delegation>,
    /// For whom I may act.
    pub received: Vec<Delegation>,
    /// The first last day that can be chosen.
    pub today: Date,
    /// The last one.
    pub until_max: Date,
}

/// A delegation that was just given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenDelegation {
    /// What was given.
    pub delegation: Delegation,
    /// The code that the other one uses: told once.
    pub code: String,
}

/// The code of a delegation, whatever stands between its letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DelegationCode {
    /// The code.
    pub code: String,
}

/// What is behind a code, before it is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferedDelegation {
    /// Who gives it.
    pub giver: String,
    /// For whom it is meant, as the giver has typed it.
    pub meant_for: String,
    /// What may be done.
    pub scopes: Vec<HelpScope>,
    /// For one case only.
    pub is_one_case: bool,
    /// Whether one hears of what is new.
    pub tells: bool,
    /// Its last day.
    pub until: Date,
}

/// `POST /me/acting`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewActing {
    /// By which delegation.
    pub delegation: DelegationId,
}

/// `GET /me/acting`: for whom this session acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acting {
    /// By which delegation.
    pub delegation: DelegationId,
    /// Its number.
    pub number: String,
    /// For whom.
    pub giver: String,
    /// Who acts.
    pub delegate: String,
    /// What may be done.
    pub scopes: Vec<HelpScope>,
    /// Only this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The last day.
    pub until: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date(text.to_owned())
    }

    fn good() -> NewDelegation {
        NewDelegation { name: "Anna".into(), scopes: vec![HelpScope::SeeCases], case: None, until: Some(day("2027-06-30")), tells: true }
    }

    fn faults(new: &NewDelegation) -> Vec<String> {
        new.problems(&day("2026-12-01"), &day("2027-12-01")).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_delegation_says_to_whom_what_for_and_until_when() {
        assert!(faults(&good()).is_empty());
        assert_eq!(faults(&NewDelegation::default()), ["name", "scopes", "until"]);
        for until in ["2026-11-30", "2027-12-02", "2027-02-30", "2027-6-3", "domani"] {
            assert_eq!(faults(&NewDelegation { until: Some(day(until)), ..good() }), ["until"], "{until}");
        }
        for until in ["2026-12-01", "2027-12-01"] {
            assert!(faults(&NewDelegation { until: Some(day(until)), ..good() }).is_empty(), "{until}");
        }
        for scope in [HelpScope::AnswerQuestionnaire, HelpScope::Unknown] {
            assert_eq!(faults(&NewDelegation { scopes: vec![HelpScope::SeeCases, scope], ..good() }), ["scopes"]);
        }
    }

    #[test]
    fn who_has_one_case_sends_no_reports_and_who_answers_sees() {
        let one = NewDelegation { case: Some(CaseId("1".into())), scopes: DELEGABLE.into(), ..good() };
        assert_eq!(faults(&one), ["scopes"]);
        let answers = NewDelegation { scopes: vec![HelpScope::UploadDocuments], ..good() };
        assert_eq!(answers.granted(), [HelpScope::SeeCases, HelpScope::UploadDocuments]);
        assert_eq!(NewDelegation { scopes: vec![HelpScope::SendReport], ..good() }.granted(), [HelpScope::SendReport]);
    }
}
