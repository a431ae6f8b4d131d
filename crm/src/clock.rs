//! What time it is. Tests bring a clock of their own.
use contract::{Date, UtcTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use std::sync::Arc;

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Timestamp::now))
    }

    /// Any other clock.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// The present instant as it travels and is stored.
    pub fn utc(&self) -> UtcTime {
        utc(self.now())
    }

    /// Today in the town (Europe/Rome).
    pub fn today(&self) -> Date {
        day(self.now())
    }

    /// The instant so many seconds ago, as it is stored.
    pub fn seconds_ago(&self, seconds: i64) -> UtcTime {
        utc(later(self.now(), -seconds))
    }
}

/// An instant as it travels and is stored: whole seconds, so that it sorts as text.
pub fn utc(instant: Timestamp) -> UtcTime {
    UtcTime(instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Reads an instant in any RFC 3339 form.
pub fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// So many seconds later; the same instant at the end of time.
pub fn later(instant: Timestamp, seconds: i64) -> Timestamp {
    instant.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(instant)
}

/// The day an instant falls on in the town.
pub fn day(instant: Timestamp) -> Date {
    Date(in_town(instant).date().to_string())
}

/// The civil year an instant falls on in the town.
pub fn year(instant: Timestamp) -> i16 {
    in_town(instant).date().year()
}

/// The first and the last second of a civil year in the town. `None` for a year that calendars do not have.
pub fn year_in_town(year: i16) -> Option<[UtcTime; 2]> {
    let zone = TimeZone::get("Europe/Rome").unwrap_or(TimeZone::UTC);
    let begins = |year: i16| Some(jiff::civil::Date::new(year, 1, 1).ok()?.to_zoned(zone.clone()).ok()?.timestamp());
    Some([utc(begins(year)?), utc(later(begins(year.checked_add(1)?)?, -1))])
}

/// So many days after a day. `None` when it is not a day of the calendar.
pub fn days_after(day: &Date, days: u32) -> Option<Date> {
    let day: jiff::civil::Date = day.0.parse().ok()?;
    Some(Date(day.checked_add(i64::from(days).days()).ok()?.to_string()))
}

/// What clocks in the town show. The zone database is compiled in, so the name is always known.
pub fn in_town(instant: Timestamp) -> Zoned {
    instant.to_zoned(TimeZone::get("Europe/Rome").unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_when_the_town_wakes_up_not_when_greenwich_does() {
        let late = instant("2026-11-22T23:30:00Z").expect("an instant");
        assert_eq!(day(late).0, "2026-11-23");
        assert_eq!(utc(late).0, "2026-11-22T23:30:00Z");
        assert_eq!(year(instant("2026-12-31T23:30:00Z").expect("an instant")), 2027);
    }

    #[test]
    fn days_run_over_the_end_of_the_month() {
        assert_eq!(days_after(&Date("2026-12-20".into()), 30), Some(Date("2027-01-19".into())));
        assert_eq!(days_after(&Date("soon".into()), 30), None);
    }
}
