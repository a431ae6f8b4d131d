//! Everything a handler can reach, made once at start.
use crate::clock::Clock;
use crate::config::{Config, LoginWay};
use crate::connect::SetupError;
use crate::connect::app_io::AppIo;
use crate::connect::oidc::{LoginError, Provider};
use crate::connect::open311::{Server, ServerError};
use crate::connect::pagopa::PagoPa;
use crate::connect::push::WebPush;
use crate::connect::sms::Sms;
use crate::connect::smtp::{Post, PostError};
use crate::db::Db;
use crate::files::Files;
use crate::reference::{Reference, ReferenceError};
use crate::throttle::Throttle;
use crate::uploads::Lanes;
use axum::http::HeaderMap;
use contract::paths;
use contract::session::Scheme;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The CRM, shared by all requests.
pub type Crm = Arc<State>;

/// What the CRM is made of.
pub struct State {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// Photos and documents.
    pub files: Files,
    /// Dictionary, report form, town, outline.
    pub reference: Reference,
    /// One permit for each core: decoding photos and writing PDFs are work for the processor.
    pub cores: Arc<Semaphore>,
    /// Counts logins begun by each address.
    pub throttle: Throttle,
    /// Uploads under way, one request at a time for each.
    pub lanes: Lanes,
    /// Counts reports sent without signing in by each address.
    pub reports_throttle: Throttle,
    /// Counts codes asked for by each address.
    pub codes_throttle: Throttle,
    /// The way to the mail server, when one is configured.
    pub post: Option<Post>,
    /// The Open311 server that reports are handed on to, when one is configured.
    pub forward: Option<Server>,
    /// The way to browsers' push services, when there is a key for it.
    pub push: Option<WebPush>,
    /// The way to App IO, when there is a key for it.
    pub app_io: Option<AppIo>,
    /// The way to the SMS gateway, when one is configured.
    pub sms: Option<Sms>,
    /// Where volunteers of the help desk log in, when there is one.
    pub desk_provider: Option<Provider>,
    /// The payment platform, when one is configured.
    pub pagopa: Option<PagoPa>,
    providers: Vec<Provider>,
}

/// Why the CRM cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Reference data.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The database.
    #[error("FILO_DATABASE_URL: {0}")]
    Database(#[from] sqlx::Error),
    /// The folder of files.
    #[error("FILO_FILES: {0}")]
    Files(#[from] std::io::Error),
    /// The identity provider's settings.
    #[error("FILO_OIDC: {0}")]
    Login(#[from] LoginError),
    /// The mail server's settings.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The Open311 server's settings.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The settings of Web Push, App IO, the SMS gateway or pagoPA.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

impl State {
    /// Opens everything: reads reference data, opens and migrates the database, makes the folder of files.
    ///
    /// # Errors
    /// The first thing that cannot be opened.
    pub async fn open(config: Config, clock: Clock) -> Result<Crm, StartError> {
        let post = config.mail.as_ref().map(Post::new).transpose()?;
        let forward = config.forward.clone().map(Server::new).transpose()?;
        let push = config.push.as_ref().map(WebPush::new).transpose()?;
        let app_io = config.app_io.as_ref().map(AppIo::new).transpose()?;
        let sms = config.sms.as_ref().map(Sms::new).transpose()?;
        let pagopa = config.pagopa.as_ref().map(PagoPa::new).transpose()?;
        let reference = Reference::load(&config.seed, config.boundary.as_deref())?.with_mail(post.is_some());
        let db = Db::open(&config.database_url).await?;
        let files = Files::open(config.files.clone()).await?;
        let callback = format!("{}{}", config.public_url, paths::SESSION_CALLBACK);
        let provider = |way: &LoginWay| Provider::new(way.clone(), callback.clone(), clock.clone());
        let providers = config.logins.iter().map(provider).collect::<Result<Vec<_>, _>>()?;
        let desk_provider = config.desk.way.as_ref().map(provider).transpose()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let throttle = Throttle::new(config.logins_per_minute);
        let reports_throttle = Throttle::new(config.anonymous_per_minute);
        let codes_throttle = Throttle::new(config.codes_per_minute);
        let cores = Arc::new(Semaphore::new(cores));
        Ok(Arc::new(Self {
            config,
            clock,
            db,
            files,
            reference,
            cores,
            throttle,
            lanes: Lanes::default(),
            reports_throttle,
            codes_throttle,
            post,
            forward,
            push,
            app_io,
            sms,
            desk_provider,
            pagopa,
            providers,
        }))
    }

    /// Whether anybody can be told anything outside of the app.
    pub fn has_channels(&self) -> bool {
        self.post.is_some() || self.push.is_some() || self.app_io.is_some() || self.sms.is_some() || self.config.paper
    }

    /// The identity provider for a scheme, when one is configured.
    pub fn provider(&self, scheme: Scheme) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.way().scheme == scheme)
    }

    /// The network address a request comes from: the last one in the trusted proxy's header, else the connection's own.
    pub fn client_address(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> IpAddr {
        let named = self.config.client_header.as_ref().and_then(|name| headers.get_all(name.as_str()).iter().next_back());
        let last = named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        last.or(peer.map(|peer| peer.ip())).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}
