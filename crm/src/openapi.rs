//! The OpenAPI document: every operation, from the handlers' own annotations.
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

/// All operations, by the files they live in.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Filo CRM",
        description = "What the citizen app asks of a municipality's CRM. Errors are problem+json (RFC 9457) with a stable code. \
            Every request except the callback, downloads, health and the office needs the header X-Filo; those that change \
            something must also come from the app's own origin."
    ),
    paths(
        crate::health,
        crate::session::me,
        crate::session::extend,
        crate::session::logout,
        crate::login::start,
        crate::login::callback,
        crate::dictionary::dictionary,
        crate::cases::cases,
        crate::cases::case,
        crate::cases::document,
        crate::receipt::receipt,
        crate::reports::form,
        crate::reports::send,
        crate::attachments::add,
        crate::attachments::download,
        crate::attachments::take_back,
        crate::office::cases,
        crate::office::move_case,
    ),
    modifiers(&Security),
    security(("session" = []))
)]
struct Document;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::session::COOKIE))));
        components.add_security_scheme("office", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The document as JSON, as it is committed in `docs/openapi.json`.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document() -> serde_json::Result<String> {
    let document = Document::openapi();
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
