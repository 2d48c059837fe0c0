//! Start: how long the command line takes to say its version, beside a program that does nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::figure::Figure;
use crate::measure::{median, time};

const STARTS: usize = 50;
const LIMIT_MS: f64 = 10.0;

pub(crate) fn figure() -> Result<Figure, String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = me.parent().ok_or("no folder")?.join("gatewright");
    let (mut ours, mut nothing) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(milliseconds(&program)?);
        nothing.push(milliseconds(Path::new("/bin/true"))?);
    }
    let (ours, nothing) = (median(&mut ours), median(&mut nothing));
    Ok(Figure {
        what: "start of the command line (`gatewright --version`)",
        ours: format!("{ours:.1} ms"),
        beside: format!("`true`: {nothing:.1} ms"),
        ratio: format!("{:.2}×", ours / nothing),
        promise: "≤ 10 ms",
        kept: ours <= LIMIT_MS,
    })
}

fn milliseconds(program: &Path) -> Result<f64, String> {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    let mut failed = None;
    let took = time(|| failed = command.status().err());
    failed.map_or(Ok(took.as_secs_f64() * 1e3), |error| Err(format!("{}: {error}", program.display())))
}
