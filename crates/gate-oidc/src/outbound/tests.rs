//! Tests of which addresses may be called.

use super::*;

fn outbound(allow: &[&str], dev: bool) -> Outbound {
    let allow = allow.iter().map(|net| net.parse().unwrap()).collect();
    // An authority of its own, so that the test does not depend on those of the machine.
    Outbound::new(OutboundRules {
        allow,
        extra_ca_pem: Some(testkit::CA_PEM.as_bytes().to_vec()),
        danger_http_on_loopback: dev,
    })
    .unwrap()
}

/// ST-OIDC-04, ST-OIDC-17: what may be called, by its text.
#[test]
fn st_oidc_17_addresses_are_https_and_public() {
    let strict = outbound(&["10.0.0.0/8"], false);
    for good in ["https://idp.example", "https://idp.example:8443/x?y=z", "https://1.1.1.1/", "https://10.0.0.1/"] {
        assert!(strict.permits(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "idp.example",
        "http://idp.example",
        "ftp://idp.example",
        "file:///etc/passwd",
        "https://",
        "https://user@idp.example",
        "https://user:pass@idp.example",
        "https://idp.example/#x",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:8080/",
        "http://10.0.0.1/",
    ] {
        assert!(strict.permits(bad).is_err(), "{bad}");
    }
    assert!(strict.permits(&format!("https://idp.example/{}", "x".repeat(2048))).is_err());
}

#[test]
fn dev_speaks_http_to_loopback_alone() {
    let dev = outbound(&[], true);
    for good in [
        "http://localhost:1/",
        "http://idp.localhost/",
        "http://127.0.0.1:8/",
        "http://[::1]:8/",
        "https://idp.example/",
    ] {
        assert!(dev.permits(good).is_ok(), "{good}");
    }
    for bad in [
        "http://idp.example/",
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://localhost.evil.example/",
        "https://127.0.0.2/",
    ] {
        assert!(dev.permits(bad).is_err(), "{bad}");
    }
}

#[test]
fn cache_control_is_read() {
    let age = |text: &'static str| max_age(&HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(text))]));
    assert_eq!(age("public, max-age=19845, must-revalidate"), Some(19_845));
    assert_eq!(age("Max-Age=\"60\""), Some(60));
    assert_eq!(age("no-store"), Some(0));
    assert_eq!((age("max-age=-1"), age("max-age=99999999999"), age("private")), (None, None, None));
}

#[test]
fn a_bad_authority_is_an_error() {
    let rules = OutboundRules {
        extra_ca_pem: Some(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec()),
        ..OutboundRules::default()
    };
    assert!(Outbound::new(rules).is_err());
}
