//! Who is watching, in this process: a live line sleeps until something of its citizen has changed, or the CRM stops.
use contract::id::CitizenId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Lines of one citizen at once, over all their devices and windows.
const LINES_MAX: usize = 20;

/// The lines that are open.
pub struct Live {
    citizens: Mutex<HashMap<CitizenId, watch::Sender<()>>>,
    stopping: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self { citizens: Mutex::default(), stopping: watch::Sender::new(false) }
    }
}

/// One line's ear.
pub struct Ear {
    changed: watch::Receiver<()>,
    stopping: watch::Receiver<bool>,
}

impl Ear {
    /// What changes from now on is heard, also when nobody waits at that moment. To be called before reading what there is.
    pub fn listen(&mut self) {
        self.changed.borrow_and_update();
    }

    /// Waits for a change. False when the CRM stops.
    pub async fn wait(&mut self) -> bool {
        tokio::select! {
            changed = self.changed.changed() => changed.is_ok(),
            _ = self.stopping.wait_for(|stopping| *stopping) => false,
        }
    }
}

impl Live {
    /// A new line of a citizen; none when they have too many already.
    pub fn open(&self, citizen: &CitizenId) -> Option<Ear> {
        let mut citizens = self.citizens.lock().unwrap_or_else(PoisonError::into_inner);
        citizens.retain(|_, lines| lines.receiver_count() > 0);
        let lines = citizens.entry(citizen.clone()).or_insert_with(|| watch::Sender::new(()));
        (lines.receiver_count() < LINES_MAX).then(|| Ear { changed: lines.subscribe(), stopping: self.stopping.subscribe() })
    }

    /// Something of a citizen has changed.
    pub fn wake(&self, citizen: &CitizenId) {
        if let Some(lines) = self.citizens.lock().unwrap_or_else(PoisonError::into_inner).get(citizen) {
            lines.send_replace(());
        }
    }

    /// What changed meanwhile was not heard: every line looks.
    pub fn wake_all(&self) {
        for lines in self.citizens.lock().unwrap_or_else(PoisonError::into_inner).values() {
            lines.send_replace(());
        }
    }

    /// The CRM stops: every line ends.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_hears_of_its_own_citizen_also_what_happened_while_it_read() {
        let live = Live::default();
        let (one, other) = (CitizenId("one".into()), CitizenId("other".into()));
        let (Some(mut ear), Some(mut deaf)) = (live.open(&one), live.open(&other)) else { panic!("no line") };
        ear.listen();
        live.wake(&one);
        assert!(ear.wait().await);
        ear.listen();
        let nothing = tokio::time::timeout(std::time::Duration::from_millis(20), deaf.wait()).await;
        assert!(nothing.is_err());
        live.stop();
        assert!(!ear.wait().await && !deaf.wait().await);
    }

    #[test]
    fn nobody_has_more_lines_than_windows() {
        let live = Live::default();
        let citizen = CitizenId("one".into());
        let lines: Vec<_> = (0..LINES_MAX).filter_map(|_| live.open(&citizen)).collect();
        assert_eq!((lines.len(), live.open(&citizen).is_none()), (LINES_MAX, true));
        drop(lines);
        assert!(live.open(&citizen).is_some());
    }
}
