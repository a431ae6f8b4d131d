//! Counting what one network address does in a minute.
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};

/// Addresses counted one by one in a minute. Those that come when so many are counted already share one count.
const ADDRESSES_MAX: usize = 20_000;
/// The one address of all that share a count: it is nobody's (RFC 6890).
const SHARED: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Counts, minute by minute.
pub struct Throttle {
    per_minute: u32,
    counts: Mutex<Minute>,
}

/// What was counted in one minute.
#[derive(Default)]
struct Minute {
    number: i64,
    counts: HashMap<IpAddr, u32>,
}

impl Throttle {
    /// Allows so many in a minute to each address.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, counts: Mutex::default() }
    }

    /// Counts one more at `now` (seconds since 1970). When it is one too many: the seconds until the next minute.
    pub fn take(&self, address: IpAddr, now: i64) -> Result<(), u32> {
        let minute = now.div_euclid(60);
        let mut counted = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.number != minute {
            *counted = Minute { number: minute, counts: HashMap::new() };
        }
        let mut address = network(address);
        if counted.counts.len() >= ADDRESSES_MAX && !counted.counts.contains_key(&address) {
            address = SHARED;
        }
        let count = counted.counts.entry(address).or_default();
        *count = count.saturating_add(1);
        if *count <= self.per_minute { Ok(()) } else { Err(u32::try_from(60 - now.rem_euclid(60)).unwrap_or(60)) }
    }
}

/// An IPv6 subscriber has a whole /64: it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_too_many_waits_for_the_next_minute_and_others_do_not_wait() {
        let throttle = Throttle::new(2);
        assert_eq!(throttle.take(address("192.0.2.1"), 130), Ok(()));
        assert_eq!(throttle.take(address("192.0.2.1"), 131), Ok(()));
        assert_eq!(throttle.take(address("192.0.2.1"), 132), Err(48));
        assert_eq!(throttle.take(address("192.0.2.2"), 132), Ok(()));
        assert_eq!(throttle.take(address("192.0.2.1"), 180), Ok(()));
    }

    #[test]
    fn who_comes_when_too_many_were_counted_shares_a_count_until_the_next_minute() {
        let throttle = Throttle::new(1);
        for number in 0..ADDRESSES_MAX {
            assert_eq!(throttle.take(IpAddr::V4(u32::try_from(number + 1).expect("small").into()), 0), Ok(()));
        }
        assert_eq!(throttle.take(address("192.0.2.1"), 1), Ok(()));
        assert_eq!(throttle.take(address("192.0.2.2"), 2), Err(58));
        assert_eq!(throttle.take(address("192.0.2.2"), 60), Ok(()));
    }

    #[test]
    fn a_whole_ipv6_network_is_one_address() {
        let throttle = Throttle::new(1);
        assert_eq!(throttle.take(address("2001:db8::1"), 0), Ok(()));
        assert!(throttle.take(address("2001:db8::2"), 0).is_err());
        assert_eq!(throttle.take(address("2001:db8:0:1::1"), 0), Ok(()));
    }
}
