//! Quiet: what refusing a message does not do. It opens no socket, reads no file and calls no C.
//!
//! Each test runs itself again as a process of its own, in which the thread that refuses may make no system call but those
//! for memory; any other ends the process.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::sync::Mutex;

use gatewright_saml::screen::Screened;
use gatewright_saml::{Canonical, NotVerified, Trusted, Verifier};
use gatewright_tests::cargo;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

use super::message::Base;
use super::variant::{StoppedBy, Variant};
use super::world::{Setting, deliver_to};

/// Which of the bodies below a process is to run.
const BODY: &str = "GATEWRIGHT_ATTACK_BODY";

/// What memory, threads and the end of a process need.
const ALLOWED: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_futex,
    // Seeds of hash tables.
    libc::SYS_getrandom,
    libc::SYS_sched_yield,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// From here on this thread may do nothing else.
fn be_quiet() {
    let rules: BTreeMap<i64, _> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    let arch = std::env::consts::ARCH.try_into().expect("an architecture with filters");
    let filter = SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, arch).expect("a filter");
    let program: BpfProgram = filter.try_into().expect("a program");
    seccompiler::apply_filter(&program).expect("a kernel with filters");
}

/// Runs `body` of this file as a process of its own.
fn run(body: &str) -> ExitStatus {
    let own = std::env::current_exe().expect("this program");
    let mut command = Command::new(own);
    command.args(["--exact", "saml::quiet::a_body_in_a_process_of_its_own", "--nocapture"]).env(BODY, body);
    command.status().expect("runs")
}

/// Only what [`run`] starts does anything here.
#[test]
fn a_body_in_a_process_of_its_own() {
    let body = std::env::var_os(BODY);
    match body.as_deref().and_then(OsStr::to_str) {
        None => {}
        Some("screen") => refuse_by_the_screen(),
        Some("checks") => refuse_by_the_checks(),
        Some("file") => {
            be_quiet();
            drop(std::fs::File::open("/etc/hostname"));
            std::process::exit(0);
        }
        Some("socket") => {
            be_quiet();
            drop(std::net::TcpListener::bind("127.0.0.1:0"));
            std::process::exit(0);
        }
        Some(other) => panic!("no body {other}"),
    }
}

/// The filter does what the other tests rely on.
#[test]
fn a_file_or_a_socket_ends_the_process() {
    for body in ["file", "socket"] {
        assert_eq!(run(body).signal(), Some(libc::SIGSYS), "{body}");
    }
}

/// ST-SAML-03, ST-SAML-08, ST-SAML-22: what the screen refuses, it refuses by itself.
#[test]
fn the_screen_refuses_without_file_socket_or_c() {
    assert!(run("screen").success());
}

/// ST-SAML-01, ST-SAML-13: and so do the checks, with what the verifier gave.
#[test]
fn the_checks_refuse_without_file_socket_or_c() {
    assert!(run("checks").success());
}

/// Asked for nothing.
pub(super) struct Nobody;

impl Verifier for Nobody {
    fn verify(&self, _: &Screened<'_>, _: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        panic!("the screen has refused");
    }
}

/// The end of a body, told by the process's own end: printing is a system call.
fn end(good: bool) -> ! {
    std::process::exit(i32::from(!good));
}

fn refuse_by_the_screen() {
    let variants = variants(StoppedBy::Screen, Base::ALL);
    assert!(variants.len() > 300, "{}", variants.len());
    be_quiet();
    end(variants.iter().all(|(form, variant)| refused(form, variant, &Nobody)));
}

fn refuse_by_the_checks() {
    let variants = variants(StoppedBy::Checks, Base::PLAIN);
    assert!(variants.len() > 300, "{}", variants.len());
    let played: Vec<Played> = variants.iter().map(|(form, variant)| Played::record(form, &variant.bad.1)).collect();
    be_quiet();
    let mut all = variants.iter().zip(&played);
    end(all.all(|((form, variant), played)| refused(form, variant, played)));
}

/// The form values are made before: signing reads.
fn variants(stopped_by: StoppedBy, bases: &[Base]) -> Vec<(Vec<u8>, Variant)> {
    let all = super::all().into_iter();
    all.filter(|variant| {
        variant.stopped_by == stopped_by && bases.contains(&variant.base) && variant.bad.0.answer.encryption.is_none()
    })
    .map(|variant| (variant.bad.0.form_value(), variant))
    .collect()
}

fn refused(form: &[u8], variant: &Variant, verifier: &dyn Verifier) -> bool {
    let outcome = deliver_to(form, &variant.bad.1.expected(), verifier, None);
    outcome.result.is_err_and(|refused| refused.refusal == variant.refusal && refused.reason == variant.reason)
}

/// What the real verifier answered, played again.
#[derive(Default)]
struct Played {
    answer: Mutex<Option<Result<Canonical, NotVerified>>>,
}

impl Played {
    fn record(form: &[u8], setting: &Setting) -> Self {
        let played = Self::default();
        deliver_to(form, &setting.expected(), &Recorder(&played), None);
        played
    }
}

struct Recorder<'r>(&'r Played);

impl Verifier for Recorder<'_> {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        let answer = gate_saml::Samael.verify(screened, trusted);
        *self.0.answer.lock().unwrap() = Some(answer.clone());
        answer
    }
}

impl Verifier for Played {
    fn verify(&self, _: &Screened<'_>, _: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        self.answer.lock().unwrap().clone().expect("recorded")
    }
}

/// The screen and the checks are linked with nothing that is not Rust.
#[test]
fn the_screen_is_linked_with_no_c() {
    let tree =
        cargo(&["tree", "-p", "gatewright-saml", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let tree = tree.expect("cargo tree");
    let mut linked = tree.lines().filter_map(|line| line.split_whitespace().next());
    let c = linked.find(|name| ["cc", "cmake", "bindgen", "pkg-config"].contains(name) || name.ends_with("-sys"));
    assert_eq!(c, None, "{tree}");
}
