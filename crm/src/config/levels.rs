//! What takes a login of a higher level than coming in does.
use super::{ConfigError, Source, wrong};

/// Something that a town may guard by a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarded {
    /// Withdrawing a consent.
    Choices,
    /// Deleting one's own data.
    Deletion,
    /// Giving a delegation.
    Delegations,
    /// Changing where letters go.
    Channels,
}

/// The words of the settings.
const WORDS: [(&str, Guarded); 4] = [
    ("choices", Guarded::Choices),
    ("deletion", Guarded::Deletion),
    ("delegations", Guarded::Delegations),
    ("channels", Guarded::Channels),
];

/// Which level each takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(Vec<(Guarded, u8)>);

impl Levels {
    /// The level that something takes; 0 when any will do.
    pub fn of(&self, guarded: Guarded) -> u8 {
        self.0.iter().filter(|(known, _)| *known == guarded).map(|(_, level)| *level).max().unwrap_or_default()
    }
}

impl Source<'_> {
    pub(super) fn levels(&self) -> Result<Levels, ConfigError> {
        let mut levels = Vec::new();
        for (name, level) in [("FILO_NEEDS_LEVEL_2", 2), ("FILO_NEEDS_LEVEL_3", 3)] {
            for word in self.list(name).iter().filter(|word| *word != "-") {
                let known = WORDS.iter().find(|(known, _)| known == word);
                levels.push((
                    known.ok_or_else(|| wrong(name, format!("{word} is none of choices, deletion, delegations, channels")))?.1,
                    level,
                ));
            }
        }
        Ok(Levels(levels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(second: &'static str, third: &'static str) -> Result<Levels, ConfigError> {
        let ask = move |name: &str| Some((if name == "FILO_NEEDS_LEVEL_2" { second } else { third }).to_owned());
        Source(&ask).levels()
    }

    #[test]
    fn a_town_says_what_takes_which_level() {
        let of = |levels: &Levels| [Guarded::Choices, Guarded::Deletion, Guarded::Delegations, Guarded::Channels].map(|one| levels.of(one));
        assert_eq!(read("", "").map(|levels| of(&levels)).ok(), Some([2; 4]));
        assert_eq!(read("choices deletion", "deletion").map(|levels| of(&levels)).ok(), Some([2, 3, 0, 0]));
        assert_eq!(read("-", "").map(|levels| of(&levels)).ok(), Some([0; 4]));
        assert!(read("everything", "").is_err());
    }
}
