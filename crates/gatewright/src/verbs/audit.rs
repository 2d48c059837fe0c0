//! `audit verify`: whether an exported audit trail is whole and unchanged, as far as a checkpoint covers it.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use gatewright_audit::checkpoint::SignedCheckpoint;
use gatewright_audit::export::{self, LINE_BYTES_MAX};
use gatewright_audit::record::Stream;
use gatewright_audit::verify::{Finding, Problem, Report as Sound, Scope, verify_export};
use gatewright_terms::{OrgId, hex};
use serde_json::json;

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::style::Style;

/// A checkpoint of the most organisations that a bundle may hold, one line each.
const CHECKPOINT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// More than this nobody reads in a terminal.
const SHOWN_MAX: usize = 20;

/// Verify exported audit records
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    verb: AuditVerb,
}

#[derive(Debug, Subcommand)]
enum AuditVerb {
    Verify(VerifyAudit),
}

/// Verify exported audit records against a signed checkpoint
///
/// Finds records that were changed, cut, inserted, swapped or moved between organisations, up to where the checkpoint
/// reaches. What came after the checkpoint is counted, not proved. A file with the records of one organisation is held
/// against that organisation's chain alone; a file with several must hold every chain of the checkpoint. Reads files
/// only; keep checkpoints where whoever can change the records cannot.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright audit verify audit.jsonl --checkpoint checkpoint.json\n  gatewright audit verify acme.jsonl --checkpoint checkpoint.json --org acme --key 6f0c…"
)]
struct VerifyAudit {
    /// The exported records, one a line
    file: PathBuf,
    /// A checkpoint that the runtime wrote at the time
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// The public key that must have signed the checkpoint, in hexadecimal [default: the one that it names]
    #[arg(long, value_name = "HEX", value_parser = parse_key)]
    key: Option<Key>,
    /// The file must hold this organisation's records, and no others
    #[arg(long, value_name = "ORG", value_parser = parse_org)]
    org: Option<OrgId>,
    /// The file must hold the platform's own records, and no others
    #[arg(long, conflicts_with = "org")]
    platform: bool,
    /// The file must hold every chain that the checkpoint knows
    #[arg(long, conflicts_with_all = ["org", "platform"])]
    every: bool,
}

#[derive(Debug, Clone, Copy)]
struct Key([u8; 32]);

/// In any case: people copy keys from tools that write capitals.
fn parse_key(text: &str) -> Result<Key, String> {
    let digits = text.strip_prefix("ed25519:").unwrap_or(text).to_ascii_lowercase();
    hex::array(&digits).map(Key).ok_or_else(|| "64 hexadecimal digits are wanted".into())
}

fn parse_org(text: &str) -> Result<OrgId, String> {
    OrgId::parse(text).map_err(|_| "an organisation's id has small letters, digits and hyphens".into())
}

impl Audit {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        match &self.verb {
            AuditVerb::Verify(verify) => verify.run(context),
        }
    }
}

impl VerifyAudit {
    fn run(&self, context: &Context) -> Result<Report, Failure> {
        let checkpoint = self.read_checkpoint()?;
        let trusted = self.key.map(|Key(bytes)| bytes);
        let (scope, is_inferred) = self.scope()?;
        let verify = |scope: &Scope| Ok(verify_export(self.open()?, &checkpoint, trusted.as_ref(), scope));
        let (scope, is_inferred, verdict) = match verify(&scope)? {
            // More than one chain: then it must be all of them.
            Err(findings) if is_inferred && has_other_streams(&findings) => {
                (Scope::Every, false, verify(&Scope::Every)?)
            }
            verdict => (scope, is_inferred, verdict),
        };
        match verdict {
            Ok(sound) => {
                let report = report_sound(&sound, &scope, is_inferred, &checkpoint, context)?;
                Ok(hints(&sound, &scope, is_inferred).into_iter().fold(report, Report::hint))
            }
            Err(findings) => self.report_findings(&findings, context),
        }
    }

    /// Which chains the file must hold, and whether that is only what its first record says.
    fn scope(&self) -> Result<(Scope, bool), Failure> {
        if let Some(org) = &self.org {
            return Ok((Scope::Only(Stream::Org(org.clone())), false));
        }
        if self.platform || self.every {
            return Ok((if self.every { Scope::Every } else { Scope::Only(Stream::Platform) }, false));
        }
        let mut first = String::new();
        // A first line that is no text is no record: the walk says so.
        let _ = self.open()?.take(LINE_BYTES_MAX as u64).read_line(&mut first);
        Ok(match export::read(first.trim_end()) {
            Ok((record, _)) => (Scope::Only(record.stream), true),
            Err(_) => (Scope::Every, false),
        })
    }

    fn open(&self) -> Result<BufReader<File>, Failure> {
        Ok(BufReader::new(files::open("the records", &self.file)?))
    }

    fn read_checkpoint(&self) -> Result<SignedCheckpoint, Failure> {
        let bytes = files::read("the checkpoint", &self.checkpoint, CHECKPOINT_BYTES_MAX)?;
        let refused = |why: String| Failure::trust(format!("`{}`: {why}", self.checkpoint.display()));
        let text = String::from_utf8(bytes).map_err(|_| refused("it is not text, so it is no checkpoint".into()))?;
        SignedCheckpoint::parse(&text).map_err(|malformed| refused(malformed.to_string()))
    }

    fn report_findings(&self, findings: &[Finding], context: &Context) -> Result<Report, Failure> {
        let shown = self.file.display();
        if context.wants_json() {
            let rows: Vec<_> = findings
                .iter()
                .map(|it| json!({"line": it.line, "stream": it.stream.as_ref().map(ToString::to_string), "message": it.problem.to_string()}))
                .collect();
            let value = json!({"schema": "gatewright.audit-verify/1", "sound": false, "findings": rows});
            return Ok(Report::new(context::json(&value)?, Exit::Trust));
        }
        let style = context.style();
        let mut body = String::new();
        for finding in findings.iter().take(SHOWN_MAX) {
            // Writing to a string does not fail.
            let _ = writeln!(body, "  {} {finding}", style.red("✗"));
        }
        if findings.len() > SHOWN_MAX {
            let _ = writeln!(body, "  … and {} more", findings.len() - SHOWN_MAX);
        }
        let verdict = style.red("this audit trail cannot be relied on");
        Ok(Report::new(format!("{shown}\n{body}{verdict}\n"), Exit::Trust))
    }
}

fn has_other_streams(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.problem == Problem::OtherStream)
}

/// What was taken on trust, and the flag that takes it no more.
fn hints(sound: &Sound, scope: &Scope, is_inferred: bool) -> Vec<String> {
    let mut hints = Vec::new();
    if let Some(stream) = only(scope).filter(|_| is_inferred) {
        let flag = match stream {
            Stream::Org(org) => format!("--org {org}"),
            Stream::Platform => "--platform".to_owned(),
        };
        hints.push(format!("whose records these are, the file itself says; hold it to that next time: {flag}"));
    }
    if !sound.pinned {
        let key = hex::text(&sound.key);
        hints.push(format!("the checkpoint was believed on its own word; pin its key next time: --key {key}"));
    }
    hints
}

fn report_sound(
    sound: &Sound,
    scope: &Scope,
    is_inferred: bool,
    checkpoint: &SignedCheckpoint,
    context: &Context,
) -> Result<Report, Failure> {
    if context.wants_json() {
        return Ok(Report::done(context::json(&json!({
            "schema": "gatewright.audit-verify/1", "sound": true, "findings": [],
            "checkpoint": {"at": sound.at.to_string(), "environment": checkpoint.checkpoint.environment.as_str(), "key": hex::text(&sound.key), "pinned": sound.pinned},
            "scope": only(scope).map_or_else(|| "every".to_owned(), ToString::to_string), "scope_inferred": is_inferred,
            "streams": sound.streams, "covered": sound.covered, "not_covered": sound.not_covered,
            "streams_not_covered": sound.streams_not_covered,
        }))?));
    }
    let others = checkpoint.checkpoint.heads.len().saturating_sub(sound.streams);
    Ok(Report::done(describe(sound, scope, others, context.style())))
}

/// The one chain that was asked for, where it is one.
fn only(scope: &Scope) -> Option<&Stream> {
    match scope {
        Scope::Every => None,
        Scope::Only(stream) => Some(stream),
    }
}

fn others_of(count: usize) -> String {
    if count == 1 { "1 other chain".to_owned() } else { format!("{count} other chains") }
}

fn describe(sound: &Sound, scope: &Scope, others: usize, style: Style) -> String {
    let chains = only(scope).map_or_else(|| format!("every chain ({})", sound.streams), |stream| format!("`{stream}`"));
    let mut body =
        format!("{} {chains} is whole and unchanged up to the checkpoint of {}\n", style.green("✓"), sound.at);
    let mut line = |name: &str, fact: String| {
        // Writing to a string does not fail.
        let _ = writeln!(body, "  {} {fact}", style.dim(format!("{name:<11}")));
    };
    line("covered", format!("{} records", sound.covered));
    if sound.not_covered > 0 {
        line(
            "not covered",
            format!("{} came later: they hang together, and nothing says that they are all", sound.not_covered),
        );
    }
    if sound.streams_not_covered > 0 {
        line(
            "not covered",
            format!("{} began later: the checkpoint knows nothing of them", others_of(sound.streams_not_covered)),
        );
    }
    if only(scope).is_some() && others > 0 {
        line("not here", format!("{} of the checkpoint", others_of(others)));
    }
    line("signed by", hex::text(&sound.key));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert_eq!(parse_key(&"0a".repeat(32)).unwrap().0, [10; 32]);
        assert_eq!(parse_key(&format!("ed25519:{}", "FF".repeat(32))).unwrap().0, [255; 32]);
        for bad in ["", "0a", &"0g".repeat(32), &"é".repeat(32), &"+1".repeat(32)] {
            assert!(parse_key(bad).is_err(), "{bad:?}");
        }
    }
}
