//! Args: the command line as types. Each verb's own arguments stand in the verb's file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gatewright_terms::{Seconds, Timestamp};

use crate::verbs::{
    audit, check, compile, deploy, diff, domain, explain, fmt, help, idp, init, inspect, keygen, owners, review, show,
    sign, snapshot, status, test, trace, try_, verify, who, why,
};

/// Policies for single sign-on, checked, compiled and signed
#[derive(Debug, Parser)]
#[command(
    name = "gatewright",
    version,
    disable_help_subcommand = true,
    max_term_width = 100,
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    after_help = "Begin with:\n  gatewright init policies\n  gatewright check policies\n\n`gatewright help VERB` says more about one verb, `gatewright help exit-codes` what the exits mean."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// How to report
    #[arg(long, global = true, value_enum, hide_possible_values = true, value_name = "human|json", default_value_t = Output::Human)]
    pub(crate) output: Output,
    /// When to use colour; NO_COLOR counts under `auto`
    #[arg(long, global = true, value_enum, hide_possible_values = true, value_name = "auto|always|never", default_value_t = Colour::Auto)]
    pub(crate) color: Colour,
    /// The folder that holds `policy.kdl` [default: GATEWRIGHT_WORKSPACE, else searched upward from here]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) workspace: Option<PathBuf>,
    /// Judge ends and expiries as of this day or time, such as 2027-01-31 (never reaches the bytes of a bundle)
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_time)]
    pub(crate) as_of: Option<Timestamp>,
    /// No hints, no progress; the report alone
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Human,
    /// For programs
    Json,
    /// For a comment on a pull request: `diff`
    Markdown,
    /// For code scanning: `check`
    Sarif,
    /// Annotations of a GitHub workflow: `check` and `test`
    Github,
    /// A code quality report of GitLab: `check`
    Gitlab,
    /// For test reports of CI systems: `check` and `test`
    Junit,
}

impl Output {
    /// The formats that only some verbs have, with these.
    const fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Human | Self::Json => &[],
            Self::Markdown => &["diff"],
            Self::Sarif | Self::Gitlab => &["check"],
            Self::Github | Self::Junit => &["check", "test"],
        }
    }

    /// The verbs that report so, where this one does not.
    pub(crate) fn others(self, verb: &Verb) -> Option<String> {
        let name = if matches!(verb, Verb::Check(_)) {
            "check"
        } else if matches!(verb, Verb::Test(_)) {
            "test"
        } else if matches!(verb, Verb::Diff(_)) {
            "diff"
        } else {
            ""
        };
        let verbs = self.verbs();
        let has_it = verbs.is_empty() || verbs.contains(&name);
        (!has_it).then(|| verbs.iter().map(|verb| format!("`{verb}`")).collect::<Vec<_>>().join(" and "))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal
    Auto,
    /// Also into a pipe
    Always,
    /// Nowhere
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Init(init::Init),
    Check(check::Check),
    Test(test::Test),
    Fmt(fmt::Fmt),
    Compile(compile::Compile),
    Keygen(keygen::Keygen),
    Sign(sign::Sign),
    Verify(verify::Verify),
    Inspect(inspect::Inspect),
    Try(try_::Try),
    Diff(diff::Diff),
    Review(review::Review),
    Deploy(deploy::Deploy),
    Status(status::Status),
    Snapshot(snapshot::Take),
    Show(show::Show),
    Who(who::Who),
    Why(why::Why),
    Owners(owners::Owners),
    Idp(idp::Idp),
    Explain(explain::Explain),
    Trace(trace::Trace),
    Domain(domain::Domain),
    Audit(audit::Audit),
    Help(help::Help),
}

/// A day (its first second, UTC) or a time as RFC 3339 writes it.
pub(crate) fn parse_time(text: &str) -> Result<Timestamp, String> {
    // jiff reads a date out of a longer text too: a time without an offset must not become a day.
    let is_day = text.len() == "2027-01-31".len();
    let time = if is_day { format!("{text}T00:00:00Z").parse() } else { text.parse::<jiff::Timestamp>() };
    time.map(|time| Timestamp::from_unix(time.as_second()))
        .map_err(|_| "write 2027-01-31 or 2027-01-31T12:00:00Z".into())
}

/// A span such as `90d`: a whole number and one of s, m, h, d.
pub(crate) fn parse_span(text: &str) -> Result<Seconds, String> {
    const HELP: &str = "write a whole number with s, m, h or d behind it, such as 90d";
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(HELP.into()),
    };
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_span = digits.len() + 1 == text.len() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count = is_span.then(|| digits.parse::<u32>().ok()).flatten().ok_or(HELP)?;
    match count.checked_mul(unit) {
        Some(0) => Err("at least 1s".into()),
        Some(seconds) => Ok(Seconds(seconds)),
        None => Err("that is more than a hundred years".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_one_unit() {
        assert_eq!(parse_span("90d"), Ok(Seconds(7_776_000)));
        assert_eq!(parse_span("1s"), Ok(Seconds(1)));
        for bad in ["", "d", "90", "90dd", "-1d", "+1d", "1.5h", "90 d", "90w", "0d", "99999999d", "９d"] {
            assert!(parse_span(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn times_are_days_or_rfc_3339() {
        assert_eq!(parse_time("2026-11-24").unwrap().to_string(), "2026-11-24T00:00:00Z");
        assert_eq!(parse_time("2026-11-24T10:00:00+01:00").unwrap().to_string(), "2026-11-24T09:00:00Z");
        for bad in ["", "tomorrow", "2026-02-30", "2026-11-24T10:00:00"] {
            assert!(parse_time(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
