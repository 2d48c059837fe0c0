//! Case: one sign-in of a suite, and whether it comes to what the author expects.

use gatewright_bundle::program::{Org, Program};
use gatewright_decide::{Admission, Decision, PreparedOrg, Refused, decide};
use gatewright_terms::{Refusal, Seconds, Trait};
use wright_policy::{Case, Claim, Expect, PermissionAt, Place, Says, Sent, Suite, block_path, spell};
use wright_syntax::diagnostic::Diagnostic;

use super::{Kind, TEST_FAILED, Trial, Verdict, folded, reasons};
use crate::closest::closest;
use crate::compile::{Compiled, Outcome};
use crate::identity::Identity;
use crate::places::Places;
use crate::recorded::{KeptOut, recorded};

pub(super) fn trial(case: &Case, suite: &Suite, outcome: &Outcome) -> Trial {
    let findings = folded::findings(outcome, |compiled| run(case, suite, compiled, outcome));
    Trial {
        kind: Kind::Case,
        suite: Some(suite.title.clone()),
        org: Some(suite.org.clone()),
        title: case.title.clone(),
        place: case.place.clone(),
        verdict: if findings.is_empty() { Verdict::Passed } else { Verdict::Failed { findings, witness: None } },
    }
}

/// Who comes to the gate of this environment, or why nobody does. `None`: what was sent was sent to another one.
pub(super) fn comes(case: &Case, program: &Program, org: &Org) -> Option<Result<Identity, KeptOut>> {
    match &case.who.sent {
        Sent::Told { email, groups, attributes } => {
            let groups = groups.iter().cloned().map(Trait::Group);
            let traits = groups.chain(attributes.iter().cloned().map(Trait::Attribute)).collect();
            let (connection, email) = (case.who.connection.clone(), email.clone());
            Some(Ok(Identity { connection, email, traits, groups_unknown: false }))
        }
        Sent::Recorded { environment, .. } if *environment != program.environment.name => None,
        Sent::Recorded { text, .. } => {
            let connection = org.connections.iter().find(|connection| connection.slug == case.who.connection)?;
            let said = recorded(text.as_bytes(), program, org, connection, case.at?);
            Some(said.map(|said| Identity::of(&said.facts)))
        }
    }
}

fn run(case: &Case, suite: &Suite, compiled: &Compiled, outcome: &Outcome) -> Vec<Diagnostic> {
    let Some(org) = folded::org(compiled, &suite.org) else { return Vec::new() };
    let Some(who) = comes(case, &compiled.program, org) else { return Vec::new() };
    let org = folded::prepared(compiled, org);
    let who = match who {
        Ok(who) => who,
        Err(kept_out) => return sent_in_vain(case, suite, &kept_out),
    };
    let court = Court { case, suite, org: &org, who, places: reasons::places(compiled, &outcome.workspace) };
    match (decide(&org, &court.who.facts(org.org())), &case.expect) {
        (Decision::Admit(admission), Expect::Admit(claims)) => {
            claims.iter().filter_map(|claim| court.claim(claim, &admission)).collect()
        }
        (Decision::Refuse(refused), Expect::Refuse(reason, place)) => court.reason(&refused, *reason, place),
        (Decision::Admit(admission), Expect::Refuse(reason, place)) => vec![court.got_in(&admission, *reason, place)],
        (Decision::Refuse(refused), Expect::Admit(_)) => vec![court.kept_out(&refused)],
    }
}

/// What was recorded is refused before any line of the policy is asked.
fn sent_in_vain(case: &Case, suite: &Suite, kept_out: &KeptOut) -> Vec<Diagnostic> {
    let refusal = kept_out.refusal;
    let (place, message) = match &case.expect {
        Expect::Refuse(None, _) => return Vec::new(),
        Expect::Refuse(Some(wanted), _) if *wanted == refusal => return Vec::new(),
        Expect::Refuse(Some(wanted), place) => {
            (place, format!("what was recorded should be refused for `{wanted}` and is refused for `{refusal}`"))
        }
        Expect::Admit(_) => (&case.place, format!("what was recorded should get in and is refused: `{refusal}`")),
    };
    let last = kept_out.steps.last().map(|step| format!("{}: {}; ", step.stage, step.text)).unwrap_or_default();
    let mut found = finding(suite, place, message, "not what the gate makes of it");
    found.help = Some(format!("{last}`gatewright explain {refusal}` says more"));
    vec![found]
}

fn finding(suite: &Suite, place: &Place, message: String, mark: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code: TEST_FAILED,
        message,
        primary: (place.at, mark.into()),
        related: Vec::new(),
        help: None,
        fix: None,
        path: place.path.clone(),
        org: Some(suite.org.as_str().into()),
    }
}

/// One case before one environment.
struct Court<'a> {
    case: &'a Case,
    suite: &'a Suite,
    org: &'a PreparedOrg,
    who: Identity,
    places: Places<'a>,
}

impl Court<'_> {
    fn finding(&self, place: &Place, message: String, mark: impl Into<String>) -> Diagnostic {
        finding(self.suite, place, message, mark)
    }

    fn who(&self) -> String {
        format!("`{}`", self.who.email)
    }

    fn kept_out(&self, refused: &Refused) -> Diagnostic {
        let refusal = refused.refusal;
        let message = format!("{} should get in and is refused: `{refusal}`", self.who());
        let found = self.finding(&self.case.place, message, "expects `admit`");
        let mut found = self.because_of_block(found, refused, refusal);
        if let Some(closest) = closest(self.org, &self.who) {
            found.help = found.help.map(|help| format!("{help}; would get in: {closest}"));
        }
        found
    }

    fn got_in(&self, admission: &Admission<'_>, reason: Option<Refusal>, place: &Place) -> Diagnostic {
        let reason = reason.map(|reason| format!(" (`{reason}`)")).unwrap_or_default();
        let roles = reasons::listed(admission);
        let message = format!("{} should be refused{reason} and gets in as {roles}", self.who());
        let mut found = self.finding(place, message, "expects `refuse`");
        found.related = self.lines(admission, |_| true, "lets them in");
        found
    }

    fn reason(&self, refused: &Refused, reason: Option<Refusal>, place: &Place) -> Vec<Diagnostic> {
        let (Some(wanted), got) = (reason, refused.refusal) else { return Vec::new() };
        if wanted == got {
            return Vec::new();
        }
        let message = format!("{} should be refused for `{wanted}` and is refused for `{got}`", self.who());
        vec![self.because_of_block(self.finding(place, message, "another reason"), refused, got)]
    }

    fn because_of_block(&self, mut found: Diagnostic, refused: &Refused, refusal: Refusal) -> Diagnostic {
        let blocked = refused.blocked_by.iter().map(|group| block_path(self.org.org(), group));
        found.related = reasons::marks(blocked, "keeps them out", &self.places);
        found.help = Some(format!("{}; `gatewright explain {refusal}` says more", refusal.page().title));
        found
    }

    fn claim(&self, claim: &Claim, admission: &Admission<'_>) -> Option<Diagnostic> {
        let held = reasons::held(self.org, admission);
        let who = self.who();
        let roles = || reasons::listed(admission);
        let says = |message: String, mark: &str| Some(self.finding(&claim.place, message, mark));
        let caused = |message: String, mark: &str, by: &dyn Fn(&reasons::Held<'_>) -> bool| {
            let mut found = self.finding(&claim.place, message, mark);
            found.related = self.lines(admission, by, "gives it");
            Some(found)
        };
        match &claim.says {
            Says::Has(wanted) if held.iter().all(|held| !held.is(wanted)) => {
                says(format!("{who} does not hold {}; it holds {}", reasons::role(wanted), roles()), "does not hold it")
            }
            Says::Lacks(wanted) if held.iter().any(|held| held.is(wanted)) => {
                caused(format!("{who} holds {}", reasons::role(wanted)), "holds it", &|held| held.is(wanted))
            }
            Says::May(wanted) if !admission.permits(&wanted.permission, wanted.project.as_ref()) => {
                let message = format!("{who} may not {}; it holds {}", reasons::permission(wanted), roles());
                let mut found = self.finding(&claim.place, message, "may not");
                let elsewhere = held.iter().filter(|held| held.permits(self.org, wanted)).find_map(|held| held.project);
                found.help =
                    elsewhere.map(|project| format!("it may so on `{project}`: write `project=\"{project}\"`"));
                Some(found)
            }
            Says::MayNot(wanted) if held.iter().any(|held| held.permits(self.org, wanted)) => {
                let permits = |held: &reasons::Held<'_>| held.permits(self.org, wanted);
                let project = held.iter().find(|held| permits(held)).and_then(|held| held.project).cloned();
                let found = PermissionAt { permission: wanted.permission.clone(), project };
                caused(format!("{who} may {}", reasons::permission(&found)), "may", &permits)
            }
            Says::SessionIdle(wanted) => self.limit("idle", self.org.org().session.idle, *wanted, claim),
            Says::SessionAbsolute(wanted) => self.limit("absolute", self.org.org().session.absolute, *wanted, claim),
            Says::Has(_) | Says::Lacks(_) | Says::May(_) | Says::MayNot(_) => None,
        }
    }

    fn limit(&self, word: &str, is: Seconds, wanted: Seconds, claim: &Claim) -> Option<Diagnostic> {
        if is == wanted {
            return None;
        }
        let message = format!("`session.{word}` is {}, not {}", spell(is.0), spell(wanted.0));
        let path = format!("org[{}].session.{word}", self.suite.org);
        let mut found = self.finding(&claim.place, message, "another limit");
        found.related = reasons::marks([path], "says so", &self.places);
        Some(found)
    }

    /// The lines that give what `counts`.
    fn lines(
        &self,
        admission: &Admission<'_>,
        counts: impl Fn(&reasons::Held<'_>) -> bool,
        text: &str,
    ) -> Vec<(wright_syntax::source::Span, String)> {
        let held = reasons::held(self.org, admission);
        let paths = held.iter().filter(|held| counts(held)).filter_map(|held| held.path(self.org, &self.who.email));
        reasons::marks(paths, text, &self.places)
    }
}
