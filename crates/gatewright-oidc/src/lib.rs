//! ID tokens without keys and network: one strict reading, and the person that claims speak of.
//!
//! `gate-oidc` proves a token, and reads it with this; a recorded one is read with this alone, and proves nothing.
//!
//! Trust: nothing here is proven. Who holds proven claims may believe what is read from them.

pub mod claims;
pub mod person;
pub mod protocol;
pub mod recorded;
pub mod refused;
pub mod strict_json;
pub mod token;
