//! Days and moments of the local clock as JavaScript counts them, in milliseconds, without a time zone database.

/// Milliseconds of a day.
pub const DAY: f64 = 86_400_000.0;

/// A moment in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Year.
    pub year: i64,
    /// Month, 0 is January, as in JavaScript; it may overflow into the years when a moment is made of it.
    pub month: i64,
    /// Day of the month, from 1; it may overflow.
    pub day: i64,
    /// Milliseconds since midnight.
    pub rest: i64,
}

/// The days from 1 January 1970 to a day of the proleptic Gregorian calendar.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year + month.div_euclid(12);
    let month = month.rem_euclid(12) + 1;
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468 + day - 1
}

/// The parts of a moment; none for one that is no moment.
pub fn parts(moment: f64) -> Option<Parts> {
    if !moment.is_finite() || moment.abs() > 8.64e15 {
        return None;
    }
    let moment = moment as i64;
    let (days, rest) = (moment.div_euclid(86_400_000), moment.rem_euclid(86_400_000));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let slot = (5 * of_year + 2) / 153;
    let day = of_year - (153 * slot + 2) / 5 + 1;
    let month = if slot < 10 { slot + 2 } else { slot - 10 };
    Some(Parts { year: year_of_era + era * 400 + i64::from(month < 2), month, day, rest })
}

/// The moment of its parts; NaN outside what JavaScript can count.
pub fn moment(parts: Parts) -> f64 {
    if parts.year.abs() > 300_000 || parts.month.abs() > 4_000_000 || parts.day.abs() > 200_000_000 {
        return f64::NAN;
    }
    let moment = days_of(parts.year, parts.month, 0) as f64 * DAY + (parts.day as f64) * DAY + parts.rest as f64;
    if moment.abs() > 8.64e15 { f64::NAN } else { moment }
}

/// The day of the week, 0 is Sunday.
pub fn weekday(moment: f64) -> i64 {
    ((moment / DAY).floor() as i64 + 4).rem_euclid(7)
}

fn clock(rest: i64) -> (i64, i64, i64, i64) {
    (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000)
}

fn year_text(year: i64) -> String {
    match year {
        0..=9999 => format!("{year:04}"),
        _ => format!("{}{:06}", if year < 0 { '-' } else { '+' }, year.abs()),
    }
}

/// ISO 8601 with milliseconds and Z; `Invalid Date` for what is none.
pub fn iso(moment: f64) -> String {
    let Some(at) = parts(moment) else { return "Invalid Date".into() };
    let (hour, minute, second, milli) = clock(at.rest);
    format!("{}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z", year_text(at.year), at.month + 1, at.day)
}

/// The day alone, as a field of type `date` holds it.
pub fn day(moment: f64) -> String {
    iso(moment).get(..10).unwrap_or("").to_owned()
}

/// Day, hour and minute, as a field of type `datetime-local` holds them.
pub fn minute(moment: f64) -> String {
    iso(moment).get(..16).unwrap_or("").to_owned()
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Tue Oct 10 2000`, the form in which JavaScript writes a day.
pub fn long_day(moment: f64) -> String {
    let Some(at) = parts(moment) else { return "Invalid Date".into() };
    format!("{} {} {:02} {:04}", DAYS[weekday(moment) as usize % 7], MONTHS[at.month as usize % 12], at.day, at.year)
}

/// `10/10/2000`, with the hour where there is one: as people write a day in Italy.
pub fn italian(moment: f64) -> String {
    let Some(at) = parts(moment) else { return String::new() };
    let (hour, minute, _, _) = clock(at.rest);
    let day = format!("{:02}/{:02}/{:04}", at.day, at.month + 1, at.year);
    if at.rest == 0 { day } else { format!("{day} {hour:02}:{minute:02}") }
}

/// The form in which JavaScript writes a moment, for a clock without an offset.
pub fn long(moment: f64) -> String {
    let Some(at) = parts(moment) else { return "Invalid Date".into() };
    let (hour, minute, second, _) = clock(at.rest);
    format!("{} {hour:02}:{minute:02}:{second:02} GMT+0000 (Coordinated Universal Time)", long_day(moment))
}

/// Reads `2026-01-15`, `2026-01-15T10:00`, with seconds, fractions and an offset or Z (which moves it to the local clock by `offset` minutes).
/// The date may lack its day or its month. NaN for every other text.
pub fn read(text: &str, offset: i32) -> f64 {
    let text = text.trim();
    let (day, time) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut fields = day.split('-').map(whole);
    let (year, month, date) = (fields.next(), fields.next().unwrap_or(Some(1)), fields.next().unwrap_or(Some(1)));
    let (Some(Some(year)), Some(month), Some(date)) = (year, month, date) else { return f64::NAN };
    if fields.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&date) || day.find('-').unwrap_or(day.len()) != 4 {
        return f64::NAN;
    }
    let rest = match time.map(|time| read_time(time, offset)) {
        None => 0.0,
        Some(Some(rest)) => rest,
        Some(None) => return f64::NAN,
    };
    moment(Parts { year, month: month - 1, day: date, rest: 0 }) + rest
}

fn whole(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
}

/// Milliseconds after midnight of the local clock.
fn read_time(text: &str, offset: i32) -> Option<f64> {
    let (time, shift) = match text.find(['Z', 'z', '+', '-']) {
        None => (text, 0),
        Some(at) if text[at..].eq_ignore_ascii_case("z") => (&text[..at], offset),
        Some(at) => {
            let (hours, minutes) = text[at + 1..].split_once(':')?;
            let minutes = (whole(hours)? * 60 + whole(minutes)?) as i32;
            (&text[..at], offset - if text.as_bytes()[at] == b'+' { minutes } else { -minutes })
        }
    };
    let mut fields = time.split(':');
    let (hour, minute) = (whole(fields.next()?)?, whole(fields.next()?)?);
    let seconds: f64 = match fields.next() {
        None => 0.0,
        Some(text) if text.starts_with(|first: char| first.is_ascii_digit()) => text.parse().ok()?,
        Some(_) => return None,
    };
    if fields.next().is_some() || hour > 24 || minute > 59 || seconds >= 60.0 {
        return None;
    }
    let milliseconds = (seconds * 1000.0).floor();
    Some(milliseconds + (hour * 3_600_000 + minute * 60_000) as f64 + f64::from(shift) * 60_000.0)
}
