//! Address: a running gate whose bundle stands at an address, good and bad.

use std::time::Duration;

use crate::depot::{Answer, Depot};
use crate::home::{Home, Running, dev};
use crate::policy::{bundle, slug};

fn sequence(sequence: u64) -> Vec<u8> {
    bundle(&dev(), sequence, None)
}

fn log(running: &Running) -> String {
    running.log.lock().unwrap().clone()
}

/// ST-BUN-09, ST-BUN-10: a bundle is fetched, asked for with its mark, taken when there is another, and kept.
#[test]
fn st_bun_09_a_bundle_is_fetched_and_asked_for_again() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(3))));
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    assert_eq!(running.field("sequence"), "3");
    assert_eq!(running.public("/readyz"), (200, "ok\n".into()));
    assert!(depot.asked()[0].starts_with("GET /dev/current?sig=canary-of-the-query HTTP/1.1\r\n"));
    assert!(!depot.asked()[0].contains("if-none-match") && !depot.asked()[0].contains("authorization"));
    let highest = || std::fs::read_to_string(home.path("gate.db.highest-dev")).unwrap();
    assert!(highest().starts_with("3 sha256:"));
    assert_eq!(std::fs::read(home.path("gate.db.bundle-dev")).unwrap(), sequence(3));

    running.signal("HUP");
    running.until("a question with the mark", || depot.asked().len() == 2);
    assert!(depot.asked()[1].contains("if-none-match: \""), "{:?}", depot.asked());
    assert_eq!(running.public("/readyz"), (200, "ok\n".into()));

    depot.say(Answer::Bundle(sequence(4)));
    running.signal("HUP");
    running.status_when("sequence 4", |status| status["running"]["sequence"] == 4);
    assert_eq!(std::fs::read(home.path("gate.db.bundle-dev")).unwrap(), sequence(4));
    running.until("the highest", || highest().starts_with("4 sha256:"));
    let (code, log) = running.end("TERM");
    assert!(code == 0 && !log.contains("canary") && !log.contains("bundle-refused"), "{log}");
}

/// ST-BUN-10: whatever the address answers, the last good one serves; when it is well again, the gate says so.
#[test]
fn st_bun_10_a_bad_answer_changes_nothing_and_recovery_ends_it() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(5))));
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    let digest = running.field("bundle");
    let mut other = dev();
    other.environment.name = slug("production");
    let mut forged = sequence(9);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    for (what, answer, reason) in [
        ("500", Answer::Status(500), "unreadable why=\"bundle http://127.0.0.1:"),
        ("status", Answer::Status(503), "it answered with status 503"),
        ("204", Answer::Status(204), "it answered with status 204"),
        ("not asked for", Answer::Status(206), "it answered with status 206"),
        ("redirect", Answer::Redirect(sequence(9)), "a redirect (302), which is never followed"),
        ("oversize", Answer::TooLong, "the answer is longer than 268435456 bytes"),
        ("cut off", Answer::CutOff(sequence(9)), "unreadable"),
        ("closed", Answer::Closed, "unreadable"),
        ("silence", Answer::Silence, "nothing came for 5 s"),
        ("garbage", Answer::Unmarked(b"<html>".to_vec()), "bundle-refused reason=malformed"),
        ("empty", Answer::Unmarked(Vec::new()), "bundle-refused reason=malformed"),
        ("forged", Answer::Bundle(forged), "bundle-refused reason="),
        ("older", Answer::Bundle(sequence(4)), "bundle-refused reason=rollback"),
        ("another environment", Answer::Bundle(bundle(&other, 9, None)), "bundle-refused reason=other-environment"),
    ] {
        depot.say(answer);
        running.signal("HUP");
        running.until(what, || log(&running).contains(reason));
        let status = running.status_when(what, |status| status["health"] == "degraded");
        assert_eq!(status["running"]["digest"], digest, "{what}");
        assert_eq!(running.public("/readyz"), (200, "degraded\n".into()), "{what}");
        assert_eq!(running.public("/login").0, 200, "{what}");
        running.log.lock().unwrap().clear();
        // The same bytes again, with a mark or without.
        let well = if what.len() % 2 == 0 { Answer::Unmarked(sequence(5)) } else { Answer::Bundle(sequence(5)) };
        depot.say(well);
        running.signal("HUP");
        running.status_when(what, |status| status["health"] == "ok" && status["refused"].is_null());
        running.log.lock().unwrap().clear();
    }
    assert_eq!(std::fs::read(home.path("gate.db.bundle-dev")).unwrap(), sequence(5), "nothing bad was kept");
    assert!(!depot.asked().iter().any(|head| head.starts_with("GET /elsewhere")), "no redirect was followed");
}

/// A 304 says that what was there before is there again: the gate is well.
#[test]
fn a_304_ends_a_failure() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(1))));
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    depot.say(Answer::Status(500));
    running.signal("HUP");
    running.status_when("degraded", |status| status["health"] == "degraded");
    depot.say(Answer::Bundle(sequence(1)));
    running.signal("HUP");
    running.status_when("well again", |status| status["health"] == "ok");
    assert!(depot.asked().last().unwrap().contains("if-none-match"), "{:?}", depot.asked());
    // A 304 to a question without a mark means nothing.
    depot.say(Answer::Unmarked(sequence(1)));
    running.signal("HUP");
    running.until("unmarked", || depot.asked().len() == 4);
    depot.say(Answer::Status(304));
    running.signal("HUP");
    running.until("refused", || log(&running).contains("it answered with status 304"));
    assert!(!depot.asked().last().unwrap().contains("if-none-match"), "{:?}", depot.asked());
}

/// Without a signal too; what is bad for an hour is told once.
#[test]
fn the_address_is_asked_by_itself_and_a_failure_is_told_once() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(1))));
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    depot.say(Answer::Status(500));
    running.signal("HUP");
    running.until("degraded", || log(&running).contains("status 500"));
    let asked = depot.asked().len();
    for _ in 0..45 {
        if depot.asked().len() > asked {
            break;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(depot.asked().len() > asked, "nobody asked by itself");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(log(&running).matches("status 500").count(), 1, "{}", log(&running));
    let audit = running.admin("/v1/audit").1;
    assert_eq!(audit.matches("\"bundle-refused\"").count(), 1, "{audit}");
}

/// Another trust file is looked at by itself, as with files: what it does not trust is degraded, and runs on.
#[test]
fn the_trust_file_is_watched_beside_an_address() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(1))));
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    let trust = std::fs::read_to_string(home.path("trust")).unwrap();
    std::fs::write(home.path("trust"), "broken").unwrap();
    running.status_when("broken trust", |status| status["health"] == "degraded");
    std::fs::write(home.path("trust"), trust).unwrap();
    running.status_when("trust again", |status| status["health"] == "ok");
    assert_eq!(depot.asked().len(), 1, "the address was not asked for that");
}

/// ST-OPS-10: the credential is sent, is read at every question, and stands in no log.
#[test]
fn st_ops_10_the_token_goes_along_and_is_not_told() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(1))));
    std::fs::write(home.path("secrets/bundle-token"), "canary-of-the-token\n").unwrap();
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    assert!(depot.asked()[0].contains("\r\nauthorization: Bearer canary-of-the-token\r\n"), "{:?}", depot.asked());
    std::fs::write(home.path("secrets/bundle-token"), "canary-of-another").unwrap();
    depot.say(Answer::Status(401));
    running.signal("HUP");
    running.until("the new one", || depot.asked().last().unwrap().contains("Bearer canary-of-another\r\n"));
    running.until("told", || log(&running).contains("it answered with status 401"));
    let asked = depot.asked().len();
    for unusable in [&b""[..], b"two\nlines", b"sp ace", b"\xff"] {
        running.log.lock().unwrap().clear();
        std::fs::write(home.path("secrets/bundle-token"), unusable).unwrap();
        running.signal("HUP");
        running.until("unusable", || log(&running).contains("no token of one line"));
    }
    assert_eq!(depot.asked().len(), asked, "nobody asked without the credential that was meant");
    let (_, log) = running.end("TERM");
    assert!(!log.contains("canary"), "{log}");
}
