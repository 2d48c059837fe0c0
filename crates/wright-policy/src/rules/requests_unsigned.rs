//! Requests unsigned (GW0423): the provider says that it takes signed requests alone.

use gatewright_bundle::program::Requests;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const REQUESTS_UNSIGNED: Code = error(423, "requests-unsigned");

pub(super) const CHECK: Check = Check::new(&[REQUESTS_UNSIGNED], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let Some(saml) = &connection.saml else { continue };
        let Some(off) = saml.sign_requests.as_ref().filter(|word| word.value == Requests::Unsigned) else { continue };
        let (Some(idp), Some(file)) = (saml.idp(), &saml.metadata) else { continue };
        if !idp.metadata.wants_signed_requests {
            continue;
        }
        Finding::new(REQUESTS_UNSIGNED, off.span, "the provider wants signed requests")
            .mark("it would refuse what we ask")
            .also(file.span, "`WantAuthnRequestsSigned` stands in this file")
            .help("remove `sign-requests`: requests are signed where nobody says otherwise")
            .path(&connection.written.path)
            .report(sink);
    }
}
