//! Step-up: recent and strong enough, to the second and to the byte; what is not told is neither.

use std::sync::Arc;

use gatewright_bundle::program::StepUp;
use gatewright_decide::{Authentication, PreparedOrg, step_up};
use gatewright_terms::{PermissionName, Refusal, Seconds, Timestamp};

use crate::acme::{catalogue, org};

const GOLD: &str = "urn:acr:gold";

/// `org.write` within 300 s; `project.use` within 900 s and of class gold.
fn prepared() -> PreparedOrg {
    let mut org = org(vec![], &[]);
    org.step_ups = vec![
        StepUp { permission: 2, within: Seconds(300), acr: None },
        StepUp { permission: 4, within: Seconds(900), acr: Some(GOLD.into()) },
    ];
    PreparedOrg::new(Arc::clone(&catalogue()), org)
}

fn asked(permission: &str, at: i64, told: bool, acr: Option<&str>, now: i64) -> Result<(), Refusal> {
    let authentication = Authentication { at: Timestamp::from_unix(at), told, acr };
    let permission = PermissionName::parse(permission).unwrap();
    step_up(&prepared(), &permission, &authentication, Timestamp::from_unix(now))
}

/// ST-SESS-10.
#[test]
fn st_sess_10_an_authentication_is_recent_and_strong_enough() {
    let (old, weak) = (Err(Refusal::AuthenticationTooOld), Err(Refusal::AuthenticationTooWeak));
    for (permission, at, told, acr, now, wanted) in [
        ("org.write", 0, true, None, 300, Ok(())),
        ("org.write", 0, true, None, 301, old),
        ("org.write", 0, true, Some(GOLD), 301, old),
        // One that lies ahead of our clock is fresh.
        ("org.write", 500, true, None, 0, Ok(())),
        ("org.write", 300, false, None, 300, old),
        ("project.use", 0, true, Some(GOLD), 900, Ok(())),
        ("project.use", 0, true, Some(GOLD), 901, old),
        ("project.use", 0, false, Some(GOLD), 0, old),
        ("project.use", 0, true, None, 0, weak),
        ("project.use", 0, true, Some("urn:acr:GOLD"), 0, weak),
        ("project.use", 0, true, Some("urn:acr:gold "), 0, weak),
        ("project.use", 0, true, Some("urn:acr:goldplus"), 0, weak),
        ("project.use", 0, true, Some(""), 5_000, weak),
        // Without a rule, and out of the catalogue, nothing is asked; whether it is held, `decide` says.
        ("org.read", 0, false, None, i64::MAX, Ok(())),
        ("nothing.here", 0, false, None, 0, Ok(())),
    ] {
        assert_eq!(asked(permission, at, told, acr, now), wanted, "{permission} {at} {told} {acr:?} {now}");
    }
}
