//! Json: results as `gatewright.test/1`.

use serde_json::{Value, json};
use wright::Outcome;
use wright::trial::{Coverage, Kind, Trial, Verdict, Witness};

use super::Results;
use crate::context;
use crate::failure::Failure;
use crate::located::Places;
use crate::verbs::check;

pub(super) fn report(results: &Results, outcome: &Outcome) -> Result<String, Failure> {
    let mut places = Places::new(outcome.workspace.sources());
    let rows: Vec<Value> = results.trials.iter().map(|trial| row(trial, &mut places)).collect();
    context::json(&json!({
        "schema": "gatewright.test/1",
        "tool": {"name": "gatewright", "version": env!("CARGO_PKG_VERSION")},
        "summary": {
            "passed": results.count(|verdict| *verdict == Verdict::Passed),
            "failed": results.count(|verdict| matches!(verdict, Verdict::Failed { .. })),
            "vacuous": results.count(|verdict| matches!(verdict, Verdict::Vacuous(_))),
            "environments": outcome.environments.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
        "results": rows,
        "coverage": results.coverage.as_ref().map(|all| all.iter().map(covered).collect::<Vec<_>>()),
        "diagnostics": check::rows(outcome.workspace.sources(), &results.findings()),
    }))
}

fn row(trial: &Trial, places: &mut Places<'_>) -> Value {
    let at = places.range(trial.place.at);
    let (verdict, witness) = match &trial.verdict {
        Verdict::Passed => ("passed", None),
        Verdict::Vacuous(_) => ("vacuous", None),
        Verdict::Failed { witness, .. } => ("failed", witness.as_ref().map(self::witness)),
    };
    json!({
        "kind": match trial.kind { Kind::Case => "case", Kind::Law => "law" },
        "suite": trial.suite.as_deref(),
        "org": trial.org.as_ref().map(gatewright_terms::OrgId::as_str),
        "title": &*trial.title,
        "file": at.file,
        "line": at.start.line,
        "verdict": verdict,
        "code": trial.findings().first().map(|found| format!("GW{:04}", found.code.number)),
        "witness": witness,
    })
}

fn witness(witness: &Witness) -> Value {
    let more = [
        ("bound_owner", json!(witness.bound_owner)),
        ("breaks", json!(witness.holds)),
        ("lines", json!(witness.lines)),
    ];
    crate::witness::json(&witness.org, &witness.identity, more)
}

fn covered(of_org: &Coverage) -> Value {
    let untested = of_org.lines.iter().filter(|line| !line.covered).map(|line| &line.path);
    json!({
        "org": of_org.org.as_str(),
        "lines": of_org.lines.len(),
        "covered": of_org.lines.iter().filter(|line| line.covered).count(),
        "untested": untested.collect::<Vec<_>>(),
    })
}
