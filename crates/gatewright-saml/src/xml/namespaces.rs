//! Namespaces: what a prefix means here (Namespaces in XML 1.0, 3rd edition).
//!
//! Invariant: a look-up costs the same whatever was declared before: by hash, not by walking up, where there are more than a
//! few.
//! Invariant: two names are the same exactly if their numbers are: each namespace name is hashed once, where it is declared.

use std::collections::HashMap;

use super::cursor::{Cursor, Written, malformed, too_large};
use super::{NAMESPACE_BYTES_MAX, NAMESPACES_IN_SCOPE_MAX, XML_NAMESPACE, XmlRefused};

const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// So many are compared one by one in less time than a hash takes.
pub(super) const FEW: usize = 8;

/// A namespace name and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Namespace<'a> {
    pub(super) name: &'a str,
    pub(super) number: usize,
}

const NONE: Namespace<'static> = Namespace { name: "", number: 0 };
const XML: Namespace<'static> = Namespace { name: XML_NAMESPACE, number: 1 };

struct Binding<'a> {
    prefix: &'a str,
    namespace: Namespace<'a>,
    /// What the prefix meant outside.
    shadowed: Option<usize>,
}

pub(super) struct Scopes<'a> {
    /// Those that count here, the outermost first.
    bindings: Vec<Binding<'a>>,
    /// By prefix, into `bindings`; the empty prefix is the default.
    innermost: HashMap<&'a str, usize>,
    numbers: HashMap<&'a str, usize>,
    /// In the whole document.
    pub(super) declared: usize,
}

/// Where an element's own declarations begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(usize);

impl<'a> Scopes<'a> {
    pub(super) fn new() -> Self {
        let numbers = HashMap::from([(NONE.name, NONE.number), (XML.name, XML.number)]);
        Self { bindings: Vec::new(), innermost: HashMap::new(), numbers, declared: 0 }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.bindings.len())
    }

    /// One `xmlns="…"` or `xmlns:p="…"` of the element that began at `mark`. The value is as it is written.
    pub(super) fn declare(&mut self, name: &Written<'a>, value: &'a str, mark: Mark) -> Result<(), XmlRefused> {
        let refuse = |reason| Err(malformed(reason, name.offset));
        let prefix = if name.prefix.is_empty() { "" } else { name.local };
        if matches!(prefix, "xml" | "xmlns") || matches!(value, XML_NAMESPACE | XMLNS_NAMESPACE) {
            return refuse("namespace-reserved");
        }
        if value.is_empty() && !prefix.is_empty() {
            return refuse("prefix-undeclared");
        }
        if !value.is_empty() && !is_absolute(value) {
            return refuse("namespace-not-absolute");
        }
        if value.len() > NAMESPACE_BYTES_MAX {
            return Err(too_large("namespace-too-long", name.offset));
        }
        if self.bindings.len() >= NAMESPACES_IN_SCOPE_MAX {
            return Err(too_large("namespaces-in-scope", name.offset));
        }
        let shadowed = self.innermost.get(prefix).copied();
        if shadowed.is_some_and(|at| at >= mark.0) {
            return refuse("attribute-doubled");
        }
        let next = self.numbers.len();
        let number = *self.numbers.entry(value).or_insert(next);
        self.innermost.insert(prefix, self.bindings.len());
        self.bindings.push(Binding { prefix, namespace: Namespace { name: value, number }, shadowed });
        self.declared += 1;
        Ok(())
    }

    /// The element that began at `mark` is over.
    pub(super) fn leave(&mut self, mark: Mark) {
        while self.bindings.len() > mark.0
            && let Some(binding) = self.bindings.pop()
        {
            match binding.shadowed {
                Some(outer) => self.innermost.insert(binding.prefix, outer),
                None => self.innermost.remove(binding.prefix),
            };
        }
    }

    /// What the name of an element is in; the default counts.
    pub(super) fn of_element(&self, name: &Written<'_>, cursor: &mut Cursor<'_>) -> Result<Namespace<'a>, XmlRefused> {
        cursor.steps += name.prefix.len() as u64 + 1;
        match name.prefix {
            "xml" => Ok(XML),
            // An unbound default is none; every other prefix must be bound.
            "" => Ok(self.bound("").unwrap_or(NONE)),
            prefix => self.bound(prefix).ok_or_else(|| malformed("prefix-unbound", name.offset)),
        }
    }

    /// What the name of an attribute is in; the default does not count (§6.2).
    pub(super) fn of_attribute(
        &self,
        name: &Written<'_>,
        cursor: &mut Cursor<'_>,
    ) -> Result<Namespace<'a>, XmlRefused> {
        if name.prefix.is_empty() { Ok(NONE) } else { self.of_element(name, cursor) }
    }

    fn bound(&self, prefix: &str) -> Option<Namespace<'a>> {
        if self.bindings.len() <= FEW {
            let inner = self.bindings.iter().rev().find(|binding| binding.prefix == prefix);
            return inner.map(|binding| binding.namespace);
        }
        self.innermost.get(prefix).and_then(|at| self.bindings.get(*at)).map(|binding| binding.namespace)
    }
}

/// A URI with a scheme (RFC 3986), written without references.
///
/// Relative ones have no canonical form (Canonical XML §1; ST-SAML-10), and a name that must be unescaped or normalised
/// before it is compared is one that two programs may compare differently.
fn is_absolute(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else {
        return false;
    };
    let mut hashes = 0;
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => {
                bytes.next().is_some_and(|b| b.is_ascii_hexdigit())
                    && bytes.next().is_some_and(|b| b.is_ascii_hexdigit())
            }
            b'#' => {
                hashes += 1;
                hashes == 1
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;=:@/?".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    let scheme_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(scheme_part) && !rest.is_empty()
}
