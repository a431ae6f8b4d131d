//! The places of "I tuoi dati": a copy of everything, what one has said yes and no to, the end of it all.
use std::fmt;

/// A place among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MyData {
    /// The copy, and the way to the others.
    Copies,
    /// What one has said yes and no to.
    Choices,
    /// What a deletion would do, and the deletion.
    Deletion,
    /// It is done: nobody is signed in here any more.
    Deleted,
}

impl MyData {
    /// Reads what stands behind `/my_data`.
    pub fn parse(segments: &[&str]) -> Option<Self> {
        match segments {
            [] => Some(Self::Copies),
            ["choices"] => Some(Self::Choices),
            ["deletion"] => Some(Self::Deletion),
            ["deleted"] => Some(Self::Deleted),
            _ => None,
        }
    }
}

impl fmt::Display for MyData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Copies => "/my_data",
            Self::Choices => "/my_data/choices",
            Self::Deletion => "/my_data/deletion",
            Self::Deleted => "/my_data/deleted",
        })
    }
}
