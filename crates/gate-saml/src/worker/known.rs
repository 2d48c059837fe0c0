//! Known: questions whose answers are known, asked before and after the worker confines itself.
//!
//! The first time, C loads what it loads late; the second time shows that it still works. A library that finds everything
//! good, or nothing, ends the worker.

use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::screen::screen_response;
use gatewright_saml::{Canonical, NotVerified, Signed, Trusted, Verifier as _};

use crate::samael::Samael;

/// Signed once with keys that were then thrown away.
const RSA: (&str, &[u8]) = (include_str!("../known/rsa.xml"), include_bytes!("../known/rsa.der"));
const EC: (&str, &[u8]) = (include_str!("../known/ec.xml"), include_bytes!("../known/ec.der"));
/// What both have signed.
const CANONICAL: &str = include_str!("../known/canonical.xml");
/// What both say of whom it is about, and what nobody has signed.
const SUBJECT: (&str, &str) = ("known-subject", "other-subject");

pub(super) fn are_answered_rightly() -> bool {
    let good = Ok(Canonical { signed: Signed::Message, bytes: CANONICAL.as_bytes().to_vec() });
    [(RSA, EC), (EC, RSA)].iter().all(|((message, own), (_, foreign))| {
        let changed = message.replace(SUBJECT.0, SUBJECT.1);
        changed != *message
            && ask(message, &[own]) == good
            && ask(message, &[foreign, own]) == good
            && matches!(ask(message, &[foreign]), Err(NotVerified::Bad(_)))
            && matches!(ask(message, &[]), Err(NotVerified::Bad(_)))
            && matches!(ask(&changed, &[own]), Err(NotVerified::Bad(_)))
    })
}

fn ask(message: &str, certificates: &[&[u8]]) -> Result<Canonical, NotVerified> {
    let screened = screen_response(message.as_bytes()).map_err(|refused| NotVerified::Busy(refused.to_string()))?;
    let certificates: Vec<_> = certificates.iter().map(|der| Certificate(der.to_vec())).collect();
    let algorithms = [SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaSha256];
    Samael.verify(&screened, &Trusted { certificates: &certificates, algorithms: &algorithms })
}

#[cfg(test)]
mod tests {
    #[test]
    fn st_saml_10_the_known_questions_are_answered_rightly() {
        assert!(super::are_answered_rightly());
    }
}
