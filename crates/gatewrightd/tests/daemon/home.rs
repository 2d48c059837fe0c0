//! Home: a folder with everything that a start needs, and the running process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gatewright_bundle::program::Program;
use gatewright_terms::Timestamp;
use tempfile::TempDir;

use crate::policy::{bundle, program, slug, trust};

pub(crate) struct Home {
    pub(crate) dir: TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn gatewrightd() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewrightd"));
    command.env_clear();
    command
}

pub(crate) fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

/// The environment `dev` on loopback.
pub(crate) fn dev() -> Program {
    let mut program = program("http://127.0.0.1:1", "http://127.0.0.1:2");
    program.environment.name = slug("dev");
    program.environment.base_url = "http://127.0.0.1:8080".into();
    program
}

impl Home {
    /// Keys, trust, and bundle 1 of `dev`.
    pub(crate) fn new() -> Self {
        let home = Self { dir: tempfile::tempdir().unwrap() };
        let made = home.command(&["keys", "init", home.path("secrets").to_str().unwrap()]);
        assert_eq!(made.code, 0, "{made:?}");
        std::fs::write(home.path("trust"), trust().to_text()).unwrap();
        home.offer(&dev(), 1, None);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a bundle in place, as a deployment does: beside, then by a rename.
    pub(crate) fn offer(&self, program: &Program, sequence: u64, expires: Option<Timestamp>) {
        self.offer_bytes(&bundle(program, sequence, expires));
    }

    pub(crate) fn offer_bytes(&self, bytes: &[u8]) {
        std::fs::write(self.path("bundle.new"), bytes).unwrap();
        std::fs::rename(self.path("bundle.new"), self.path("bundle")).unwrap();
    }

    /// Runs it to its end; one that still runs after twenty seconds is ended, and its exit code is 124.
    pub(crate) fn command(&self, arguments: &[&str]) -> Ended {
        let program = env!("CARGO_BIN_EXE_gatewrightd");
        let mut command = Command::new("timeout");
        command.args(["--signal=TERM", "20", program]).args(arguments).env_clear().env("PATH", "/usr/bin:/bin");
        ended(&command.current_dir(self.dir.path()).output().unwrap())
    }

    pub(crate) fn flags(&self) -> Vec<String> {
        let path = |name: &str| self.path(name).to_str().unwrap().to_owned();
        [
            ("--environment", "dev".to_owned()),
            ("--bundle", path("bundle")),
            ("--trust", path("trust")),
            ("--store", format!("sqlite:{}", path("gate.db"))),
            ("--secrets", path("secrets")),
            ("--listen", "127.0.0.1:0".to_owned()),
            ("--admin-listen", "127.0.0.1:0".to_owned()),
        ]
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect()
    }

    /// Starts, and expects it to end by itself.
    pub(crate) fn start_fails(&self, change: &[(&str, &str)]) -> Ended {
        let flags = self.changed(change);
        self.command(&flags.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The flags with some others in their place.
    fn changed(&self, change: &[(&str, &str)]) -> Vec<String> {
        let mut flags = self.flags();
        for (flag, value) in change {
            match flags.iter().position(|has| has == flag) {
                Some(at) => (*value).clone_into(&mut flags[at + 1]),
                None => flags.extend([(*flag).to_owned(), (*value).to_owned()]),
            }
        }
        flags
    }

    /// `check-config` with some other flags.
    pub(crate) fn check_config(&self, change: &[(&str, &str)]) -> Ended {
        let flags = self.changed(change);
        let words = flags.iter().map(String::as_str);
        self.command(&["check-config"].into_iter().chain(words).collect::<Vec<_>>())
    }

    pub(crate) fn start(&self) -> Running {
        self.start_with(&[])
    }

    /// Starts with some other flags.
    pub(crate) fn start_changed(&self, change: &[(&str, &str)]) -> Running {
        self.start_by(self.changed(change))
    }

    /// Starts, and does not wait.
    pub(crate) fn start_unready(&self, change: &[(&str, &str)]) -> Child {
        let mut command = gatewrightd();
        command.args(self.changed(change)).current_dir(self.dir.path()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// Starts on the bundles of a directory.
    pub(crate) fn start_in(&self, dir: &Path) -> Running {
        self.start_changed(&[("--bundle", dir.to_str().unwrap())])
    }

    pub(crate) fn start_with(&self, more: &[&str]) -> Running {
        let more = more.iter().map(|flag| (*flag).to_owned());
        self.start_by(self.flags().into_iter().chain(more).collect())
    }

    fn start_by(&self, flags: Vec<String>) -> Running {
        let mut command = gatewrightd();
        command.args(flags).current_dir(self.dir.path()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut ready = String::new();
        while !ready.starts_with("ready ") {
            log.lock().unwrap().push_str(&std::mem::take(&mut ready));
            assert_ne!(err.read_line(&mut ready).unwrap(), 0, "it ended: {}", log.lock().unwrap());
        }
        let lines = log.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            while err.read_line(&mut line).is_ok_and(|read| read > 0) {
                lines.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        let token = self.token(&format!("t{}", std::process::id()));
        Running { child, ready: ready.trim_end().to_owned(), log, token }
    }

    /// A token with every scope that the tests need; made once.
    fn token(&self, name: &str) -> String {
        let kept = self.path("token");
        if !kept.exists() {
            let store = format!("sqlite:{}", self.path("gate.db").display());
            let made =
                self.command(&["token", "create", name, "--scope", "read", "members", "deploy", "--store", &store]);
            assert_eq!(made.code, 0, "{made:?}");
            std::fs::write(&kept, made.out.lines().last().unwrap()).unwrap();
        }
        std::fs::read_to_string(kept).unwrap()
    }
}

/// A process that is ready. Killed where a test ends without ending it.
pub(crate) struct Running {
    child: Child,
    pub(crate) ready: String,
    pub(crate) log: Arc<Mutex<String>>,
    token: String,
}

impl Running {
    pub(crate) fn field(&self, name: &str) -> String {
        let fields = self.ready.split(' ').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
        fields.unwrap_or_else(|| panic!("no {name} in {}", self.ready)).to_owned()
    }

    pub(crate) fn public(&self, path: &str) -> (u16, String) {
        get(&self.field("public"), path, "127.0.0.1:8080", "")
    }

    pub(crate) fn admin(&self, path: &str) -> (u16, String) {
        get(&self.field("admin"), path, "127.0.0.1:8081", &self.bearer())
    }

    pub(crate) fn admin_bytes(&self, path: &str) -> (u16, Vec<u8>) {
        ask(&self.field("admin"), &format!("GET {path}"), "127.0.0.1:8081", &self.bearer(), b"")
    }

    /// `PUT /v1/bundle` with this header line more, or none.
    pub(crate) fn push(&self, bundle: &[u8], more: &str) -> (u16, serde_json::Value) {
        let headers = format!("{}{more}Content-Length: {}\r\n", self.bearer(), bundle.len());
        let (status, body) = ask(&self.field("admin"), "PUT /v1/bundle", "127.0.0.1:8081", &headers, bundle);
        (status, serde_json::from_slice(&body).unwrap())
    }

    fn bearer(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.token)
    }

    /// `GET /v1/bundle` once `good` holds, within ten seconds.
    pub(crate) fn status_when(&self, what: &str, good: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let mut last = serde_json::Value::Null;
        self.until(what, || {
            last = serde_json::from_str(&self.admin("/v1/bundle").1).unwrap();
            good(&last)
        });
        last
    }

    #[expect(clippy::disallowed_methods, reason = "a test waits for a process")]
    pub(crate) fn until(&self, what: &str, mut good: impl FnMut() -> bool) {
        let began = Instant::now();
        while !good() {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "not within ten seconds: {what}\n{}",
                self.log.lock().unwrap()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it by a signal; gives the exit code.
    pub(crate) fn end(mut self, signal: &str) -> (i32, String) {
        self.signal(signal);
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        // The reader of standard error has the last line in a moment.
        std::thread::sleep(Duration::from_millis(100));
        let log = self.log.lock().unwrap().clone();
        (code, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: &str, path: &str, host: &str, headers: &str) -> (u16, String) {
    let (status, body) = ask(address, &format!("GET {path}"), host, headers, b"");
    (status, String::from_utf8(body).unwrap())
}

fn ask(address: &str, line: &str, host: &str, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), answer[end + 4..].to_vec())
}

pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
