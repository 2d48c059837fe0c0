//! Logout: ours first, then the provider's; and the provider's, which ends what it names and nothing else.

use gate_core::KeptOut;
use gate_core::logout::{SloBody, SloDone, SloMessage};
use gate_core::signin::Outgoing;
use gatewright_terms::Refusal;
use testkit::T0;
use testkit::saml::{Idp, LogoutAnswer, LogoutAsk, Signature, form_value, sign};

use crate::policy::saml_of;
use crate::world::{ADDRESS, Browser, World, at, refusal, word};

const SLO: &str = "https://gate.example/sso/acme/main/slo";

async fn slo(world: &World, org: &str, body: SloBody<'_>, now: i64) -> Result<SloDone, KeptOut> {
    world.gate.single_logout(SloMessage { org, connection: "main", body, address: ADDRESS }, at(now)).await
}

async fn redirected(world: &World, query: &str, now: i64) -> Result<SloDone, KeptOut> {
    slo(world, "acme", SloBody::Redirect { query }, now).await
}

async fn posted(world: &World, request: &str, now: i64) -> Result<SloDone, KeptOut> {
    let body = SloBody::Post { request: Some(request.as_bytes()), response: None, relay_state: Some("theirs") };
    slo(world, "acme", body, now).await
}

/// The provider's request by form, signed.
fn by_form(idp: &Idp, ask: &LogoutAsk) -> String {
    form_value(idp.logout_xml(&ask.template(&idp.entity_id)))
}

/// A request about Ada's session of acme, by form.
pub(crate) async fn provider_ends_ada(world: &World, now: i64) -> Result<SloDone, KeptOut> {
    posted(world, &by_form(&Idp::acme(), &LogoutAsk::new(SLO, T0 + now)), now).await
}

fn by_redirect(idp: &Idp, ask: &LogoutAsk) -> String {
    let template = ask.template(&idp.entity_id);
    idp.logout_query(&template.replace("{sign:message}", ""), Some("theirs"))
}

/// Our message in the form, and its RelayState.
fn form(outgoing: Outgoing) -> (String, Vec<(&'static str, String)>) {
    match outgoing {
        Outgoing::Form { action, fields } => (action, fields),
        redirect @ Outgoing::Redirect { .. } => panic!("{redirect:?}"),
    }
}

fn field(fields: &[(&'static str, String)], name: &str) -> String {
    fields.iter().find(|(known, _)| *known == name).unwrap().1.clone()
}

fn xml(value: &str) -> String {
    use base64::Engine as _;
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(value).unwrap()).unwrap()
}

fn answered(done: SloDone) -> (String, String) {
    let SloDone::Answer(outgoing) = done else { panic!("{done:?}") };
    let (action, fields) = form(outgoing);
    assert_eq!(field(&fields, "RelayState"), "theirs");
    (action, xml(&field(&fields, "SAMLResponse")))
}

/// ST-SAML-27: the session ends here first; then the person goes to the provider, and comes back to a page.
#[tokio::test]
async fn st_saml_27_our_logout_ends_here_first_and_then_there() {
    let world = World::saml().await;
    let ada = world.saml_ada(0).await;
    let logged_out = world.gate.logout(ada.session.as_deref().unwrap(), at(1)).await.unwrap();
    assert_eq!(word(&world.verify(&ada, 1).await), "sign-in");
    assert_eq!(world.last_event("acme").await, "session-ended");
    let (action, fields) = form(logged_out.at_provider.unwrap());
    assert_eq!(action, Idp::acme().logout_url);
    let request = xml(&field(&fields, "SAMLRequest"));
    for part in [">ada-1<", ">_session-1<", "LogoutRequest", "SignatureValue"] {
        assert!(request.contains(part), "{part}: {request}");
    }
    let id = request.split("ID=\"").nth(1).unwrap().split('"').next().unwrap();
    let relay = field(&fields, "RelayState");
    let idp = Idp::acme();
    let answer = |to: &str| {
        let template = LogoutAnswer::new(SLO, to, T0 + 2).template(&idp.entity_id);
        idp.logout_query(&template.replace("{sign:message}", ""), Some(&relay))
    };
    // Another id, and unsigned: no page says that all is well. The page is all that hangs on it.
    assert_eq!(refusal(redirected(&world, &answer("_other"), 2).await), Refusal::SamlLogout);
    assert_eq!(world.last_event("acme").await, "logout-refused:saml-logout");

    let ada = world.saml_ada(10).await;
    let logged_out = world.gate.logout(ada.session.as_deref().unwrap(), at(11)).await.unwrap();
    let (_, fields) = form(logged_out.at_provider.unwrap());
    let request = xml(&field(&fields, "SAMLRequest"));
    let id_now = request.split("ID=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_ne!(id, id_now);
    let template = LogoutAnswer::new(SLO, id_now, T0 + 12).template(&idp.entity_id);
    let query = idp.logout_query(&template.replace("{sign:message}", ""), Some(&field(&fields, "RelayState")));
    assert!(matches!(redirected(&world, &query, 12).await, Ok(SloDone::SignedOut { everywhere: true })));
    assert_eq!(refusal(redirected(&world, &query, 12).await), Refusal::SamlLogout, "once");
}

/// ST-SAML-27: idle sessions, sessions of OpenID Connect, and providers without a logout address: nothing is sent. A
/// second logout has nothing to end.
#[tokio::test]
async fn st_saml_27_only_a_logout_is_told_to_the_provider() {
    let mut world = World::saml().await;
    let ada = world.saml_ada(0).await;
    let token = ada.session.as_deref().unwrap();
    world.gate.sweep(at(100_000)).await.unwrap();
    assert!(world.gate.logout(token, at(100_001)).await.unwrap().at_provider.is_none());
    world.change(|program| saml_of(program, 0).logout = None).await;
    let ada = world.saml_ada(100_002).await;
    let logged_out = world.gate.logout(ada.session.as_deref().unwrap(), at(100_003)).await.unwrap();
    assert!(logged_out.at_provider.is_none());
    let other = World::new().await;
    let ada = other.ada(0).await;
    assert!(other.gate.logout(ada.session.as_deref().unwrap(), at(1)).await.unwrap().at_provider.is_none());
}

/// ST-SAML-27: by form and by redirect: the sessions end, in the store, before the signed answer is given.
#[tokio::test]
async fn st_saml_27_a_provider_ends_the_sessions_that_it_names() {
    for form in [true, false] {
        let world = World::saml().await;
        let (ada, again) = (world.saml_ada(0).await, world.saml_ada(0).await);
        let mut elsewhere = Browser::default();
        world.saml_sign_in(&mut elsewhere, 0, |answer| answer.session_index = Some("_session-2".into())).await.unwrap();
        let idp = Idp::acme();
        let ask = LogoutAsk::new(SLO, T0 + 1);
        let done = if form {
            posted(&world, &by_form(&idp, &ask), 1).await
        } else {
            redirected(&world, &by_redirect(&idp, &ask), 1).await
        };
        let (action, answer) = answered(done.unwrap());
        assert_eq!(action, idp.logout_url);
        assert!(answer.contains("status:Success") && answer.contains(&ask.id) && answer.contains("SignatureValue"));
        for (browser, lives) in [(&ada, "sign-in"), (&again, "sign-in"), (&elsewhere, "pass")] {
            assert_eq!(word(&world.verify(browser, 1).await), lives);
        }
        assert_eq!(world.last_event("acme").await, "logout-by-provider");
        assert_eq!(world.fields("org/acme", "session-ended").await["cause"], "provider");
        // All of the person.
        let all = LogoutAsk { session_index: None, ..LogoutAsk::new(SLO, T0 + 2) };
        answered(posted(&world, &by_form(&idp, &all), 2).await.unwrap());
        assert_eq!(word(&world.verify(&elsewhere, 2).await), "sign-in");
    }
}

/// ST-SAML-27: unsigned, signed by another, replayed, too old, for another address: refused, and nothing has ended.
#[tokio::test]
async fn st_saml_27_what_is_not_proved_ends_nothing() {
    let mut world = World::saml().await;
    let ada = world.saml_ada(0).await;
    let (idp, globex) = (Idp::acme(), Idp::globex());
    let ask = || LogoutAsk::new(SLO, T0 + 1);
    let plain = |ask: &LogoutAsk| ask.template(&idp.entity_id).replace("{sign:message}", "");
    let forms = [
        form_value(plain(&ask())),
        form_value(sign(&ask().template(&idp.entity_id), "{sign:message}", &Signature::by(globex.key))),
        by_form(&globex, &ask()),
        by_form(&idp, &LogoutAsk::new("https://gate.example/sso/umbrella/main/slo", T0 + 1)),
        by_form(&idp, &LogoutAsk::new(SLO, T0 - 10_000)),
        by_form(&idp, &LogoutAsk::new(SLO, T0 + 10_000)),
        "junk".to_owned(),
    ];
    for form in forms {
        let kept_out = posted(&world, &form, 1).await.unwrap_err();
        assert!(kept_out.refusal.slug().starts_with("saml-"), "{kept_out:?}");
        assert_eq!(world.last_event("acme").await, format!("logout-refused:{}", kept_out.refusal));
    }
    let unsigned = testkit::saml::redirect_query("SAMLRequest", &plain(&ask()), Some("x"), None);
    let good = by_redirect(&idp, &ask());
    for query in [
        unsigned,
        good.replace("RelayState=theirs", "RelayState=other"),
        format!("{good}&SAMLRequest=x"),
        String::new(),
    ] {
        let kept_out = redirected(&world, &query, 1).await.unwrap_err();
        assert!(kept_out.refusal.slug().starts_with("saml-"), "{kept_out:?}");
    }
    // Somebody else's name, or session: proved, and nothing here has it.
    let nobody = LogoutAsk { name_id: ("ada-2".into(), ask().name_id.1), ..ask() };
    let (_, answer) = answered(posted(&world, &by_form(&idp, &nobody), 1).await.unwrap());
    assert!(answer.contains("status:Requester"), "{answer}");
    assert_eq!(world.last_event("acme").await, "logout-refused:saml-logout");
    assert_eq!(word(&world.verify(&ada, 1).await), "pass");
    // Once.
    let once = ask();
    answered(posted(&world, &by_form(&idp, &once), 1).await.unwrap());
    let ada = world.saml_ada(1).await;
    assert_eq!(refusal(posted(&world, &by_form(&idp, &once), 2).await), Refusal::SamlLogout);
    assert_eq!(word(&world.verify(&ada, 2).await), "pass");
    // Of a connection that is no longer there, or has no logout.
    world.change(|program| saml_of(program, 0).logout = None).await;
    assert_eq!(refusal(posted(&world, &by_form(&idp, &ask()), 2).await), Refusal::SamlLogout);
    let body = SloBody::Redirect { query: &good };
    assert_eq!(refusal(slo(&world, "nobody", body, 2).await), Refusal::OrgUnknown);
}

/// A store that is away: nothing is answered, and the sessions end when the provider asks again.
#[tokio::test]
async fn a_store_that_is_away_answers_no_provider() {
    let world = World::saml().await;
    let ada = world.saml_ada(0).await;
    let form = by_form(&Idp::acme(), &LogoutAsk::new(SLO, T0 + 1));
    world.store.set_away(true);
    assert_eq!(refusal(posted(&world, &form, 1).await), Refusal::StoreUnavailable);
    world.store.set_away(false);
    answered(posted(&world, &form, 2).await.unwrap());
    assert_eq!(word(&world.verify(&ada, 2).await), "sign-in");
}
