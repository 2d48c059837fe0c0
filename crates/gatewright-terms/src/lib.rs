//! Terms: the validated words of the domain, shared by the maker and the gate.
//!
//! Everything here is parsed once, at the door, and carried by its type from then on.
//!
//! Invariant: a value of a type with a `parse` is well-formed; there is no second constructor that skips the check.
//! Invariant: nothing here reads a clock, a file, the network or the environment.

mod domain;
mod email;
pub mod hex;
mod identity;
mod refusal;
mod slug;
mod time;

pub use domain::{DOMAIN_BYTES_MAX, DomainName, NotADomain};
pub use email::{EmailAddress, NotAnAddress};
pub use identity::{Attribute, AttributeValue, GroupName, IdentityKey, TEXT_VALUE_BYTES_MAX, TextRefused, Trait};
pub use refusal::{AtProvider, PublicMessage, Refusal, RefusalPage};
pub use slug::{NotASlug, OrgId, PermissionName, SLUG_BYTES_MAX, Slug};
pub use time::{Seconds, Timestamp};
