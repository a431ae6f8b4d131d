//! Days counted from today: the demo data says "-12" and "+9", and this turns them into dates and instants.
use contract::{Date, UtcTime};

const MONTHS: [&str; 12] =
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];

/// A day of the civil calendar, as a number of days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    /// The day of a date, or `None` when the text is not a day of the calendar.
    pub fn of(date: &Date) -> Option<Self> {
        date.day_number().map(Self)
    }

    /// Today in UTC, by the computer's clock.
    pub fn today() -> Self {
        let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
        Self(i64::try_from(seconds / 86_400).unwrap_or(0))
    }

    /// The day so many days later (earlier when negative).
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// Year, month (1-12) and day of the month.
    pub const fn parts(self) -> (i64, i64, i64) {
        // The Gregorian calendar in eras of 400 years that begin on the first of March, so that the leap day comes last.
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    /// As `2026-11-22`.
    pub fn date(self) -> Date {
        let (year, month, day) = self.parts();
        Date(format!("{year:04}-{month:02}-{day:02}"))
    }

    /// As Italian prose writes it: `1º dicembre 2026`.
    pub fn in_words(self) -> String {
        let (year, month, day) = self.parts();
        let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
        let mark = if day == 1 { "º" } else { "" };
        format!("{day}{mark} {name} {year}")
    }

    /// The instant when the clocks of Rome show this minute of this day (minutes since midnight).
    pub fn at_minute_in_rome(self, minute: i64) -> UtcTime {
        let shift = if self.is_summer_time() { 120 } else { 60 };
        let total = self.0 * 1_440 + minute - shift;
        let day = Self(total.div_euclid(1_440)).date();
        let rest = total.rem_euclid(1_440);
        UtcTime(format!("{}T{:02}:{:02}:00Z", day.0, rest / 60, rest % 60))
    }

    /// From the last Sunday of March to the day before the last Sunday of October (directive 2000/84/EC); changes happen at night.
    fn is_summer_time(self) -> bool {
        let (year, month, _) = self.parts();
        match month {
            4..=9 => true,
            3 => self >= last_sunday(year, 3),
            10 => self < last_sunday(year, 10),
            _ => false,
        }
    }
}

/// The last Sunday of a month of 31 days.
fn last_sunday(year: i64, month: i64) -> Day {
    let end = Date(format!("{year:04}-{month:02}-31")).day_number().unwrap_or(0);
    // 1970-01-04 (day 3) was a Sunday.
    Day(end - (end - 3).rem_euclid(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::of(&Date(text.to_owned())).unwrap_or(Day(i64::MIN))
    }

    #[test]
    fn every_day_of_sixty_years_is_written_as_it_was_read() {
        for number in 0..22_000 {
            assert_eq!(Day::of(&Day(number).date()), Some(Day(number)));
        }
    }

    #[test]
    fn hours_in_rome_are_one_or_two_ahead() {
        assert_eq!(day("2026-01-15").at_minute_in_rome(9 * 60 + 5).0, "2026-01-15T08:05:00Z");
        assert_eq!(day("2026-07-15").at_minute_in_rome(9 * 60 + 5).0, "2026-07-15T07:05:00Z");
        assert_eq!(day("2026-03-28").at_minute_in_rome(600).0, "2026-03-28T09:00:00Z");
        assert_eq!(day("2026-03-29").at_minute_in_rome(600).0, "2026-03-29T08:00:00Z");
        assert_eq!(day("2026-10-24").at_minute_in_rome(600).0, "2026-10-24T08:00:00Z");
        assert_eq!(day("2026-10-25").at_minute_in_rome(600).0, "2026-10-25T09:00:00Z");
        assert_eq!(day("2026-01-01").at_minute_in_rome(30).0, "2025-12-31T23:30:00Z");
    }

    #[test]
    fn dates_read_like_italian() {
        assert_eq!(day("2026-12-01").in_words(), "1º dicembre 2026");
        assert_eq!(day("2027-02-28").in_words(), "28 febbraio 2027");
    }
}
