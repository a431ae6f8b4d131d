//! One request at a time for each upload, and the newest has the right of way.
//!
//! A tunnel leaves a connection half open: the old piece waits for bytes that never come, while the phone is back and
//! asks where to go on. The old one is told to stop, keeps what it has, and makes room.
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, watch};

/// Longest time that the one before may take to put away what it has.
const MAKES_ROOM: Duration = Duration::from_secs(15);

/// All uploads that somebody is asking about.
#[derive(Default)]
pub struct Lanes(Mutex<HashMap<String, Lane>>);

#[derive(Clone)]
struct Lane {
    busy: Arc<tokio::sync::Mutex<()>>,
    newest: Arc<watch::Sender<u64>>,
}

/// The right to touch an upload, until it is dropped.
pub struct Turn {
    newest: watch::Receiver<u64>,
    mine: u64,
    _guard: OwnedMutexGuard<()>,
}

impl Lanes {
    /// Tells whoever touches the upload to stop, and waits until they have.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they do not.
    pub async fn enter(&self, upload: &str) -> Result<Turn> {
        let lane = self.lane(upload);
        lane.newest.send_modify(|newest| *newest += 1);
        let newest = lane.newest.subscribe();
        let mine = *newest.borrow();
        let guard = tokio::time::timeout(MAKES_ROOM, Arc::clone(&lane.busy).lock_owned()).await;
        match guard {
            Ok(guard) => Ok(Turn { newest, mine, _guard: guard }),
            Err(_) => Err(Error::Unavailable("an upload is still being put away".to_owned())),
        }
    }

    fn lane(&self, upload: &str) -> Lane {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A lane whose lock only this map holds has nobody in it.
        lanes.retain(|name, lane| name == upload || Arc::strong_count(&lane.busy) > 1);
        let new = || Lane { busy: Arc::default(), newest: Arc::new(watch::Sender::new(0)) };
        lanes.entry(upload.to_owned()).or_insert_with(new).clone()
    }
}

impl Turn {
    /// Waits until somebody newer comes.
    pub async fn overtaken(&mut self) {
        let mine = self.mine;
        if self.newest.wait_for(|newest| *newest > mine).await.is_err() {
            // The lane is gone, so nobody else can come.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_waits_for_the_one_before_who_is_told() {
        let lanes = Arc::new(Lanes::default());
        let mut first = lanes.enter("a").await.expect("a turn");
        lanes.enter("b").await.expect("another upload is another lane");
        let second = tokio::spawn({
            let lanes = Arc::clone(&lanes);
            async move { lanes.enter("a").await.map(|_| ()) }
        });
        first.overtaken().await;
        assert!(!second.is_finished());
        drop(first);
        second.await.expect("a task").expect("a turn");
        lanes.enter("c").await.expect("a turn");
        assert_eq!(lanes.0.lock().expect("a lock").len(), 1, "lanes nobody is in are forgotten");
    }
}
