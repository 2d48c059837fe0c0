//! Away: starts and ends while the bundle's address is no use, and addresses that are never called.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use gatewright_terms::Timestamp;

use crate::depot::{Answer, Depot};
use crate::home::{Home, dev, mode};
use crate::policy::{bundle, slug};

const CA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/keys/ca.pem");

/// Nobody listens there any more.
fn nowhere() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{address}/current?sig=canary")
}

/// ST-BUN-10: a node never goes dark because the address is away, over a restart too.
#[test]
fn st_bun_10_a_start_runs_on_the_last_good_copy() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(bundle(&dev(), 7, None))));
    let at = depot.url();
    let start = || home.start_changed(&[("--bundle", &at)]);
    assert_eq!(start().end("TERM").0, 0);
    for (what, answer, reason) in [
        ("away", Answer::Closed, "bundle-refused reason=unreadable"),
        ("status", Answer::Status(404), "it answered with status 404"),
        ("garbage", Answer::Bundle(b"garbage".to_vec()), "bundle-refused reason=malformed"),
        ("older", Answer::Bundle(bundle(&dev(), 6, None)), "bundle-refused reason=rollback"),
        ("expired", Answer::Bundle(bundle(&dev(), 8, Some(Timestamp::from_unix(1)))), "bundle-refused reason=expired"),
    ] {
        depot.say(answer);
        let told = home.check_config(&[("--bundle", &at)]);
        assert!(told.code == 0 && told.out.contains("this is the last good copy"), "{what}: {told:?}");
        assert!(!told.out.contains("canary") && !told.err.contains("canary"), "{what}: {told:?}");
        let running = start();
        assert_eq!(running.field("sequence"), "7", "{what}");
        assert_eq!(running.public("/readyz"), (200, "degraded\n".into()), "{what}");
        let log = running.log.lock().unwrap().clone();
        assert!(log.contains("running-on-the-last-good-copy file=") && log.contains(reason), "{what}: {log}");
        depot.say(Answer::Bundle(bundle(&dev(), 7, None)));
        running.signal("HUP");
        running.status_when(what, |status| status["health"] == "ok" && status["running"]["sequence"] == 7);
        let (code, log) = running.end("TERM");
        assert!(code == 0 && !log.contains("canary"), "{what}: {log}");
    }
}

/// ST-BUN-02, ST-BUN-03: a copy is a bundle like any other.
#[test]
fn st_bun_03_a_copy_is_verified_and_may_not_be_older() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(bundle(&dev(), 7, None))));
    let at = depot.url();
    assert_eq!(home.start_changed(&[("--bundle", &at)]).end("TERM").0, 0);
    depot.say(Answer::Closed);
    let mut forged = bundle(&dev(), 9, None);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let mut other = dev();
    other.environment.name = slug("production");
    for (what, bytes, code, says) in [
        ("forged", forged, 6, "trusted keys have not signed this copy"),
        ("garbage", b"garbage".to_vec(), 6, "trusted keys have not signed this copy"),
        ("another environment", bundle(&other, 9, None), 6, "this copy is for `production`"),
        ("older", bundle(&dev(), 6, None), 5, "GW1402"),
    ] {
        std::fs::write(home.path("gate.db.bundle-dev"), bytes).unwrap();
        let ended = home.start_fails(&[("--bundle", &at)]);
        assert!(ended.code == code && ended.err.contains(says), "{what}: {ended:?}");
    }
    // A higher one that trusted keys have signed runs: the highest sequence counts.
    std::fs::write(home.path("gate.db.bundle-dev"), bundle(&dev(), 8, None)).unwrap();
    depot.say(Answer::Bundle(bundle(&dev(), 7, None)));
    let running = home.start_changed(&[("--bundle", &at)]);
    assert_eq!((running.field("sequence"), running.public("/readyz").1), ("8".into(), "degraded\n".into()));
}

/// ST-BUN-03, ST-BUN-09: killed at any moment between the answer and the bundle in force, the gate starts without the address,
/// on the one that ran or on the next.
#[test]
fn st_bun_03_a_kill_at_any_moment_leaves_a_copy_to_start_on() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(bundle(&dev(), 1, None))));
    let at = depot.url();
    let start = || home.start_changed(&[("--bundle", &at)]);
    // Longer until the change is seen, then shorter: the kills draw near to the moment from both sides.
    let (mut wait, mut moved) = (Duration::from_millis(4), 0);
    for round in 0..16 {
        let running = start();
        let before: u64 = running.field("sequence").parse().unwrap();
        depot.say(Answer::Bundle(bundle(&dev(), before + 1, None)));
        running.signal("HUP");
        std::thread::sleep(wait);
        running.end("KILL");
        depot.say(Answer::Closed);
        let again = start();
        let after: u64 = again.field("sequence").parse().unwrap();
        assert!(after == before || after == before + 1, "round {round}: {before}, then {after}");
        moved += after - before;
        wait = if after > before { wait.mul_f32(0.7) } else { wait.mul_f32(1.5) };
        again.end("KILL");
        depot.say(Answer::Bundle(bundle(&dev(), after, None)));
    }
    assert!(moved > 0, "no kill came late enough");
    assert_eq!(mode(&home.path("gate.db.bundle-dev")), 0o600);
}

#[test]
fn without_a_copy_a_start_ends() {
    let home = Home::new();
    let depot = Depot::new(Answer::Status(500));
    for (what, at, answer, code) in [
        ("nobody there", nowhere(), None, 6),
        ("status", depot.url(), Some(Answer::Status(500)), 6),
        ("redirect", depot.url(), Some(Answer::Redirect(bundle(&dev(), 1, None))), 6),
        ("garbage", depot.url(), Some(Answer::Bundle(b"garbage".to_vec())), 5),
        ("expired", depot.url(), Some(Answer::Bundle(bundle(&dev(), 1, Some(Timestamp::from_unix(1))))), 5),
    ] {
        if let Some(answer) = answer {
            depot.say(answer);
        }
        for ended in [home.start_fails(&[("--bundle", &at)]), home.check_config(&[("--bundle", &at)])] {
            assert_eq!(ended.code, code, "{what}: {ended:?}");
            assert!(ended.err.contains("there is no copy of an earlier one"), "{what}: {ended:?}");
            assert!(!ended.err.contains("canary") && ended.err.lines().count() == 1, "{what}: {ended:?}");
        }
    }
    depot.say(Answer::Bundle(bundle(&dev(), 1, None)));
    let told = home.check_config(&[("--bundle", &depot.url())]);
    assert!(told.code == 0 && told.out.contains("sequence 1, 2 organisations"), "{told:?}");
    assert!(told.out.contains("bundle = http://127.0.0.1:") && !told.out.contains("canary"), "{told:?}");
    for kept in ["gate.db.bundle-dev", "gate.db.highest-dev", "gate.db"] {
        assert!(!home.path(kept).exists(), "{kept}: nothing was accepted");
    }
}

/// ST-OIDC-17: what the rules do not let be called is a wrong setting, before anybody is called.
#[test]
fn st_oidc_17_addresses_are_https_and_public_or_listed() {
    let home = Home::new();
    for (environment, at, says) in [
        ("production", "http://127.0.0.1:1/b?canary", "only the environment `dev` may use http"),
        ("dev", "http://bundles.example/b?canary", "not https"),
        ("dev", "http://127.0.0.2/b?canary", "not https"),
        ("production", "https://127.0.0.1/b?canary", "not public"),
        ("production", "https://169.254.169.254/b?canary", "not public"),
        ("production", "https://[fd00::1]/b?canary", "not public"),
        ("production", "ftp://bundles.example/b?canary", "`https://`"),
        ("production", "https://canary@bundles.example/b", "bundle-token"),
    ] {
        let ended = home.start_fails(&[("--environment", environment), ("--bundle", at)]);
        assert!(ended.code == 2 && ended.err.contains(says), "{at}: {ended:?}");
        assert!(!ended.err.contains("canary"), "{at}: {ended:?}");
    }
}

/// ST-OIDC-17: TLS with an authority that the operator named, at a name that leads to a network that they listed.
#[test]
fn st_oidc_17_tls_is_verified_and_a_private_network_is_listed() {
    let mut program = dev();
    program.environment.name = slug("production");
    program.environment.base_url = "https://gate.example".into();
    let (home, depot) = (Home::new(), Depot::with_tls(Answer::Bundle(bundle(&program, 2, None))));
    std::fs::write(home.path("secrets/bundle-token"), "canary-of-the-token").unwrap();
    let at = depot.tls_url();
    let flags = [("--environment", "production"), ("--bundle", &at)];
    let (ca, allow) = (("--outbound-ca", CA), ("--outbound-allow", "127.0.0.0/8,::1/128"));
    let untrusted = home.start_fails(&[&flags[..], &[allow]].concat());
    assert!(untrusted.code == 6, "{untrusted:?}");
    let private = home.start_fails(&[&flags[..], &[ca]].concat());
    assert!(private.code == 6 && private.err.contains("not public"), "{private:?}");
    assert!(depot.asked().is_empty(), "the credential went nowhere: {:?}", depot.asked());
    let running = home.start_changed(&[&flags[..], &[ca, allow]].concat());
    assert_eq!(running.field("sequence"), "2");
    assert!(depot.asked()[0].contains("Bearer canary-of-the-token"));
}

/// A drain does not wait for an address that takes its time, neither while the gate runs nor while it starts.
#[test]
fn a_signal_is_heard_during_a_fetch() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(bundle(&dev(), 1, None))));
    let running = home.start_changed(&[("--bundle", &depot.url())]);
    depot.say(Answer::Trickle);
    running.signal("HUP");
    running.until("asked", || depot.asked().len() == 2);
    // It serves meanwhile, and a second signal asks anew.
    assert_eq!(running.public("/readyz"), (200, "ok\n".into()));
    running.signal("HUP");
    running.until("asked again", || depot.asked().len() == 3);
    running.signal("TERM");
    running.until("the drain", || running.log.lock().unwrap().contains(" stopped all-requests-finished=yes"));
    assert_eq!(running.end("TERM").0, 0);

    let mut starting = home.start_unready(&[("--bundle", &depot.url())]);
    while depot.asked().len() < 4 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-TERM", &starting.id().to_string()]).status().unwrap().success());
    let mut tries = 0..500;
    let ended = tries.find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        starting.try_wait().unwrap()
    });
    let _ = starting.kill();
    assert_eq!(ended.expect("it ends within ten seconds").code(), Some(0));
}
