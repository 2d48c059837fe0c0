//! Recorded: what a provider once sent, put to the gate's own reading of it.
//!
//! Trust: the file is alleged. Of a SAML response, who it speaks of is proven, by the gate's own screen and checks and a
//! verifier without C; of an ID token nothing is, since its keys are at the provider.
//! Invariant: what only the runtime knows (that the request was ours, that the assertion is new) is said, never assumed
//! in silence.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatewright_bundle::program::{Client, Connection, Environment, Oidc, Org, Program, Protocol, Saml};
use gatewright_decide::{Facts, GroupSet, Groups, Step};
use gatewright_oidc::person::Person;
use gatewright_oidc::protocol::Party;
use gatewright_saml::screen::screen_response;
use gatewright_saml::{Expected, Request, Verified, receive, receive_document};
use gatewright_second_opinion::SecondOpinion;
use gatewright_terms::{Refusal, Timestamp};

use crate::identity::newcomer;

/// Somebody whom a recording speaks of, and what led there.
#[derive(Debug, Clone)]
pub struct Said {
    pub facts: Facts,
    pub steps: Vec<Step>,
}

/// A recording that is refused before anybody asks for a grant.
#[derive(Debug, Clone)]
pub struct KeptOut {
    pub refusal: Refusal,
    /// The very rule that was broken, of a response.
    pub rule: Option<&'static str>,
    pub steps: Vec<Step>,
}

/// By what the connection speaks: a response, as XML or as the form field holds it; or an ID token, or the claims of one as JSON. `at`: when it came.
pub fn recorded(
    file: &[u8],
    program: &Program,
    org: &Org,
    connection: &Connection,
    at: Timestamp,
) -> Result<Said, KeptOut> {
    match &connection.protocol {
        Protocol::Saml(saml) => response(file, saml, &program.environment, org, connection, at),
        Protocol::Oidc(oidc) => token(file, oidc, &program.environment, org, connection, at),
    }
}

fn response(
    file: &[u8],
    saml: &Saml,
    environment: &Environment,
    org: &Org,
    connection: &Connection,
    at: Timestamp,
) -> Result<Said, KeptOut> {
    let document = file.trim_ascii();
    let is_xml = document.starts_with(b"<");
    let sp_entity_id = environment.sp_entity_id(&org.id, &connection.slug);
    let acs = environment.assertion_consumer(&org.id, &connection.slug);
    let answered = if is_xml { answered(document) } else { decoded(file).and_then(|document| answered(&document)) };
    let expected = Expected {
        connection: &connection.slug,
        saml,
        sp_entity_id: &sp_entity_id,
        acs: &acs,
        request: answered.as_deref().map_or(Request::Unsolicited, Request::Answers),
        now: at,
    };
    let received = if is_xml {
        receive_document(document, &expected, &SecondOpinion, None)
    } else {
        receive(file, &expected, &SecondOpinion, None)
    };
    match received {
        Ok(verified) => Ok(responded(org, connection, &verified)),
        Err(refused) => {
            let (refusal, rule) = (refused.refusal, Some(refused.reason));
            Err(KeptOut { refusal, rule, steps: told(&refused.story) })
        }
    }
}

fn decoded(form_value: &[u8]) -> Option<Vec<u8>> {
    let text: String = String::from_utf8_lossy(form_value).chars().filter(|c| !c.is_whitespace()).collect();
    Engine::decode(&STANDARD, text).ok()
}

/// The request that it says to answer: whether that was ours, only the runtime knows.
fn answered(document: &[u8]) -> Option<String> {
    let screened = screen_response(document).ok()?;
    screened.root().attribute("InResponseTo").map(str::to_owned)
}

fn responded(org: &Org, connection: &Connection, verified: &Verified) -> Said {
    let mut steps = told(verified.story());
    steps.push(match verified.in_response_to() {
        Some(id) => Step::new("request", format!("answers `{id}`; that it was ours and is still open is assumed")),
        None => Step::new("request", "answers nothing that we asked; the policy takes that for now"),
    });
    steps.push(Step::new(
        "replay",
        format!("assertion `{}`; that it comes for the first time is assumed", verified.assertion_id()),
    ));
    steps.push(Step::new("person", format!("`{}` with the address `{}`", verified.subject(), verified.email())));
    let groups = match verified.groups() {
        gatewright_saml::Groups::Known(names) => Groups::Known(GroupSet::new(names.iter().cloned())),
        gatewright_saml::Groups::Unknown => Groups::Unknown,
    };
    let newcomer = newcomer(org, connection.slug.clone(), verified.email().clone(), groups);
    Said { facts: Facts { attributes: verified.attributes().clone(), ..newcomer }, steps }
}

fn told(steps: &[gatewright_saml::Step]) -> Vec<Step> {
    steps.iter().map(|step| Step::new(step.stage, step.text.clone())).collect()
}

fn token(
    file: &[u8],
    oidc: &Oidc,
    environment: &Environment,
    org: &Org,
    connection: &Connection,
    at: Timestamp,
) -> Result<Said, KeptOut> {
    let party = Party { client_id: client_id(oidc, environment), skew: oidc.clock_skew, now: at };
    let told = |steps: Vec<gatewright_oidc::refused::Step>| -> Vec<Step> {
        let assumed =
            Step::new("signature", "cannot be checked without the provider's keys; that it is good is assumed");
        std::iter::once(assumed).chain(steps.into_iter().map(|step| Step::new(step.stage, step.text))).collect()
    };
    match gatewright_oidc::recorded::recorded(file, oidc, &party) {
        Ok((person, steps)) => Ok(spoken_of(&person, told(steps), org, connection)),
        Err(refused) => Err(KeptOut { refusal: refused.refusal, rule: None, steps: told(refused.story) }),
    }
}

fn spoken_of(person: &Person, mut steps: Vec<Step>, org: &Org, connection: &Connection) -> Said {
    steps.push(Step::new("nonce", "that it belongs to a sign-in that we began is assumed"));
    steps.push(Step::new("person", format!("`{}` with the address `{}`", person.subject, person.email)));
    let groups = match &person.groups {
        gatewright_oidc::person::Groups::Known(names) => Groups::Known(GroupSet::new(names.iter().cloned())),
        gatewright_oidc::person::Groups::Unknown => Groups::Unknown,
    };
    let newcomer = newcomer(org, connection.slug.clone(), person.email.clone(), groups);
    Said { facts: Facts { attributes: person.attributes.clone(), ..newcomer }, steps }
}

fn client_id<'a>(oidc: &'a Oidc, environment: &'a Environment) -> &'a str {
    match &oidc.client {
        Client::Own { client_id, .. } => client_id,
        Client::Shared(at) => {
            let shared = usize::try_from(*at).ok().and_then(|at| environment.shared_clients.get(at));
            shared.map_or("", |client| &client.client_id)
        }
    }
}
