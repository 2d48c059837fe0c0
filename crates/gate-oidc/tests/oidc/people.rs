//! People: addresses, groups and pins (ST-OIDC-13, -14).

use gate_oidc::Groups;
use gatewright_bundle::program::{EmailTrust, Overage, OwnAttribute, Pin};
use gatewright_terms::{DomainName, Refusal};
use serde_json::{Value, json};
use testkit::{Endpoint, Lie};

use crate::harness::{Bench, slug};

fn names(groups: &Groups) -> Option<Vec<String>> {
    match groups {
        Groups::Known(names) => Some(names.iter().map(ToString::to_string).collect()),
        Groups::Unknown => None,
    }
}

/// ST-OIDC-14: one address, vouched for by the boolean `true`.
#[tokio::test]
async fn st_oidc_14_an_address_must_be_vouched_for() {
    let bench = Bench::new().await;
    for odd in [json!(false), json!("true"), json!("false"), json!(1), Value::Null, json!([true])] {
        let refused = {
            bench.admits().await;
            bench.idp.lie(Lie::Claim("email_verified", odd.clone()));
            bench.sign_in().await.unwrap_err().refusal
        };
        // A type that the library cannot read is refused one step earlier.
        let expected =
            if odd.is_number() || odd.is_array() { Refusal::TokenMalformed } else { Refusal::EmailNotVerified };
        assert_eq!(refused, expected, "{odd}");
        bench.idp.honest();
    }
}

/// ST-OIDC-14: exactly one address; its domain is canonical.
#[tokio::test]
async fn st_oidc_14_an_address_is_exactly_one() {
    let bench = Bench::new().await;
    for odd in [
        json!("a@evil@corp.com"),
        json!("a@evil.com,b@corp.com"),
        json!(""),
        json!("ada"),
        json!("a@127.0.0.1"),
        json!("<a@corp.com>"),
        Value::Null,
    ] {
        bench.lie_earns(Lie::Claim("email", odd), Refusal::EmailMissing).await;
    }
    bench.lie_earns(Lie::Claim("email", json!(["a@corp.com"])), Refusal::TokenMalformed).await;
    for (sent, kept) in [
        ("Ada@ACME.Com", "Ada@acme.com"),
        ("a@corp.com.evil.example", "a@corp.com.evil.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
    ] {
        bench.idp.honest();
        bench.idp.lie(Lie::Claim("email", json!(sent)));
        assert_eq!(bench.admits().await.email().to_string(), kept);
    }
}

/// An issuer of the organisation's own speaks for its people (Entra has no `email_verified`).
#[tokio::test]
async fn st_oidc_14_an_own_issuer_vouches_itself() {
    let mut bench = Bench::new().await;
    bench.idp.lie(Lie::Claim("email_verified", Value::Null));
    assert_eq!(bench.refuses().await.refusal, Refusal::EmailNotVerified);
    bench.oidc.email_trust = EmailTrust::OwnIssuer;
    bench.admits().await;
}

/// `email_verified` of userinfo speaks of the address of userinfo.
#[tokio::test]
async fn st_oidc_14_a_voucher_moves_with_its_address() {
    let bench = Bench::new().await;
    bench
        .idp
        .person(json!({ "email_verified": null }))
        .userinfo(json!({ "email": "ada@acme.com", "email_verified": true }));
    bench.admits().await;
    bench.idp.userinfo(json!({ "email": "other@evil.example" }));
    assert_eq!(bench.refuses().await.refusal, Refusal::EmailNotVerified);
    // The other way round: the voucher of the ID token does not serve an address of userinfo.
    bench
        .idp
        .person(json!({ "email": null, "email_verified": true }))
        .userinfo(json!({ "email": "eve@acme.com", "email_verified": null }));
    assert_eq!(bench.refuses().await.refusal, Refusal::EmailNotVerified);
    bench.idp.userinfo(json!({ "email_verified": true }));
    assert_eq!(bench.admits().await.email().to_string(), "eve@acme.com");
}

/// Userinfo adds what is missing and changes nothing that was signed.
#[tokio::test]
async fn st_oidc_10_userinfo_changes_nothing_that_was_signed() {
    let bench = Bench::new().await;
    bench.idp.person(json!({ "groups": null }));
    bench.idp.userinfo(json!({ "email": "eve@evil.example", "email_verified": true, "given_name": "Eve", "groups": ["admins"], "tid": "x" }));
    let verified = bench.admits().await;
    assert_eq!((verified.email().to_string(), verified.given_name().unwrap().as_str()), ("ada@acme.com".into(), "Ada"));
    assert_eq!(names(verified.groups()), Some(vec!["admins".into()]));
}

/// ST-OIDC-10: userinfo of the wrong shape.
#[tokio::test]
async fn st_oidc_10_userinfo_has_one_meaning() {
    let bench = Bench::new().await;
    bench.idp.person(json!({ "groups": null }));
    for (lie, refusal) in [
        (Lie::UserinfoText("[]".into()), Refusal::UserinfoRefused),
        (Lie::UserinfoText(r#"{"sub":"eve","sub":"ada-1"}"#.into()), Refusal::UserinfoRefused),
        (Lie::UserinfoText("eyJ.eyJ.sig".into()), Refusal::UserinfoRefused),
        (Lie::Userinfo("sub", Value::Null), Refusal::UserinfoRefused),
        (Lie::Userinfo("sub", json!("ADA-1")), Refusal::UserinfoRefused),
        (Lie::Userinfo("sub", json!(["ada-1"])), Refusal::UserinfoRefused),
        (Lie::Status(Endpoint::Userinfo, 401), Refusal::ProviderUnreachable),
    ] {
        bench.lie_earns(lie, refusal).await;
    }
    // A token that cannot stand in a header.
    bench.idp.lie(Lie::TokenMember("access_token", json!("a\r\nb"))).lie(Lie::Claim("at_hash", Value::Null));
    assert_eq!(bench.refuses().await.refusal, Refusal::ProviderUnreachable);
}

/// ST-OIDC-13: Google's hosted domain.
#[tokio::test]
async fn st_oidc_13_the_hosted_domain_is_pinned() {
    let mut bench = Bench::new().await;
    bench.oidc.pin = Some(Pin::HostedDomain(DomainName::parse("acme.com").unwrap()));
    bench.idp.person(json!({ "hd": "acme.com" }));
    for odd in [
        Value::Null,
        json!("evil.example"),
        json!("acme.com.evil.example"),
        json!("eu.acme.com"),
        json!(""),
        json!(["acme.com"]),
        json!(true),
    ] {
        bench.lie_earns(Lie::Claim("hd", odd), Refusal::WrongHostedDomain).await;
    }
}

/// ST-OIDC-13: Entra's tenant, and the tenant of personal accounts.
#[tokio::test]
async fn st_oidc_13_the_tenant_is_pinned() {
    let mut bench = Bench::new().await;
    bench.oidc.pin = Some(Pin::Tenant("5f9c1b1e-0000-4000-8000-000000000001".into()));
    bench.oidc.subject_claim = "oid".into();
    bench.idp.person(json!({ "tid": "5f9c1b1e-0000-4000-8000-000000000001", "oid": "object-1" }));
    for odd in [
        Value::Null,
        json!("9188040d-6c67-4c5b-b112-36a304b66dad"),
        json!(""),
        json!(["5f9c1b1e-0000-4000-8000-000000000001"]),
    ] {
        bench.lie_earns(Lie::Claim("tid", odd), Refusal::WrongTenant).await;
    }
    assert_eq!(bench.admits().await.subject(), "object-1");
    bench.lie_earns(Lie::Claim("oid", Value::Null), Refusal::SubjectMissing).await;
    bench.lie_earns(Lie::Claim("sub", Value::Null), Refusal::SubjectMissing).await;
}

/// A pin is compared in what was signed; userinfo cannot supply it.
#[tokio::test]
async fn st_oidc_13_userinfo_supplies_no_pin_and_no_subject() {
    let mut bench = Bench::new().await;
    bench.idp.person(json!({ "groups": null })).userinfo(json!({ "hd": "acme.com", "oid": "x", "groups": [] }));
    bench.admits().await;
    bench.oidc.subject_claim = "oid".into();
    assert_eq!(bench.refuses().await.refusal, Refusal::SubjectMissing);
    bench.oidc.subject_claim = "sub".into();
    bench.oidc.pin = Some(Pin::HostedDomain(DomainName::parse("acme.com").unwrap()));
    assert_eq!(bench.refuses().await.refusal, Refusal::WrongHostedDomain);
}

/// Groups that can be read, and groups that cannot.
#[tokio::test]
async fn groups_are_known_or_unknown_never_guessed() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::Discovery("userinfo_endpoint", Value::Null));
    for (sent, kept) in [
        (json!(["b", "a", "b"]), Some(vec!["a", "b"])),
        (json!("ml"), Some(vec!["ml"])),
        (json!([]), Some(vec![])),
        (Value::Null, Some(vec![])),
        (json!(""), None),
        (json!(["a", ""]), None),
        (json!(["a", 1]), None),
        (json!(["a", ["b"]]), None),
        (json!(["a\nb"]), None),
        (json!(["g".repeat(257)]), None),
        (json!({ "a": true }), None),
        (json!(1), None),
        (json!(false), None),
    ] {
        bench.idp.person(json!({ "groups": null })).person(json!({ "groups": sent }));
        let verified = bench.admits().await;
        let kept: Option<Vec<String>> = kept.map(|names| names.into_iter().map(str::to_owned).collect());
        assert_eq!(names(verified.groups()), kept, "{sent}");
    }
}

/// Entra puts a pointer in the place of a long list.
#[tokio::test]
async fn entra_overage_means_unknown() {
    let mut bench = Bench::new().await;
    bench.oidc.group_overage = Overage::EntraMarkers;
    assert!(names(bench.admits().await.groups()).is_some());
    for (name, value, known) in [
        ("_claim_names", json!({ "groups": "src1" }), false),
        ("_claim_names", json!({ "other": "src1" }), true),
        ("_claim_names", json!("groups"), false),
        ("hasgroups", json!(true), false),
        ("hasgroups", json!("true"), false),
        ("hasgroups", json!(false), true),
    ] {
        for groups in [Value::Null, json!(["ml"])] {
            bench.idp.honest();
            bench.idp.lie(Lie::Claim(name, value.clone())).lie(Lie::Claim("groups", groups));
            assert_eq!(names(bench.admits().await.groups()).is_some(), known, "{name} {value}");
        }
    }
    assert_eq!(bench.idp.calls(Endpoint::Userinfo), 0, "Entra's userinfo is not asked");
}

/// Okta cuts off at 100 without a word.
#[tokio::test]
async fn okta_cut_means_unknown() {
    let mut bench = Bench::new().await;
    bench.oidc.group_overage = Overage::CutAt(100);
    let many = |count: usize| json!((0..count).map(|n| format!("g{n}")).collect::<Vec<_>>());
    bench.idp.person(json!({ "groups": many(99) }));
    assert_eq!(names(bench.admits().await.groups()).unwrap().len(), 99);
    bench.idp.person(json!({ "groups": many(100) }));
    assert_eq!(names(bench.admits().await.groups()), None);
    bench.oidc.group_overage = Overage::AbsentIsEmpty;
    assert_eq!(names(bench.admits().await.groups()).unwrap().len(), 100);
}

/// A claim that the connection does not name is not read.
#[tokio::test]
async fn unnamed_claims_are_not_read() {
    let mut bench = Bench::new().await;
    bench.oidc.claims.groups = None;
    bench.oidc.claims.given_name = None;
    let verified = bench.admits().await;
    assert_eq!((names(verified.groups()), verified.given_name()), (Some(vec![]), None));
    bench.oidc.claims.email = "mail".into();
    assert_eq!(bench.refuses().await.refusal, Refusal::EmailMissing);
}

/// Attributes that the organisation gave a name to: texts count, one or many; everything else gives nothing.
#[tokio::test]
async fn own_attributes_are_texts_or_nothing() {
    let mut bench = Bench::new().await;
    bench.oidc.claims.own = vec![
        OwnAttribute { name: slug("department"), from: "dept".into() },
        OwnAttribute { name: slug("site"), from: "office".into() },
    ];
    bench.idp.lie(Lie::Discovery("userinfo_endpoint", Value::Null));
    for (sent, kept) in [
        (json!("Finance"), vec!["department=Finance"]),
        (json!(["ML", "Finance", "ML"]), vec!["department=Finance", "department=ML"]),
        (json!(["ML", 1, null, "", ["x"], "a\nb", "v".repeat(257)]), vec!["department=ML"]),
        (json!([]), vec![]),
        (json!(42), vec![]),
        (json!(true), vec![]),
        (json!({ "Finance": true }), vec![]),
        (Value::Null, vec![]),
        (json!(""), vec![]),
    ] {
        bench.idp.person(json!({ "dept": sent, "department": "Mallory", "site": "Mallory" }));
        let verified = bench.admits().await;
        let found: Vec<String> = verified.attributes().iter().map(ToString::to_string).collect();
        assert_eq!(found, kept, "{sent}");
    }
}

/// What the ID token does not hold userinfo completes, and changes nothing that was signed (ST-OIDC-10).
#[tokio::test]
async fn st_oidc_10_own_attributes_are_completed_by_userinfo() {
    let mut bench = Bench::new().await;
    bench.oidc.claims.own = vec![OwnAttribute { name: slug("department"), from: "dept".into() }];
    bench.idp.person(json!({ "dept": null })).userinfo(json!({ "dept": "Finance" }));
    let found =
        |verified: &gate_oidc::Verified| verified.attributes().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(found(&bench.admits().await), ["department=Finance"]);
    bench.idp.person(json!({ "dept": "ML", "groups": null }));
    assert_eq!(found(&bench.admits().await), ["department=ML"]);
}

/// An attribute that is read from `email_verified` does not vouch for another address than the one beside it.
#[tokio::test]
async fn st_oidc_14_an_own_attribute_vouches_for_no_address() {
    let mut bench = Bench::new().await;
    bench.oidc.claims.own = vec![OwnAttribute { name: slug("checked"), from: "email_verified".into() }];
    bench.idp.person(json!({ "email_verified": null }));
    bench.idp.userinfo(json!({ "email": "eve@evil.example", "email_verified": true }));
    assert_eq!(bench.refuses().await.refusal, Refusal::EmailNotVerified);
}
