//! Four hundred cases of one person, made from word lists with a fixed seed: something for lists and search to bite on.
use crate::calendar::Day;
use crate::seed::{self, SeedKind, Town};
use contract::Date;
use contract::cases::Channel;
use contract::dictionary::{KindCode, StateCode};
use contract::import::{ImportCase, ImportStep};
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = include_str!("../seed/archive.json");
/// Where the row of numbers begins: the same seed gives the same four hundred cases.
const SEED: u64 = 0x0F11_0F1E;

/// The days before today in which work has piled up, so that a part of it is still open.
const RECENT_DAYS: i64 = 60;
/// Nobody plans to refuse or to give up: what is expected instead is a good end.
const NEVER_PLANNED: [&str; 3] = ["rejected", "withdrawn", "archived"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Archive {
    count: u32,
    citizen: String,
    from: Date,
    /// How many of them began in the last [`RECENT_DAYS`].
    recent: u32,
    streets: Vec<String>,
    buildings: Vec<String>,
    kinds: Vec<ArchiveKind>,
    notes: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArchiveKind {
    kind: String,
    /// How often, against the other kinds.
    weight: u64,
    /// Fewest and most days from beginning to end.
    days: [i64; 2],
    /// Titles with their descriptions.
    texts: Vec<[String; 2]>,
}

/// A row of numbers that looks random and is always the same (SplitMix64, Steele, Lea and Flood 2014).
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(u64::try_from(high - low + 1).unwrap_or(1))).unwrap_or(0)
    }

    pub(crate) fn one_of<'a, T>(&mut self, things: &'a [T]) -> Result<&'a T, String> {
        let index = usize::try_from(self.below(things.len() as u64)).unwrap_or(0);
        things.get(index).ok_or_else(|| "an empty list in town/seed".to_owned())
    }
}

/// The cases, oldest first; those that would end later than yesterday are still open, with the rest expected.
pub(crate) fn cases(town: &Town) -> Result<Vec<ImportCase>, String> {
    let archive: Archive = seed::read("archive.json", FILE)?;
    let from = Day::of(&archive.from).ok_or("archive.json: from is not a day")?;
    let mut dice = Dice(SEED);
    (0..archive.count).map(|index| archive.case(town, &mut dice, index, archive.opened(from, town.today, index))).collect()
}

impl Archive {
    /// The day a case began: the recent ones lie close together, the others evenly over the years, each somewhere in its own slot.
    fn opened(&self, from: Day, today: Day, index: u32) -> Day {
        let (end, turn) = (today.plus(-2), today.plus(-RECENT_DAYS));
        let old = self.count.saturating_sub(self.recent);
        let (start, span, place, places) =
            if index < old { (from, turn.0 - from.0, index, old) } else { (turn, end.0 - turn.0, index - old, self.recent) };
        let (place, places) = (i64::from(place), i64::from(places.max(1)));
        let width = (span / places).max(1);
        start.plus(span * place / places + Dice(SEED ^ u64::from(index)).between(0, width - 1))
    }

    fn case(&self, town: &Town, dice: &mut Dice, index: u32, opened: Day) -> Result<ImportCase, String> {
        let pick = self.kind(dice)?;
        let kind = town.kind(&pick.kind)?;
        let [title, description] = dice.one_of(&pick.texts)?;
        let street = dice.one_of(&self.streets)?;
        let number = dice.between(2, 180).to_string();
        let building = dice.one_of(&self.buildings)?;
        let fill = |text: &str| text.replace("{street}", street).replace("{number}", &number);
        let plan = plan(&pick.kind, dice, pick.days);
        let steps = self.steps(town.today, opened, &plan, dice)?;
        let now = steps.iter().rposition(|step| step.at.is_some()).unwrap_or(0);
        let waits = steps.get(now).is_some_and(|step| town.waits_for_citizen(&step.state.0));
        let task_due_on = if waits { steps.get(now + 1).and_then(|step| step.expected_on.clone()) } else { None };
        let case = ImportCase {
            key: format!("{}-{:04}", self.citizen, index + 1),
            citizen: self.citizen.clone(),
            kind: KindCode(pick.kind.clone()),
            title: fill(title),
            subject: title.contains("{street}").then(|| format!("Condominio {building}")),
            description: fill(description),
            office: kind.office.clone(),
            protocol: None,
            legal_days: Some(kind.legal_days),
            due_on: None,
            task: None,
            task_due_on,
            steps,
            documents: Vec::new(),
            report: None,
        };
        let extra = suspension(kind, &plan);
        town.finish(case, extra, index.is_multiple_of(8))
    }

    fn kind(&self, dice: &mut Dice) -> Result<&ArchiveKind, String> {
        let mut left = dice.below(self.kinds.iter().map(|kind| kind.weight).sum());
        for kind in &self.kinds {
            match left.checked_sub(kind.weight) {
                Some(rest) => left = rest,
                None => return Ok(kind),
            }
        }
        Err("archive.json: no kinds".to_owned())
    }

    fn steps(&self, today: Day, opened: Day, plan: &[(&str, i64)], dice: &mut Dice) -> Result<Vec<ImportStep>, String> {
        let mut earliest = today.plus(1);
        let mut steps = Vec::new();
        for (state, after) in plan {
            let by_citizen = matches!(*state, "submitted" | "withdrawn");
            let minute = dice.between(8 * 60, 18 * 60);
            let note = self.notes.get(*state).map_or(Ok(""), |notes| dice.one_of(notes).map(String::as_str))?;
            let day = opened.plus(*after);
            let (at, expected_on, note) = if day < today {
                (Some(day.at_minute_in_rome(minute)), None, note.to_owned())
            } else {
                let day = day.max(earliest);
                earliest = day.plus(1);
                (None, Some(day.date()), String::new())
            };
            let channel = if by_citizen { Channel::App } else { Channel::Office };
            steps.push(ImportStep { state: StateCode((*state).to_owned()), at, expected_on, note, by_citizen, channel, told: false });
        }
        let no_plan = |step: &&mut ImportStep| step.expected_on.is_some() && NEVER_PLANNED.contains(&step.state.0.as_str());
        if let Some(last) = steps.last_mut().filter(no_plan) {
            last.state = StateCode("accepted".to_owned());
            last.by_citizen = false;
            last.channel = Channel::Office;
        }
        Ok(steps)
    }
}

/// The way of a case from beginning to end: states with the day after the first one.
fn plan(kind: &str, dice: &mut Dice, days: [i64; 2]) -> Vec<(&'static str, i64)> {
    let [fewest, most] = days;
    let end = dice.between(fewest.max(2), most);
    let roll = dice.below(100);
    let last = match (kind, roll) {
        ("street_report", ..73) => "resolved",
        ("street_report", ..87) => "not_competent",
        ("street_report", _) => "duplicate",
        (_, ..78) => "accepted",
        (_, ..86) => "rejected",
        (_, ..92) => "withdrawn",
        _ => "archived",
    };
    let mut middle = vec!["registered"];
    match (kind, last) {
        (_, "duplicate" | "not_competent") => {}
        ("street_report", _) => middle.extend(["in_progress", "planned"]),
        (_, "rejected") => middle.extend(["in_progress", "waiting_answer"]),
        (_, "archived") => middle.push("waiting_documents"),
        ("public_space_occupation", _) => middle.extend(["waiting_opinion", "waiting_payment"]),
        ("disabled_parking_badge" | "identity_card", "accepted") => middle.extend(["in_progress", "ready_to_collect"]),
        _ if roll.is_multiple_of(5) => middle.extend(["waiting_documents", "in_progress"]),
        _ => middle.push("in_progress"),
    }
    let parts = i64::try_from(middle.len()).unwrap_or(1) + 1;
    let mut plan = vec![("submitted", 0)];
    for (index, state) in (1..).zip(middle) {
        plan.push((state, if index == 1 { 1 } else { (end * index / parts).max(index) }));
    }
    plan.push((last, end.max(parts)));
    plan
}

/// The days by which a request for documents moves the legal term (L. 241/1990 art. 2 c. 7: once, for 30 days at most).
fn suspension(kind: &SeedKind, plan: &[(&str, i64)]) -> i64 {
    let asked = plan.iter().any(|(state, _)| *state == "waiting_documents");
    if asked && kind.kind != "street_report" { 30 } else { 0 }
}
