//! Push: a bundle by `PUT /v1/bundle`, beside files and addresses.

use std::fs;

use gatewright_bundle::program::Program;
use gatewright_terms::Timestamp;

use crate::depot::{Answer, Depot};
use crate::home::{Home, Running, dev};
use crate::policy::{bundle, saml_connection, slug};

fn sequence(sequence: u64) -> Vec<u8> {
    bundle(&dev(), sequence, None)
}

fn running(running: &Running) -> u64 {
    let status: serde_json::Value = serde_json::from_str(&running.admin("/v1/bundle").1).unwrap();
    status["running"]["sequence"].as_u64().unwrap()
}

fn kept(home: &Home) -> Option<Vec<u8>> {
    fs::read(home.path("gate.db.pushed-dev")).ok()
}

/// ST-BUN-09: what is pushed is in force with the answer, stands in the trail with who did it, and outlives the process; a
/// higher sequence of the file takes over.
#[test]
fn st_bun_09_a_pushed_bundle_is_in_force_and_outlives_the_process() {
    let home = Home::new();
    let gate = home.start();
    let (status, answer) = gate.push(&sequence(5), "");
    assert_eq!((status, &answer["running"]["sequence"], &answer["health"]), (200, &5.into(), &"ok".into()), "{answer}");
    assert_eq!(answer["schema"], "gatewright.bundle-status/1");
    assert_eq!(kept(&home), Some(sequence(5)));
    assert_eq!(crate::home::mode(&home.path("gate.db.pushed-dev")), 0o600);
    assert!(fs::read_to_string(home.path("bundle.highest-dev")).unwrap().starts_with("5 sha256:"));
    let audit = gate.admin("/v1/audit").1;
    let activated = audit.lines().rfind(|line| line.contains("bundle-activated")).unwrap();
    assert!(activated.contains("operator"), "{activated}");
    assert_eq!(gate.push(&sequence(5), "").0, 200, "the same again is no change");
    assert_eq!(gate.end("KILL").0, -1);

    let gate = home.start();
    assert_eq!((gate.field("sequence"), gate.public("/readyz").1), ("5".into(), "ok\n".into()));
    assert!(!gate.log.lock().unwrap().contains("refused"));
    // The file that was there at the start is older, and touching it changes nothing.
    home.offer(&dev(), 4, None);
    gate.signal("HUP");
    gate.until("a look", || gate.log.lock().unwrap().contains("bundle-running"));
    assert_eq!((running(&gate), gate.public("/readyz").1), (5, "ok\n".into()));
    home.offer(&dev(), 6, None);
    gate.status_when("the file", |status| status["running"]["sequence"] == 6);
    assert_eq!(gate.push(&sequence(5), "").1["code"], "GW1402");
    drop(gate);
    assert_eq!(home.start().field("sequence"), "6");
}

/// ST-BUN-10: a refused push changes nothing, is audited with who did it, and shows.
#[test]
fn st_bun_10_a_refused_push_changes_nothing_and_shows() {
    let home = Home::new();
    let gate = home.start();
    assert_eq!(gate.push(&sequence(5), "").0, 200);
    let mut other = dev();
    other.environment.name = slug("production");
    let mut forged = sequence(9);
    *forged.last_mut().unwrap() ^= 1;
    let unsigned = gatewright_bundle::BundleFile::parse(&sequence(9)).unwrap();
    let unsigned = gatewright_bundle::BundleFile::unsigned(unsigned.content().to_vec(), unsigned.provenance());
    let cases = [
        ("nothing", Vec::new(), None),
        ("garbage", b"garbage".to_vec(), None),
        ("expired", bundle(&dev(), 9, Some(Timestamp::from_unix(1))), None),
        ("unsigned", unsigned.to_bytes(), Some("GW1401")),
        ("forged", forged, Some("GW1401")),
        ("older", sequence(4), Some("GW1402")),
        ("the same sequence", bundle(&by_saml(), 5, None), Some("GW1402")),
        ("another environment", bundle(&other, 9, None), Some("GW1409")),
    ];
    let count = cases.len();
    for (what, bytes, code) in cases {
        let (status, problem) = gate.push(&bytes, "");
        assert_eq!((status, problem["code"].as_str()), (422, code), "{what}: {problem}");
        assert_eq!(problem["type"], "urn:gatewright:problem:bundle-refused", "{what}");
        let status = gate.status_when(what, |status| status["health"] == "degraded");
        assert_eq!((&status["running"]["sequence"], &status["refused"]["reason"]), (&5.into(), &problem["detail"]));
        assert_eq!(gate.public("/readyz"), (200, "degraded\n".into()), "{what}");
        assert_eq!(kept(&home), Some(sequence(5)), "{what}");
    }
    let audit = gate.admin("/v1/audit").1;
    let refused = audit.lines().filter(|line| line.contains("bundle-refused") && line.contains("operator")).count();
    assert_eq!(refused, count, "{audit}");
    // A good one ends it.
    assert_eq!(gate.push(&sequence(6), "").1["health"], "ok");
}

/// A push says what it replaces: what was compared is what goes.
#[test]
fn a_push_replaces_the_bundle_that_it_names() {
    let home = Home::new();
    let gate = home.start();
    let runs = |digest: &str| format!("If-Match: \"{digest}\"\r\n");
    let digest = gate.field("bundle");
    let (status, problem) = gate.push(&sequence(2), &runs(&format!("sha256:{}", "0".repeat(64))));
    assert_eq!((status, &problem["type"]), (412, &"urn:gatewright:problem:runs-another".into()));
    assert_eq!((running(&gate), kept(&home), gate.public("/readyz").1), (1, None, "ok\n".into()));
    for bad in ["If-Match: *\r\n".to_owned(), runs("x"), runs(&digest).repeat(2)] {
        assert_eq!(gate.push(&sequence(2), &bad).0, 400, "{bad}");
    }
    assert_eq!(gate.push(&sequence(2), &runs(&digest)).0, 200);
    assert_eq!(running(&gate), 2);
}

/// `acme` signs in by SAML.
fn by_saml() -> Program {
    let mut program = dev();
    program.orgs[0].connections[0] =
        saml_connection(program.orgs[0].connections[0].slug.as_str(), &testkit::saml::Idp::acme());
    program
}

/// What would keep the gate from its next start is refused while it runs.
#[test]
fn a_push_that_needs_keys_which_are_not_there_is_refused() {
    let home = Home::new();
    for name in ["saml.key", "saml.crt"] {
        fs::remove_file(home.path("secrets/keys").join(name)).unwrap();
    }
    let gate = home.start();
    let (status, problem) = gate.push(&bundle(&by_saml(), 2, None), "");
    assert!(status == 422 && problem["detail"].as_str().unwrap().contains("keys/saml.key"), "{problem}");
    assert_eq!((running(&gate), kept(&home)), (1, None));
    drop(gate);
    assert_eq!(home.start().field("sequence"), "1");
}

/// A push outweighs an older answer of the address, and stands in for an address that is away.
#[test]
fn a_push_outweighs_an_address() {
    let (home, depot) = (Home::new(), Depot::new(Answer::Bundle(sequence(3))));
    let flags = [("--bundle", depot.url())];
    let flags = flags.each_ref().map(|(flag, value)| (*flag, value.as_str()));
    let gate = home.start_changed(&flags);
    assert_eq!(gate.push(&sequence(7), "").0, 200);
    drop(gate);
    let gate = home.start_changed(&flags);
    assert_eq!((gate.field("sequence"), gate.public("/readyz").1), ("7".into(), "ok\n".into()));
    assert!(!gate.log.lock().unwrap().contains("last-good-copy"));
    drop(gate);
    depot.say(Answer::Status(503));
    fs::remove_file(home.path("gate.db.bundle-dev")).unwrap();
    let gate = home.start_changed(&flags);
    assert_eq!((gate.field("sequence"), gate.public("/readyz").1), ("7".into(), "degraded\n".into()));
    depot.say(Answer::Bundle(sequence(8)));
    gate.signal("HUP");
    gate.status_when("the address again", |status| status["running"]["sequence"] == 8 && status["health"] == "ok");
}

/// The content is what was compiled, without the signatures that would let it run again.
#[test]
fn the_content_that_runs_is_given_without_signatures() {
    let home = Home::new();
    let gate = home.start();
    let (status, body) = gate.admin_bytes("/v1/bundle/content");
    let file = gatewright_bundle::BundleFile::parse(&body).unwrap();
    assert_eq!((status, format!("sha256:{}", file.digest())), (200, gate.field("bundle")));
    assert!(file.statement().is_none() && file.signatures().is_empty());
    assert_eq!(gate.push(&body, "").1["code"], "GW1401");
}

/// Over the socket: what is counted, and the members, to a token and to nobody else.
#[test]
fn metrics_and_members_are_told_over_the_socket() {
    let home = Home::new();
    let gate = home.start();
    let (status, text) = gate.admin("/metrics");
    assert!(status == 200 && text.contains("gatewright_bundle_sequence") && text.contains("# EOF"), "{text}");
    assert_eq!(gate.push(&sequence(9), "").0, 200);
    let text = gate.admin("/metrics").1;
    assert!(text.contains("gatewright_bundle_sequence 9\n"), "{text}");
    assert!(text.contains("gatewright_bundles_total{outcome=\"accepted\"} 1\n"), "{text}");
    let (status, members) = gate.admin("/v1/members-snapshot");
    assert!(status == 200 && members.contains("gatewright.members-snapshot/1"), "{members}");
    assert_eq!(gate.public("/metrics").0, 404, "not to the world");
    assert_eq!(gate.public("/v1/members-snapshot").0, 404);
}
