//! Lanes: how many calls are under way, per host and in all.
//!
//! Invariant: one slow provider takes its own lanes and no more; the sign-ins of other organisations go on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A sign-in makes one or two short calls: eight at once are 16 sign-ins a second at a slow provider.
const CALLS_PER_HOST_MAX: usize = 8;
/// Bounds sockets and memory (one body each).
const CALLS_MAX: usize = 128;
/// Hosts whose lane is remembered; one that nobody is in is forgotten first.
const HOSTS_MAX: usize = 1024;

pub(crate) struct Lanes {
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    all: Arc<Semaphore>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { hosts: Mutex::default(), all: Arc::new(Semaphore::new(CALLS_MAX)) }
    }
}

impl Lanes {
    /// Waits for a place. Host first, so that those who wait for a slow host hold no place of the others.
    pub(crate) async fn enter(&self, host: &str) -> (Option<OwnedSemaphorePermit>, Option<OwnedSemaphorePermit>) {
        let lane = self.lane(host);
        // A semaphore is closed never, so that both are there.
        (lane.acquire_owned().await.ok(), self.all.clone().acquire_owned().await.ok())
    }

    fn lane(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX && !hosts.contains_key(host) {
            hosts.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(CALLS_PER_HOST_MAX))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_host_does_not_hold_up_another() {
        let lanes = Lanes::default();
        let mut held = Vec::new();
        for _ in 0..CALLS_PER_HOST_MAX {
            held.push(lanes.enter("slow.example").await);
        }
        let wait = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(wait, lanes.enter("slow.example")).await.is_err());
        assert!(tokio::time::timeout(wait, lanes.enter("fast.example")).await.is_ok());
        held.pop();
        assert!(tokio::time::timeout(wait, lanes.enter("slow.example")).await.is_ok());
    }

    #[tokio::test]
    async fn empty_lanes_are_forgotten() {
        let lanes = Lanes::default();
        for n in 0..3 * HOSTS_MAX {
            drop(lanes.enter(&format!("h{n}.example")).await);
        }
        assert!(lanes.hosts.lock().unwrap().len() <= HOSTS_MAX);
    }
}
