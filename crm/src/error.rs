//! Everything that can go wrong with a request, and the problem+json it becomes. Handlers only ever write `?`.
use crate::help_desk::Refusal;
use crate::web;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::office::Scope;
use contract::problem::FieldRule;
use contract::uploads::CHECKSUM_MISMATCH;
use contract::{FieldProblem, Problem, ProblemCode};

/// What handlers return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 422: fields are at fault.
    #[error("fields at fault")]
    Invalid(Vec<FieldProblem>),
    /// 400: the request itself is malformed.
    #[error("malformed request")]
    Malformed(Vec<FieldProblem>),
    /// 401: nobody is signed in.
    #[error("signed out")]
    SignedOut,
    /// 401: no volunteer is signed in. Of a citizen's session it says nothing.
    #[error("no volunteer")]
    NoVolunteer,
    /// 401: nobody is in by a code that was sent.
    #[error("no light login")]
    NoLight,
    /// 403: not allowed, or perhaps forged by another site.
    #[error("forbidden")]
    Forbidden,
    /// 403: the service token lacks this scope.
    #[error("the token lacks the scope {}", .0.as_str())]
    Scope(Scope),
    /// 403: not while somebody is being helped at the desk.
    #[error("not at the desk: {0:?}")]
    AtTheDesk(Refusal),
    /// 403: not while acting for somebody by a delegation.
    #[error("not for somebody else: {0:?}")]
    OnBehalf(Refusal),
    /// 403: it takes a login of this level.
    #[error("it takes level {0}")]
    Level(u8),
    /// 404: it does not exist, or is somebody else's.
    #[error("not found")]
    NotFound,
    /// 405: this address knows other methods.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// 409: it clashes with what is there.
    #[error("conflict")]
    Conflict,
    /// 409: somebody else is signed in than the app believed.
    #[error("other person")]
    OtherPerson,
    /// 410: it was there and its time is over.
    #[error("gone")]
    Gone,
    /// 412: another version of tus than ours.
    #[error("tus version")]
    TusVersion,
    /// 412: it was changed elsewhere since; this version is kept now.
    #[error("stale")]
    Stale(u32),
    /// 460: bytes are not what their checksum says (tus 1.0).
    #[error("checksum mismatch")]
    Checksum,
    /// 413: too many bytes, pixels or files.
    #[error("too large")]
    TooLarge(Vec<FieldProblem>),
    /// 415: another media type is wanted.
    #[error("unsupported media type")]
    MediaType,
    /// 422: the Idempotency-Key came before with another body.
    #[error("key reused")]
    KeyReused,
    /// 429: again in so many seconds.
    #[error("too many requests")]
    TooMany(u32),
    /// 503: something the CRM depends on does not answer.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// 500: our fault.
    #[error("internal: {0}")]
    Internal(String),
    /// 500, or 503 when the database has no connection free.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// 500: the disk failed.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// 500: a value of ours could not be written as JSON.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// 500: no randomness.
    #[error("randomness: {0}")]
    Random(#[from] getrandom::Error),
    /// 500: work on another thread was lost.
    #[error("task: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl Error {
    /// One field that breaks one rule (422).
    pub fn field(field: &str, rule: FieldRule) -> Self {
        Self::Invalid(vec![FieldProblem::new(field, rule)])
    }

    fn parts(self) -> (StatusCode, ProblemCode, Vec<FieldProblem>) {
        use {ProblemCode as Code, StatusCode as Status};
        match self {
            Self::Invalid(fields) => (Status::UNPROCESSABLE_ENTITY, Code::Invalid, fields),
            Self::Malformed(fields) => (Status::BAD_REQUEST, Code::Invalid, fields),
            Self::SignedOut => (Status::UNAUTHORIZED, Code::SignedOut, vec![]),
            Self::NoVolunteer => (Status::UNAUTHORIZED, Code::SignedOut, vec![FieldProblem::new("volunteer", FieldRule::Required)]),
            Self::NoLight => (Status::UNAUTHORIZED, Code::SignedOut, vec![FieldProblem::new("light", FieldRule::Required)]),
            Self::Forbidden => (Status::FORBIDDEN, Code::Forbidden, vec![]),
            Self::Scope(scope) => {
                let lacks = FieldProblem::new("authorization", FieldRule::Required).with("scope", scope.as_str());
                (Status::FORBIDDEN, Code::Forbidden, vec![lacks])
            }
            Self::AtTheDesk(refusal) => (Status::FORBIDDEN, Code::Forbidden, vec![why_not("help_desk", refusal)]),
            Self::OnBehalf(refusal) => (Status::FORBIDDEN, Code::Forbidden, vec![why_not("delegation", refusal)]),
            Self::Level(level) => {
                (Status::FORBIDDEN, Code::LevelNeeded, vec![FieldProblem::new("session", FieldRule::NotAChoice).with("level", level)])
            }
            Self::NotFound => (Status::NOT_FOUND, Code::NotFound, vec![]),
            Self::MethodNotAllowed => (Status::METHOD_NOT_ALLOWED, Code::Invalid, vec![]),
            Self::Conflict => (Status::CONFLICT, Code::Conflict, vec![]),
            Self::OtherPerson => (Status::CONFLICT, Code::OtherPerson, vec![]),
            Self::Gone => (Status::GONE, Code::NotFound, vec![]),
            Self::TusVersion => (Status::PRECONDITION_FAILED, Code::Invalid, vec![]),
            Self::Stale(_) => (Status::PRECONDITION_FAILED, Code::Stale, vec![]),
            Self::Checksum => {
                let status = Status::from_u16(CHECKSUM_MISMATCH).unwrap_or(Status::BAD_REQUEST);
                (status, Code::Invalid, vec![FieldProblem::new("file", FieldRule::FileDamaged)])
            }
            Self::TooLarge(fields) => (Status::PAYLOAD_TOO_LARGE, Code::TooLarge, fields),
            Self::MediaType => (Status::UNSUPPORTED_MEDIA_TYPE, Code::Invalid, vec![]),
            Self::KeyReused => (Status::UNPROCESSABLE_ENTITY, Code::KeyReused, vec![]),
            Self::TooMany(_) => (Status::TOO_MANY_REQUESTS, Code::TooMany, vec![]),
            Self::Unavailable(_) | Self::Database(sqlx::Error::PoolTimedOut) => (Status::SERVICE_UNAVAILABLE, Code::Unavailable, vec![]),
            Self::Internal(_) | Self::Database(_) | Self::File(_) | Self::Json(_) | Self::Random(_) | Self::Task(_) => {
                (Status::INTERNAL_SERVER_ERROR, Code::Internal, vec![])
            }
        }
    }
}

/// Why something is not done at the help desk, or by a delegation: `reason` is `never`, `scope` (which one is missing), `locked` or `ended`.
fn why_not(place: &str, refusal: Refusal) -> FieldProblem {
    let why = FieldProblem::new(place, FieldRule::NotAChoice);
    match refusal {
        Refusal::Never => why.with("reason", "never"),
        Refusal::Scope(scope) => why.with("reason", "scope").with("scope", scope.as_str()),
        Refusal::Locked => why.with("reason", "locked"),
        Refusal::Unconfirmed => why.with("reason", "unconfirmed"),
        Refusal::Ended => why.with("reason", "ended"),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let retry_after = match &self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Unavailable(_) | Self::Database(sqlx::Error::PoolTimedOut) => Some(5),
            _ => None,
        };
        let kept = if let Self::Stale(version) = &self { HeaderValue::from_str(&web::version_tag(*version)).ok() } else { None };
        let said = self.to_string();
        let (status, code, fields) = self.parts();
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), "{said}");
        }
        let mut response = problem(status, code, fields);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(tag) = kept {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// A problem as it travels.
pub fn problem(status: StatusCode, code: ProblemCode, fields: Vec<FieldProblem>) -> Response {
    let title = status.canonical_reason().unwrap_or("Problem").to_owned();
    let problem = Problem { kind: "about:blank".to_owned(), status: status.as_u16(), title, code, fields };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaType,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge(vec![]),
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid(vec![]),
            _ => Self::Malformed(vec![]),
        }
    }
}

impl From<QueryRejection> for Error {
    fn from(_: QueryRejection) -> Self {
        Self::Malformed(vec![])
    }
}
