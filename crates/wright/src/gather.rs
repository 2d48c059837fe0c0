//! Gather: a world to the workspace that the stages read.
//!
//! Invariant: the order in which the world lists, and the number of threads that read, change nothing.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use wright_policy::{FILE_BYTES_MAX, Irregular, MANIFEST, Oddity, Workspace, folders};

use crate::world::{Unreadable, World};

/// Below this a thread costs more than it saves.
const FILES_FOR_A_THREAD: usize = 64;

/// Every file of the workspace, or all that cannot be read, sorted.
pub fn gather(world: &dyn World, threads: NonZeroUsize) -> Result<Workspace, Vec<Unreadable>> {
    let manifest = match world.read(MANIFEST, FILE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(unreadable) if unreadable.absent => return Ok(Workspace::new([], [])),
        Err(unreadable) => return Err(vec![unreadable]),
    };
    let found = list(world, &manifest)?;
    let regular: Vec<&str> =
        found.iter().filter(|(_, oddity)| oddity.is_none()).map(|(path, _)| path.as_str()).collect();
    let mut files = read_all(world, &regular, threads)?;
    files.push((MANIFEST.to_owned(), manifest));
    let irregular = found.into_iter().filter_map(|(path, oddity)| Some(Irregular { path, oddity: oddity? }));
    Ok(Workspace::new(files, irregular))
}

/// Each name once, however many folders hold it.
fn list(world: &dyn World, manifest: &[u8]) -> Result<BTreeMap<String, Option<Oddity>>, Vec<Unreadable>> {
    let (mut found, mut unreadable) = (BTreeMap::new(), Vec::new());
    for folder in folders(manifest) {
        match world.list(&folder) {
            Ok(names) => found.extend(names.into_iter().map(|name| (name.path, name.oddity))),
            Err(error) => unreadable.push(error),
        }
    }
    found.remove(MANIFEST);
    if unreadable.is_empty() { Ok(found) } else { Err(unreadable) }
}

type Bytes = Vec<(String, Vec<u8>)>;

fn read_all(world: &dyn World, paths: &[&str], threads: NonZeroUsize) -> Result<Bytes, Vec<Unreadable>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<(Bytes, Vec<Unreadable>)> = Mutex::default();
    let work = || {
        let (mut files, mut unreadable) = (Vec::new(), Vec::new());
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            match world.read(path, FILE_BYTES_MAX) {
                Ok(bytes) => files.push(((*path).to_owned(), bytes)),
                Err(error) => unreadable.push(error),
            }
        }
        // A thread that panicked has not held the lock: it only extends.
        let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.0.extend(files);
        done.1.extend(unreadable);
    };
    let helpers = threads.get().min(paths.len() / FILES_FOR_A_THREAD);
    thread::scope(|scope| {
        for _ in 1..helpers {
            scope.spawn(work);
        }
        work();
    });
    let (files, mut unreadable) = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    unreadable.sort();
    if unreadable.is_empty() { Ok(files) } else { Err(unreadable) }
}
