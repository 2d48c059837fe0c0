//! Determinism (ST-BUN-01): a hundred compiles of the reference workspace, files in any order, threads in any number.
//!
//! Time zones, locales, paths and masks are varied by processes, in the tests of the command line; the library has no
//! way to see them.

use std::num::NonZeroUsize;

use wright::{Found, MemoryWorld, Unreadable, World, compile};

use crate::support::{as_of, compiled, files};

const TURNS: u64 = 100;

/// Lists the same files in another order for each seed, and lets threads that read overtake each other.
struct Shuffled {
    world: MemoryWorld,
    seed: u64,
}

impl World for Shuffled {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        let mut found = self.world.list(folder)?;
        found.sort_by_key(|name| scramble(&name.path, self.seed));
        Ok(found)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        if scramble(path, self.seed).is_multiple_of(3) {
            std::thread::yield_now();
        }
        self.world.read(path, limit)
    }
}

/// FNV-1a from a seeded start: repeatable, and another order for each seed.
fn scramble(text: &str, seed: u64) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn st_bun_01_a_hundred_compiles_have_one_digest() {
    let world = MemoryWorld::new(files("policies"));
    let first = compiled(&world);
    assert!(!first.programs.is_empty(), "{:?}", first.diagnostics);
    let expected = crate::support::encoded(&first);
    for seed in 0..TURNS {
        let threads = NonZeroUsize::new(1 + usize::try_from(seed % 9).unwrap()).unwrap();
        let outcome = compile(&Shuffled { world: world.clone(), seed }, threads, as_of());
        assert_eq!(outcome.diagnostics, first.diagnostics, "seed {seed}");
        assert_eq!(crate::support::encoded(&outcome), expected, "seed {seed}");
    }
}

/// Enough organisations that several threads read: the small workspace never starts one.
#[test]
fn st_bun_01_many_files_in_many_threads_have_one_digest() {
    let mut all = files("tests/ui/base");
    let org = String::from_utf8(all["orgs/acme/org.kdl"].clone()).unwrap();
    for number in 0..300 {
        let id = format!("acme{number}");
        let text = org.replace("\"acme\"", &format!("\"{id}\"")).replace("acme.com", &format!("{id}.com"));
        let text = text.replace("0oa1acme", &id);
        all.insert(format!("orgs/{id}/org.kdl"), text.into_bytes());
    }
    let world = MemoryWorld::new(all);
    let encoded = |seed, threads| {
        let outcome = compile(&Shuffled { world: world.clone(), seed }, NonZeroUsize::new(threads).unwrap(), as_of());
        assert_eq!(outcome.orgs.len(), 301, "{:?}", outcome.diagnostics.first());
        crate::support::encoded(&outcome).remove(0)
    };
    let first = encoded(0, 1);
    for (seed, threads) in [(1, 1), (2, 2), (3, 8), (4, 64)] {
        assert_eq!(encoded(seed, threads).digest, first.digest, "seed {seed}");
    }
}
