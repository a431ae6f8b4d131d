//! Messages on App IO: asked first whether they are wanted, within IO's limits, and no codice fiscale where it can be seen.
use super::{Town, passing};
use axum::Router;
use axum::extract::Request;
use crm::connect::app_io::{AppIo, IoMessage, send};
use crm::outbox::Outcome;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Three of the town's people: one takes our messages, one is not on IO, one has switched them off.
const MARIA: &str = "RSSMRA86D52D612U";
const GINO: &str = "BNDGNI47B03D61NM";
const GIULIA: &str = "FRRGLI03P61F205O";

fn io(town: &Town, more: &[(&str, &str)]) -> AppIo {
    AppIo::new(&town.config(more).app_io.unwrap()).unwrap()
}

fn message() -> IoMessage {
    IoMessage {
        subject: "Pratica AN4059281: c'è una novità".into(),
        markdown: "La tua pratica **AN4059281** ha una novità. Entra nell'area personale per leggerla e per sapere che cosa fare.".into(),
        time_to_live: 3600,
    }
}

#[tokio::test]
async fn a_message_arrives_with_whom_it_is_for() {
    let town = Town::open().await;
    assert_eq!(send(&io(&town, &[]), MARIA, &message()).await, Outcome::Done);
    let [arrived] = &town.arrived().await[..] else { panic!() };
    assert_eq!((&arrived["channel"], &arrived["to"]), (&json!("app_io"), &json!(MARIA)));
    assert_eq!((&arrived["subject"], &arrived["text"]), (&json!(message().subject), &json!(message().markdown)));
}

#[tokio::test]
async fn who_is_not_on_io_or_wants_nothing_from_us_is_left_alone() {
    let town = Town::open().await;
    let io = io(&town, &[]);
    assert_eq!(send(&io, GINO, &message()).await, Outcome::Gone("not on App IO".into()));
    assert_eq!(send(&io, "AAAAAA00A00A000A", &message()).await, Outcome::Gone("not on App IO".into()));
    assert_eq!(send(&io, GIULIA, &message()).await, Outcome::Gone("on App IO our messages are not wanted".into()));
    assert!(io.check(MARIA).await.is_ok());
    assert_eq!(town.arrived().await, Vec::<Value>::new());
}

#[tokio::test]
async fn more_messages_than_io_takes_in_a_minute_wait_as_long_as_it_says() {
    let town = Town::open().await;
    let io = io(&town, &[]);
    for _ in 0..20 {
        assert_eq!(send(&io, MARIA, &message()).await, Outcome::Done);
    }
    let Outcome::After(why, seconds) = send(&io, MARIA, &message()).await else { panic!() };
    assert_eq!(why, "App IO said 429");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(town.arrived().await.len(), 20);
}

#[tokio::test]
async fn io_that_is_busy_or_silent_is_asked_again() {
    let town = Town::open().await;
    let io = io(&town, &[("FILO_CHANNEL_SECONDS", "1")]);
    let message = message();
    passing(&town, "io", "App IO", || send(&io, MARIA, &message)).await;
}

#[tokio::test]
async fn a_key_that_is_wrong_waits_for_whoever_mends_it() {
    let town = Town::open().await;
    assert_eq!(send(&io(&town, &[("FILO_IO_KEY", "another")]), MARIA, &message()).await, Outcome::Later("App IO said 401".into()));
    let unusable = AppIo::new(&town.config(&[("FILO_IO_KEY", "a\nb")]).app_io.unwrap()).err().unwrap();
    assert_eq!(unusable.name, "FILO_IO_KEY");
}

/// Something that answers like IO and keeps what it was asked: path with query, and body.
async fn listener() -> (String, Arc<Mutex<Vec<(String, Value)>>>) {
    let asked: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
    let kept = Arc::clone(&asked);
    let app = Router::new().fallback(async move |request: Request| {
        let address = request.uri().to_string();
        let body = axum::body::to_bytes(request.into_body(), 100_000).await.unwrap();
        kept.lock().unwrap().push((address, serde_json::from_slice(&body).unwrap()));
        axum::Json(json!({ "sender_allowed": true }))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, asked)
}

#[tokio::test]
async fn the_codice_fiscale_travels_in_bodies_alone() {
    let (url, asked) = listener().await;
    let town = Town::open().await;
    let io = io(&town, &[("FILO_IO_URL", &url)]);
    assert_eq!(send(&io, MARIA, &message()).await, Outcome::Done);
    for unfit in [
        IoMessage { subject: "Corto".into(), ..message() },
        IoMessage { markdown: "Corto".into(), ..message() },
        IoMessage { time_to_live: 60, ..message() },
    ] {
        assert!(matches!(send(&io, MARIA, &unfit).await, Outcome::Never(_)));
    }
    let body = json!({
        "fiscal_code": MARIA, "time_to_live": 3600, "feature_level_type": "STANDARD",
        "content": { "subject": message().subject, "markdown": message().markdown }
    });
    let expected = [("/api/v1/profiles".to_owned(), json!({ "fiscal_code": MARIA })), ("/api/v1/messages".to_owned(), body)];
    assert_eq!(*asked.lock().unwrap(), expected);
}
