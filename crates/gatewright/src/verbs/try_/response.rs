//! Response: a captured SAML response against a compiled connection.
//!
//! Trust: the file is alleged; who it speaks of is proven, by the gate's own screen and checks and a verifier without C.
//! Invariant: what only the runtime knows (that the request was ours, that the assertion is new) is said, never assumed
//! in silence.

use std::path::Path;

use gatewright_bundle::program::{Connection, Org, Program};
use gatewright_decide::{Explanation, Facts, GroupSet, Groups, Step};
use gatewright_saml::screen::screen_response;
use gatewright_saml::{Expected, FORM_VALUE_BYTES_MAX, Refused, Request, Verified, receive, receive_document};
use gatewright_second_opinion::SecondOpinion;
use gatewright_terms::Timestamp;
use wright::newcomer;

use super::judge as judge_person;
use super::report::Verdict;
use crate::failure::Failure;
use crate::files;

pub(super) fn judge(
    file: &Path,
    program: &Program,
    org: &Org,
    connection: &Connection,
    at: Timestamp,
) -> Result<Verdict, Failure> {
    let Some(saml) = connection.saml() else {
        return Err(Failure::usage(format!("`{}/{}` is no SAML connection", org.id, connection.slug))
            .help("leave --saml out, and say who comes: --email and --group"));
    };
    let bytes = files::read("the response", file, FORM_VALUE_BYTES_MAX)?;
    let environment = &program.environment;
    let (sp_entity_id, acs) = (
        environment.sp_entity_id(&org.id, &connection.slug),
        environment.assertion_consumer(&org.id, &connection.slug),
    );
    let document = bytes.trim_ascii_start().starts_with(b"<");
    let answered = answered(&bytes, document);
    let expected = Expected {
        connection: &connection.slug,
        saml,
        sp_entity_id: &sp_entity_id,
        acs: &acs,
        request: answered.as_deref().map_or(Request::Unsolicited, Request::Answers),
        now: at,
    };
    let received = if document {
        receive_document(bytes.trim_ascii(), &expected, &SecondOpinion, None)
    } else {
        receive(&bytes, &expected, &SecondOpinion, None)
    };
    Ok(match received {
        Ok(verified) => admitted(program, org, connection, &verified),
        Err(refused) => kept_out(&refused),
    })
}

/// The request that it says to answer: whether that was ours, only the runtime knows.
fn answered(bytes: &[u8], document: bool) -> Option<String> {
    let decoded;
    let bytes = if document {
        bytes.trim_ascii()
    } else {
        let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_whitespace()).collect();
        decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).ok()?;
        decoded.as_slice()
    };
    let screened = screen_response(bytes).ok()?;
    screened.root().attribute("InResponseTo").map(str::to_owned)
}

fn admitted(program: &Program, org: &Org, connection: &Connection, verified: &Verified) -> Verdict {
    let mut steps = story(verified.story());
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
    judge_person(program, org, &Facts { attributes: verified.attributes().clone(), ..newcomer }, steps)
}

fn kept_out(refused: &Refused) -> Verdict {
    let explanation = Explanation::refused(refused.refusal, story(&refused.story));
    Verdict { explanation, rule: Some(refused.reason) }
}

fn story(steps: &[gatewright_saml::Step]) -> Vec<Step> {
    steps.iter().map(|step| Step::new(step.stage, step.text.clone())).collect()
}
