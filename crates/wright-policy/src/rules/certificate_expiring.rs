//! Certificate expiring (GW0405): the provider will sign with another one, which the policy does not have yet.
//!
//! The gate does not look at these dates (ST-SAML-12): nobody is refused on that day. But providers change their key
//! before it, and whoever signs with a key that is not here is refused. With a later certificate beside it nothing is said.

use gatewright_saml::certificate::CertificateFacts;
use gatewright_terms::Timestamp;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::kind::DAY;
use crate::policy::{Policy, last_end};

const CERTIFICATE_EXPIRING: Code = warn(405, "certificate-expiring");

pub(super) const CHECK: Check = Check::as_of(&[CERTIFICATE_EXPIRING], run);

/// Three months: an administrator of the provider has to be found, and a change reviewed.
const WARNED_DAYS_BEFORE: i64 = 90;
/// From here on the words are stronger.
const SOON_DAYS: i64 = 30;
const URGENT_DAYS: i64 = 7;

fn run(policy: &Policy, as_of: Timestamp, sink: &mut Sink) {
    for org in policy.each_view() {
        for connection in &org.connections {
            let Some(saml) = &connection.saml else { continue };
            let (Some(idp), Some(file)) = (saml.idp(), &saml.metadata) else { continue };
            let Some(end) = last_end(&idp.certificates) else { continue };
            let days = (end.unix() - as_of.unix()).div_euclid(i64::from(DAY));
            if days > WARNED_DAYS_BEFORE {
                continue;
            }
            let mark = if days <= URGENT_DAYS {
                "no later one is here; this is urgent"
            } else if days <= SOON_DAYS {
                "no later one is here; do it now"
            } else {
                "no later one is here"
            };
            let fetch = format!("gatewright idp fetch {}/{} --from https://…", org.id, connection.slug);
            Finding::new(CERTIFICATE_EXPIRING, file.span, message(&idp.certificates, days))
                .mark(mark)
                .help(format!("take over the provider's next one with `{fetch}`; both may be present"))
                .path(&connection.written.path)
                .report(sink);
        }
    }
}

fn message(certificates: &[CertificateFacts], days: i64) -> String {
    let (which, ends, ended) = match certificates {
        [_] => ("the only signing certificate", "ends", "ended"),
        _ => ("the last of the signing certificates", "ends", "ended"),
    };
    match days {
        0 => format!("{which} {ends} today"),
        1 => format!("{which} {ends} tomorrow"),
        2.. => format!("{which} {ends} in {days} days"),
        -1 => format!("{which} {ended} yesterday"),
        _ => format!("{which} {ended} {} days ago", days.unsigned_abs()),
    }
}
