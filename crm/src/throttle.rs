//! Counting what one network address does in a minute.
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Addresses remembered at most; beyond that the oldest minutes are forgotten first.
const ADDRESSES_MAX: usize = 20_000;

/// Counts, minute by minute.
pub struct Throttle {
    per_minute: u32,
    counts: Mutex<HashMap<IpAddr, (i64, u32)>>,
}

impl Throttle {
    /// Allows so many in a minute to each address.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, counts: Mutex::new(HashMap::new()) }
    }

    /// Counts one more at `now` (seconds since 1970). When it is one too many: the seconds until the next minute.
    pub fn take(&self, address: IpAddr, now: i64) -> Result<(), u32> {
        let minute = now.div_euclid(60);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= ADDRESSES_MAX {
            counts.retain(|_, (counted, _)| *counted == minute);
        }
        let (counted, count) = counts.entry(network(address)).or_insert((minute, 0));
        if *counted != minute {
            (*counted, *count) = (minute, 0);
        }
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
    fn a_whole_ipv6_network_is_one_address() {
        let throttle = Throttle::new(1);
        assert_eq!(throttle.take(address("2001:db8::1"), 0), Ok(()));
        assert!(throttle.take(address("2001:db8::2"), 0).is_err());
        assert_eq!(throttle.take(address("2001:db8:0:1::1"), 0), Ok(()));
    }
}
