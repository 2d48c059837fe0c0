//! Refused: why metadata is not taken, as a sentence with its repair.

use std::fmt;

use crate::xml::{XmlFault, XmlRefused};

/// The metadata is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataRefused {
    /// A stable word for the rule that was broken, such as `no-signing-certificate`.
    pub reason: &'static str,
    /// What is wrong and what to do, for the author of the policy: no capital letter first, no period last.
    pub text: String,
    /// From 1, where the place is known.
    pub line: Option<usize>,
}

impl MetadataRefused {
    pub(super) fn new(reason: &'static str, text: impl Into<String>) -> Self {
        Self { reason, text: text.into(), line: None }
    }
}

impl fmt::Display for MetadataRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "line {line}: {}", self.text),
            None => out.write_str(&self.text),
        }
    }
}

impl std::error::Error for MetadataRefused {}

/// The reader's refusal, with the repair that an author can make.
pub(super) fn unreadable(refused: &XmlRefused, bytes: &[u8]) -> MetadataRefused {
    let before = bytes.get(..refused.offset).unwrap_or(bytes);
    let line = before.split(|&byte| byte == b'\n').count();
    let text = match refused.kind {
        XmlFault::Malformed => {
            format!("the metadata is not well-formed XML ({}); download it again", refused.reason)
        }
        XmlFault::ForbiddenMarkup => format!(
            "the metadata holds markup that is not taken ({}); delete comments, CDATA sections, processing instructions and \
             document types from the file",
            refused.reason
        ),
        XmlFault::TooLarge => format!(
            "the metadata is larger than that of one provider ({}); keep only the provider's own `EntityDescriptor`",
            refused.reason
        ),
    };
    MetadataRefused { reason: refused.reason, text, line: Some(line) }
}
