//! Wright: the compiler as one call. [`compile`] takes a [`World`] and gives every finding and every proven program.
//!
//! Invariant: same sources, same tool, same bytes: on every machine, path, file order, time zone and number of threads.
//! Invariant: nothing here opens a file, reads a clock, the environment or the network; the world is the only input.
//! Invariant: only [`prove`] makes a [`Proven`] program, only [`trial::lawful`] a [`trial::Lawful`] one, and [`encode`]
//! takes nothing else.

mod closest;
mod compile;
pub mod diff;
mod effective;
mod encode;
mod format;
mod gather;
mod identity;
mod leaving;
mod lockout;
mod mask;
mod pages;
pub mod people;
mod places;
mod proven;
mod recorded;
mod slots;
pub mod trial;
mod world;

pub use closest::{Closest, closest};
pub use compile::{Compiled, Outcome, compile, judge};
pub use effective::{Way, Who, effective, ways};
pub use encode::{Encoded, digest, encode};
pub use format::{Formatting, STDIN, format, format_text};
pub use gather::gather;
pub use identity::{Identity, newcomer};
pub use leaving::{Leaving, Part, Step, leaving};
pub use lockout::LOCKOUT;
pub use pages::{codes, page, word_pages};
pub use proven::{Lockout, Proven, prove};
pub use recorded::{KeptOut, Said, recorded};
pub use world::{Found, MemoryWorld, Unreadable, World};
