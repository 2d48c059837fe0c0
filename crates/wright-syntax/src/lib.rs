//! Syntax: policy text to one spanned tree, and the diagnostics about it.
//!
//! [`read_kdl`] never fails: it gives whatever it understood and reports the rest into a [`Sink`](diagnostic::Sink).
//! [`format_kdl`] gives the one way to write down a text without mistakes.
//!
//! Invariant: reading is linear and uses no recursion; the number of steps is counted and tested.
//! Invariant: no input makes it panic or abort, on a stack of any size.
//! Invariant: the `kdl` crate is the oracle of the tests and is never given bytes here.

pub mod codes;
pub mod diagnostic;
mod format;
pub mod hidden;
mod kdl;
pub mod render;
pub mod source;
pub mod suggest;
pub mod tree;

pub use format::{PropertyOrder, Unfaithful, format_kdl};
pub use kdl::{DEPTH_MAX, FILE_BYTES_MAX, MISTAKES_MAX, ReadContext, read_kdl, read_kdl_counted};
pub use render::render_human;
pub use source::{LineIndex, place};
pub use suggest::suggest;
