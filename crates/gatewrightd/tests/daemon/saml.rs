//! Saml: the keys for it: when they must be there, which are refused, and how they are published while they rotate.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use gatewright_bundle::program::Program;

use crate::home::{Home, dev};
use crate::policy::saml_connection;

/// `acme` signs in by SAML.
fn by_saml() -> Program {
    let mut program = dev();
    let slug = program.orgs[0].connections[0].slug.clone();
    program.orgs[0].connections[0] = saml_connection(slug.as_str(), &testkit::saml::Idp::acme());
    program
}

fn metadata() -> String {
    let program = dev();
    format!("/sso/{}/{}/metadata", program.orgs[0].id, program.orgs[0].connections[0].slug)
}

fn remove(home: &Home) {
    for name in ["saml.key", "saml.crt"] {
        fs::remove_file(home.path("secrets/keys").join(name)).unwrap();
    }
}

/// The base64 of a PEM file on one line, as metadata has it.
fn base64_of(home: &Home, name: &str) -> String {
    let pem = fs::read_to_string(home.path(name)).unwrap();
    pem.lines().filter(|line| !line.starts_with("---")).collect()
}

/// A directory of an earlier version still starts; the first connection of SAML needs a key, and says so.
#[test]
fn keys_for_saml_are_needed_where_there_is_saml() {
    let home = Home::new();
    remove(&home);
    let running = home.start();
    assert_eq!(running.public(&metadata()).0, 403);
    // A node that runs goes on, and says what its next start will say.
    home.offer(&by_saml(), 2, None);
    running.status_when("sequence 2", |status| status["running"]["sequence"] == 2);
    running.until("told", || running.log.lock().unwrap().contains("saml-keys-missing why="));
    assert_eq!(running.public("/login").0, 200);
    assert_eq!(running.end("TERM").0, 0);
    for ended in [home.start_fails(&[]), home.check_config(&[])] {
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.err.contains("keys/saml.key") && ended.err.contains("gatewrightd keys init"), "{ended:?}");
    }
    assert_eq!(home.command(&["keys", "init", home.path("secrets").to_str().unwrap()]).code, 0);
    assert_eq!(home.check_config(&[]).code, 0);
    let running = home.start();
    let (status, text) = running.public(&metadata());
    assert_eq!(status, 200, "{text}");
    assert!(text.contains(&base64_of(&home, "secrets/keys/saml.crt")), "{text}");
    let (_, log) = running.end("TERM");
    assert!(!log.contains("saml-keys-missing"), "{log}");
}

#[test]
fn keys_that_cannot_be_used_are_exit_2() {
    let home = Home::new();
    let keys = home.path("secrets/keys");
    let refused = |says: &str| {
        for ended in [home.start_fails(&[]), home.check_config(&[])] {
            assert!(ended.code == 2 && ended.err.contains(says), "{says}: {ended:?}");
        }
    };
    fs::set_permissions(keys.join("saml.key"), Permissions::from_mode(0o640)).unwrap();
    refused("chmod 0600");
    fs::set_permissions(keys.join("saml.key"), Permissions::from_mode(0o600)).unwrap();
    fs::rename(keys.join("saml.crt"), keys.join("away")).unwrap();
    refused("saml.crt");
    assert_eq!(home.command(&["keys", "init", "others"]).code, 0);
    fs::copy(home.path("others/keys/saml.crt"), keys.join("saml.crt")).unwrap();
    refused("this is not the certificate of `keys/saml.key`");
    fs::rename(keys.join("away"), keys.join("saml.crt")).unwrap();
    fs::copy(home.path("others/keys/saml.crt"), keys.join("saml.next.crt")).unwrap();
    refused("saml.next.key");
    fs::write(keys.join("saml.next.key"), "no key").unwrap();
    fs::set_permissions(keys.join("saml.next.key"), Permissions::from_mode(0o600)).unwrap();
    refused("`keys/saml.next.key`: no private key");
}

/// ST-OPS-10: the next certificate is published before its key signs, and the previous one while it may be needed.
#[test]
fn st_ops_10_both_certificates_are_published_while_a_key_rotates() {
    let home = Home::new();
    home.offer(&by_saml(), 1, None);
    assert_eq!(home.command(&["keys", "init", "others"]).code, 0);
    let keys = home.path("secrets/keys");
    let (present, next) = (base64_of(&home, "secrets/keys/saml.crt"), base64_of(&home, "others/keys/saml.crt"));
    let published = || {
        let running = home.start();
        let text = running.public(&metadata()).1;
        let place = |certificate: &str| text.find(certificate);
        (place(&present), place(&next))
    };
    assert!(matches!(published(), (Some(_), None)));
    for kind in ["key", "crt"] {
        fs::copy(home.path(&format!("others/keys/saml.{kind}")), keys.join(format!("saml.next.{kind}"))).unwrap();
    }
    assert!(matches!(published(), (Some(present), Some(next)) if present < next));
    for kind in ["key", "crt"] {
        fs::rename(keys.join(format!("saml.{kind}")), keys.join(format!("saml.previous.{kind}"))).unwrap();
        fs::rename(keys.join(format!("saml.next.{kind}")), keys.join(format!("saml.{kind}"))).unwrap();
    }
    assert!(matches!(published(), (Some(present), Some(next)) if next < present));
}
