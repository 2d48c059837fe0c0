//! Start: exit codes of a start that cannot be, the ready line, and the drain.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use gatewright_bundle::program::{Client, ClientAuth, SecretName};
use gatewright_terms::Timestamp;

use crate::home::{Home, dev, mode};
use crate::policy::{bundle, slug};

#[test]
fn a_wrong_setting_is_exit_2() {
    let home = Home::new();
    for change in [
        ("--listen", "8080"),
        ("--listen", "0.0.0.0:0"),
        ("--admin-listen", "0.0.0.0:0"),
        ("--bundle", "oci://bundles.example/dev"),
        ("--bundle", "https://user@bundles.example/dev"),
        ("--bundle", "https://bundles.example/dev#1"),
        ("--store", "mysql://x"),
        ("--trusted-proxy", "10.0.0.0/99"),
        ("--outbound-allow", "everything"),
        ("--outbound-ca", "/nowhere.pem"),
        ("--stale-sessions-max", "soon"),
        ("--secrets", "/nowhere"),
        ("--config", "/nowhere.toml"),
        ("--environment", "Dev"),
    ] {
        let refused = home.start_fails(&[change]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{change:?} {refused:?}");
        assert!(refused.err.starts_with("gatewrightd: ") && refused.err.trim_end().lines().count() == 1, "{refused:?}");
    }
    std::fs::set_permissions(home.path("secrets"), Permissions::from_mode(0o750)).unwrap();
    let open = home.start_fails(&[]);
    assert!(open.code == 2 && open.err.contains("0750") && open.err.contains("chmod 0700"), "{open:?}");
    std::fs::set_permissions(home.path("secrets"), Permissions::from_mode(0o700)).unwrap();
    std::fs::set_permissions(home.path("secrets/keys/audit.key"), Permissions::from_mode(0o640)).unwrap();
    assert!(home.start_fails(&[]).err.contains("chmod 0600"));
    std::fs::remove_file(home.path("secrets/keys/audit.key")).unwrap();
    assert!(home.start_fails(&[]).err.contains("gatewrightd keys init"));
}

#[test]
fn wrong_trust_or_environment_is_exit_5() {
    let home = Home::new();
    let refused = |what: &str| {
        let ended = home.start_fails(&[]);
        assert_eq!((ended.code, ended.out.as_str()), (5, ""), "{what}: {ended:?}");
        ended.err
    };
    let production = home.start_fails(&[("--environment", "production")]);
    assert!(production.code == 5 && production.err.contains("GW1409"), "{production:?}");
    let good = bundle(&dev(), 1, None);
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("garbage", b"not a bundle".to_vec()),
        ("cut", good[..good.len() - 1].to_vec()),
        (
            "flipped",
            good.iter().enumerate().map(|(at, byte)| if at == good.len() / 2 { byte ^ 1 } else { *byte }).collect(),
        ),
        ("expired", bundle(&dev(), 1, Some(Timestamp::from_unix(1)))),
    ] {
        home.offer_bytes(&bytes);
        refused(what);
    }
    home.offer_bytes(&good);
    let trust = std::fs::read(home.path("trust")).unwrap();
    std::fs::write(home.path("trust"), "nonsense").unwrap();
    refused("trust file");
    std::fs::remove_file(home.path("trust")).unwrap();
    refused("no trust file");
    std::fs::write(home.path("trust"), trust).unwrap();
    std::fs::remove_file(home.path("bundle")).unwrap();
    refused("no bundle");
}

/// ST-BUN-03, ST-OPS-15: an older bundle is refused after a restart, also with an emptied store, and by the store alone.
#[test]
fn st_bun_03_the_highest_sequence_is_kept_beside_the_bundle_and_in_the_store() {
    let home = Home::new();
    home.offer(&dev(), 7, None);
    assert_eq!(home.start().end("TERM").0, 0);
    assert!(std::fs::read_to_string(home.path("bundle.highest-dev")).unwrap().starts_with("7 sha256:"));
    home.offer(&dev(), 6, None);
    let empty = format!("sqlite:{}", home.path("emptied.db").display());
    let older = home.start_fails(&[("--store", &empty)]);
    assert!(older.code == 5 && older.err.contains("GW1402"), "with an emptied store: {older:?}");
    std::fs::remove_file(home.path("bundle.highest-dev")).unwrap();
    let older = home.start_fails(&[]);
    assert!(older.code == 5 && older.err.contains("GW1402"), "without the file beside: {older:?}");
    std::fs::write(home.path("bundle.highest-dev"), "nonsense").unwrap();
    assert_eq!(home.start_fails(&[]).code, 5, "what cannot be read is not nothing");
}

#[test]
fn a_store_or_an_address_that_cannot_be_had_is_exit_6() {
    let home = Home::new();
    let store = home.start_fails(&[("--store", "sqlite:/nowhere/at/all/gate.db")]);
    assert_eq!(store.code, 6, "{store:?}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let bound = home.start_fails(&[("--listen", &address)]);
    assert!(bound.code == 6 && bound.err.contains(&address), "{bound:?}");
}

#[test]
fn one_line_when_ready_and_a_drain_that_leaves_a_checkpoint() {
    let home = Home::new();
    let running = home.start_with(&["--trusted-proxy", "10.0.0.0/8", "--outbound-allow", "127.0.0.0/8"]);
    assert_eq!((running.field("environment"), running.field("sequence")), ("dev".into(), "1".into()));
    assert_eq!(running.field("bundle").len(), "sha256:".len() + 64);
    assert_eq!(running.field("base-url"), "http://127.0.0.1:8080");
    assert_eq!(running.public("/healthz"), (200, "ok\n".into()));
    assert_eq!(running.public("/login").0, 200);
    assert_eq!(running.public("/v1/bundle").0, 404, "operators have a listener of their own");
    assert_eq!(running.admin("/login").0, 404);
    let audit = running.admin("/v1/audit").1;
    assert!(audit.contains("started") && audit.contains("bundle-activated") && audit.contains("token-made"), "{audit}");
    let (code, log) = running.end("TERM");
    assert_eq!(code, 0, "{log}");
    assert!(log.contains(" draining\n") && log.contains(" stopped all-requests-finished=yes\n"), "{log}");
    let checkpoint = std::fs::read_to_string(home.path("gate.db.checkpoint")).unwrap();
    assert!(checkpoint.contains("platform"), "{checkpoint}");
    assert_eq!(mode(&home.path("gate.db")), 0o600);
    assert_eq!(home.start().end("INT").0, 0);
}

#[test]
fn missing_client_secrets_are_named_at_the_start() {
    let home = Home::new();
    let mut program = dev();
    let secret = |name: &str| ClientAuth::SecretBasic { secret: SecretName { owner: slug("acme"), name: slug(name) } };
    program.orgs[0].connections[0].oidc_mut().unwrap().client =
        Client::Own { client_id: "x".into(), client_auth: secret("oidc") };
    program.orgs[1].connections[0].oidc_mut().unwrap().client =
        Client::Own { client_id: "x".into(), client_auth: secret("there") };
    home.offer(&program, 1, None);
    std::fs::create_dir(home.path("secrets/acme")).unwrap();
    std::fs::write(home.path("secrets/acme/there"), "s3cret-canary\n").unwrap();
    let running = home.start();
    let (_, log) = running.end("TERM");
    assert!(log.contains("secret-missing name=acme/oidc "), "{log}");
    assert!(!log.contains("acme/there") && !log.contains("s3cret-canary"), "{log}");
}

#[test]
fn a_directory_gives_its_highest_bundle_of_the_environment() {
    let home = Home::new();
    std::fs::create_dir(home.path("bundles")).unwrap();
    let mut other = dev();
    other.environment.name = slug("staging");
    for (name, bytes) in [
        ("a", bundle(&dev(), 3, None)),
        ("b", bundle(&dev(), 12, None)),
        ("c", bundle(&dev(), 5, None)),
        ("d", bundle(&other, 99, None)),
        ("README", b"hello".to_vec()),
    ] {
        std::fs::write(home.path("bundles").join(name), bytes).unwrap();
    }
    let bundles = home.path("bundles");
    let mut flags = home.flags();
    let at = flags.iter().position(|flag| flag == "--bundle").unwrap();
    flags[at + 1] = bundles.to_str().unwrap().to_owned();
    flags.insert(0, "check-config".into());
    let told = home.command(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told.out.contains("sequence 12, 2 organisations"), "{told:?}");
    std::fs::remove_dir_all(&bundles).unwrap();
    std::fs::create_dir(&bundles).unwrap();
    assert_eq!(home.start_fails(&[("--bundle", bundles.to_str().unwrap())]).code, 5);
}

/// ST-OPS-15: a store that was restored from a backup is noticed, told, and noticed once.
#[test]
fn st_ops_15_a_restored_store_is_noticed() {
    let home = Home::new();
    assert_eq!(home.start().end("TERM").0, 0);
    std::fs::copy(home.path("gate.db"), home.path("backup.db")).unwrap();
    let (_, log) = home.start().end("TERM");
    assert!(!log.contains("store-was-restored"), "{log}");
    for stale in ["gate.db-wal", "gate.db-shm"] {
        let _ = std::fs::remove_file(home.path(stale));
    }
    std::fs::copy(home.path("backup.db"), home.path("gate.db")).unwrap();
    let (_, log) = home.start().end("TERM");
    assert!(log.contains("store-was-restored "), "{log}");
    let (_, log) = home.start().end("TERM");
    assert!(!log.contains("store-was-restored"), "{log}");
}

/// ST-BUN-02, ST-BUN-10: in a directory a forged bundle hides no good one, whatever sequence it claims.
#[test]
fn st_bun_02_a_forged_sequence_hides_no_bundle() {
    let home = Home::new();
    let dir = home.path("bundles");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("good"), bundle(&dev(), 3, None)).unwrap();
    let mut forged = bundle(&dev(), 9, None);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    std::fs::write(dir.join("forged"), forged).unwrap();
    let started = home.start_in(&dir);
    assert_eq!(started.field("sequence"), "3");
    let log = started.log.lock().unwrap().clone();
    assert!(log.contains("bundle-passed-over ") && log.contains("forged"), "{log}");
}

/// ST-OPS-10: the next key is published before it signs.
#[test]
fn st_ops_10_the_next_key_is_published() {
    let home = Home::new();
    assert_eq!(home.command(&["keys", "init", "others"]).code, 0);
    std::fs::copy(home.path("others/keys/assertion.pem"), home.path("secrets/keys/assertion.next.pem")).unwrap();
    let running = home.start();
    let keys: serde_json::Value = serde_json::from_str(&running.public("/.well-known/jwks.json").1).unwrap();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 3, "{keys}");
}
