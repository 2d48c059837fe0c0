//! Both: two verifiers that share no code, and must agree.
//!
//! Invariant: good means that both say so, of the same element and of the same bytes; anything else is refused.
//! Invariant: a difference is its own answer, because one of the two is then wrong: an alarm.

use gatewright_saml::screen::Screened;
use gatewright_saml::{Canonical, NotVerified, Trusted, Verifier};

/// The first is asked first; the second is asked in any case, but where the first was too busy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Both<A, B>(pub A, pub B);

impl<A: Verifier, B: Verifier> Verifier for Both<A, B> {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        let first = match self.0.verify(screened, trusted) {
            Err(busy @ NotVerified::Busy(_)) => return Err(busy),
            first => first,
        };
        agreed(first, self.1.verify(screened, trusted))
    }
}

fn agreed(
    first: Result<Canonical, NotVerified>,
    second: Result<Canonical, NotVerified>,
) -> Result<Canonical, NotVerified> {
    let disagree = |text: &str| Err(NotVerified::Disagree(text.to_owned()));
    match (first, second) {
        (Ok(first), Ok(second)) if first == second => Ok(first),
        (Ok(first), Ok(second)) if first.signed == second.signed => {
            disagree("both verifiers find every signature good, over different bytes")
        }
        (Ok(_), Ok(_)) => disagree("both verifiers find every signature good, of different elements"),
        (Err(NotVerified::Bad(text)), Err(NotVerified::Bad(_))) => Err(NotVerified::Bad(text)),
        (Ok(_), Err(NotVerified::Bad(text))) => {
            disagree(&format!("the first verifier finds every signature good, the second one does not: {text}"))
        }
        (Err(NotVerified::Bad(text)), Ok(_)) => {
            disagree(&format!("the second verifier finds every signature good, the first one does not: {text}"))
        }
        (Err(other @ (NotVerified::Busy(_) | NotVerified::Disagree(_))), _)
        | (_, Err(other @ (NotVerified::Busy(_) | NotVerified::Disagree(_)))) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use gatewright_saml::Signed;

    use super::*;

    fn good(signed: Signed, bytes: &str) -> Canonical {
        Canonical { signed, bytes: bytes.as_bytes().to_vec() }
    }

    fn bad(text: &str) -> NotVerified {
        NotVerified::Bad(text.to_owned())
    }

    #[test]
    fn good_is_what_both_find_good() {
        let a = || good(Signed::Message, "<a/>");
        assert_eq!(agreed(Ok(a()), Ok(a())), Ok(a()));
        for (first, second) in [
            (Ok(a()), Ok(good(Signed::Message, "<b/>"))),
            (Ok(a()), Ok(good(Signed::Assertion, "<a/>"))),
            (Ok(a()), Err(bad("x"))),
            (Err(bad("x")), Ok(a())),
        ] {
            assert!(matches!(agreed(first, second), Err(NotVerified::Disagree(_))));
        }
        assert_eq!(agreed(Err(bad("first")), Err(bad("second"))), Err(bad("first")));
    }

    #[test]
    fn who_does_not_answer_agrees_to_nothing() {
        let busy = || Err(NotVerified::Busy("late".to_owned()));
        assert_eq!(agreed(busy(), Ok(good(Signed::Message, "<a/>"))), busy());
        assert_eq!(agreed(Ok(good(Signed::Message, "<a/>")), busy()), busy());
        assert_eq!(agreed(Err(bad("x")), busy()), busy());
    }
}
