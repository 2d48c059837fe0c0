//! Repository: a git repository in a folder of a test, with nothing of the machine's own settings that matter.

use std::process::Command;

use crate::support::Place;

pub(crate) fn commit(place: &Place, message: &str) {
    git(place, &["add", "--all"]);
    git(place, &["commit", "--quiet", "--message", message]);
}

pub(crate) fn git(place: &Place, arguments: &[&str]) {
    let who = ["-c", "user.name=ada", "-c", "user.email=ada@acme.example", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").args(who).args(arguments).current_dir(place.path("")).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}
