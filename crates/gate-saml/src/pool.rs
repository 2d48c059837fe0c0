//! Pool: checks that take processor time, off the threads that serve everybody.
//!
//! Invariant: a bounded number of jobs at once, waiting ones included; one more is refused at once.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::workers::WAITING_MAX;

/// Jobs that have been taken and not yet answered. Each holds a message and a thread.
pub const JOBS_MAX: usize = WAITING_MAX;

/// Where whole messages are checked: reading, our own checks and decryption here, signatures in the workers.
#[derive(Debug, Clone)]
pub struct Pool {
    free: Arc<Semaphore>,
}

/// The job was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// There are [`JOBS_MAX`] already.
    Full,
    /// It panicked, or the runtime is shutting down.
    Failed,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(JOBS_MAX)
    }
}

impl Pool {
    pub fn new(jobs_max: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(jobs_max.min(JOBS_MAX))) }
    }

    /// Runs the job on a thread of its own and gives its answer. The job goes on where nobody waits any more.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, NotDone> {
        let place = self.free.clone().try_acquire_owned().map_err(|_| NotDone::Full)?;
        let running = tokio::task::spawn_blocking(move || {
            let answer = job();
            drop(place);
            answer
        });
        running.await.map_err(|_| NotDone::Failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn one_job_too_many_is_refused_at_once() {
        let pool = Pool::new(1);
        let (release, held) = mpsc::channel::<()>();
        let busy = pool.clone();
        let first = tokio::spawn(async move { busy.run(move || held.recv().is_ok()).await });
        while pool.free.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|| ()).await, Err(NotDone::Full));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn a_panic_frees_its_place() {
        let pool = Pool::new(1);
        assert_eq!(pool.run(|| panic!("of a test")).await, Err::<(), _>(NotDone::Failed));
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
