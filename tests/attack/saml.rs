//! Saml: forged responses, class by class.
//!
//! A variant is an honest message with one defect. It must be refused with its own refusal and reason, and its twin, which
//! differs from it in the defect alone, must be accepted with exactly the right identity. Unless the signature is the
//! point, the defect is there before the provider signs. `saml/message` writes messages, `saml/variant` makes variants of
//! defects, `saml/world` is the door that they come to. The table of all of them stands in `table.md`, generated.
//!
//! Invariant: a variant that the screen must stop never reaches the verifier.

mod addressing;
mod algorithms;
mod assertions;
mod attributes;
mod bombs;
mod conditions;
mod confirmation;
mod decryption;
mod encoding;
mod encryption;
mod identity;
mod logout;
mod markup;
mod memory;
mod message;
mod quiet;
mod references;
mod statements;
mod stripping;
mod substitution;
mod table;
mod times;
mod unsolicited;
mod variant;
pub(crate) mod verifiers;
pub(crate) mod world;
mod wrapping;

use variant::{Defect, Variant};

type Defects = fn() -> Vec<Defect>;

/// Class, and what is in it.
const CLASSES: &[(&str, Defects)] = &[
    ("wrapping", wrapping::defects),
    ("stripping", stripping::defects),
    ("substitution", substitution::defects),
    ("algorithms", algorithms::defects),
    ("references", references::defects),
    ("assertions", assertions::defects),
    ("markup", markup::defects),
    ("encoding", encoding::defects),
    ("bombs", bombs::defects),
    ("addressing", addressing::defects),
    ("unsolicited", unsolicited::defects),
    ("conditions", conditions::defects),
    ("confirmation", confirmation::defects),
    ("times", times::defects),
    ("statements", statements::defects),
    ("identity", identity::defects),
    ("attributes", attributes::defects),
    ("encryption", encryption::defects),
    ("decryption", decryption::defects),
];

fn variants(class: &str) -> Vec<Variant> {
    let (name, defects) = CLASSES.iter().find(|(name, _)| *name == class).expect("a class of the list");
    defects().into_iter().flat_map(|defect| defect.variants(name)).collect()
}

fn all() -> Vec<Variant> {
    CLASSES.iter().flat_map(|(class, _)| variants(class)).collect()
}
