//! The OpenAPI document: every operation, from the handlers' own annotations.
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{PathItem, RefOr};
use utoipa::{Modify, OpenApi, ToSchema};

/// All operations, by the files they live in.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Filo CRM",
        description = "What the citizen app asks of a municipality's CRM. Errors are problem+json (RFC 9457) with a stable code. \
            Every request except the callback, downloads, health and the office needs the header X-Filo; those that change \
            something must also come from the app's own origin. X-Filo-Person names who the app believes is signed in: if it is \
            somebody else, the answer is 409 other_person."
    ),
    paths(
        crate::health,
        crate::session::me,
        crate::session::extend,
        crate::session::logout,
        crate::help_desk::desk,
        crate::help_desk::volunteers::log_in,
        crate::help_desk::volunteers::log_out,
        crate::help_desk::consents::ask,
        crate::help_desk::consents::begin,
        crate::help_desk::confirm::confirm,
        crate::help_desk::finish::unlock,
        crate::help_desk::finish::finish,
        crate::help_desk::finish::checked,
        crate::help_desk::mine::look,
        crate::help_desk::mine::answer,
        crate::help_desk::mine::help,
        crate::help_desk::mine::revoke,
        crate::help_desk::mine::list,
        crate::help_desk::shown::show,
        crate::help_desk::shown::answer,
        crate::help_desk::papers::take,
        crate::help_desk::dispute::dispute,
        crate::delegates::given::mine,
        crate::delegates::given::give,
        crate::delegates::given::end,
        crate::delegates::accept::look,
        crate::delegates::accept::accept,
        crate::delegates::acting::now,
        crate::delegates::acting::begin,
        crate::delegates::acting::end,
        crate::sessions::mine,
        crate::sessions::end_one,
        crate::sessions::end_others,
        crate::my_data::copies::mine,
        crate::my_data::copies::ask,
        crate::my_data::copies::take,
        crate::my_data::choices::mine,
        crate::my_data::choices::withdraw,
        crate::my_data::leaving::told,
        crate::my_data::leaving::delete,
        crate::vault::hand_out,
        crate::login::start,
        crate::login::callback,
        crate::dictionary::dictionary,
        crate::cases::cases,
        crate::cases::case,
        crate::cases::document,
        crate::receipt::receipt,
        crate::reports::form,
        crate::reports::send,
        crate::drafts::mine,
        crate::drafts::one,
        crate::drafts::keep,
        crate::drafts::forget,
        crate::attachments::add,
        crate::attachments::download,
        crate::attachments::take_back,
        crate::attachments::state,
        crate::uploads::spoken,
        crate::uploads::create,
        crate::uploads::offset,
        crate::uploads::piece,
        crate::uploads::give_up,
        crate::uploads::instead,
        crate::story::story,
        crate::inbox::messages,
        crate::inbox::unread,
        crate::inbox::seen,
        crate::inbox::mark,
        crate::events::line,
        crate::channels::settings::mine,
        crate::channels::settings::choose,
        crate::channels::settings::test,
        crate::channels::deliveries::list,
        crate::channels::devices::add,
        crate::channels::devices::remove,
        crate::channels::letters::list,
        crate::channels::letters::one,
        crate::channels::letters::posted,
        crate::office::cases,
        crate::office::move_case,
        crate::office::files::add,
        crate::office::files::download,
        crate::office::undelivered::list,
        crate::office::undelivered::retry,
        crate::replies::message,
        crate::replies::verdict,
        crate::replies::rate,
        crate::reminders::remind,
        crate::withdrawal::withdraw,
        crate::calendar::calendar,
        crate::publication::case,
        crate::publication::publish,
        crate::public_reports::list,
        crate::public_reports::points,
        crate::public_reports::near,
        crate::public_reports::one,
        crate::public_reports::photo,
        crate::light::ask,
        crate::light::enter,
        crate::light::reports,
        crate::light::leave,
        crate::tracking::send,
        crate::tracking::track,
        crate::tracking::give,
        crate::follows::follow,
        crate::follows::unfollow,
        crate::follows::mine,
        crate::comfort::choose,
        crate::subscriptions::mine,
        crate::subscriptions::follow,
        crate::subscriptions::unfollow,
        crate::subscriptions::notices::give,
        crate::questionnaires::mine,
        crate::questionnaires::one,
        crate::questionnaires::begun::keep,
        crate::questionnaires::answers::answer,
        crate::questionnaires::ballots::sign,
        crate::questionnaires::ballots::take,
        crate::questionnaires::ballots::read,
        crate::questionnaires::previews::read,
        crate::questionnaires::results::read,
        crate::questionnaires::office::list,
        crate::questionnaires::imports::bring,
        crate::questionnaires::office::bring_to,
        crate::questionnaires::results::publish,
        crate::questionnaires::export::read,
        crate::questionnaires::files::download,
        crate::payments::mine,
        crate::payments::one,
        crate::payments::states,
        crate::payments::last_day,
        crate::payments::proofs::prove,
        crate::payments::proofs::file,
        crate::payments::carts::start,
        crate::payments::carts::returned,
        crate::payments::paper::find,
        crate::payments::receipts::pdf,
        crate::payments::receipts::push,
        crate::payments::office::put_fee,
        crate::payments::office::stuck,
        crate::payments::office::release,
        crate::payments::office::receipt,
        crate::home::tasks,
        crate::tips::mine,
        crate::tips::none,
        crate::tips::again,
        crate::tips::off,
        crate::tips::on,
    ),
    modifiers(&Security, &Responses),
    security(("session" = []))
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::session::COOKIE))));
        components
            .add_security_scheme("desk", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::help_desk::volunteers::COOKIE))));
        components.add_security_scheme("light", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::light::COOKIE))));
        // The send-only credential of a person's own device; the token of a report sent without signing in, for its files.
        for bearer in ["send_only", "upload"] {
            components.add_security_scheme(bearer, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        }
        for bearer in ["office", "platform"] {
            components.add_security_scheme(bearer, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        }
    }
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct File(pub Vec<u8>);

/// Problems travel under their own media type, and every answer says in a word what it is.
struct Responses;

impl Modify for Responses {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let PathItem { get, put, post, delete, options, head, patch, .. } = item;
            [get, put, post, delete, options, head, patch].into_iter().flatten().for_each(name_responses);
        }
    }
}

fn name_responses(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let is_problem = status.starts_with('4') || status.starts_with('5');
        if is_problem && let Some(content) = response.content.swap_remove("application/json") {
            response.content.insert("application/problem+json".to_owned(), content);
        }
        if response.description.is_empty() {
            let word = match status.as_str() {
                "201" => "Made",
                "204" => "Done",
                _ if is_problem => "A problem",
                _ => "The answer",
            };
            response.description = word.to_owned();
        }
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
