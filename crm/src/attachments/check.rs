//! The work on one file: on another thread, one file for each core, for a limited time.
use crate::error::{Error, Result};
use crate::photo::{self, Accepted, Refused};
use crate::state::Crm;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longest time for decoding and re-encoding one file. The largest photo takes about a second: what takes so long is made to.
const WORK_TIME: Duration = Duration::from_secs(20);

/// Checks and re-encodes on another thread, one file for each core, for a limited time.
///
/// # Errors
/// When the work is lost. That the file is refused is an answer, not an error.
pub async fn accept(crm: &Crm, sent: Vec<u8>) -> Result<Result<Accepted, Refused>> {
    within(&crm.cores, WORK_TIME, move || photo::accept(&sent)).await
}

/// A file that takes longer is refused for good: it would take as long the next time. Its work goes on and keeps its core until
/// it ends, so that many of them do not take all the others.
async fn within(
    cores: &Arc<Semaphore>,
    longest: Duration,
    work: impl FnOnce() -> Result<Accepted, Refused> + Send + 'static,
) -> Result<Result<Accepted, Refused>> {
    let permit = Arc::clone(cores).acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))?;
    let work = tokio::task::spawn_blocking(move || {
        let accepted = work();
        drop(permit);
        accepted
    });
    match tokio::time::timeout(longest, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Ok(Err(Refused::slow())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::problem::FieldRule;

    #[tokio::test]
    async fn a_file_that_takes_too_long_is_refused_for_good_and_its_core_is_free_when_it_is_done() {
        let cores = Arc::new(Semaphore::new(1));
        let (go_on, wait) = std::sync::mpsc::channel::<()>();
        let slow = move || {
            let _ = wait.recv();
            Err(Refused::slow())
        };
        let refused = within(&cores, Duration::ZERO, slow).await.expect("an answer").expect_err("refused");
        assert_eq!((refused.rule, refused.params["reason"].as_str()), (FieldRule::FileDamaged, "slow"));
        assert_eq!(cores.available_permits(), 0);
        drop(go_on);
        assert!(cores.acquire().await.is_ok());
    }
}
