//! Who asks the office API: a service token (`Authorization: Bearer`), and what it may do.
use crate::error::{Error, Result};
use crate::help_desk::{log, scope};
use crate::state::Crm;
use crate::{secret, web};
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::Method;
use axum::http::request::Parts;
use contract::help_desk::LogAction;
use contract::office::Scope;
use contract::paths;
use std::marker::PhantomData;
use std::ops::Deref;
use subtle::{Choice, ConstantTimeEq};

/// Somebody with a service token. A handler is given one only by naming what it is about to do: [`May`].
#[derive(Clone, Debug)]
pub struct Officer {
    name: String,
}

impl Officer {
    /// Whose token it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One of this CRM's own connectors.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

/// The scope that an operation needs, as a type.
pub trait Right {
    /// The scope.
    const SCOPE: Scope;
}

/// [`Scope::CasesRead`].
pub struct ReadCases;
/// [`Scope::CasesWrite`].
pub struct WriteCases;
/// [`Scope::Files`].
pub struct SendFiles;
/// [`Scope::Outbox`].
pub struct SeeOutbox;
/// [`Scope::Publication`].
pub struct PublishReports;
/// [`Scope::Notices`].
pub struct GiveNotice;
/// [`Scope::Questionnaires`].
pub struct AskPeople;
/// [`Scope::Payments`].
pub struct ManagePayments;

impl Right for ReadCases {
    const SCOPE: Scope = Scope::CasesRead;
}
impl Right for WriteCases {
    const SCOPE: Scope = Scope::CasesWrite;
}
impl Right for SendFiles {
    const SCOPE: Scope = Scope::Files;
}
impl Right for SeeOutbox {
    const SCOPE: Scope = Scope::Outbox;
}
impl Right for PublishReports {
    const SCOPE: Scope = Scope::Publication;
}

impl Right for GiveNotice {
    const SCOPE: Scope = Scope::Notices;
}
impl Right for AskPeople {
    const SCOPE: Scope = Scope::Questionnaires;
}

impl Right for ManagePayments {
    const SCOPE: Scope = Scope::Payments;
}

/// An officer whose token has the scope of `R`. Without one, nobody knows the token (401) or it may not do this (403).
pub struct May<R>(Officer, PhantomData<R>);

impl<R> Deref for May<R> {
    type Target = Officer;

    fn deref(&self) -> &Officer {
        &self.0
    }
}

/// As what an office's request about one case is written down.
fn action(pattern: &str, method: &Method) -> Option<LogAction> {
    match pattern {
        paths::OFFICE_CASE => Some(LogAction::CaseSeen),
        paths::OFFICE_MOVES => Some(LogAction::CaseMoved),
        paths::OFFICE_PUBLICATION => Some(LogAction::CasePublished),
        paths::OFFICE_ATTACHMENT if method == Method::GET => Some(LogAction::DocumentSeen),
        paths::OFFICE_ATTACHMENTS => Some(LogAction::FileSent),
        _ => None,
    }
}

impl<R: Right> FromRequestParts<Crm> for May<R> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let sha256 = secret::sha256(web::bearer(&parts.headers).ok_or(Error::SignedOut)?.as_bytes());
        // Every token is compared, each in the same time, so that neither says how close a guess was.
        let mut found = None;
        for known in &crm.config.office_tokens {
            let same: Choice = known.sha256.ct_eq(&sha256);
            if bool::from(same) {
                found = Some(known);
            }
        }
        let token = found.ok_or(Error::SignedOut)?;
        if !token.scopes.contains(&R::SCOPE) {
            return Err(Error::Scope(R::SCOPE));
        }
        // Whose case it is can read who of the offices has had it.
        let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        if let (Some(action), Some(case)) = (action(pattern, &parts.method), scope::case_in(pattern, parts.uri.path())) {
            log::office(crm, &token.name, action, case).await?;
        }
        Ok(Self(Officer::named(&token.name), PhantomData))
    }
}
