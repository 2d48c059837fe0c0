//! Domains: exact hosts in lower-case A-label form (RFC 5890 §2.3.2.1).

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// RFC 1035 §2.3.4, without the root's own dot.
pub const DOMAIN_BYTES_MAX: usize = 253;

/// The canonical length in the widest of spellings: four bytes of UTF-8 for each of one. In bytes.
const SPELLING_BYTES_MAX: usize = 4 * DOMAIN_BYTES_MAX;

/// A domain of at least two labels, lower-case A-labels only, without a trailing dot. Never an address, never a wildcard.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(Arc<str>);

/// Why a text is no domain. `canonical` in `Spelling` is what the author most likely meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotADomain {
    /// The text means a domain, but is not its canonical spelling (case, trailing dot, U-label).
    Spelling {
        canonical: DomainName,
    },
    Wildcard,
    IpAddress,
    SingleLabel,
    Malformed,
}

impl DomainName {
    /// Takes the canonical spelling and nothing else: what policies must write.
    pub fn parse(text: &str) -> Result<Self, NotADomain> {
        let domain = Self::normalise(text)?;
        if domain.as_str() == text { Ok(domain) } else { Err(NotADomain::Spelling { canonical: domain }) }
    }

    /// Takes any spelling (case, one trailing dot, U-labels) and gives the canonical one: what people and IdPs send.
    pub fn normalise(text: &str) -> Result<Self, NotADomain> {
        if text.len() > SPELLING_BYTES_MAX {
            return Err(NotADomain::Malformed);
        }
        if text.contains('*') {
            return Err(NotADomain::Wildcard);
        }
        if looks_like_address(text) {
            return Err(NotADomain::IpAddress);
        }
        let bare = text.strip_suffix('.').unwrap_or(text);
        let ascii = idna::domain_to_ascii_strict(bare).map_err(|_| NotADomain::Malformed)?;
        if ascii.len() > DOMAIN_BYTES_MAX || !ascii.split('.').all(is_label) {
            return Err(NotADomain::Malformed);
        }
        if !ascii.contains('.') {
            return Err(NotADomain::SingleLabel);
        }
        if looks_like_address(&ascii) {
            return Err(NotADomain::IpAddress);
        }
        Ok(Self(Arc::from(ascii)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this domain lies strictly inside `other`, by whole labels.
    pub fn is_inside(&self, other: &Self) -> bool {
        self.0.strip_suffix(other.as_str()).is_some_and(|rest| rest.ends_with('.'))
    }
}

/// Addresses in every spelling that a resolver takes for one: dotted, decimal, hexadecimal, IPv6 with or without brackets.
fn looks_like_address(text: &str) -> bool {
    let bare = text.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    let numeric = |label: &str| {
        let hex = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
        let digits = hex.unwrap_or(label);
        (hex.is_some() || !digits.is_empty())
            && digits.bytes().all(|b| if hex.is_some() { b.is_ascii_hexdigit() } else { b.is_ascii_digit() })
    };
    bare.parse::<IpAddr>().is_ok() || bare.rsplit('.').next().is_some_and(numeric)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl fmt::Display for DomainName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", &*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-LINT-03: one canonical spelling; the others are named, addresses and wildcards refused.
    #[test]
    fn st_lint_03_domains_have_one_spelling() {
        let spelled = |text| DomainName::parse(text);
        assert_eq!(spelled("acme.com").unwrap().as_str(), "acme.com");
        assert_eq!(spelled("xn--cme-5cd.com").unwrap().as_str(), "xn--cme-5cd.com");
        for (text, canonical) in
            [("ACME.com", "acme.com"), ("acme.com.", "acme.com"), ("bücher.example", "xn--bcher-kva.example")]
        {
            assert_eq!(
                spelled(text),
                Err(NotADomain::Spelling { canonical: DomainName(Arc::from(canonical)) }),
                "{text}"
            );
        }
        for text in ["*.acme.com", "*"] {
            assert_eq!(spelled(text), Err(NotADomain::Wildcard), "{text}");
        }
        for text in ["127.0.0.1", "[::1]", "::1", "2130706433", "0x7f000001", "acme.0x7f", "acme.0x", "1.2.3.4."] {
            assert_eq!(spelled(text), Err(NotADomain::IpAddress), "{text}");
        }
        for text in [
            "",
            ".",
            "..",
            "acme..com",
            "-acme.com",
            "acme-.com",
            "a_b.com",
            "ac me.com",
            "acme.com/x",
            "acme.com:443",
            "xn--.com",
        ] {
            assert_eq!(spelled(text), Err(NotADomain::Malformed), "{text}");
        }
        assert_eq!(spelled("localhost"), Err(NotADomain::SingleLabel));
        assert_eq!(spelled(&format!("{}.com", "a".repeat(64))), Err(NotADomain::Malformed));
    }

    #[test]
    fn inside_means_whole_labels() {
        let acme = DomainName::parse("acme.com").unwrap();
        assert!(DomainName::parse("eu.acme.com").unwrap().is_inside(&acme));
        for other in ["acme.com", "evilacme.com", "acme.com.evil.example"] {
            assert!(!DomainName::parse(other).unwrap().is_inside(&acme), "{other}");
        }
    }
}
