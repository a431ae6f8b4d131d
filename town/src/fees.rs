//! The demo fees, with days counted from today; and the notices on paper that only the payment platform knows.
use crate::calendar::Day;
use crate::seed::{Town, read};
use contract::Date;
use contract::import::ImportFee;
use contract::payments::office::NewFee;
use contract::payments::{Part, Receipt, Reduced};
use serde::Deserialize;

const FEES: &str = include_str!("../seed/fees.json");
const PAPER: &str = include_str!("../seed/paper_notices.json");
/// The months as Italian prose writes them.
const MONTHS: [&str; 12] =
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];
/// Who has paid every month for long, so that receipts fill years.
const ARCHIVE: (&str, i64, i64) = ("carlo-bernardi", 2_026_130_000, 16);

/// A fee as the seed file writes it: days are counted from today.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedFee {
    citizen: String,
    base: i64,
    kind: String,
    title: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    period: String,
    amount: i64,
    #[serde(default)]
    reduced: Option<(i64, i64)>,
    due: i64,
    #[serde(default)]
    last: Option<i64>,
    #[serde(default)]
    paid: Option<i64>,
    #[serde(default)]
    position: String,
    #[serde(default)]
    part: Option<(u32, u32)>,
    office: String,
}

/// A notice of another town, as the platform knows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaperNotice {
    pub(crate) creditor: String,
    pub(crate) name: String,
    pub(crate) base: i64,
    pub(crate) description: String,
    pub(crate) amount: i64,
    pub(crate) due: i64,
    pub(crate) status: String,
}

/// The notices that are known to the platform alone.
pub(crate) fn paper() -> Result<Vec<PaperNotice>, String> {
    read("paper_notices.json", PAPER)
}

/// A notice's number with its check digits: the creditor's segregation code 02, thirteen digits of its own.
pub(crate) fn number(base: i64) -> String {
    let body = format!("302{base:013}");
    let check = body.parse::<i64>().map_or(0, |body| body % 93);
    format!("{body}{check:02}")
}

/// All fees of the demo people.
pub(crate) fn all(town: &Town) -> Result<Vec<ImportFee>, String> {
    let seeds: Vec<SeedFee> = read("fees.json", FEES)?;
    let (citizen, base, months) = ARCHIVE;
    let monthly = (1..=months).map(|month| SeedFee {
        citizen: citizen.to_owned(),
        base: base + month,
        kind: "school_meals".to_owned(),
        title: "Mensa scolastica".to_owned(),
        person: "Lapo".to_owned(),
        object: String::new(),
        period: format!("{{month-{month}}}"),
        amount: 5_000 + month * 17,
        reduced: None,
        due: -30 * month,
        last: None,
        paid: Some(-30 * month - 5),
        position: String::new(),
        part: None,
        office: "education".to_owned(),
    });
    seeds.into_iter().chain(monthly).map(|seed| fee(town, seed)).collect()
}

fn fee(town: &Town, seed: SeedFee) -> Result<ImportFee, String> {
    let day = |days: i64| town.today.plus(days).date();
    let number = number(seed.base);
    let amount = seed.amount;
    let receipt = seed.paid.map(|paid| Receipt {
        receipt_id: format!("demo{}", seed.base),
        amount,
        paid_at: town.today.plus(paid).at_minute_in_rome(10 * 60 + 12),
        psp: "Banca di prova".to_owned(),
        method: "Carta".to_owned(),
    });
    let fee = NewFee {
        number,
        kind: seed.kind,
        title: seed.title,
        person: seed.person,
        object: seed.object,
        period: period(town, &seed.period)?,
        amount,
        reduced: seed.reduced.map(|(amount, days)| Reduced { amount, until: day(days) }),
        due_on: Some(day(seed.due)),
        last_on: seed.last.map(day),
        position: seed.position,
        part: seed.part.map(|(number, of)| Part { number, of }),
        office: seed.office,
        ..NewFee::default()
    };
    Ok(ImportFee { citizen: seed.citizen, fee, receipt })
}

/// `{month-2}` is the month before the last; everything else as in cases.
fn period(town: &Town, text: &str) -> Result<String, String> {
    match text.strip_prefix("{month-").and_then(|rest| rest.strip_suffix('}')) {
        Some(back) => month(town.today, back.parse().map_err(|_| format!("not a month: {text}"))?),
        None => town.fill(text),
    }
}

fn month(today: Day, back: i64) -> Result<String, String> {
    let (year, month, _) = today.parts();
    let months = year * 12 + month - 1 - back;
    let name = usize::try_from(months.rem_euclid(12)).ok().and_then(|month| MONTHS.get(month)).ok_or("no month")?;
    Ok(format!("{name} {}", months.div_euclid(12)))
}

/// The day so many days from today, as the platform writes it.
pub(crate) fn due(days: i64) -> Date {
    Day::today().plus(days).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::payments::notice::NoticeNumber;

    #[test]
    fn numbers_have_check_digits_that_fit() {
        for base in [2_026_110_001, 1, 9_999_999_999_999] {
            assert!(NoticeNumber::read(&number(base)).is_some_and(|number| number.check_fits()), "{base}");
        }
        assert_eq!(month(Day::of(&Date("2026-01-15".to_owned())).unwrap_or(Day(0)), 2).as_deref(), Ok("novembre 2025"));
    }
}
