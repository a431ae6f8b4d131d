//! The levels of SPID, CIE and eIDAS by their `acr` names, and which of them are asked for.
//!
//! Sources: SPID/CIE OpenID Connect technical rules; implementing regulation (EU) 2015/1502.
use crate::config::LoginWay;
use contract::session::Scheme;

/// The names by scheme: SPID's and CIE's, then eIDAS', each the first, second and third level.
const SPID: [&str; 3] = ["https://www.spid.gov.it/SpidL1", "https://www.spid.gov.it/SpidL2", "https://www.spid.gov.it/SpidL3"];
const EIDAS: [&str; 3] = ["http://eidas.europa.eu/LoA/low", "http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high"];

/// The level behind a name, 1 to 3. A name that is not known proves the least.
pub fn level(acr: &str) -> u8 {
    let is = |at: usize| SPID[at] == acr || EIDAS[at] == acr;
    if is(2) {
        3
    } else if is(1) {
        2
    } else {
        1
    }
}

/// What is asked for and accepted: what the town has set, as far as it reaches `least`; where nothing does, the scheme's own names. 0: all of it.
pub fn asked(way: &LoginWay, least: u8) -> Vec<String> {
    let enough: Vec<String> = way.acr.iter().filter(|acr| level(acr) >= least).cloned().collect();
    if !enough.is_empty() || least == 0 {
        return enough;
    }
    let own: &[&[&str; 3]] = if way.scheme == Scheme::Eidas { &[&EIDAS, &SPID] } else { &[&SPID] };
    own.iter().flat_map(|names| names.iter()).filter(|acr| level(acr) >= least).map(|acr| (*acr).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(scheme: Scheme, acr: &[&str]) -> LoginWay {
        let acr = acr.iter().map(|acr| (*acr).to_owned()).collect();
        LoginWay { scheme, issuer: String::new(), client_id: String::new(), client_secret: None, acr, params: vec![] }
    }

    #[test]
    fn a_name_that_nobody_knows_proves_the_least() {
        let levels = [SPID[0], SPID[1], SPID[2], EIDAS[2], "SpidL3", "https://evil.example/SpidL3", ""].map(level);
        assert_eq!(levels, [1, 2, 3, 3, 1, 1, 1]);
    }

    #[test]
    fn what_is_asked_for_reaches_the_level_in_the_town_s_order() {
        let town = way(Scheme::Spid, &[SPID[1], SPID[0], SPID[2]]);
        assert_eq!(asked(&town, 0), town.acr);
        assert_eq!(asked(&town, 2), [SPID[1], SPID[2]]);
        assert_eq!(asked(&way(Scheme::Cie, &[SPID[1]]), 3), [SPID[2]]);
        assert_eq!(asked(&way(Scheme::Eidas, &[EIDAS[0]]), 3), [EIDAS[2], SPID[2]]);
    }
}
