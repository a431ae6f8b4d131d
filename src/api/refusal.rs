//! What a refusal of the CRM means, as a thing that a person can be told.
use super::ApiError;
use contract::problem::{FieldProblem, Problem, ProblemCode};

/// Names an error. A proxy in front of the CRM may answer HTML: then the status decides.
pub fn refusal(status: u16, problem: Option<Problem>) -> ApiError {
    let Some(problem) = problem else {
        return match status {
            401 => ApiError::SignedOut,
            403 => ApiError::Forbidden,
            404 => ApiError::NotFound,
            413 => ApiError::Invalid(vec![FieldProblem::new("", contract::problem::FieldRule::FileTooLarge)]),
            429 => ApiError::TooMany,
            502..=504 => ApiError::Offline,
            _ => ApiError::Broken,
        };
    };
    match problem.code {
        // A volunteer is: that says nothing of a citizen's session.
        ProblemCode::SignedOut if !problem.fields.is_empty() => ApiError::Forbidden,
        ProblemCode::SignedOut => ApiError::SignedOut,
        ProblemCode::Forbidden => match problem.fields.first() {
            Some(field) if field.field == "help_desk" => ApiError::AtTheDesk,
            Some(field) if field.field == "delegation" && field.params.get("reason").is_some_and(|reason| reason == "ended") => {
                ApiError::NotActing
            }
            Some(field) if field.field == "delegation" => ApiError::OnBehalf,
            _ => ApiError::Forbidden,
        },
        ProblemCode::LevelNeeded => {
            ApiError::Level(problem.fields.first().and_then(|field| field.params.get("level")?.parse().ok()).unwrap_or(2))
        }
        ProblemCode::NotFound => ApiError::NotFound,
        ProblemCode::Invalid | ProblemCode::TooLarge if !problem.fields.is_empty() => ApiError::Invalid(problem.fields),
        ProblemCode::Conflict | ProblemCode::OtherPerson | ProblemCode::Stale | ProblemCode::KeyReused => ApiError::Conflict,
        ProblemCode::TooMany => ApiError::TooMany,
        ProblemCode::Unavailable => ApiError::Offline,
        ProblemCode::Invalid | ProblemCode::TooLarge | ProblemCode::Internal | ProblemCode::Unknown => ApiError::Broken,
    }
}
