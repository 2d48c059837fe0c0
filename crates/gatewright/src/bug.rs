//! Bug: what happens when we panic, or notice a mistake of our own: a report on disk, one sentence on stderr, exit 70.
//!
//! Invariant: the report holds no argument, no file content and no environment: it can be sent to a stranger.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::PathBuf;

use crate::exit::Exit;
use crate::failure::Failure;

/// Puts our hook in place of the default one.
pub(crate) fn report_panics() {
    panic::set_hook(Box::new(|panic| {
        let report = describe(&described(panic));
        let (place, written) = write(&report);
        let mut err = io::stderr().lock();
        // stderr may be gone; the exit still tells.
        let _ = match written {
            Ok(()) => writeln!(
                err,
                "error: this is a bug in gatewright, not in your policy\n  help: a report was written to `{}`; please send it to us",
                place.display()
            ),
            Err(_) => writeln!(err, "error: this is a bug in gatewright, not in your policy\n{report}"),
        };
    }));
}

/// A mistake of ours that we noticed before it did harm. `what` holds no word of an author.
pub(crate) fn noticed(what: &str) -> Failure {
    let report = describe(what);
    let failure = Failure::bug(format!("this is a bug in gatewright, not in your policy: {what}"));
    match write(&report) {
        (place, Ok(())) => failure.help(format!("a report was written to `{}`; please send it to us", place.display())),
        (_, Err(_)) => report.lines().fold(failure, Failure::help),
    }
}

fn write(report: &str) -> (PathBuf, Result<(), Failure>) {
    let place = std::env::temp_dir().join(format!("gatewright-bug-{}.txt", std::process::id()));
    let written = crate::files::create_secret("the report", &place, report.as_bytes());
    (place, written)
}

fn described(panic: &PanicHookInfo<'_>) -> String {
    format!("panicked at {}", panic.location().map(ToString::to_string).unwrap_or_default())
}

fn describe(what: &str) -> String {
    format!(
        "gatewright {}\n{} {}\n{what}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        std::backtrace::Backtrace::force_capture()
    )
}

/// Runs the command; a panic becomes exit 70.
pub(crate) fn guarded(command: impl FnOnce() -> Exit) -> Exit {
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or(Exit::Bug)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The child of the test below: a process of its own, since a hook is the process's.
    #[test]
    #[ignore = "run by its parent, in a folder of its own"]
    fn child_that_panics() {
        report_panics();
        assert_eq!(guarded(|| panic!("a secret of the author")), Exit::Bug);
    }

    #[test]
    fn a_panic_leaves_a_report_without_the_authors_words() {
        let folder = tempfile::tempdir().unwrap();
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "bug::tests::child_that_panics", "--nocapture"])
            .env("TMPDIR", folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(child.stderr).unwrap();
        assert!(child.status.success() && said.contains("this is a bug in gatewright"), "{said}");
        let reports: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        let [report] = &reports[..] else { panic!("one report, not {reports:?}") };
        assert!(said.contains(&report.display().to_string()), "{said}");
        let text = std::fs::read_to_string(report).unwrap();
        assert!(
            text.contains("panicked at") && !text.contains("a secret") && !said.contains("a secret"),
            "{text}{said}"
        );
    }

    #[test]
    fn a_panic_becomes_exit_70() {
        assert_eq!(guarded(|| panic!("for the test")).number(), 70);
        assert_eq!(guarded(|| Exit::Trust), Exit::Trust);
    }
}
