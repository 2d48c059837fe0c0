//! `test`: the policy tests and laws of a workspace, put to the gate's own evaluator for every environment.

mod human;
mod json;

use clap::Args;
use wright::trial::{Coverage, Trial, Verdict, coverage, trials};
use wright::{Outcome, compile};
use wright_syntax::diagnostic::Severity;

use crate::args::Output;
use crate::context::{Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::forge;
use crate::verbs::check;
use crate::verbs::check::findings::{self, Findings};

/// Run the policy tests and prove the laws
///
/// A case of a suite (`orgs/acme/*.test.kdl`) says what one sign-in comes to; a law, of a suite or of the platform, what
/// never happens, and is proved over every identity there can be. Both are asked of the evaluator that the gate runs, for
/// every environment. A case that fails or a law that is broken ends in exit 3.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright test\n  gatewright test --filter acme\n  gatewright test --coverage\n  gatewright test --output junit"
)]
pub(crate) struct Test {
    /// Only those with this text in their title, suite or organisation
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Also list the grants and blocks that no case depends on
    #[arg(long)]
    coverage: bool,
    /// Treat warnings as failures: all of them (W), or one by its code (GW1413)
    #[arg(long, value_name = "W|CODE", value_parser = findings::parse_denied)]
    deny: Vec<findings::Denied>,
}

/// Broken laws as `compile` reports them.
pub(crate) fn broken(laws: Vec<Trial>, outcome: &Outcome, context: &Context) -> Result<Report, Failure> {
    let results = Results { trials: laws, coverage: None };
    let body =
        if context.wants_json() { json::report(&results, outcome)? } else { human::report(&results, outcome, context) };
    Ok(Report::new(body, results.exit()))
}

/// Everything that a report tells.
struct Results {
    trials: Vec<Trial>,
    /// Where it was asked for.
    coverage: Option<Vec<Coverage>>,
}

impl Test {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let world = context.workspace(None)?;
        let prefix = world.prefix_from(&context.around.folder);
        let outcome = compile(&world, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        if outcome.programs.is_empty() {
            return Ok(
                check::report(&outcome, context)?.hint("the policy has to be right before anything can be tested")
            );
        }
        let results = Results {
            trials: trials(&outcome).into_iter().filter(|trial| self.wants(trial)).collect(),
            coverage: self.coverage.then(|| coverage(&outcome)),
        };
        if results.trials.is_empty() && self.filter.is_some() {
            return Err(Failure::usage("nothing has that text in its title, suite or organisation"));
        }
        let body = match context.common.output {
            Output::Human => human::report(&results, &outcome, context),
            Output::Junit => forge::junit(&cases(&prefix, &results.trials, &outcome)),
            Output::Github => forge::github(&forge::Findings {
                prefix: &prefix,
                found: &results.findings(),
                sources: outcome.workspace.sources(),
            }),
            Output::Json | Output::Markdown | Output::Sarif | Output::Gitlab => json::report(&results, &outcome)?,
        };
        let denied =
            Findings::of(results.findings(), &self.deny).all.iter().any(|found| found.code.severity == Severity::Deny);
        let report = Report::new(body, if denied { Exit::Tests } else { results.exit() });
        Ok(if results.trials.is_empty() { report.hint(NOTHING) } else { report })
    }

    fn wants(&self, trial: &Trial) -> bool {
        let Some(wanted) = &self.filter else { return true };
        let org = trial.org.as_ref().map(gatewright_terms::OrgId::as_str);
        [Some(&*trial.title), trial.suite.as_deref(), org].into_iter().flatten().any(|text| text.contains(wanted))
    }
}

const NOTHING: &str = "write `orgs/<org>/<name>.test.kdl`: gatewright explain suite";

impl Results {
    fn findings(&self) -> Vec<wright_syntax::diagnostic::Diagnostic> {
        let of_trials = self.trials.iter().flat_map(Trial::findings);
        let lines = self.coverage.iter().flatten().flat_map(|of_org| &of_org.lines);
        of_trials.chain(lines.filter_map(|line| line.finding.as_ref())).cloned().collect()
    }

    fn count(&self, of: impl Fn(&Verdict) -> bool) -> usize {
        self.trials.iter().filter(|trial| of(&trial.verdict)).count()
    }

    fn exit(&self) -> Exit {
        if self.trials.iter().any(Trial::failed) { Exit::Tests } else { Exit::Done }
    }
}

fn cases(prefix: &str, trials: &[Trial], outcome: &Outcome) -> Vec<forge::Case> {
    let sources = outcome.workspace.sources();
    let texts = |trial: &Trial| forge::texts(&forge::Findings { prefix, found: trial.findings(), sources });
    let mut places = crate::located::Places::new(sources);
    let case = |trial: &Trial| {
        let at = places.range(trial.place.at);
        forge::Case {
            group: match (&trial.org, &trial.suite) {
                (Some(org), Some(suite)) => format!("{org}/{suite}"),
                _ => "platform".to_owned(),
            },
            name: trial.title.to_string(),
            file: format!("{prefix}{}", at.file.unwrap_or_default()),
            line: at.start.line,
            failure: trial.failed().then(|| texts(trial)),
        }
    };
    trials.iter().map(case).collect()
}
