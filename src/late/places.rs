//! Which of several pages that travel together is meant.
use contract::id::{PublicReportId, QuestionnaireId};

/// A page about reports that needs no login.
#[derive(Clone)]
pub enum Public {
    /// Everybody's reports.
    List,
    /// One of them.
    One(PublicReportId),
    /// How a report goes, by its code.
    Tracking,
    /// How reports go, by a code that is sent to an e-mail address.
    Light,
}

/// A page about questionnaires, without the questions.
#[derive(Clone)]
pub enum Asked {
    /// All of them.
    List,
    /// One, before it is answered.
    One(QuestionnaireId),
    /// What came of one.
    Results(QuestionnaireId),
}

/// A page of the help desk, or what is on every page while somebody is helped.
#[derive(Clone, Copy)]
pub enum Desk {
    /// Whom a volunteer helps.
    Now,
    /// What was looked at between two citizens.
    Checked,
    /// The citizen's consent.
    Consent,
    /// The citizen's log.
    Log,
    /// What is behind a paper of the desk's.
    Paper,
    /// The banner.
    Banner,
}

/// A page about delegations, or what is on every page while somebody acts for another.
#[derive(Clone, Copy)]
pub enum Delegates {
    /// Both directions.
    All,
    /// For whom one acts, and what one may do.
    Now,
    /// The banner.
    Banner,
}

/// A page that the law asks for.
#[derive(Clone, Copy)]
pub enum Legal {
    /// How personal data are used.
    Privacy,
    /// The accessibility statement.
    Accessibility,
    /// The legal notes.
    Notes,
}
