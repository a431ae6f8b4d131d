//! The clerk's desk: a page that lists cases and has a button on each for what comes next.
use super::{Clerk, ClerkError, has_words, next_state};
use crate::config::Config;
use crate::page::{Page, escape, go_to, with_params};
use crate::params::Params;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use contract::cases::Phase;
use contract::dictionary::StateCode;
use contract::office::OfficeCase;
use std::sync::Arc;

/// Most cases on the page.
const ON_THE_PAGE: usize = 60;
const MARK: &str = "Impiegato di prova";

/// The routes of the desk.
pub(crate) fn router(config: &Config) -> Result<Router, String> {
    let clerk = Arc::new(Clerk::new(config).map_err(|error| error.to_string())?);
    Ok(Router::new().route("/clerk", get(list)).route("/clerk/moves", post(bring)).with_state(clerk))
}

/// `GET /clerk?q=&all=`: the cases, with what was just moved on top.
async fn list(State(clerk): State<Arc<Clerk>>, params: Params) -> Page {
    let q = params.get("q").unwrap_or_default().trim().to_lowercase();
    let all = params.get("all").is_some();
    let wanted = |case: &OfficeCase| (all || case.summary.phase != Phase::Closed) && has_words(case, &q);
    let mut main = "<h1>La scrivania dell'impiegato</h1>\n<p class=\"lead\">Qui muovi le pratiche come farebbe un ufficio del Comune. \
                    Il cittadino vede il nuovo stato la prossima volta che guarda, e lo legge nella <a href=\"/letters\">posta</a>.</p>\n"
        .to_owned();
    if let (Some(number), Some(state)) = (params.get("moved"), params.get("state")) {
        let state = StateCode(state.to_owned());
        main.push_str(&format!(
            "<p class=\"done\" role=\"status\">Fatto. La pratica {} ora è: {}.</p>\n",
            escape(number),
            escape(clerk.name(&state))
        ));
    }
    main.push_str(&search(&q, all));
    // The CRM is asked for everything and the words are looked for here, so that a citizen's name finds their cases too.
    let status = match clerk.cases(ON_THE_PAGE + 1, wanted).await {
        Ok(cases) => {
            main.push_str(&cards(&clerk, &cases, &q, all));
            StatusCode::OK
        }
        Err(error) => {
            main.push_str(&problem(&error));
            StatusCode::BAD_GATEWAY
        }
    };
    Page { status, language: "it", title: format!("Scrivania · {MARK}"), main, mark: MARK, form_goes_to: None }
}

/// `POST /clerk/moves`: one case, one step.
async fn bring(State(clerk): State<Arc<Clerk>>, headers: HeaderMap, params: Params) -> Response {
    if !is_from_here(&headers) {
        return refuse(StatusCode::FORBIDDEN, "<p class=\"problem\" role=\"alert\">Questa richiesta viene da un altro sito.</p>");
    }
    let text = |name| params.get(name).unwrap_or_default();
    let note = params.get("note").map(str::trim).filter(|note| !note.is_empty());
    let moved = match clerk.find(text("number")).await {
        Ok(case) => clerk.bring(&case.summary, &StateCode(text("state").to_owned()), note, text("key")).await,
        Err(error) => Err(error),
    };
    match moved {
        Ok(moved) => {
            let mut query = vec![("moved", moved.now.number.0.as_str()), ("state", moved.now.state.0.as_str())];
            query.extend(["q", "all"].into_iter().filter_map(|name| params.get(name).map(|value| (name, value))));
            go_to(&with_params("/clerk", &query))
        }
        Err(error) => refuse(StatusCode::BAD_GATEWAY, &problem(&error)),
    }
}

fn refuse(status: StatusCode, html: &str) -> Response {
    let main = format!("<h1>Non è andata</h1>\n{html}\n<p><a href=\"/clerk\">Torna alla scrivania</a></p>");
    Page { status, language: "it", title: format!("Non è andata · {MARK}"), main, mark: MARK, form_goes_to: None }.into_response()
}

/// Whether a form was sent from our own page: other sites could make a visitor's browser send one.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST.as_str()).unwrap_or_default();
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, origin_host)| origin_host == host),
        (None, None) => true,
    }
}

fn problem(error: &ClerkError) -> String {
    format!("<p class=\"problem\" role=\"alert\">{}</p>\n", escape(&error.to_string()))
}

fn search(q: &str, all: bool) -> String {
    let checked = if all { " checked" } else { "" };
    format!(
        "<form class=\"search\" method=\"get\" action=\"/clerk\" role=\"search\">\n<label>Cerca per numero, titolo o nome \
         <input type=\"search\" name=\"q\" value=\"{}\"></label>\n<label class=\"check\"><input type=\"checkbox\" name=\"all\" value=\"1\"{checked}> \
         Anche le pratiche concluse</label>\n<button class=\"main\">Cerca</button>\n</form>\n",
        escape(q)
    )
}

fn cards(clerk: &Clerk, cases: &[OfficeCase], q: &str, all: bool) -> String {
    if cases.is_empty() {
        return "<p>Nessuna pratica.</p>\n".to_owned();
    }
    let items: String = cases.iter().take(ON_THE_PAGE).map(|case| card(clerk, case, q, all)).collect();
    let more = if cases.len() > ON_THE_PAGE { "<p>Ce ne sono altre: cerca per trovarle.</p>\n" } else { "" };
    format!("<ul class=\"cases\">\n{items}</ul>\n{more}")
}

fn card(clerk: &Clerk, case: &OfficeCase, q: &str, all: bool) -> String {
    let summary = &case.summary;
    let number = escape(&summary.number.0);
    let all = if all { "<input type=\"hidden\" name=\"all\" value=\"1\">" } else { "" };
    let hidden = format!(
        "<input type=\"hidden\" name=\"number\" value=\"{number}\"><input type=\"hidden\" name=\"q\" value=\"{}\">{all}<input type=\"hidden\" name=\"key\" value=\"{}\">",
        escape(q),
        office_client::new_key()
    );
    let next = next_state(case).map_or_else(String::new, |state| {
        format!(
            "<form method=\"post\" action=\"/clerk/moves\">{hidden}<button class=\"main\" name=\"state\" value=\"{}\">Porta a: {}<span class=\"unseen\"> ({number})</span></button></form>\n",
            escape(&state.0),
            escape(clerk.name(&state)),
        )
    });
    let choices: String =
        clerk.states.iter().map(|state| format!("<option value=\"{}\">{}</option>", escape(&state.state), escape(&state.name))).collect();
    format!(
        "<li class=\"case\" data-number=\"{number}\"><div><h2>{}</h2>\n<p><span class=\"state\">{}</span> · {} · {number}</p></div>\n<div>{next}\
         <details><summary>Un altro stato</summary><form method=\"post\" action=\"/clerk/moves\">{hidden}\
         <select name=\"state\" aria-label=\"Stato di {number}\">{choices}</select> <button class=\"quiet\">Porta</button></form></details></div></li>\n",
        escape(&summary.title),
        escape(clerk.name(&summary.state)),
        escape(&case.citizen),
    )
}
