//! Limits: how much of anything a stranger may send, how long it may take, and what happens then.
//!
//! Invariant: every buffer, queue and wait of the HTTP layer is named here with its unit and its reason.

use std::time::Duration;

/// A form holds an address (254 bytes), a slug and a path of 2 KiB, percent-encoded. Above: 413.
pub const FORM_BYTES_MAX: usize = 16 * 1024;

/// The form of an identity provider: a SAML message and its `RelayState`. A message that is percent-encoded letter by letter
/// does not fit; nobody sends that. Above: refused.
pub const SAML_FORM_BYTES_MAX: usize = 512 * 1024;

/// One SAML message as it stands in a form: 256 KiB of XML in base64 are 342 KiB, its line ends 11 KiB. Above: refused.
pub const SAML_VALUE_BYTES_MAX: usize = 360 * 1024;

/// SAML 2.0 Bindings §3.5.3. Above: refused.
pub const RELAY_STATE_BYTES_MAX: usize = 80;

/// The longest JSON of the admin API is a reason of a few sentences. Above: 413.
pub const ADMIN_BODY_BYTES_MAX: usize = 16 * 1024;

/// A bundle that is pushed: 256 MiB within this are a line of 100 Mbit/s. Less than a request may take. Above: 408.
pub const BUNDLE_BODY: Duration = Duration::from_secs(25);

/// Request line and headers. A thousand foreign cookies are 20 KiB; nginx stops at 32 KiB by default. Above: 431.
pub const HEAD_BYTES_MAX: usize = 48 * 1024;

/// Browsers and proxies together send 20 to 40. Above: 431.
pub const HEADERS_MAX: usize = 100;

/// A short parameter that is read. `return_to` is the longest, a code of Entra the next (2 KiB). Above: refused.
pub const PARAMETER_BYTES_MAX: usize = 4 * 1024;

/// Parameters of one query or form. Providers add up to six that we do not know. Above: refused.
pub const PARAMETERS_MAX: usize = 32;

/// The reason of an operator, as it stands in the audit trail.
pub const REASON_BYTES_MAX: usize = 500;

/// Members of one answer; the next page begins after the last one.
pub const MEMBERS_PER_PAGE: u32 = 500;

/// Audit records of one read of the store while they stream out.
pub const RECORDS_PER_READ: u32 = 500;

/// Refused sign-ins of one source in a minute: an office whose sign-in is misconfigured stays below, a flood does not. In
/// the next minute it starts anew. Above: 429.
pub const REFUSALS_PER_MINUTE_MAX: u32 = 600;

/// Sources whose refusals are counted, some 50 bytes each. Above: those of earlier minutes are forgotten, then all.
pub const THROTTLED_SOURCES_MAX: usize = 16_384;

/// What one listener spends on one client, and on all of them. A field of its own for each, so that tests can be quick.
#[derive(Debug, Clone, Copy)]
pub struct ServerLimits {
    /// A file descriptor each, of the usual 1024 a third stays for the store and calls outwards. Above: the listener
    /// stops accepting until one closes.
    pub connections_max: usize,
    /// From the first byte of a head, or the last answer, to the end of the head (slowloris). Above: closed.
    pub head: Duration,
    /// The body of a request. Above: 408.
    pub body: Duration,
    /// One request from its head to its answer; a sign-in makes up to three calls outwards of 5 s each. Above: 503.
    pub request: Duration,
    /// After this a connection finishes its request and closes, so that none is held for ever.
    pub connection: Duration,
    /// How long a drain waits for requests that are under way.
    pub drain: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections_max: 700,
            head: Duration::from_secs(30),
            body: Duration::from_secs(10),
            request: Duration::from_secs(30),
            connection: Duration::from_mins(15),
            drain: Duration::from_secs(10),
        }
    }
}
