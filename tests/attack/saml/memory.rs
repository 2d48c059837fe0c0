//! Memory: what refusing a bomb costs.
//!
//! Each bomb is refused in a process of its own, which has freed nothing before and so can hide nothing in what it has.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use gatewright_saml::FORM_VALUE_BYTES_MAX;
use testkit::saml::form_value;

use super::bombs::largest;
use super::message::Base;
use super::quiet::Nobody;
use super::variant::StoppedBy;
use super::world::{Outcome, Setting, deliver_to};

/// Where the form value lies, in a process that is to refuse one.
const FORM: &str = "GATEWRIGHT_ATTACK_FORM";

/// Bytes that are spent for each byte of what is looked at.
const FACTOR: usize = 4;
/// The code itself, and what the allocator takes at once.
const CONSTANT: usize = 1 << 20;

/// A bomb is refused in a small multiple of its own size, and one that is too large to look at in nothing.
#[test]
fn st_saml_22_bombs_are_refused_in_a_small_multiple_of_their_size() {
    let place = tempfile::tempdir().expect("a place");
    let file = place.path().join("form");
    let faults: Vec<String> = bombs().into_iter().filter_map(|(name, form)| fault(&name, &form, &file)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Those of the corpus that the screen stops, and the largest of each family.
fn bombs() -> Vec<(String, Vec<u8>)> {
    let variants = super::variants("bombs").into_iter();
    let screened = variants.filter(|one| one.stopped_by == StoppedBy::Screen && one.base == Base::Assertion);
    let mut all: Vec<_> = screened.map(|one| (one.path(), one.bad.0.form_value())).collect();
    assert!(all.len() > 10, "{}", all.len());
    all.extend(largest().into_iter().map(|(name, text)| (name.to_owned(), form_value(text).into_bytes())));
    all
}

fn fault(name: &str, form: &[u8], file: &Path) -> Option<String> {
    std::fs::write(file, form).expect("writable");
    let most = CONSTANT + if form.len() > FORM_VALUE_BYTES_MAX { 0 } else { FACTOR * form.len() };
    let grown = grown_by_refusing(file);
    (grown > most).then(|| format!("{name}: {grown} bytes for {}", form.len()))
}

/// In a process of its own.
fn grown_by_refusing(file: &Path) -> usize {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "saml::memory::a_body_in_a_process_of_its_own", "--nocapture"]).env(FORM, file);
    let output = command.output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).expect("text");
    let line = told.lines().find_map(|line| line.strip_prefix(GROWN)).expect("the line");
    line.parse().expect("a number")
}

/// Before the number that a process tells.
const GROWN: &str = "grown by ";

/// Only what [`grown_by_refusing`] starts does anything here.
#[test]
fn a_body_in_a_process_of_its_own() {
    let Some(file) = std::env::var_os(FORM) else { return };
    let grown = measure(&file);
    println!("\n{GROWN}{grown}");
}

fn measure(file: &OsStr) -> usize {
    let form = std::fs::read(file).expect("the form value");
    let setting = Setting::default();
    // The code is read from the file of the program once.
    assert!(refuse(&setting, form_value("<d/>").as_bytes()).result.is_err());
    // The kernel's own high-water mark, set anew.
    std::fs::write("/proc/self/clear_refs", "5").expect("a kernel that forgets its mark");
    let before = resident("VmRSS");
    assert!(refuse(&setting, &form).result.is_err());
    resident("VmHWM").saturating_sub(before)
}

fn refuse(setting: &Setting, form: &[u8]) -> Outcome {
    deliver_to(form, &setting.expected(), &Nobody, None)
}

/// In bytes.
fn resident(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status");
    let line = status.lines().find_map(|found| found.strip_prefix(line)).expect("the line");
    let kibibytes: String = line.chars().filter(char::is_ascii_digit).collect();
    kibibytes.parse::<usize>().expect("a number") * 1024
}
