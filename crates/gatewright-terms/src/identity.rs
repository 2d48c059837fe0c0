//! Identities: the key of a person, and the texts that their identity provider says about them.

use std::fmt;
use std::sync::Arc;

use crate::Slug;

/// The longest group name or attribute value that is taken from an identity provider.
pub const TEXT_VALUE_BYTES_MAX: usize = 256;

/// The text is empty, too long, or holds a control character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRefused;

/// Who somebody is: connection, issuer and subject, compared byte for byte. Unique in an organisation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey {
    pub connection: Slug,
    pub issuer: Arc<str>,
    pub subject: Arc<str>,
}

/// A personal text: it does not print by accident.
impl fmt::Debug for IdentityKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "IdentityKey({}, {}, …)", self.connection, self.issuer)
    }
}

macro_rules! idp_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(Arc<str>);

        impl $name {
            /// 1 to 256 bytes without control characters; kept and compared byte for byte.
            pub fn parse(text: &str) -> Result<Self, TextRefused> {
                let good = (1..=TEXT_VALUE_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
                if good { Ok(Self(Arc::from(text))) } else { Err(TextRefused) }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

idp_text! {
    /// The name or id of a group, as the identity provider sends it.
    GroupName
}
idp_text! {
    /// The value of an attribute, as the identity provider sends it.
    AttributeValue
}

/// An attribute that an organisation reads, with one value of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute {
    pub name: Slug,
    pub value: AttributeValue,
}

/// `department=Finance`.
impl fmt::Display for Attribute {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}={}", self.name, self.value)
    }
}

/// What an identity provider says about somebody and access may hang on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    Group(GroupName),
    Attribute(Attribute),
}

impl Trait {
    pub fn group(&self) -> Option<&GroupName> {
        match self {
            Self::Group(group) => Some(group),
            Self::Attribute(_) => None,
        }
    }

    pub fn attribute(&self) -> Option<&Attribute> {
        match self {
            Self::Attribute(attribute) => Some(attribute),
            Self::Group(_) => None,
        }
    }
}

/// The group's name, or `department=Finance`.
impl fmt::Display for Trait {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => group.fmt(out),
            Self::Attribute(attribute) => attribute.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_names_are_bounded_and_printable() {
        assert!(GroupName::parse("ML Research (EU)").is_ok());
        assert!(GroupName::parse(&"g".repeat(256)).is_ok());
        for bad in [String::new(), "g".repeat(257), "a\nb".into(), "\u{9c}".into()] {
            assert!(GroupName::parse(&bad).is_err(), "{bad:?}");
        }
    }
}
