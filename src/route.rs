//! Every place in the app, once: parsing and printing URLs, pure and tested as values.
mod my_data;
mod payments;
#[cfg(test)]
mod tests;

pub use my_data::MyData;
pub use payments::Payments;

use contract::id::{CaseId, PublicReportId, QuestionnaireId};
use leptos::prelude::window;
use std::fmt;

/// A place in the app. A link takes one of these, so a link to nowhere does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Scrivania: what to do first, then what is new.
    Home,
    /// Choose how to log in.
    Login,
    /// A second window has logged in again and may be closed.
    LoginDone,
    /// Attività: the list of cases.
    Cases,
    /// Messaggi: what the town has told.
    Inbox,
    /// Come ti avvisiamo: channels, wishes, the last notices.
    Channels,
    /// Everything that happened in all of one's cases.
    Story,
    /// What one follows: streets, areas, topics.
    Subscriptions,
    /// How one reads most easily.
    Comfort,
    /// Questionnaires: those to answer, and those that are over.
    Questionnaires,
    /// One of them, before it is answered.
    Questionnaire {
        /// Which.
        id: QuestionnaireId,
    },
    /// Its questions.
    AnswerQuestionnaire {
        /// Of which.
        id: QuestionnaireId,
    },
    /// One that nobody is asked yet, to be tried.
    PreviewQuestionnaire {
        /// What nobody guesses.
        token: String,
    },
    /// What came of it.
    QuestionnaireResults {
        /// Of which.
        id: QuestionnaireId,
    },
    /// The help desk: whom a volunteer helps.
    HelpDesk,
    /// The help desk between two citizens: what was looked at.
    HelpDeskChecked,
    /// A citizen agrees to what a volunteer asks.
    HelpConsent,
    /// Who did what with a citizen's data.
    HelpLog,
    /// "Ho un codice del Comune".
    HelpPaper,
    /// Where somebody is signed in.
    Sessions,
    /// What the town keeps of somebody: a copy, consents, the end.
    MyData(MyData),
    /// Who may act for somebody, and for whom they may.
    Delegates,
    /// What there is to pay, and what was paid.
    Payments(Payments),
    /// One case.
    Case {
        /// Which.
        id: CaseId,
    },
    /// The receipt of a case, to read and print.
    Receipt {
        /// Of which case.
        id: CaseId,
    },
    /// A new street report, at one of its steps.
    NewReport {
        /// Which step.
        step: ReportStep,
    },
    /// The same, for somebody who signs in first.
    SignedReport {
        /// At which step they go on.
        step: ReportStep,
    },
    /// A street report that was sent without signing in: its number and its code.
    ReportTracked,
    /// A street report has been sent.
    ReportSent {
        /// The case it became.
        id: CaseId,
    },
    /// Everybody's street reports.
    PublicReports,
    /// One of them.
    PublicReport {
        /// Which.
        id: PublicReportId,
    },
    /// The same, for somebody who signs in to say "Anche io".
    FollowReport {
        /// Which.
        id: PublicReportId,
    },
    /// How a report goes, by its code.
    Tracking,
    /// How reports go, by a code that is sent to an e-mail address.
    LightReports,
    /// Drafts, and what is not sent yet.
    Outbox,
    /// A draft, to go on with.
    Draft {
        /// Which.
        id: String,
    },
    /// The privacy notice.
    Privacy,
    /// The accessibility statement.
    Accessibility,
    /// Legal notes and licences.
    LegalNotes,
    /// Every widget in every state; debug builds only.
    Gallery,
    /// No such place.
    NotFound,
}

/// The three official steps of a report (Modello Comuni, segnalazione disservizio).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportStep {
    /// Autorizzazioni e condizioni.
    Privacy,
    /// Dati di segnalazione.
    Data,
    /// Riepilogo.
    Summary,
}

impl Route {
    /// Takes what stands behind `#` out of the address bar and the history (a code, say): others may use this device. For the page that is open.
    pub fn forget_hash(&self) {
        let Ok(history) = window().history() else { return };
        // Refused only for an address of another site.
        let _ = history.replace_state_with_url(&history.state().unwrap_or_default(), "", Some(&self.to_string()));
    }

    /// Reads a URL's path. What is not known is `NotFound`.
    pub fn parse(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            [] => Self::Home,
            ["login"] => Self::Login,
            ["login", "done"] => Self::LoginDone,
            ["cases"] => Self::Cases,
            ["inbox"] => Self::Inbox,
            ["story"] => Self::Story,
            ["channels"] => Self::Channels,
            ["subscriptions"] => Self::Subscriptions,
            ["comfort"] => Self::Comfort,
            ["questionnaires"] => Self::Questionnaires,
            ["questionnaires", id] => Self::Questionnaire { id: QuestionnaireId((*id).to_owned()) },
            ["questionnaires", "preview", token] => Self::PreviewQuestionnaire { token: (*token).to_owned() },
            ["questionnaires", id, "answer"] => Self::AnswerQuestionnaire { id: QuestionnaireId((*id).to_owned()) },
            ["questionnaires", id, "results"] => Self::QuestionnaireResults { id: QuestionnaireId((*id).to_owned()) },
            ["help_desk"] => Self::HelpDesk,
            ["help_desk", "checked"] => Self::HelpDeskChecked,
            ["help_desk", "consent"] => Self::HelpConsent,
            ["help_desk", "log"] => Self::HelpLog,
            ["help_desk", "paper"] => Self::HelpPaper,
            ["sessions"] => Self::Sessions,
            ["my_data", rest @ ..] => MyData::parse(rest).map_or(Self::NotFound, Self::MyData),
            ["delegates"] => Self::Delegates,
            ["payments", rest @ ..] => Payments::parse(rest).map_or(Self::NotFound, Self::Payments),
            ["cases", id] => Self::Case { id: CaseId((*id).to_owned()) },
            ["cases", id, "receipt"] => Self::Receipt { id: CaseId((*id).to_owned()) },
            ["reports", "new"] => Self::NewReport { step: ReportStep::Privacy },
            ["reports", "new", "data"] => Self::NewReport { step: ReportStep::Data },
            ["reports", "new", "summary"] => Self::NewReport { step: ReportStep::Summary },
            ["reports", "new", "sign-in"] => Self::SignedReport { step: ReportStep::Privacy },
            ["reports", "new", "data", "sign-in"] => Self::SignedReport { step: ReportStep::Data },
            ["reports", "new", "summary", "sign-in"] => Self::SignedReport { step: ReportStep::Summary },
            ["reports", "sent"] => Self::ReportTracked,
            ["reports", "sent", id] => Self::ReportSent { id: CaseId((*id).to_owned()) },
            ["reports"] => Self::PublicReports,
            ["reports", "public", id] => Self::PublicReport { id: PublicReportId((*id).to_owned()) },
            ["reports", "public", id, "follow"] => Self::FollowReport { id: PublicReportId((*id).to_owned()) },
            ["reports", "track"] => Self::Tracking,
            ["reports", "light"] => Self::LightReports,
            ["outbox"] => Self::Outbox,
            ["outbox", id] => Self::Draft { id: (*id).to_owned() },
            ["privacy"] => Self::Privacy,
            ["accessibility"] => Self::Accessibility,
            ["legal-notes"] => Self::LegalNotes,
            ["gallery"] if cfg!(debug_assertions) => Self::Gallery,
            _ => Self::NotFound,
        }
    }

    /// The pages above this one, the first one first; none for the pages where one begins.
    pub fn above(&self) -> Vec<Self> {
        match self {
            Self::Home
            | Self::Login
            | Self::LoginDone
            | Self::HelpDesk
            | Self::HelpDeskChecked
            | Self::PreviewQuestionnaire { .. }
            | Self::Gallery => vec![],
            Self::Case { .. } | Self::Story => vec![Self::Home, Self::Cases],
            Self::Receipt { id } => vec![Self::Home, Self::Cases, Self::Case { id: id.clone() }],
            Self::Payments(place) => std::iter::once(Self::Home).chain(place.above().into_iter().map(Self::Payments)).collect(),
            Self::PublicReport { .. } | Self::FollowReport { .. } | Self::Tracking | Self::LightReports => {
                vec![Self::Home, Self::PublicReports]
            }
            Self::Draft { .. } => vec![Self::Home, Self::Outbox],
            Self::Questionnaire { .. } | Self::QuestionnaireResults { .. } => vec![Self::Home, Self::Questionnaires],
            Self::AnswerQuestionnaire { id } => vec![Self::Home, Self::Questionnaires, Self::Questionnaire { id: id.clone() }],
            Self::Cases
            | Self::Inbox
            | Self::Channels
            | Self::Subscriptions
            | Self::Comfort
            | Self::Questionnaires
            | Self::HelpConsent
            | Self::HelpLog
            | Self::HelpPaper
            | Self::Sessions
            | Self::MyData(_)
            | Self::Delegates
            | Self::NewReport { .. }
            | Self::SignedReport { .. }
            | Self::ReportTracked
            | Self::ReportSent { .. }
            | Self::PublicReports
            | Self::Outbox
            | Self::Privacy
            | Self::Accessibility
            | Self::LegalNotes
            | Self::NotFound => vec![Self::Home],
        }
    }

    /// Whether what stands here depends on who is here: then it waits until that is known.
    pub fn asks_who(&self) -> bool {
        !self.is_public() || matches!(self, Self::NewReport { .. } | Self::HelpDesk | Self::Comfort)
    }

    /// Whether somebody who has not signed in may be here.
    pub fn is_public(&self) -> bool {
        matches!(
            self,
            Self::Login
                | Self::HelpDesk
                | Self::HelpDeskChecked
                | Self::NewReport { .. }
                | Self::ReportTracked
                | Self::PublicReports
                | Self::PublicReport { .. }
                | Self::Tracking
                | Self::LightReports
                | Self::Comfort
                | Self::QuestionnaireResults { .. }
                | Self::PreviewQuestionnaire { .. }
                | Self::MyData(MyData::Deleted)
                | Self::Privacy
                | Self::Accessibility
                | Self::LegalNotes
                | Self::Gallery
                | Self::NotFound
        )
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("/"),
            Self::Login => f.write_str("/login"),
            Self::LoginDone => f.write_str("/login/done"),
            Self::Cases => f.write_str("/cases"),
            Self::Inbox => f.write_str("/inbox"),
            Self::Story => f.write_str("/story"),
            Self::Channels => f.write_str("/channels"),
            Self::Subscriptions => f.write_str("/subscriptions"),
            Self::Comfort => f.write_str("/comfort"),
            Self::Questionnaires => f.write_str("/questionnaires"),
            Self::Questionnaire { id } => write!(f, "/questionnaires/{id}"),
            Self::AnswerQuestionnaire { id } => write!(f, "/questionnaires/{id}/answer"),
            Self::PreviewQuestionnaire { token } => write!(f, "/questionnaires/preview/{token}"),
            Self::QuestionnaireResults { id } => write!(f, "/questionnaires/{id}/results"),
            Self::HelpDesk => f.write_str("/help_desk"),
            Self::HelpDeskChecked => f.write_str("/help_desk/checked"),
            Self::HelpConsent => f.write_str("/help_desk/consent"),
            Self::HelpLog => f.write_str("/help_desk/log"),
            Self::HelpPaper => f.write_str("/help_desk/paper"),
            Self::Sessions => f.write_str("/sessions"),
            Self::MyData(place) => place.fmt(f),
            Self::Delegates => f.write_str("/delegates"),
            Self::Payments(place) => place.fmt(f),
            Self::Case { id } => write!(f, "/cases/{id}"),
            Self::Receipt { id } => write!(f, "/cases/{id}/receipt"),
            Self::NewReport { step: ReportStep::Privacy } => f.write_str("/reports/new"),
            Self::NewReport { step: ReportStep::Data } => f.write_str("/reports/new/data"),
            Self::NewReport { step: ReportStep::Summary } => f.write_str("/reports/new/summary"),
            Self::SignedReport { step } => write!(f, "{}/sign-in", Self::NewReport { step: *step }),
            Self::ReportTracked => f.write_str("/reports/sent"),
            Self::ReportSent { id } => write!(f, "/reports/sent/{id}"),
            Self::PublicReports => f.write_str("/reports"),
            Self::PublicReport { id } => write!(f, "/reports/public/{id}"),
            Self::FollowReport { id } => write!(f, "/reports/public/{id}/follow"),
            Self::Tracking => f.write_str("/reports/track"),
            Self::LightReports => f.write_str("/reports/light"),
            Self::Outbox => f.write_str("/outbox"),
            Self::Draft { id } => write!(f, "/outbox/{id}"),
            Self::Privacy => f.write_str("/privacy"),
            Self::Accessibility => f.write_str("/accessibility"),
            Self::LegalNotes => f.write_str("/legal-notes"),
            Self::Gallery => f.write_str("/gallery"),
            Self::NotFound => f.write_str("/not-found"),
        }
    }
}
