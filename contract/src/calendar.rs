//! Days and instants as they travel: RFC 3339 text, compared and counted without a calendar library.
use serde::{Deserialize, Serialize};

/// An instant in UTC, RFC 3339 with a final `Z` (`2026-11-22T18:50:33Z`). Sorts as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct UtcTime(pub String);

/// A day of the civil calendar, ISO 8601 (`2026-11-22`), as people in the town read it (Europe/Rome). Sorts as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Date(pub String);

impl Date {
    /// The day's number, counted from 1970-01-01. `None` when the text is not a day of the calendar.
    pub fn day_number(&self) -> Option<i64> {
        let mut parts = self.0.splitn(3, '-');
        let year: i64 = parts.next()?.parse().ok()?;
        let month: i64 = parts.next()?.parse().ok()?;
        let day: i64 = parts.next()?.parse().ok()?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=longest).contains(&day) {
            return None;
        }
        // Days of the proleptic Gregorian calendar, with years that begin in March so that the leap day comes last.
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(era * 146_097 + day_of_era - 719_468)
    }

    /// Whole days from this day to `later`: negative when `later` is already past. `None` when either is not a day.
    pub fn days_until(&self, later: &Date) -> Option<i64> {
        Some(later.day_number()? - self.day_number()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date(text.to_owned())
    }

    #[test]
    fn days_are_counted_across_months_years_and_leap_days() {
        assert_eq!(date("1970-01-01").day_number(), Some(0));
        assert_eq!(date("2026-11-22").days_until(&date("2026-12-01")), Some(9));
        assert_eq!(date("2028-02-28").days_until(&date("2028-03-01")), Some(2));
        assert_eq!(date("2026-12-31").days_until(&date("2027-01-01")), Some(1));
        assert_eq!(date("2027-01-01").days_until(&date("2026-12-01")), Some(-31));
    }

    #[test]
    fn what_is_not_a_day_has_no_number() {
        for text in ["", "2026", "2026-13-01", "2026-02-29", "2026-04-31", "22/11/2026", "2026-11-00"] {
            assert_eq!(date(text).day_number(), None, "{text}");
        }
    }
}
