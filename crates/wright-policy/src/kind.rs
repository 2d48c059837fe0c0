//! Kind: the types of values, and what each takes.
//!
//! Reads one spanned value of the tree; gives a typed one, or reports what is wrong and gives `Broken`.
//!
//! Invariant: a value that has its type is well-formed; nothing later parses it again.

mod place;
mod read;

use std::sync::Arc;

use gatewright_terms::{
    AttributeValue, DomainName, EmailAddress, GroupName, PermissionName, Refusal, Seconds, Slug, Timestamp,
};
use jiff::civil::Date;

pub(crate) use place::{endpoint, is_loopback};
pub(crate) use read::{CONFUSABLE_DOMAIN, is_guid, read, zone};

pub(crate) const MINUTE: u32 = 60;
pub(crate) const HOUR: u32 = 60 * MINUTE;
pub(crate) const DAY: u32 = 24 * HOUR;

/// A line of a list on a phone: longer titles are sentences.
pub(crate) const TITLE_BYTES_MAX: usize = 120;

/// Claim and client names of real providers stay below 100 bytes; Google's client ids are the longest seen, 72.
pub(crate) const NAME_BYTES_MAX: usize = 256;

/// SAML Core §8.3.6.
pub(crate) const ENTITY_ID_BYTES_MAX: usize = 1024;

/// Every domain of the organisation in question.
pub(crate) const ORG_DOMAINS: &str = "org-domains";

/// What organisations are chosen by.
pub(crate) const WHERE_FIELDS: [&str; 4] = ["org", "plan", "members", "stage"];

/// What a field takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Slug,
    Title,
    /// Any text; only in the tool's own data.
    Text,
    Folder,
    Domain,
    Email,
    /// An absolute address, as an issuer is written.
    Url,
    /// Scheme, host and port.
    Origin,
    /// Between the two, in seconds.
    Duration {
        min: u32,
        max: u32,
    },
    Integer {
        min: u32,
        max: u32,
    },
    /// One of these.
    Words(&'static [&'static str]),
    Group,
    /// What an attribute has to be, exactly.
    Attribute,
    TimeZone,
    Team,
    Permission,
    Secret,
    Guid,
    Claim,
    ClientId,
    /// The entityID of a SAML provider.
    EntityId,
    /// A file beside the organisation's own.
    Beside,
    /// A file of what a provider once sent, beside the organisation's own.
    Recorded,
    /// A day, as ISO 8601 writes it.
    Date,
    /// A moment, as RFC 3339 writes it.
    Time,
    /// Why the gate keeps somebody out.
    Refusal,
    /// `org-domains`, or a domain.
    Outside,
    /// One `field=value` of an organisation.
    Where,
    /// How many, as a text: bounds are written so, whatever they bound.
    Count,
    /// What a value is held against; its own type is the path's, and read by `resolve`.
    Bound,
    /// `delete`, or `keep-` and a duration.
    Retention,
    /// The name of something that is defined elsewhere; looked up by `resolve`.
    Reference(&'static str),
}

/// A value that has its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scalar {
    Text(Arc<str>),
    Slug(Slug),
    Domain(DomainName),
    Email(EmailAddress),
    Seconds(Seconds),
    Integer(u32),
    Group(GroupName),
    Attribute(AttributeValue),
    Permission(PermissionName),
    Secret(Slug, Slug),
    Date(Date),
    Time(Timestamp),
    Refusal(Refusal),
    /// Reported; the text still names the thing, so that references to it do not cascade.
    Broken(Arc<str>),
}

impl Kind {
    /// With its article, as messages say it.
    pub(crate) fn noun(self) -> String {
        match self {
            Self::Slug => "a slug".into(),
            Self::Title => format!("a text of at most {TITLE_BYTES_MAX} bytes"),
            Self::Text => "a text".into(),
            Self::Folder => "the name of a folder".into(),
            Self::Domain => "a domain".into(),
            Self::Email => "an e-mail address".into(),
            Self::Url => "an `https://` address".into(),
            Self::Origin => "an origin".into(),
            Self::Duration { .. } => "a duration".into(),
            Self::Integer { .. } => "a whole number".into(),
            Self::Words(words) => format!("one of {}", crate::finding::listed(words.iter().copied())),
            Self::Group => "the name of a group".into(),
            Self::Attribute => "the value of an attribute".into(),
            Self::TimeZone => "an IANA time zone".into(),
            Self::Team => "a team".into(),
            Self::Permission => "a permission, dotted".into(),
            Self::Secret => "the name of a secret".into(),
            Self::Guid => "a tenant's GUID".into(),
            Self::Claim => "the name of a claim".into(),
            Self::ClientId => "a client id".into(),
            Self::EntityId => format!("an entity id of at most {ENTITY_ID_BYTES_MAX} bytes"),
            Self::Beside => "the name of an `.xml` file in the same folder".into(),
            Self::Recorded => "the name of a `.recorded.xml` or `.recorded.json` file in the same folder".into(),
            Self::Date => "a day".into(),
            Self::Time => "a moment".into(),
            Self::Refusal => "the reason of a refusal".into(),
            Self::Outside => format!("`{ORG_DOMAINS}` or a domain"),
            Self::Count => "a whole number in quotes".into(),
            Self::Bound => "a value of the path's type".into(),
            Self::Retention => "`delete` or `keep-` and a duration".into(),
            Self::Where => format!("one `field=value` with a field of {}", crate::finding::listed(WHERE_FIELDS)),
            Self::Reference(what) => format!("the name of {}", article(what)),
        }
    }

    /// The noun with its bounds, for the reference.
    pub(crate) fn described(self) -> String {
        if let Self::Duration { min, max } = self {
            return format!("a duration, `{}` to `{}`", spell(min), spell(max));
        }
        if let Self::Integer { min, max } = self {
            return if min == max { format!("the number {min}") } else { format!("a number, {min} to {max}") };
        }
        self.noun()
    }

    /// How a good value looks.
    pub(crate) fn sample(self) -> String {
        match self {
            Self::Slug => "\"research-eu\": small letters, digits and `-`, 63 at most, a letter first".into(),
            Self::Title | Self::Text => "\"Acme Corp\": no blanks around it, no control characters".into(),
            Self::Folder => "\"orgs\": one folder beside the manifest".into(),
            Self::Domain => "\"acme.com\": an exact host, in small letters".into(),
            Self::Email => "\"jane.doe@acme.com\"".into(),
            Self::Url => "\"https://idp.acme.com\": a host by its name, no user, query or fragment".into(),
            Self::Origin => {
                "\"https://console.lumen.example\": scheme, host by its name, and the port where it is not 443".into()
            }
            Self::Duration { min, max } => format!("\"30m\", between {} and {}; units s m h d", spell(min), spell(max)),
            Self::Integer { min, max } => format!("a number from {min} to {max}"),
            Self::Words(words) => crate::finding::listed(words.iter().copied()),
            Self::Group => "\"ml-research\": exactly as the provider sends it, 256 bytes at most".into(),
            Self::Attribute => "\"Finance\": exactly as the provider sends it, 256 bytes at most".into(),
            Self::TimeZone => "\"Europe/Berlin\"".into(),
            Self::Team => "\"@lumen/acme-team\"".into(),
            Self::Permission => "\"billing.write\": slugs with dots between them".into(),
            Self::Secret => "\"acme/oidc\": the organisation, then the name".into(),
            Self::Guid => "\"8f0d2a6e-1111-4222-8333-944455556666\"".into(),
            Self::Claim => "\"groups\"".into(),
            Self::ClientId => "\"0oa1acme\"".into(),
            Self::EntityId => {
                "\"http://www.okta.com/exk1acme0000\": exactly as the provider spells it, without blanks".into()
            }
            Self::Beside => "\"okta-metadata.xml\": letters, digits, `-`, `_` and `.`".into(),
            Self::Recorded => "\"ada.recorded.xml\": letters, digits, `-`, `_` and `.`".into(),
            Self::Date => "\"2027-01-29\"".into(),
            Self::Time => "\"2026-12-01T09:00:00Z\"".into(),
            Self::Refusal => "\"blocked-group\"; `docs/refusals.md` has them all".into(),
            Self::Outside => format!("\"{ORG_DOMAINS}\" or \"acme.com\""),
            Self::Where => "\"plan=enterprise\"".into(),
            Self::Count => "\"25\"".into(),
            Self::Bound => "\"12h\", 5 or \"both\", as the path takes it".into(),
            Self::Retention => "\"keep-90d\"".into(),
            Self::Reference(what) => format!("{} that is defined", article(what)),
        }
    }
}

/// `a role`, `an org`.
pub(crate) fn article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}

/// `90` is `90s`, `3600` is `1h`: the largest unit that fits exactly.
pub fn spell(seconds: u32) -> String {
    let fits = [(DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm')]
        .into_iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    match fits {
        Some((unit, letter)) => format!("{}{letter}", seconds / unit),
        None => format!("{seconds}s"),
    }
}
