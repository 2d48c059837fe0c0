//! Limits: how large a bundle and its parts may be, each with its reason.
//!
//! Reads nothing. A bundle above any of them is refused, by the maker's `sign` as by the gate.

/// 200,000 organisations of 1 KiB, and their indices. In bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Twice the largest installation that loading is measured for.
pub const ORGS_MAX: usize = 200_000;

/// Five domains for each of the most organisations.
pub const DOMAINS_MAX: usize = 1_000_000;

/// The environment and the catalogue, each: the most roles with 400 permissions, twice. In bytes.
pub const PART_BYTES_MAX: usize = 1024 * 1024;

/// One organisation: 10,000 grants with group names of 100 bytes, twice. In bytes.
pub const SECTION_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Sections that together are no longer than this are all decoded before the bundle is taken, so that an unsound one
/// refuses it whole: 4,000 organisations of 1 KiB, a few tens of milliseconds. In bytes.
pub const SECTIONS_AT_ONCE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The longest address that browsers and proxies all carry. In bytes.
pub const TEXT_BYTES_MAX: usize = 2048;

/// Apps of one environment; each is a host that somebody set up by hand.
pub const APPS_MAX: usize = 1000;

/// Shared clients of one environment: a handful a provider.
pub const SHARED_CLIENTS_MAX: usize = 1000;

/// Permissions of the catalogue; the reviewer reads them all.
pub const PERMISSIONS_MAX: usize = 4096;

/// Roles of the catalogue; the reviewer reads them all.
pub const ROLES_MAX: usize = 1024;

/// Domains of one organisation: the largest groups of companies hold some hundreds.
pub const ORG_DOMAINS_MAX: usize = 1000;

/// Owners of one organisation.
pub const OWNERS_MAX: usize = 1000;

/// Connections of one organisation.
pub const CONNECTIONS_MAX: usize = 100;

/// Projects of one organisation.
pub const PROJECTS_MAX: usize = 10_000;

/// Grants of one organisation. Every request may read them all.
pub const GRANTS_MAX: usize = 10_000;

/// Blocked groups of one organisation.
pub const BLOCKED_GROUPS_MAX: usize = 1000;

/// Certificates of one SAML connection: two while one rotates, some more where a provider signs in many places.
pub const CERTIFICATES_MAX: usize = 16;

/// One certificate: an RSA key of 8192 bits with every extension is 3 KiB. In bytes.
pub const CERTIFICATE_BYTES_MAX: usize = 8 * 1024;

/// Permissions of one organisation that need a sign-in of late.
pub const STEP_UPS_MAX: usize = 4096;

/// Attributes that one connection reads beside those of every profile: a directory knows a hundred, access asks for a few.
pub const OWN_ATTRIBUTES_MAX: usize = 32;

/// Scopes of one connection; profiles write five.
pub const SCOPES_MAX: usize = 32;

/// Signatures in a file, and keys in a trust file: more hands than any release needs, few enough to verify at once.
pub const KEYS_MAX: usize = 16;

/// A trust file of the most keys, with a page of comments. In bytes.
pub const TRUST_BYTES_MAX: usize = 64 * 1024;
