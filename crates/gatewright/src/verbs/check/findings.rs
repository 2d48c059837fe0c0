//! Findings: the diagnostics of a compilation with their effective severity, worst first, and what they end in.

use wright::Outcome;
use wright_syntax::diagnostic::{Diagnostic, Severity};

use crate::exit::Exit;

/// What `--deny` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    Warnings,
    Code(u16),
}

/// `W`, or a code of four digits with or without `GW`.
pub(crate) fn parse_denied(text: &str) -> Result<Denied, String> {
    if text.eq_ignore_ascii_case("w") {
        return Ok(Denied::Warnings);
    }
    let upper = text.to_ascii_uppercase();
    let digits = upper.strip_prefix("GW").unwrap_or(&upper);
    let number = (digits.len() == 4).then(|| digits.parse().ok()).flatten();
    let known = number.filter(|number| wright::codes().iter().any(|code| code.number == *number));
    known.map(Denied::Code).ok_or_else(|| "write W for every warning, or a code such as GW0108".into())
}

/// Worst first; within a severity in the order of places.
pub(crate) struct Findings {
    pub(crate) all: Vec<Diagnostic>,
}

impl Findings {
    pub(crate) fn new(outcome: &Outcome, denied: &[Denied]) -> Self {
        Self::of(outcome.diagnostics.clone(), denied)
    }

    pub(crate) fn of(mut all: Vec<Diagnostic>, denied: &[Denied]) -> Self {
        for found in &mut all {
            let is_denied = denied.iter().any(|denied| match denied {
                Denied::Warnings => found.code.severity == Severity::Warn,
                Denied::Code(number) => found.code.number == *number && found.code.severity > Severity::Deny,
            });
            if is_denied {
                found.code.severity = Severity::Deny;
            }
        }
        // Stable: places stay in order. Errors and denied lints weigh the same.
        all.sort_by_key(|found| match found.code.severity {
            Severity::Error | Severity::Deny => 0,
            Severity::Warn => 1,
            Severity::Info => 2,
        });
        Self { all }
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|found| found.code.severity == severity).count()
    }

    /// Organisations with a finding.
    pub(crate) fn orgs(&self) -> usize {
        let mut orgs: Vec<_> = self.all.iter().filter_map(|found| found.org.as_deref()).collect();
        orgs.sort_unstable();
        orgs.dedup();
        orgs.len()
    }

    pub(crate) fn exit(&self) -> Exit {
        Exit::of_all(self.all.iter().map(|found| match found.code.severity {
            Severity::Error | Severity::Deny => Exit::Policy,
            Severity::Warn | Severity::Info => Exit::Done,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_codes_can_be_denied() {
        assert_eq!(parse_denied("W"), Ok(Denied::Warnings));
        assert_eq!(parse_denied("gw1411"), Ok(Denied::Code(1411)));
        for bad in ["", "E", "GW", "GW9999", "14110", "GW 141"] {
            assert!(parse_denied(bad).is_err(), "{bad:?}");
        }
    }
}
