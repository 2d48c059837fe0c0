//! `diff`: who gains, who loses, which defence got weaker, between two states of a policy.

pub(crate) mod folded;
pub(crate) mod human;
pub(crate) mod json;
mod markdown;
pub(crate) mod people;
mod presets;
pub(crate) mod running;
pub(crate) mod side;
mod words;

use clap::Args;
use wright::diff::Class;

use crate::args::Output;
use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::focus::Extent;

use folded::Folded;
use side::{Named, Side};

/// Show who gains and who loses between two states of a policy
///
/// Compares for every identity there can be, in every environment, and reports one row for each line that differs: the
/// smallest identity that shows it with what the gate decides before and after, and how grave it is. A state is a git
/// revision, read without a checkout, or a bundle file; the base may be what a runtime runs, by a token of the scope
/// `read`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright diff main\n  gatewright diff v1.4 v1.5 --output json\n  gatewright diff origin/main --output markdown --fail-on privileged\n  gatewright diff running:production --runtime http://127.0.0.1:8081"
)]
pub(crate) struct Diff {
    /// A git revision, a bundle file, or `running:ENV`: what a runtime runs
    base: String,
    /// The same [default: the workspace as it lies there]
    head: Option<String>,
    /// Exit 4 where a change is of this class (may be repeated)
    #[arg(long, value_name = "CLASS", value_parser = parse_class)]
    fail_on: Vec<Class>,
    /// Count the people that each change reaches: a file of `gatewright snapshot`, or `running:ENV`
    #[arg(long, value_name = "SNAPSHOT")]
    members: Option<String>,
    /// The admin listener of the runtime, for `running:ENV` [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

impl Diff {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let runtime = self.runtime.as_deref();
        let is_asked = |name: &str| name.starts_with("running:");
        let of_base = runtime.filter(|_| is_asked(&self.base) || !self.members.as_deref().is_some_and(is_asked));
        let snapshot = self.members.as_deref().map(|named| people::snapshot(named, runtime, context)).transpose()?;
        let (base, head, mut folded) = compared((&self.base, of_base), self.head.as_deref(), context)?;
        if let Some(snapshot) = snapshot {
            people::count(&mut folded, (&base, &head), snapshot)?;
        }
        let body = match context.common.output {
            Output::Json => context::json(&json::report(&base, &head, &folded, context))?,
            Output::Markdown => markdown::report(&base, &head, &folded),
            Output::Human | Output::Sarif | Output::Github | Output::Gitlab | Output::Junit => {
                human::report(&base, &head, &folded, context)
            }
        };
        let stopped = folded.rows.iter().any(|row| self.fail_on.iter().any(|class| row.change.classes.contains(class)));
        let report = Report::new(body, if stopped { Exit::Gate } else { Exit::Done });
        Ok(match &folded.counted {
            Some(counted) if counted.ran_another_than(&base) => report.hint(
                "the gate ran another bundle than the base when it told of its members; owners are as they were then",
            ),
            Some(_) | None => report,
        })
    }
}

/// Both sides and what changes between them. The base comes with the runtime that was named.
pub(crate) fn compared(
    (base, runtime): (&str, Option<&str>),
    head: Option<&str>,
    context: &Context,
) -> Result<(Side, Side, Folded), Failure> {
    let (base, head) = at_once(
        || base_named(base, runtime, context),
        || head.map_or_else(|| Named::of_workspace(context), |head| Named::of(head, context)),
    );
    let (base, head) = sides(base?, head?, context)?;
    let folded = Folded::of(&base, &head);
    if folded.environments.is_empty() || !folded.is_comparable {
        return Err(apart(&base, &head));
    }
    Ok((base, head, folded))
}

/// From here on a comparison compiles the organisations that differ, and takes the others for what they were.
const ORGS_OF_A_PART: usize = 256;

fn sides(base: Named, head: Named, context: &Context) -> Result<(Side, Side), Failure> {
    if let (Named::State(old_name, old), Named::State(new_name, new)) = (&base, &head)
        && let Extent::Part(focus) = Extent::between(old, new)?
        && focus.orgs_total() >= ORGS_OF_A_PART
    {
        let (orgs_total, names) = (focus.orgs_of(new), focus.names());
        if let Some([before, after]) = focus.outcomes([old, new], context.as_of())? {
            let mut after = Side::of_outcome(new_name, new, after)?;
            (after.orgs_total, after.names) = (orgs_total, names);
            return Ok((Side::of_outcome(old_name, old, before)?, after));
        }
    }
    let (base, head) = at_once(|| base.side(context), || head.side(context));
    Ok((base?, head?))
}

/// Two things that do not wait for each other. A panic of either goes on here.
fn at_once<A, B: Send>(here: impl FnOnce() -> A, aside: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let aside = scope.spawn(aside);
        let here = here();
        (here, aside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

fn base_named(base: &str, runtime: Option<&str>, context: &Context) -> Result<Named, Failure> {
    match base.strip_prefix("running:") {
        Some(environment) => Ok(Named::Side(running::side(environment, runtime, context)?.into())),
        None if runtime.is_some() => Err(Failure::usage("--runtime goes with `running:ENV` alone")),
        None => Named::of(base, context),
    }
}

/// A bundle of one environment, and a side without it.
fn apart(base: &Side, head: &Side) -> Failure {
    let named = |side: &Side| side.environments.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Failure::usage(format!(
        "the two have no environment in common: `{}` has {}, `{}` has {}",
        crate::style::plain(&base.name),
        named(base),
        crate::style::plain(&head.name),
        named(head)
    ))
}

fn parse_class(text: &str) -> Result<Class, String> {
    let found = Class::ALL.into_iter().find(|class| class.slug() == text);
    let all = || Class::ALL.map(Class::slug).join(", ");
    found.ok_or_else(|| format!("the classes are {}", all()))
}
