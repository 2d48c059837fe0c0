//! File: the container of content, statement and signatures. Reading it proves nothing.
//!
//! Reads and gives the bytes of a file, `*.gwb`; the maker's `sign` declares a statement and attaches signatures to it.
//!
//! Invariant: a signature stands beside the very statement that it was made over; another statement drops it.

use gatewright_terms::Timestamp;

use crate::content::environment_name;
use crate::digest::Digest;
use crate::limits::{FILE_BYTES_MAX, KEYS_MAX};
use crate::malformed::{Defect, Malformed, Part};
use crate::refused::BundleRefused;
use crate::statement::{FORMAT, Statement};
use crate::strict::{Strict, written};
use crate::trust::KeyId;

/// What every file begins with, behind the head of its map.
const MAGIC: &str = "gatewright.bundle";

/// A file as it lies on the disk; nothing of it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    content: Vec<u8>,
    seal: Seal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seal {
    /// Fresh from the compiler.
    Open {
        provenance: Digest,
    },
    Stated {
        statement: Statement,
        signatures: Vec<(KeyId, [u8; 64])>,
    },
}

impl BundleFile {
    /// What `compile` writes.
    pub fn unsigned(content: Vec<u8>, provenance: Digest) -> Self {
        Self { content, seal: Seal::Open { provenance } }
    }

    /// Reads a file. Refuses what is too large, not a bundle, or of a newer format.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleRefused> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(BundleRefused::TooLarge { bytes: bytes.len() });
        }
        let mut input = Strict::new(bytes);
        let (pairs, format) = preamble(&mut input).map_err(in_file)?;
        if format > FORMAT {
            return Err(BundleRefused::FormatNewer { format });
        }
        // An older one is compiled again; its number on newer parts would be a second spelling of them.
        if format < FORMAT {
            return Err(in_file(Defect::Disagrees("the format")));
        }
        body(&mut input, pairs).map_err(|defect| match defect {
            FileDefect::File(defect) => in_file(defect),
            FileDefect::Statement(malformed) => BundleRefused::Malformed(malformed),
        })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        written(|out| {
            out.map(match self.seal {
                Seal::Open { .. } => 4,
                Seal::Stated { .. } => 5,
            })?;
            out.u8(0)?.str(MAGIC)?.u8(1)?.u64(FORMAT)?.u8(2)?.bytes(&self.content)?;
            match &self.seal {
                Seal::Open { provenance } => out.u8(3)?.bytes(&provenance.0)?,
                Seal::Stated { statement, signatures } => {
                    out.u8(4)?.bytes(&statement.to_bytes())?;
                    out.u8(5)?.array(signatures.len() as u64)?;
                    for (key, signature) in signatures {
                        out.array(2)?.bytes(&key.0)?.bytes(signature)?;
                    }
                    out
                }
            };
            Ok(())
        })
    }

    /// What [`crate::Content::decode`] reads.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The content without a copy: it may be most of the machine's cache.
    pub(crate) fn into_content(self) -> Vec<u8> {
        self.content
    }

    /// SHA-256 of the content.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.content)
    }

    pub fn provenance(&self) -> Digest {
        match &self.seal {
            Seal::Open { provenance } => *provenance,
            Seal::Stated { statement, .. } => statement.provenance,
        }
    }

    pub fn statement(&self) -> Option<&Statement> {
        match &self.seal {
            Seal::Open { .. } => None,
            Seal::Stated { statement, .. } => Some(statement),
        }
    }

    /// The keys that are said to have signed, sorted.
    pub fn signatures(&self) -> &[(KeyId, [u8; 64])] {
        match &self.seal {
            Seal::Open { .. } => &[],
            Seal::Stated { signatures, .. } => signatures,
        }
    }

    /// States which step of the environment's history the content is. Signatures over the same statement stay, others go.
    pub fn declare(&mut self, sequence: u64, expires: Option<Timestamp>) -> Result<Statement, Malformed> {
        if sequence == 0 {
            return Err(Defect::BadValue("the sequence").within(Part::Statement));
        }
        if expires.is_some_and(|at| at < Timestamp::EPOCH) {
            return Err(Defect::BadValue("the expiry").within(Part::Statement));
        }
        let declared = Statement {
            environment: environment_name(&self.content)?,
            length: self.content.len() as u64,
            digest: self.digest(),
            provenance: self.provenance(),
            sequence,
            expires,
        };
        if self.statement() != Some(&declared) {
            self.seal = Seal::Stated { statement: declared.clone(), signatures: Vec::new() };
        }
        Ok(declared)
    }

    /// Puts a signature over [`Statement::signing_bytes`] beside the statement; an older one of the same key goes.
    ///
    /// Refused where nothing is declared yet, or above [`KEYS_MAX`] keys.
    pub fn attach(&mut self, key: KeyId, signature: [u8; 64]) -> Result<(), Malformed> {
        let Seal::Stated { signatures, .. } = &mut self.seal else {
            return Err(Defect::Disagrees("a signature without a statement").within(Part::File));
        };
        match signatures.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(at) => {
                if let Some(old) = signatures.get_mut(at) {
                    old.1 = signature;
                }
            }
            Err(_) if signatures.len() == KEYS_MAX => {
                return Err(Defect::TooLarge("the number of signatures").within(Part::File));
            }
            Err(at) => signatures.insert(at, (key, signature)),
        }
        Ok(())
    }
}

enum FileDefect {
    File(Defect),
    Statement(Malformed),
}

impl From<Defect> for FileDefect {
    fn from(defect: Defect) -> Self {
        Self::File(defect)
    }
}

fn in_file(defect: Defect) -> BundleRefused {
    BundleRefused::Malformed(defect.within(Part::File))
}

/// What every format begins with: the number of pairs, the magic, the format.
fn preamble(input: &mut Strict<'_>) -> Result<(u64, u64), Defect> {
    let pairs = input.map()?;
    input.key(0)?;
    if input.text()? != MAGIC {
        return Err(Defect::BadValue("the beginning"));
    }
    input.key(1)?;
    match input.uint()? {
        0 => Err(Defect::BadValue("the format")),
        format => Ok((pairs, format)),
    }
}

fn body(input: &mut Strict<'_>, pairs: u64) -> Result<BundleFile, FileDefect> {
    input.key(2)?;
    let content = input.bytes()?;
    let seal = match pairs {
        4 => {
            input.key(3)?;
            Seal::Open { provenance: Digest(input.array_of("the digest of the provenance")?) }
        }
        5 => {
            input.key(4)?;
            let statement = Statement::from_bytes(input.bytes()?).map_err(FileDefect::Statement)?;
            input.key(5)?;
            Seal::Stated { statement, signatures: signatures(input)? }
        }
        _ => return Err(FileDefect::File(Defect::NotCanonical)),
    };
    input.end()?;
    Ok(BundleFile { content: content.to_vec(), seal })
}

fn signatures(input: &mut Strict<'_>) -> Result<Vec<(KeyId, [u8; 64])>, Defect> {
    let count = input.array()?;
    if count > KEYS_MAX as u64 {
        return Err(Defect::TooLarge("the number of signatures"));
    }
    let mut signatures = Vec::new();
    for _ in 0..count {
        if input.array()? != 2 {
            return Err(Defect::NotCanonical);
        }
        let key = KeyId(input.array_of("the id of a key")?);
        signatures.push((key, input.array_of("a signature")?));
    }
    // One key counts once: a second signature of it is refused, not skipped.
    if signatures.is_sorted_by(|(a, _), (b, _)| a < b) {
        Ok(signatures)
    } else {
        Err(Defect::Unsorted("the signatures"))
    }
}
