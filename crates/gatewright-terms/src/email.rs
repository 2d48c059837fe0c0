//! E-mail addresses: they route a sign-in and filter by domain; they never identify anybody.

use std::fmt;
use std::sync::Arc;

use crate::DomainName;

/// RFC 5321 §4.5.3.1.1.
const LOCAL_PART_BYTES_MAX: usize = 64;

/// One address: an unquoted ASCII local part and a canonical domain (RFC 5321 §4.1.2, without quoted strings).
///
/// Quoted local parts are refused: they are how one text becomes two addresses in two parsers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    local: Arc<str>,
    domain: DomainName,
}

/// The text is not exactly one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAddress;

impl EmailAddress {
    /// Takes `local@domain` with exactly one `@`. The domain is made canonical; the local part is kept as written.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let (local, domain) = text.split_once('@').ok_or(NotAnAddress)?;
        if !is_local_part(local) || domain.contains('@') {
            return Err(NotAnAddress);
        }
        let domain = DomainName::normalise(domain).map_err(|_| NotAnAddress)?;
        Ok(Self { local: Arc::from(local), domain })
    }

    pub fn local(&self) -> &str {
        &self.local
    }

    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// Whether both texts reach the same mailbox in practice: the local part without regard to ASCII case.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.domain == other.domain && self.local.eq_ignore_ascii_case(&other.local)
    }

    /// The text under which one mailbox is stored and looked up: the local part in lower case.
    pub fn mailbox_key(&self) -> String {
        format!("{}@{}", self.local.to_ascii_lowercase(), self.domain)
    }
}

fn is_local_part(local: &str) -> bool {
    const OTHERS: &[u8] = b"!#$%&'*+-/=?^_`{|}~.";
    (1..=LOCAL_PART_BYTES_MAX).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || OTHERS.contains(&byte))
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}@{}", self.local, self.domain)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-OIDC-14: one valid address; the domain is compared as whole labels.
    #[test]
    fn st_oidc_14_an_address_is_exactly_one_address() {
        assert_eq!(EmailAddress::parse("Ada@ACME.com").unwrap().to_string(), "Ada@acme.com");
        for bad in [
            "",
            "@",
            "ada",
            "ada@",
            "@acme.com",
            "a@evil@acme.com",
            "a@evil.com@acme.com",
            "\"a@evil.com\"@acme.com",
            "a b@acme.com",
            "a@acme",
            "a@127.0.0.1",
            "a@[::1]",
            ".a@acme.com",
            "a..b@acme.com",
            "a@acme.com\n",
            "a\0@acme.com",
            "a,b@acme.com",
            "<a@acme.com>",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
        let inside = EmailAddress::parse("a@acme.com.evil.example").unwrap();
        assert_ne!(inside.domain(), &DomainName::parse("acme.com").unwrap());
    }

    #[test]
    fn case_does_not_make_a_second_mailbox() {
        let (one, two) = (EmailAddress::parse("Jane@acme.com").unwrap(), EmailAddress::parse("jane@Acme.Com").unwrap());
        assert!(one.same_mailbox(&two));
        assert_eq!(one.mailbox_key(), two.mailbox_key());
    }
}
