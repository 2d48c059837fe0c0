//! Watch: follows the workspace and publishes on every save. Asks the file system twice a second, which works on
//! every kind of it.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::programs::Playground;

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Never ends by itself.
pub(crate) async fn follow(playground: &Playground) -> Result<(), String> {
    let mut seen = files(playground.workspace());
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = files(playground.workspace());
        if now == seen {
            continue;
        }
        seen = now;
        match playground.publish().await {
            Ok(()) => eprintln!("  policy       compiled; the next request sees it"),
            Err(said) => eprintln!("{said}\n  policy       refused; the last good one stays in force"),
        }
    }
}

/// Every file below the folder with the time of its last change, sorted.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Option<SystemTime>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => found.push((entry.path(), entry.metadata().and_then(|about| about.modified()).ok())),
                Err(_) => {}
            }
        }
    }
    found.sort();
    found
}
