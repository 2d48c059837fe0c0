//! Canary: no token, code, cookie, verifier or secret stands in the trail, in a story, in the store or in `Debug`.

use gate_core::admin::Scope;
use serde_json::json;

use crate::world::{Browser, World, app_url, at};

/// ST-AUD-03, ST-SESS-13: after a whole story, good and bad, the secrets of it are nowhere.
#[tokio::test]
async fn st_aud_03_no_secret_is_written_down() {
    let world = World::new().await;
    let mut secrets = Vec::new();
    // Of flows under way, the store holds them in the clear, with nothing to use them with: the `state` that finds the
    // flow is there as a hash alone.
    let mut nonces = Vec::new();
    let mut shown = Vec::new();

    let mut ada = Browser::default();
    let signed_in = world.sign_in(&mut ada, "acme", Some("console"), 0).await.unwrap();
    let code = app_url(&signed_in.landing).rsplit_once('=').unwrap().1.to_owned();
    shown.push(format!("{:?}", signed_in.session));
    let handed_over = world.gate.take_handover("https://console.example", &code, at(1)).await.unwrap();
    secrets.extend([ada.flow.clone().unwrap(), ada.session.clone().unwrap(), code]);
    secrets.push(handed_over.session.reveal().to_owned());
    shown.push(format!("{handed_over:?}"));

    // Refused after the code was spent, before it was spent, and in another browser.
    world.acme.person(json!({ "sub": "eve-1", "email": "eve@acme.com", "groups": ["leavers"] }));
    let mut codes = Vec::new();
    for thief in [false, true] {
        let mut eve = Browser::default();
        let redirect = world.begin(&mut eve, "acme", None, 2).await.unwrap();
        let query = world.acme.browse(&redirect);
        for part in redirect.split(['?', '&']).chain(query.split('&')) {
            if let Some((name, value)) = part.split_once('=') {
                match name {
                    "nonce" => nonces.push(value.to_owned()),
                    "state" | "code" | "code_challenge" => secrets.push(value.to_owned()),
                    _ => {}
                }
            }
        }
        let browser = if thief { Browser::default() } else { eve.clone() };
        let kept_out = world.finish(&browser, "acme", &query, 3).await.unwrap_err();
        shown.push(format!("{kept_out:?}"));
        codes.push(kept_out.code.unwrap());
        secrets.extend(eve.flow);
    }
    assert!(secrets.iter().all(|secret| secret.len() > 8), "{secrets:?}");

    let by = world.operator(&[Scope::Read]).await;
    shown.push(format!("{by:?}"));
    for code in codes {
        shown.push(format!("{:?}", world.gate.trace(&by, code.as_str(), at(4)).await.unwrap()));
    }
    for stream in ["platform", "org/acme"] {
        shown.extend(world.gate.audit_lines(&by, stream, 1, 1_000).await.unwrap());
    }
    for text in &shown {
        for secret in secrets.iter().chain(&nonces) {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
    }
    world.gate.stopped("0", at(5)).await.unwrap();
    world.store.inner.close().await;
    let files: Vec<_> = std::fs::read_dir(world.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        for secret in &secrets {
            assert!(!holds(secret), "{secret} in {}", file.display());
        }
        assert!(
            file.extension().is_some_and(|extension| extension != "db") || holds("ada@acme.com"),
            "the search finds"
        );
    }
}

/// ST-AUD-03, ST-SESS-13: of a sign-in by SAML neither handle, RelayState nor cookie is kept in the clear, and nothing of
/// the message but facts.
#[tokio::test]
async fn st_aud_03_nothing_of_a_saml_message_is_written_down() {
    use testkit::saml::{Answer, Idp};
    let world = World::saml().await;
    let (idp, mut secrets, mut shown) = (Idp::acme(), Vec::new(), Vec::new());
    for refused in [false, true] {
        let mut ada = Browser::default();
        let asked = world.ask(&mut ada, None, 0).await;
        let honest = crate::saml_world::honest(&asked, 0);
        let audience = if refused { "https://other.example".to_owned() } else { honest.audience.clone() };
        let answer = Answer { audience, ..honest };
        let (xml, response) = (idp.response_xml(&answer), idp.respond(&answer));
        let signature = xml.split("SignatureValue>").nth(1).unwrap().trim_end_matches("</ds:").to_owned();
        secrets.extend([asked.relay_state.clone().unwrap(), ada.flow.clone().unwrap(), response.clone(), signature]);
        secrets.push(answer.assertion_id.clone());
        match world.post("acme", &response, asked.relay_state.as_deref(), 0).await {
            Ok(received) => {
                shown.push(format!("{received:?}"));
                secrets.push(received.handle.reveal().to_owned());
                let finished = world.collect(&ada, &received, 1).await.unwrap();
                shown.push(format!("{finished:?}"));
                secrets.push(crate::world::signed_in(finished).session.reveal().to_owned());
            }
            Err(kept_out) => {
                let by = world.operator(&[Scope::Read]).await;
                let code = kept_out.code.unwrap();
                shown.push(format!("{:?}", world.gate.trace(&by, code.as_str(), at(4)).await.unwrap()));
            }
        }
    }
    let by = world.operator(&[Scope::Read]).await;
    shown.extend(world.gate.audit_lines(&by, "org/acme", 1, 1_000).await.unwrap());
    for secret in &secrets {
        assert!(secret.len() > 8 && shown.iter().all(|text| !text.contains(secret.as_str())), "{secret}");
    }
    world.store.inner.close().await;
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for secret in secrets.iter().map(String::as_str).chain(["<saml", "Assertion ID", "SignedInfo"]) {
            assert!(!holds(secret), "{secret}");
        }
    }
}
