//! Change: one line that differs, what it does, and how grave that is.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use gatewright_bundle::Digest;
use gatewright_bundle::program::Program;
use gatewright_terms::{EmailAddress, OrgId, Slug, Trait};

use super::access::Sign;
use super::outcome::Outcome;
use super::side::Atom;
use crate::identity::Identity;

/// How grave a change is, worst first: the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Privileged,
    TrustRoot,
    Weakening,
    ShutOut,
    OrgRetired,
    Widening,
    Narrowing,
    Strengthening,
    Cosmetic,
}

impl Class {
    pub const ALL: [Self; 9] = [
        Self::Privileged,
        Self::TrustRoot,
        Self::Weakening,
        Self::ShutOut,
        Self::OrgRetired,
        Self::Widening,
        Self::Narrowing,
        Self::Strengthening,
        Self::Cosmetic,
    ];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::TrustRoot => "trust-root",
            Self::Weakening => "weakening",
            Self::ShutOut => "shut-out",
            Self::OrgRetired => "org-retired",
            Self::Widening => "widening",
            Self::Narrowing => "narrowing",
            Self::Strengthening => "strengthening",
            Self::Cosmetic => "cosmetic",
        }
    }

    pub const fn mark(self) -> &'static str {
        match self {
            Self::Privileged => "⊕",
            Self::TrustRoot => "#",
            Self::Weakening => "!",
            Self::ShutOut => "x",
            Self::OrgRetired => "∅",
            Self::Widening => "+",
            Self::Narrowing => "-",
            Self::Strengthening => "^",
            Self::Cosmetic => "~",
        }
    }
}

/// What reviews bind: a digest of the path, what stood there, what stands there, and the classes.
///
/// The classes belong to it: where a merge in between makes a change graver, nobody has reviewed that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeId(String);

impl ChangeId {
    pub(super) fn of(path: &str, before: Option<&str>, after: Option<&str>, classes: &BTreeSet<Class>) -> Self {
        let mut text = String::new();
        for part in [Some(path), before, after] {
            // A length before each part: no two lists of parts are the same text.
            match part {
                Some(part) => {
                    let _ = write!(text, "{}:{part}", part.len());
                }
                None => text.push('-'),
            }
        }
        text.extend(classes.iter().map(|class| class.slug()));
        Self(format!("c-{}", Digest::of(text.as_bytes()).to_string().chars().take(ID_HEX_CHARS).collect::<String>()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 128 bits: an author could look for a harmless and a harmful change under one id, and would need 2^64 tries.
const ID_HEX_CHARS: usize = 32;

impl fmt::Display for ChangeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One line that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub id: ChangeId,
    /// Never empty, worst first.
    pub classes: BTreeSet<Class>,
    /// `None` for what belongs to the platform.
    pub org: Option<OrgId>,
    pub path: String,
    pub what: What,
}

impl Change {
    /// An environment that only one side has.
    pub fn environment(program: &Program, is_added: bool) -> Self {
        // It names all that the environment holds, so that no review of it outlives a change of it.
        let value = super::digest(&super::all_lines(program));
        let (before, after) = if is_added { (None, Some(value)) } else { (Some(value), None) };
        let path = format!("environment[{}]", program.environment.name);
        Self::setting(None, path, BTreeSet::from([Class::TrustRoot]), before, after)
    }

    /// A line that access does not hang on.
    pub(super) fn setting(
        org: Option<&OrgId>,
        path: String,
        classes: BTreeSet<Class>,
        before: Option<String>,
        after: Option<String>,
    ) -> Self {
        let id = ChangeId::of(&path, before.as_deref(), after.as_deref(), &classes);
        Self { id, classes, org: org.cloned(), path, what: What::Setting { before, after } }
    }

    /// The first of its classes.
    pub fn gravest(&self) -> Class {
        self.classes.first().copied().unwrap_or(Class::Cosmetic)
    }

    /// Whether the line stands only on the side after.
    pub const fn is_addition(&self) -> bool {
        matches!(self.what, What::Access { sign: Sign::Added, .. } | What::Setting { before: None, .. })
    }

    /// Whether the line stands only on the side before.
    pub const fn is_removal(&self) -> bool {
        matches!(self.what, What::Access { sign: Sign::Removed, .. } | What::Setting { after: None, .. })
    }

    /// Whom it reaches, where it reaches anybody.
    pub fn effect(&self) -> Option<&Effect> {
        match &self.what {
            What::Access { effect, .. } => effect.as_deref(),
            What::Setting { .. } => None,
        }
    }

    /// The path without the organisation that it begins with.
    pub fn short_path(&self) -> &str {
        let prefix = self.org.as_ref().map(|org| format!("org[{org}]."));
        prefix.and_then(|prefix| self.path.strip_prefix(prefix.as_str())).unwrap_or(&self.path)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A line that access hangs on.
    Access {
        sign: Sign,
        /// What the line says beyond its path.
        value: String,
        /// `None` where nobody's outcome differs by it.
        effect: Option<Box<Effect>>,
    },
    /// Any other line, with its value.
    Setting { before: Option<String>, after: Option<String> },
}

/// Whom a line reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The smallest identity that shows it, and the organisation that it comes to.
    pub witness: Identity,
    pub org: OrgId,
    pub before: Outcome,
    pub after: Outcome,
    /// Every identity whose outcome differs because of this line, and in what. Sorted.
    pub covers: Vec<Cover>,
}

/// Everybody of one connection and address who has all of `has` and none of `lacks`, and what all of them gain and
/// lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    pub org: OrgId,
    pub connection: Slug,
    /// `anyone@acme.com` stands for everybody of the domain who is no owner.
    pub email: EmailAddress,
    /// Those whose groups the provider left out, or cut off.
    pub groups_unknown: bool,
    pub has: BTreeSet<Trait>,
    pub lacks: BTreeSet<Trait>,
    pub gained: BTreeSet<Atom>,
    pub lost: BTreeSet<Atom>,
}
