//! Reload: good, bad, older and foreign bundles, by the file alone and by a signal.

use gatewright_terms::Timestamp;

use crate::home::{Home, dev};
use crate::policy::{bundle, slug};

/// ST-BUN-10: whatever is offered, the last good one serves; the reason stands behind the admin listener.
#[test]
fn st_bun_10_a_bad_bundle_changes_nothing_and_shows_as_degraded() {
    let home = Home::new();
    home.offer(&dev(), 5, None);
    let running = home.start();
    let digest = running.field("bundle");
    let mut other = dev();
    other.environment.name = slug("production");
    let good = bundle(&dev(), 6, None);
    for (what, bytes, reason) in [
        ("garbage", b"garbage".to_vec(), "malformed"),
        ("cut", good[..good.len() - 3].to_vec(), "malformed"),
        ("older", bundle(&dev(), 4, None), "rollback"),
        ("another environment", bundle(&other, 9, None), "other-environment"),
        ("expired", bundle(&dev(), 9, Some(Timestamp::from_unix(1))), "expired"),
    ] {
        home.offer_bytes(&bytes);
        running.until(what, || running.log.lock().unwrap().contains(&format!("bundle-refused reason={reason} ")));
        let status = running.status_when(what, |status| !status["refused"].is_null());
        assert_eq!(status["running"]["digest"], digest, "{what}");
        assert_eq!(status["health"], "degraded", "{what}");
        assert_eq!(running.public("/readyz"), (200, "degraded\n".into()), "{what}");
        assert_eq!(running.public("/login").0, 200, "{what}");
        running.log.lock().unwrap().clear();
    }
    std::fs::remove_file(home.path("bundle")).unwrap();
    running.until("away", || running.log.lock().unwrap().contains("bundle-refused reason=unreadable "));
    assert_eq!(running.public("/readyz").1, "degraded\n");
    // The next good one is taken, and the past is forgotten.
    home.offer(&dev(), 6, None);
    running.status_when("good again", |status| {
        status["running"]["sequence"] == 6 && status["health"] == "ok" && status["refused"].is_null()
    });
    // Written when the bundle is in force already.
    let highest = || std::fs::read_to_string(home.path("bundle.highest-dev")).unwrap();
    running.until("the highest", || highest().starts_with("6 sha256:"));
    let audit = running.admin("/v1/audit").1;
    assert!(audit.contains("bundle-refused") && audit.contains("rollback"), "{audit}");
}

#[test]
fn a_changed_file_is_taken_by_itself_and_serves_the_next_request() {
    let home = Home::new();
    let running = home.start();
    assert_eq!(running.public("/login?app=fresh").0, 403);
    let mut program = dev();
    program.environment.apps.push(gatewright_bundle::program::App {
        slug: slug("fresh"),
        origin: "http://127.0.0.1:9".into(),
        org: None,
    });
    program.environment.apps.sort_by(|a, b| a.slug.cmp(&b.slug));
    home.offer(&program, 2, None);
    running.status_when("sequence 2", |status| status["running"]["sequence"] == 2);
    assert_eq!(running.public("/login?app=fresh").0, 200);
}

/// SIGHUP re-reads bundle and trust at once; a trust file that no longer trusts the signer refuses what it signs.
#[test]
fn sighup_rereads_both_files() {
    let home = Home::new();
    let running = home.start();
    home.offer(&dev(), 2, None);
    running.signal("HUP");
    running.status_when("sequence 2", |status| status["running"]["sequence"] == 2);
    let trust = std::fs::read_to_string(home.path("trust")).unwrap();
    std::fs::write(home.path("trust"), "broken").unwrap();
    running.signal("HUP");
    let status = running.status_when("broken trust", |status| !status["refused"].is_null());
    assert_eq!(status["running"]["sequence"], 2);
    assert!(status["refused"]["reason"].as_str().unwrap().contains("trust"), "{status}");
    std::fs::write(home.path("trust"), trust).unwrap();
    running.signal("HUP");
    running.status_when("trust again", |status| status["refused"].is_null());
    assert_eq!(running.end("TERM").0, 0);
}
