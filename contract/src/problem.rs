//! The one shape every error has on the wire (RFC 9457, `application/problem+json`). The app owns the words.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI for the kind of problem: `about:blank` when the status says it all (RFC 9457 §3.1.1).
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// A short English title for whoever reads logs; people read the app's own words.
    pub title: String,
    /// What the app decides on.
    pub code: ProblemCode,
    /// The fields at fault, when the request was understood but is not acceptable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}

/// The stable codes of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// 422: fields are at fault; `fields` says which and why.
    Invalid,
    /// 401: nobody is signed in, or the session has ended.
    SignedOut,
    /// 403: known, but not allowed; also a request that another site may have forged.
    Forbidden,
    /// 403: it takes a login of a higher level; the field `session` says which (`level`). Nothing has happened.
    LevelNeeded,
    /// 404: it does not exist, or is somebody else's: the two look the same on purpose.
    NotFound,
    /// 409: it clashes with what is already there.
    Conflict,
    /// 409: somebody else is signed in than the app believed ([`crate::headers::PERSON`]); nothing has happened.
    OtherPerson,
    /// 412: it was changed elsewhere since; `ETag` says which version is kept now.
    Stale,
    /// 413: more bytes, pixels or files than allowed.
    TooLarge,
    /// 422: the same `Idempotency-Key` came before with another body.
    KeyReused,
    /// 429: too many requests; `Retry-After` says when.
    TooMany,
    /// 503: something the CRM depends on (the identity provider, say) does not answer.
    Unavailable,
    /// 500: our fault.
    Internal,
    /// A code this version does not know.
    #[serde(other)]
    Unknown,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// The field's name, with a dot between parts (`place.street`, `photos.2`).
    pub field: String,
    /// The rule that is broken.
    pub code: FieldRule,
    /// Numbers for the sentence (`max`, `actual`…), as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl FieldProblem {
    /// A broken rule without numbers.
    pub fn new(field: impl Into<String>, code: FieldRule) -> Self {
        Self { field: field.into(), code, params: BTreeMap::new() }
    }

    /// The same, with a number or word for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// The rules a field can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldRule {
    /// Nothing was given.
    Required,
    /// More characters than `max`; `actual` says how many.
    TooLong,
    /// More items than `max`.
    TooManyItems,
    /// Control characters or invisible direction marks, which could make a text lie about itself.
    UnsafeCharacters,
    /// Not one of the choices, perhaps no longer one.
    NotAChoice,
    /// Outside the municipality.
    OutsideTown,
    /// Not a place: latitude or longitude out of range, or neither street nor point.
    NotAPlace,
    /// The file is empty.
    EmptyFile,
    /// The file is none of the types allowed.
    FileType,
    /// The file is damaged or cut short.
    FileDamaged,
    /// The file was changed or taken away while it was read.
    FileChanged,
    /// A photo in a format that this device cannot turn into JPEG (HEIC).
    PhotoUnreadable,
    /// More bytes than `max`.
    FileTooLarge,
    /// More pixels than `max`.
    TooManyPixels,
    /// It does not exist (any more), or belongs to somebody else.
    NotFound,
    /// Neither an e-mail address nor a phone number, of which one is enough.
    EmailOrPhone,
    /// Not an e-mail address.
    NotAnEmail,
    /// Not a phone number.
    NotAPhone,
    /// Not two different times of a day.
    NotHours,
    /// A phone number, an e-mail address, a plate or a codice fiscale in a text that everybody would read.
    PersonalData,
    /// Not the number of a payment notice: 18 digits.
    NotANotice,
    /// Not a creditor's fiscal code: 11 digits.
    NotACreditor,
    /// Somebody is paying it, or has just paid: it cannot be paid again until that is known.
    InPayment,
    /// It is paid.
    AlreadyPaid,
    /// It can be paid no longer, or need not be.
    NotPayable,
    /// It costs another amount than the one that was seen.
    AmountChanged,
    /// The privacy notice must be acknowledged in its present version.
    NotAcknowledged,
    /// A definition that departs from the profile of questionnaires: `line`, `column`, `what`, and `hint` where there is one.
    NotInProfile,
    /// An answer that breaks a rule of its questionnaire; `says` is the rule in words.
    NotAccepted,
    /// Not a well-formed codice fiscale.
    NotAFiscalCode,
    /// Not so many digits as there must be.
    NotDigits,
    /// Not the code that was sent; `left` says how often it may still be tried.
    WrongCode,
    /// A rule this version does not know.
    #[serde(other)]
    Unknown,
}
