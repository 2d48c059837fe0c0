//! Unreadable: what the system keeps from us is said, and nothing is judged without it.

use wright::{Found, MemoryWorld, Unreadable, World};
use wright_policy::Oddity;

use crate::support::{codes, compiled, files};

/// The base, of which some files and folders cannot be read.
struct Closed(MemoryWorld, &'static [&'static str]);

impl Closed {
    fn open(&self, path: &str) -> Result<(), Unreadable> {
        let is_closed = self.1.contains(&path);
        let refused = || Unreadable { path: path.into(), absent: false, reason: "permission denied".into() };
        if is_closed { Err(refused()) } else { Ok(()) }
    }
}

impl World for Closed {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        self.open(folder).and_then(|()| self.0.list(folder))
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        self.open(path).and_then(|()| self.0.read(path, limit))
    }
}

#[test]
fn one_closed_file_or_folder_and_nothing_is_judged() {
    for closed in [
        &["policy.kdl"][..],
        &["orgs"],
        &["orgs/acme/org.kdl"],
        &["platform/catalog.kdl", "environments/production.kdl"],
    ] {
        let outcome = compiled(&Closed(MemoryWorld::new(files("tests/ui/base")), closed));
        let mut named: Vec<_> = outcome.unreadable.iter().map(|unreadable| unreadable.path.as_str()).collect();
        named.sort_unstable();
        let mut expected = closed.to_vec();
        expected.sort_unstable();
        assert_eq!(named, expected);
        assert!(outcome.diagnostics.is_empty() && outcome.programs.is_empty());
    }
}

#[test]
fn no_workspace_at_all_is_a_finding_and_no_crash() {
    let outcome = compiled(&MemoryWorld::default());
    assert!(outcome.programs.is_empty() && outcome.unreadable.is_empty());
    assert!(!codes(&outcome).is_empty());
}

/// A listing with things that are no files.
struct Odd(MemoryWorld);

impl World for Odd {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        let mut found = self.0.list(folder)?;
        if folder == "orgs" {
            found.push(Found { path: "orgs/acme/link.kdl".into(), oddity: Some(Oddity::Symlink) });
            found.push(Found { path: "orgs/acme/pipe.kdl".into(), oddity: Some(Oddity::Special) });
        }
        Ok(found)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        assert!(!path.contains("link") && !path.contains("pipe"), "{path} is never opened");
        self.0.read(path, limit)
    }
}

#[test]
fn what_is_no_regular_file_is_reported_and_never_opened() {
    let outcome = compiled(&Odd(MemoryWorld::new(files("tests/ui/base"))));
    assert_eq!(codes(&outcome), ["GW0011", "GW0011"]);
}
