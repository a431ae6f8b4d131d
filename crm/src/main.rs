//! The CRM's command line: serve, import a file, print the OpenAPI document or the settings, make a key for Web Push, speak with an office API.
mod desk;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::Parser;
use crm::clock::Clock;
use crm::config::{Config, SETTINGS};
use crm::connect::push::KeyPair;
use crm::help_desk::log::{self, Head};
use crm::help_desk::volunteers;
use crm::live::Live;
use crm::state::State;
use crm::{events, forwarding, housekeeping, import, openapi, outbox, payments, questionnaires};
use desk::Desk;
use std::error::Error;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// The reference CRM of Filo. Settings come from the environment.
#[derive(Parser)]
#[command(name = "crm", disable_help_subcommand = true)]
enum Command {
    /// Answer requests
    Serve,
    /// Bring in offices, citizens, cases and questionnaires
    Import {
        /// The file, as `contract::import` describes it
        file: PathBuf,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Print every setting with its default
    Settings,
    /// Who helps at the help desk; `--remove SUBJECT` takes somebody away at once, `--restore SUBJECT` lets them back
    Volunteers {
        /// The provider's name for somebody who is a volunteer no longer
        #[arg(long)]
        remove: Option<String>,
        /// The provider's name for somebody who is one again
        #[arg(long, conflicts_with = "remove")]
        restore: Option<String>,
    },
    /// Verify the citizens' log: that nothing was changed, taken out or put in; prints its head
    VerifyLog {
        /// A head that was printed before and kept elsewhere: the log must still contain it
        #[arg(long)]
        head: Option<Head>,
    },
    /// Make a key pair for Web Push, and print it
    PushKey,
    /// Speak with a CRM's office API: find cases, move them, write about them (docs/office.md)
    Office(Desk),
}

/// Requests under way get so long to finish when the CRM is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(20);
/// A client that has not sent its headers by then is let go.
const HEADERS_IN: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Serve => serve().await,
        Command::Import { file } => import_file(&file).await,
        Command::Openapi => openapi::document().map(|document| print!("{document}")).map_err(Into::into),
        Command::Settings => {
            SETTINGS.iter().for_each(|setting| println!("{}={}\n    {}", setting.name, setting.default, setting.about));
            Ok(())
        }
        Command::Volunteers { remove, restore } => volunteers(remove, restore).await,
        Command::VerifyLog { head } => verify_log(head).await,
        Command::PushKey => push_key(),
        Command::Office(desk) => return desk::run(desk).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn begin() -> Result<Config, Box<dyn Error>> {
    let config = Config::from_env()?;
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)?;
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).init();
    Ok(config)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let config = begin()?;
    let (address, tls, public_url) = (config.address, config.tls.clone(), config.public_url.clone());
    let crm = State::open(config, Clock::system()).await?;
    let service = crm::app(crm.clone())?.into_make_service_with_connect_info::<SocketAddr>();
    if !crm::office::exists(&crm, &crm.reference.town.street_reports_office).await? {
        tracing::warn!("the office that takes street reports is not there yet: import it, or no report can be sent");
    }
    tokio::spawn(housekeeping::keep_clean(crm.clone()));
    outbox::take_over(&crm).await?;
    for kind in outbox::Kind::ALL {
        tokio::spawn(outbox::keep_delivering(crm.clone(), kind));
    }
    tokio::spawn(forwarding::keep_asking(crm.clone()));
    tokio::spawn(payments::checks::keep_checking(crm.clone()));
    tokio::spawn(crm::subscriptions::notices::keep_spreading(crm.clone()));
    tokio::spawn(events::listen(crm.clone()));
    let handle = Handle::new();
    tokio::spawn(stop_gently(handle.clone(), crm.db.live().clone()));
    tracing::info!(%address, public_url, "listening");
    match tls {
        Some((cert, key)) => {
            rustls::crypto::ring::default_provider().install_default().map_err(|_| "TLS was set up twice")?;
            let tls = RustlsConfig::from_pem_file(cert, key).await?;
            let mut server = axum_server::bind_rustls(address, tls).handle(handle);
            limit(server.http_builder());
            server.serve(service).await?;
        }
        None => {
            let mut server = axum_server::bind(address).handle(handle);
            limit(server.http_builder());
            server.serve(service).await?;
        }
    }
    crm.db.close().await;
    Ok(())
}

fn limit(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADERS_IN).max_buf_size(64 * 1024);
    builder.http2().timer(hyper_util::rt::TokioTimer::new()).max_header_list_size(32 * 1024).max_concurrent_streams(100);
}

/// Waits for SIGTERM or Ctrl-C: no new connections, live lines end, what is under way finishes.
async fn stop_gently(handle: Handle<SocketAddr>, live: Arc<Live>) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    live.stop();
    handle.graceful_shutdown(Some(LAST_REQUESTS));
}

fn push_key() -> Result<(), Box<dyn Error>> {
    let keys = KeyPair::generate().ok_or("the system has no randomness to give")?;
    println!("FILO_PUSH_KEY={}\npublic key: {}", keys.private(), keys.public());
    Ok(())
}

async fn volunteers(remove: Option<String>, restore: Option<String>) -> Result<(), Box<dyn Error>> {
    let crm = State::open(begin()?, Clock::system()).await?;
    let is_removed = remove.is_some();
    if let Some(subject) = remove.or(restore)
        && !volunteers::set_removed(&crm, &subject, is_removed).await?
    {
        return Err(format!("nobody called {subject} was ever a volunteer here").into());
    }
    for (subject, name, removed_at) in volunteers::all(&crm).await? {
        println!("{subject}  {name}{}", removed_at.map_or_else(String::new, |at| format!("  (removed {at})")));
    }
    crm.db.close().await;
    Ok(())
}

async fn verify_log(head: Option<Head>) -> Result<(), Box<dyn Error>> {
    let crm = State::open(begin()?, Clock::system()).await?;
    let verified = log::verify(&crm, head.as_ref()).await?;
    crm.db.close().await;
    let head = verified.map_err(|why| format!("the log cannot be trusted: {why}"))?;
    println!("{} entries, as they were written; head {head}", head.position);
    Ok(())
}

async fn import_file(path: &Path) -> Result<(), Box<dyn Error>> {
    let config = begin()?;
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    // Questionnaires stand beside the rest: their definitions are none of the contract's.
    let mut whole: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let asked = whole.remove("questionnaires").unwrap_or_else(|| serde_json::Value::Array(Vec::new()));
    let asked = serde_json::from_value(asked).map_err(|error| wrong(&error))?;
    let file = serde_json::from_value(whole.into()).map_err(|error| wrong(&error))?;
    let crm = State::open(config, Clock::system()).await?;
    let imported = import::import(&crm, &file).await?;
    let asked = questionnaires::imports::import(&crm, asked).await?;
    let (offices, citizens, cases, fees) = (imported.offices, imported.citizens, imported.cases, imported.fees);
    println!("{offices} offices; new: {citizens} citizens, {cases} cases, {fees} fees, {asked} questionnaires");
    crm.db.close().await;
    Ok(())
}
