//! The demo town's questionnaires, whose last days are counted from today, as `crm import` reads them.
use crate::calendar::Day;
use crate::seed::read;
use serde_json::Value;

const FILES: [(&str, &str); 3] = [
    ("biblioteche", include_str!("../seed/questionnaires/biblioteche.json")),
    ("scuola", include_str!("../seed/questionnaires/scuola.json")),
    ("parco", include_str!("../seed/questionnaires/parco.json")),
];

/// All of them.
///
/// # Errors
/// When a seed file cannot be read, or its last day is not like `+12`.
pub fn all(today: Day) -> Result<Value, String> {
    let dated = |(name, text): (&str, &str)| {
        let mut one: Value = read(name, text)?;
        let day = one["closes_on"].as_str().and_then(|text| text.parse().ok());
        one["closes_on"] = Value::String(today.plus(day.ok_or_else(|| format!("{name}: closes_on is no number of days"))?).date().0);
        Ok(one)
    };
    FILES.into_iter().map(dated).collect::<Result<Vec<_>, String>>().map(Value::Array)
}
