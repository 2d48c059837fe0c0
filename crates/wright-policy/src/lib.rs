//! Policy: what the words mean. The stages between text and program, in order:
//!
//! [`read`] → [`shape`] (the field table) → [`resolve`] (names and layers) → [`check`] (rules) → [`lower`].
//!
//! Invariant: `read`, `shape` and `resolve` never fail: they report into the sink and go on with what they understood.
//! Invariant: only [`check`] makes a [`Valid<Policy>`]; [`lower`] takes nothing else and is total.
//! Invariant: nothing here opens a file, reads a clock, the environment or the network.

mod codes;
mod finding;
mod focus;
mod kind;
mod lower;
mod pages;
mod paths;
mod policy;
mod profile;
mod provenance;
mod resolve;
mod rules;
mod shape;
mod trees;
mod valid;
mod vendored;
mod words;
mod workspace;

pub use codes::codes;
pub use focus::{Claims, Shared, claims, shared};
pub use gatewright_bundle::path::{To, block_path, grant_key, grant_path, path_key};
pub use kind::spell;
pub use lower::lower;
pub use pages::{Page, page, reference, word_pages};
pub use paths::Value;
pub use policy::{
    Anyone, Binds, Case, Claim, Demand, Expect, Governance, Guardrail, Law, MetadataPlace, Never, Outside,
    PermissionAt, Place, Policy, Retired, RoleAt, Says, Sent, Suite, Test, TestIdentity, Verb,
};
pub use profile::reports_authentication_time;
pub use provenance::{Origin, Provenance};
pub use resolve::resolve;
pub use rules::{CHECKS, Check, INLINE_SECRET, Secret, check, check_with, secrets};
pub use shape::{Draft, shape};
pub use trees::{Trees, folders, is_recorded, orgs_folder, presets_folder, read, texts};
pub use valid::Valid;
pub use words::{CLASSES, property_order};
pub use workspace::{FILE_BYTES_MAX, Irregular, MANIFEST, Oddity, Workspace};
