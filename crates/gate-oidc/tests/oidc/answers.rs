//! Answers: what the browser brings back (ST-OIDC-01, -03, -16), and the mix-up attack.

use gate_oidc::{Callback, Pending};
use gatewright_terms::{EmailAddress, Refusal};
use testkit::{Endpoint, Lie};
use url::Url;

use crate::harness::{Bench, NOW};

/// ST-OIDC-03: `iss` is compared always, and must be there where discovery announces it. No code leaves before.
#[tokio::test]
async fn st_oidc_03_the_issuer_of_the_answer_is_compared_before_the_code_leaves() {
    for lie in [Lie::NoIss, Lie::AnswerIss("https://other.example".into())] {
        let bench = Bench::new().await;
        bench.idp.lie(lie.clone());
        let refused = bench.refuses().await;
        assert_eq!(refused.refusal, Refusal::IssuerMismatch, "{lie:?}");
        assert_eq!(bench.idp.calls(Endpoint::Token), 0, "{lie:?}");
        bench.idp.honest();
        bench.admits().await;
    }
}

/// ST-OIDC-03: a provider that does not announce `iss` may leave it out, but not say another.
#[tokio::test]
async fn st_oidc_03_an_unannounced_issuer_still_must_fit() {
    let bench = Bench::new().await;
    bench.idp.announces_iss(false);
    bench.admits().await;
    bench.idp.lie(Lie::AnswerIss(format!("{}/", bench.idp.issuer())));
    let codes = bench.idp.calls(Endpoint::Token);
    assert_eq!(bench.refuses().await.refusal, Refusal::IssuerMismatch);
    assert_eq!(bench.idp.calls(Endpoint::Token), codes);
}

/// ST-OIDC-03, RFC 9700 §4.4.2: the flow began at the attacker's provider, which forwards the browser to the honest one.
/// The honest one's code must not reach the attacker's token endpoint.
#[tokio::test]
async fn st_oidc_03_a_mix_up_gives_no_code_away() {
    let (attacker, honest) = (Bench::new().await, Bench::new().await);
    let at_attacker = attacker.start().await.unwrap();
    // The attacker's authorization endpoint sends the browser on, with its own state, nonce and challenge.
    let mut forwarded = Url::parse(&honest.start().await.unwrap().url).unwrap();
    forwarded.set_query(Url::parse(&at_attacker.url).unwrap().query());
    let answer = honest.idp.browse(forwarded.as_str());
    let refused = attacker.finish(&at_attacker, &answer).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::IssuerMismatch);
    assert_eq!((attacker.idp.calls(Endpoint::Token), honest.idp.calls(Endpoint::Token)), (0, 0));
    honest.admits().await;
    attacker.admits().await;
}

#[tokio::test]
async fn st_oidc_03_the_issuer_can_be_asked_about_alone() {
    let bench = Bench::new().await;
    let settings = bench.settings();
    assert!(bench.door.admit_issuer(&settings, Some(bench.idp.issuer()), NOW).await.is_ok());
    for iss in [None, Some("https://other.example"), Some("")] {
        assert_eq!(bench.door.admit_issuer(&settings, iss, NOW).await.unwrap_err().refusal, Refusal::IssuerMismatch);
    }
    assert_eq!(bench.idp.calls(Endpoint::Token), 0);
}

/// ST-OIDC-16, ST-OIDC-01: doubled parameters and tokens in the answer.
#[tokio::test]
async fn st_oidc_16_a_doubled_answer_is_refused() {
    for more in ["&code=x", "&iss=x", "&state=x", "&id_token=a.b.c", "&access_token=x", "&error=x"] {
        let bench = Bench::new().await;
        bench.idp.lie(Lie::AnswerMore(more));
        assert_eq!(bench.refuses().await.refusal, Refusal::ParameterRefused, "{more}");
        assert_eq!(bench.idp.calls(Endpoint::Token), 0, "{more}");
        bench.idp.honest();
        bench.admits().await;
    }
}

/// The provider's error is told to the operator; its issuer is compared first, so that nobody else can say it.
#[tokio::test]
async fn an_error_is_the_providers_own() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::AnswerError("access_denied"));
    let refused = bench.refuses().await;
    assert_eq!(refused.refusal, Refusal::ProviderRefused);
    assert!(refused.to_string().contains("`access_denied`"), "{refused}");
    bench.idp.lie(Lie::NoIss);
    assert_eq!(bench.refuses().await.refusal, Refusal::IssuerMismatch);
    assert_eq!(bench.idp.calls(Endpoint::Token), 0);
}

/// ST-OIDC-02: nonce and verifier have 256 bits, and no two flows share them; what belongs to another flow does not do.
#[tokio::test]
async fn st_oidc_02_flows_do_not_mix() {
    let bench = Bench::new().await;
    let (one, two) = (bench.start().await.unwrap(), bench.start().await.unwrap());
    assert!(one.nonce != two.nonce && one.pkce_verifier != two.pkce_verifier);
    assert_eq!((one.nonce.len(), one.pkce_verifier.len()), (43, 43));
    // The verifier of another flow: the provider refuses the code.
    let callback = Callback::parse(&bench.idp.browse(&one.url)).unwrap();
    let crossed = Pending { nonce: &one.nonce, pkce_verifier: &two.pkce_verifier };
    let refused = bench.door.finish(&bench.settings(), crossed, &callback, NOW).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::CodeRefused);
    assert!(refused.to_string().contains("`invalid_grant`"), "{refused}");
    // The nonce of another flow: we refuse the token.
    let callback = Callback::parse(&bench.idp.browse(&one.url)).unwrap();
    let crossed = Pending { nonce: &two.nonce, pkce_verifier: &one.pkce_verifier };
    let refused = bench.door.finish(&bench.settings(), crossed, &callback, NOW).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::TokenNonce);
    // Each with its own.
    let query = bench.idp.browse(&two.url);
    bench.finish(&two, &query).await.unwrap();
    // And once.
    assert_eq!(bench.finish(&two, &query).await.unwrap_err().refusal, Refusal::CodeRefused);
}

#[tokio::test]
async fn a_login_hint_is_sent_and_nothing_else() {
    let bench = Bench::new().await;
    let hint = EmailAddress::parse("ada+x@acme.com").unwrap();
    let started = bench
        .door
        .start(
            &bench.settings(),
            "s",
            gate_oidc::Asking { login_hint: Some(&hint), ..gate_oidc::Asking::default() },
            NOW,
        )
        .await
        .unwrap();
    let pairs: Vec<_> = Url::parse(&started.url).unwrap().query_pairs().map(|(name, _)| name.into_owned()).collect();
    let mut sorted = pairs.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "login_hint",
            "nonce",
            "redirect_uri",
            "response_type",
            "scope",
            "state"
        ]
    );
    assert!(started.url.contains("login_hint=ada%2Bx%40acme.com"), "{}", started.url);
}

/// Tokens, codes and secrets stand in no story.
#[tokio::test]
async fn the_story_holds_no_secret() {
    let bench = Bench::new().await;
    let started = bench.start().await.unwrap();
    let query = bench.idp.browse(&started.url);
    let verified = bench.finish(&started, &query).await.unwrap();
    bench.idp.lie(Lie::BrokenSignature);
    let refused = bench.refuses().await;
    let code = Url::parse(&format!("x:?{query}"))
        .unwrap()
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    for step in verified.story().iter().chain(&refused.story) {
        for secret in [&code, &started.nonce, &started.pkce_verifier, "access-", "eyJ"] {
            assert!(!step.text.contains(secret), "{step}");
        }
    }
    assert!(!verified.story().is_empty());
}
