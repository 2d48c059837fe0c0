//! Verifiers: two that share no code are asked the same, and must say the same.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gate_saml::Samael;
use gatewright_saml::screen::Screened;
use gatewright_saml::{Canonical, Decryptor, Expected, NotVerified, Trusted, Verifier};
use gatewright_second_opinion::SecondOpinion;

use super::world::{Outcome, deliver_to};

/// The answer of the gate's own verifier, and whether the other one gives the same.
pub(crate) struct Comparison {
    pub(crate) outcome: Outcome,
    /// How often both were asked.
    pub(crate) asked: usize,
    pub(crate) differences: Vec<String>,
}

pub(crate) fn compare(form_value: &[u8], expected: &Expected<'_>, decryptor: Option<&dyn Decryptor>) -> Comparison {
    let pair = Pair::default();
    let outcome = deliver_to(form_value, expected, &pair, decryptor);
    let differences = pair.differences.into_inner().unwrap();
    Comparison { outcome, asked: pair.asked.into_inner(), differences }
}

/// Both. What they do not agree on is written down.
#[derive(Default)]
struct Pair {
    asked: AtomicUsize,
    differences: Mutex<Vec<String>>,
}

impl Verifier for Pair {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (one, two) = (Samael.verify(screened, trusted), SecondOpinion.verify(screened, trusted));
        if !agree(&one, &two) {
            self.differences.lock().unwrap().push(format!("{one:?} and {two:?}"));
        }
        one
    }
}

/// Good is the same element in the same bytes; not good needs no common reason.
fn agree(one: &Result<Canonical, NotVerified>, two: &Result<Canonical, NotVerified>) -> bool {
    match (one, two) {
        (Ok(one), Ok(two)) => one == two,
        (Err(NotVerified::Bad(_)), Err(NotVerified::Bad(_))) => true,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}

/// ST-SAML-02, ST-SAML-10: of every variant and of every twin that the screen lets through.
#[test]
fn st_saml_02_both_verifiers_say_the_same_of_every_variant() {
    let (mut asked, mut faults) = (0, Vec::new());
    for variant in super::all() {
        for (name, (message, setting)) in [("bad", &variant.bad), ("twin", &variant.twin)] {
            let decrypting = setting.decrypting();
            let comparison = compare(&message.form_value(), &setting.expected(), Some(&decrypting));
            asked += comparison.asked;
            let differences = comparison.differences.into_iter();
            faults.extend(differences.map(|difference| format!("{} {name}: {difference}", variant.path())));
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
    assert!(asked > 3_000, "{asked}");
}
