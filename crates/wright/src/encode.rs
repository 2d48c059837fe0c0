//! Encode: a proven program and its provenance to the bytes that are signed and the bytes that travel beside them.
//!
//! Invariant: takes a proven program whose laws hold and nothing else, so that nothing unproved becomes bytes.

use gatewright_bundle::program::Program;
use gatewright_bundle::{BundleFile, Digest};
use serde_json::json;
use wright_policy::Provenance;

use crate::proven::Proven;
use crate::trial::Lawful;

/// The bundle's content, and where each part of it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// A file that `sign` takes.
    pub bundle: Vec<u8>,
    /// Of the content: equal for equal programs.
    pub digest: Digest,
    /// `gatewright.provenance/1`; its digest stands in the bundle.
    pub provenance: Vec<u8>,
}

/// Total: whatever was proved can be written.
pub fn encode(compiled: Lawful<'_>) -> Encoded {
    let provenance = provenance_bytes(&compiled.provenance);
    let file = BundleFile::unsigned(gatewright_bundle::encode(&compiled.program), Digest::of(&provenance));
    Encoded { bundle: file.to_bytes(), digest: file.digest(), provenance }
}

/// Of what the bundle of a program holds; it names the program and is none.
pub fn digest(program: &Proven<Program>) -> Digest {
    BundleFile::unsigned(gatewright_bundle::encode(program), Digest::of(&[])).digest()
}

fn provenance_bytes(provenance: &Provenance) -> Vec<u8> {
    let origins: Vec<_> = provenance
        .origins
        .iter()
        .map(|origin| json!({"path": &*origin.path, "file": &*origin.file, "line": origin.line}))
        .collect();
    // One origin a line, so that two of them can be compared by eye.
    let lines: Vec<_> = origins.iter().map(|origin| format!("    {origin}")).collect();
    let text =
        format!("{{\n  \"schema\": \"gatewright.provenance/1\",\n  \"origins\": [\n{}\n  ]\n}}\n", lines.join(",\n"));
    text.into_bytes()
}
