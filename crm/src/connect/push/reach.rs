//! Which addresses a push may go to. They come from browsers, so anybody can name any: only the push services that the settings list
//! are asked, and none of them may lead into our own network (server-side request forgery: OWASP API7:2023, ASVS 5.0 1.3.6).
use crate::connect::answer::{self, SetupError};
use openidconnect::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use openidconnect::reqwest::{Client, Url};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of an address.
const ENDPOINT_BYTES_MAX: usize = 2048;
const HOSTS: &str = "FILO_PUSH_HOSTS";

/// The push services that we speak with, and a client for each sort.
pub(super) struct Reach {
    places: Vec<Place>,
    guarded: Client,
    open: Client,
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// `host`, by HTTPS on its port.
    Host(String),
    /// `*.host`: everything below it; what stands behind the star.
    Below(String),
    /// A whole origin, which may be http, have a port, and be private: whoever writes it down means it.
    Origin(String),
}

impl Reach {
    /// Reads the list of push services.
    pub(super) fn new(hosts: &[String], answer_time: Duration) -> Result<Self, SetupError> {
        // A proxy would look names up out of our sight.
        let client = || answer::client(answer_time).no_proxy();
        let made = |error| SetupError::new(HOSTS, error);
        Ok(Self {
            places: hosts.iter().map(|entry| Place::read(entry)).collect::<Result<_, _>>()?,
            guarded: client().https_only(true).dns_resolver(Arc::new(PublicOnly)).build().map_err(made)?,
            open: client().build().map_err(made)?,
        })
    }

    /// The address, and the client to ask it with; `None` when it is no push service of ours.
    pub(super) fn way(&self, endpoint: &str) -> Option<(Url, &Client)> {
        if endpoint.len() > ENDPOINT_BYTES_MAX {
            return None;
        }
        let url = Url::parse(endpoint).ok()?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return None;
        }
        let origin = url.origin().ascii_serialization();
        if self.places.iter().any(|place| matches!(place, Place::Origin(known) if *known == origin)) {
            return Some((url, &self.open));
        }
        // The port of HTTPS only; and never an address of numbers, which nobody looks up.
        let host = url.domain().filter(|_| url.scheme() == "https" && url.port().is_none())?;
        let is_ours = self.places.iter().any(|place| match place {
            Place::Host(known) => known == host,
            Place::Below(known) => host.strip_suffix(known.as_str()).is_some_and(|name| !name.is_empty()),
            Place::Origin(_) => false,
        });
        is_ours.then_some((url, &self.guarded))
    }
}

impl Place {
    fn read(entry: &str) -> Result<Self, SetupError> {
        let wrong = || SetupError::new(HOSTS, format!("{entry} is neither a host, nor *.host, nor an origin"));
        if entry.contains("://") {
            let url = Url::parse(entry).map_err(|_| wrong())?;
            let origin = url.origin().ascii_serialization();
            let is_origin = ["http", "https"].contains(&url.scheme()) && entry.trim_end_matches('/').eq_ignore_ascii_case(&origin);
            return if is_origin { Ok(Self::Origin(origin)) } else { Err(wrong()) };
        }
        let host = entry.strip_prefix("*.").unwrap_or(entry).to_ascii_lowercase();
        let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        let is_host = is_plain && Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.domain() == Some(&host));
        match is_host {
            false => Err(wrong()),
            true if entry.starts_with('*') => Ok(Self::Below(format!(".{host}"))),
            true => Ok(Self::Host(host)),
        }
    }
}

/// A name leads into our own network.
#[derive(Debug, thiserror::Error)]
#[error("a private address")]
pub(super) struct PrivateAddress;

/// Looks names up, and gives no address that is not a public one.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().all(|address| is_public(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(PrivateAddress.into())
            }
        })
    }
}

/// Whether an address belongs to the public network (IANA's registries of special-purpose addresses, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => embedded(v6).map_or_else(|| (v6.segments()[0] & 0xe000) == 0x2000 && !is_special(v6), is_public_v4),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let special = match v4.octets() {
        // This network, shared by a provider's customers, protocol assignments, 6to4 relays, benchmarks, multicast and what lies above.
        [0, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] | [224..=255, ..] => true,
        _ => false,
    };
    !(special || v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_documentation())
}

/// The IPv4 address that an IPv6 address stands for: mapped, or behind a translator (NAT64, RFC 6052).
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let translated = matches!(v6.segments(), [0x64, 0xff9b, 0, 0, 0, 0, ..]);
    let [.., a, b, c, d] = v6.octets();
    v6.to_ipv4_mapped().or_else(|| translated.then(|| Ipv4Addr::new(a, b, c, d)))
}

/// Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4.
fn is_special(v6: Ipv6Addr) -> bool {
    matches!(v6.segments(), [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(hosts: &str) -> Result<Reach, SetupError> {
        let hosts: Vec<String> = hosts.split_whitespace().map(str::to_owned).collect();
        Reach::new(&hosts, Duration::from_secs(1))
    }

    #[test]
    fn only_services_of_the_list_are_reached_and_only_as_it_says() {
        let reach = reach("fcm.example *.push.example http://127.0.0.1:8090/").expect("a list");
        for good in [
            "https://fcm.example/fcm/send/abc?x=1",
            "https://FCM.example:443/a",
            "https://eu.push.example/a",
            "http://127.0.0.1:8090/push/a",
        ] {
            assert!(reach.way(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "fcm.example/a",
            "http://fcm.example/a",
            "https://fcm.example:8443/a",
            "https://fcm.example.evil.example/a",
            "https://evilfcm.example/a",
            "https://fcm.example@evil.example/a",
            "https://me:secret@fcm.example/a",
            "https://fcm.example./a",
            "https://fcm.example/a#b",
            "https://push.example/a",
            "https://evilpush.example/a",
            "https://127.0.0.1:8090/push/a",
            "http://127.0.0.1:8091/push/a",
            "http://127.0.0.1/push/a",
            "http://localhost:8090/push/a",
            "https://10.0.0.1/a",
            "https://[::1]/a",
            "file:///etc/passwd",
        ] {
            assert!(reach.way(bad).is_none(), "{bad}");
        }
        assert!(reach.way(&format!("https://fcm.example/{}", "a".repeat(2048))).is_none());
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_list() {
        for bad in ["*", "*.", "127.0.0.1", "[::1]", "host/path", "host:443", "a@b.example", "ftp://a.example", "https://a.example/path"] {
            assert_eq!(reach(bad).err().map(|error| error.name), Some(HOSTS), "{bad}");
        }
    }

    #[test]
    fn addresses_of_our_own_network_are_not_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.0.1",
            "192.168.1.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }
}
