//! The pages that show letters: all of them, one of them, and its HTML as a mail program would draw it.
use super::{Enclosed, Letter, Mailboxes};
use crate::page::{Page, escape};
use crate::params::Params;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

const MARK: &str = "Posta di prova";
/// Whatever a letter holds, it runs nothing and loads nothing.
const LETTER_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'self'";

/// The routes of the mailboxes.
pub(crate) fn router(mailboxes: Mailboxes) -> Router {
    Router::new()
        .route("/letters", get(list))
        .route("/letters.json", get(all))
        .route("/letters/{number}", get(one))
        .route("/letters/{number}/html", get(html))
        .route("/letters/{number}/files/{index}", get(file))
        .with_state(mailboxes)
}

fn page(status: StatusCode, title: &str, main: String) -> Page {
    Page { status, language: "it", title: format!("{title} · {MARK}"), main, mark: MARK, form_goes_to: None }
}

/// `GET /letters?to=`: the letters, newest first; those to one address only, when it is given.
async fn list(State(mailboxes): State<Mailboxes>, params: Params) -> Page {
    let to = params.get("to").unwrap_or_default();
    let letters: Vec<Letter> = mailboxes.letters().into_iter().filter(|letter| to.is_empty() || letter.to == to).collect();
    let mut main =
        "<h1>La posta</h1>\n<p class=\"lead\">Qui arrivano le e-mail che il Comune di prova manda alle persone.</p>\n".to_owned();
    if letters.is_empty() {
        main.push_str("<p>Non è ancora arrivato niente.</p>\n");
    } else {
        main.push_str(&format!("<ul class=\"cases\">\n{}</ul>\n", letters.iter().map(card).collect::<String>()));
    }
    main.push_str("<p><a href=\"/phone\">Vai al telefono</a></p>\n");
    page(StatusCode::OK, "La posta", main)
}

fn card(letter: &Letter) -> String {
    format!(
        "<li><p><a href=\"/letters/{}\">{}</a></p>\n<p>a {} · {}</p></li>\n",
        letter.number,
        escape(if letter.subject.is_empty() { "(senza oggetto)" } else { &letter.subject }),
        escape(&letter.to),
        escape(&letter.written_at)
    )
}

/// `GET /letters.json`: the same for programs.
async fn all(State(mailboxes): State<Mailboxes>) -> Json<Vec<Letter>> {
    Json(mailboxes.letters())
}

fn missing() -> Page {
    page(StatusCode::NOT_FOUND, "Non c'è", "<h1>Questa lettera non c'è</h1>\n<p><a href=\"/letters\">Torna alla posta</a></p>".to_owned())
}

/// `GET /letters/{number}`.
async fn one(State(mailboxes): State<Mailboxes>, Path(number): Path<usize>) -> Page {
    let Some(letter) = mailboxes.letter(number) else { return missing() };
    let text = escape(&letter.text).replace('\n', "<br>\n");
    let html = if letter.html.is_empty() {
        String::new()
    } else {
        format!("<p><a href=\"/letters/{number}/html\">Vedi com'è impaginata</a></p>\n")
    };
    let row =
        |(index, file): (usize, &Enclosed)| format!("<li><a href=\"/letters/{number}/files/{index}\">{}</a></li>\n", escape(&file.name));
    let files: String = letter.files.iter().enumerate().map(row).collect();
    let files = if files.is_empty() { files } else { format!("<h2>Allegati</h2>\n<ul>\n{files}</ul>\n") };
    let main = format!(
        "<h1>{}</h1>\n<p>Da {}<br>\na {}<br>\n{}</p>\n<p>{text}</p>\n{files}{html}<p><a href=\"/letters\">Torna alla posta</a></p>",
        escape(&letter.subject),
        escape(&letter.from),
        escape(&letter.to),
        escape(&letter.written_at)
    );
    page(StatusCode::OK, &letter.subject, main)
}

/// `GET /letters/{number}/html`: the letter's own HTML, shut in.
async fn html(State(mailboxes): State<Mailboxes>, Path(number): Path<usize>) -> Response {
    match mailboxes.letter(number) {
        Some(letter) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, LETTER_POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, letter.html).into_response()
        }
        None => missing().into_response(),
    }
}

/// `GET /letters/{number}/files/{index}`: a file that came with a letter, to be kept and never shown in place.
async fn file(State(mailboxes): State<Mailboxes>, Path((number, index)): Path<(usize, usize)>) -> Response {
    match mailboxes.letter(number).and_then(|letter| letter.files.into_iter().nth(index)) {
        Some(file) => {
            let kind = if file.media_type == "application/pdf" { "application/pdf" } else { "application/octet-stream" };
            let headers =
                [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "attachment"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, file.bytes).into_response()
        }
        None => missing().into_response(),
    }
}
