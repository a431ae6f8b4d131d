//! Quiet hours: when no device makes a noise, by the town's clocks.
use crate::clock::in_town;
use contract::channels::Quiet;
use jiff::{Timestamp, ToSpan, Zoned};

/// When the quiet hours that hold now are over; `None` when none hold.
pub fn over(quiet: Option<&Quiet>, now: Timestamp) -> Option<Timestamp> {
    let (from, to) = quiet?.minutes()?;
    let here = in_town(now);
    let minute = u16::try_from(here.hour()).ok()? * 60 + u16::try_from(here.minute()).ok()?;
    let holds = if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to };
    if !holds {
        return None;
    }
    let day = if minute < to { here } else { here.checked_add(1.day()).ok()? };
    at(&day, to).map(|end| end.timestamp())
}

/// A minute of a day. One that clocks leave out, in spring, is the next that there is.
fn at(day: &Zoned, minute: u16) -> Option<Zoned> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    day.date().at(hour, minute, 0, 0).to_zoned(day.time_zone().clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_at(from: &str, to: &str, now: &str) -> Option<String> {
        let quiet = Quiet { from: from.into(), to: to.into() };
        over(Some(&quiet), now.parse().expect("an instant")).map(|end| end.to_string())
    }

    #[test]
    fn over_midnight_they_end_the_next_morning() {
        // 23:30 and 02:00 in Rome, in winter.
        assert_eq!(over_at("22:00", "07:30", "2026-11-22T22:30:00Z").as_deref(), Some("2026-11-23T06:30:00Z"));
        assert_eq!(over_at("22:00", "07:30", "2026-11-23T01:00:00Z").as_deref(), Some("2026-11-23T06:30:00Z"));
        assert_eq!(over_at("22:00", "07:30", "2026-11-23T06:30:00Z"), None);
    }

    #[test]
    fn within_a_day_they_end_the_same_day_and_summer_has_its_own_clock() {
        assert_eq!(over_at("13:00", "15:00", "2026-07-01T11:00:00Z").as_deref(), Some("2026-07-01T13:00:00Z"));
        assert_eq!(over_at("13:00", "15:00", "2026-07-01T13:00:00Z"), None);
    }

    #[test]
    fn the_hour_that_spring_leaves_out_is_no_obstacle() {
        // On 28 March 2027 the clocks go from 02:00 to 03:00.
        assert_eq!(over_at("22:00", "02:30", "2027-03-27T23:00:00Z").as_deref(), Some("2027-03-28T01:30:00Z"));
    }

    #[test]
    fn what_is_no_time_holds_nobody_back() {
        assert_eq!(over_at("25:00", "07:00", "2026-11-22T22:30:00Z"), None);
        assert_eq!(over(None, Timestamp::UNIX_EPOCH), None);
    }
}
