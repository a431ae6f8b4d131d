//! The dictionary: what states and kinds of case mean, in plain words. The same for everybody.
use crate::error::Result;
use crate::state::Crm;
use crate::web::{self, Asked, InLanguage, PUBLIC};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use contract::dictionary::Dictionary;
use contract::paths;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::DICTIONARY, get(dictionary))
}

/// The words for states and kinds of case.
#[utoipa::path(get, path = paths::DICTIONARY, tag = "reference", params(InLanguage), responses((status = 200, body = Dictionary), (status = "4XX", body = contract::Problem)))]
async fn dictionary(State(crm): State<Crm>, Asked(asked): Asked<InLanguage>, headers: HeaderMap) -> Result<Response> {
    web::tagged(&headers, PUBLIC, crm.reference.dictionary(&asked.language))
}
