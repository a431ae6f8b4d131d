//! The help desk: where volunteers log in, what makes one, how long their sessions last.
use super::{ConfigError, LoginWay, SessionLengths, Source};
use contract::session::Scheme;

/// Who the volunteers of the help desk are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Where they log in; none when there is no desk.
    pub way: Option<LoginWay>,
    /// What their roles must have; empty when everybody of the issuer is one.
    pub role: String,
    /// How long their sessions last.
    pub lengths: SessionLengths,
}

impl Source<'_> {
    pub(super) fn desk(&self) -> Result<Desk, ConfigError> {
        let given = |name: &str| Some(self.text(name)).filter(|text| !text.is_empty());
        let pairs = self.text("FILO_DESK_PARAMS");
        let way = given("FILO_DESK_ISSUER").map(|issuer| LoginWay {
            // It is none of the citizens' schemes.
            scheme: Scheme::Unknown,
            issuer,
            client_id: self.text("FILO_DESK_CLIENT_ID"),
            client_secret: given("FILO_DESK_CLIENT_SECRET"),
            acr: self.list("FILO_DESK_ACR"),
            params: pairs.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        });
        let lengths = SessionLengths { idle: self.parse("FILO_DESK_IDLE_SECONDS")?, total: self.parse("FILO_DESK_TOTAL_SECONDS")? };
        Ok(Desk { way, role: given("FILO_DESK_ROLE").filter(|role| role != "-").unwrap_or_default(), lengths })
    }
}
