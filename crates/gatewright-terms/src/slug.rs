//! Slugs: the short names by which policies, paths and routes speak of things.

use std::fmt;
use std::sync::Arc;

/// A slug is a path segment, a DNS-like label and a log field: 63 bytes keep it all three.
pub const SLUG_BYTES_MAX: usize = 63;

/// `[a-z][a-z0-9-]{0,62}`. Ordered by bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// The text is no slug. `suggestion` is the nearest one, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASlug {
    pub suggestion: Option<String>,
}

impl Slug {
    /// Takes `[a-z][a-z0-9-]{0,62}` and nothing else.
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        if is_slug(text) { Ok(Self(Arc::from(text))) } else { Err(NotASlug { suggestion: nearest(text) }) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_slug(text: &str) -> bool {
    text.len() <= SLUG_BYTES_MAX
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn nearest(text: &str) -> Option<String> {
    let mapped: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let trimmed = mapped.trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_end_matches('-');
    let short: String = trimmed.chars().take(SLUG_BYTES_MAX).collect();
    is_slug(&short).then_some(short)
}

/// An organisation: its slug, which is also its folder and its place in every route. Never reused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(Slug);

impl OrgId {
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        Slug::parse(text).map(Self)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<Slug> for OrgId {
    fn from(slug: Slug) -> Self {
        Self(slug)
    }
}

/// A permission: dotted slugs, such as `org.settings.write`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionName(Arc<str>);

impl PermissionName {
    /// One or more slugs with dots between them, 128 bytes at most.
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        let dotted = text.len() <= 2 * SLUG_BYTES_MAX + 2 && text.split('.').all(is_slug);
        if dotted { Ok(Self(Arc::from(text))) } else { Err(NotASlug { suggestion: None }) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! show_as_text {
    ($($name:ty),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{:?}", self.as_str())
            }
        }
    )+};
}
show_as_text!(Slug, OrgId, PermissionName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_lower_case_and_bounded() {
        for good in ["a", "acme", "acme-eu", "a1-2"] {
            assert_eq!(Slug::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "1a", "-a", "Acme", "a_b", "a.b", "é", "a\n"] {
            assert!(Slug::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Slug::parse(&"a".repeat(63)).is_ok());
        assert!(Slug::parse(&"a".repeat(64)).is_err());
    }

    #[test]
    fn a_bad_slug_suggests_the_nearest_good_one() {
        let suggestion = |text| Slug::parse(text).unwrap_err().suggestion;
        assert_eq!(suggestion("Acme_Corp"), Some("acme-corp".into()));
        assert_eq!(suggestion("42"), None);
    }

    #[test]
    fn permissions_are_dotted_slugs() {
        assert!(PermissionName::parse("org.settings.write").is_ok());
        for bad in ["", ".", "a.", ".a", "a..b", "A.b"] {
            assert!(PermissionName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
