//! Support: a folder of its own for each test, and the program run in it with nothing of the outer environment.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {}{}", self.stdout, self.stderr))
    }

    /// Both streams and the exit, for snapshots.
    pub(crate) fn whole(&self) -> String {
        format!("exit {}\n── stdout\n{}── stderr\n{}", self.exit, self.stdout, self.stderr)
    }

    /// The run ended in this exit; says what it said otherwise.
    #[track_caller]
    pub(crate) fn exits(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{}", self.whole());
        self
    }
}

/// A folder that goes away with the test.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the workspace that `init` writes, in `policies`.
    pub(crate) fn with_workspace() -> Self {
        let place = Self::new();
        place.run(&["init", "policies"]).exits(0);
        place
    }

    /// With a key, a trust file, a compiled and a signed bundle.
    pub(crate) fn with_bundle() -> Self {
        let place = Self::with_workspace();
        place.run(&["keygen", "--out", "ada.key", "--trust", "trust"]).exits(0);
        place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "b"]).exits(0);
        place.run(&["sign", "b", "--key", "ada.key", "--sequence", "7", "--out", "signed"]).exits(0);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Puts `to` for `from` in a file; the file must hold it.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} holds no {from:?}");
        fs::write(self.path(name), text.replace(from, to)).unwrap();
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        command(self.folder.path(), arguments)
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        ran(self.command(arguments))
    }
}

/// The program, with an empty environment.
pub(crate) fn command<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
