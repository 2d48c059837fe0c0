//! Shapes: responses as real providers write them. Each is let in, with exactly the identity that it names.
//!
//! `written` holds documents by hand in each provider's own style, under names and keys of ours, signed and encrypted in
//! every way; `captured` holds what running products sent.

mod captured;
mod written;
