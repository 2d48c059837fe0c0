//! Workers: what happens to one is one refused sign-in, and what it may do is nothing.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use gate_saml::{CannotStart, Program, WorkerSettings, Workers};
use gatewright_saml::NotVerified;
use testkit::saml::{ACME, Signs};

use crate::message::{ask, assert_bad, assert_works, program, response, workers};

fn signal(id: u32, signal: &str) {
    let sent = Command::new("kill").args([signal, &id.to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn the_idle(workers: &Workers) -> u32 {
    let ids = workers.idle_process_ids();
    assert_eq!(ids.len(), 1, "{workers:?}");
    ids[0]
}

fn impatient(processes: usize) -> Workers {
    let settings =
        WorkerSettings { processes, message_time: Duration::from_millis(800), ..WorkerSettings::new(program()) };
    Workers::start(settings).expect("a worker")
}

#[test]
fn one_worker_answers_many_messages() {
    let workers = workers(1);
    let id = the_idle(&workers);
    for _ in 0..20 {
        assert_works(&workers);
        assert_bad(&ask(&workers, &response(Signs::Both), &[]), "no key");
    }
    assert_eq!(the_idle(&workers), id);
}

#[test]
fn a_worker_that_hangs_is_ended_and_replaced() {
    let workers = impatient(1);
    let id = the_idle(&workers);
    signal(id, "-STOP");
    let given = ask(&workers, &response(Signs::Both), &[&ACME]);
    assert!(matches!(&given, Err(NotVerified::Busy(text)) if text.contains("too long")), "{given:?}");
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists(), "it is gone, and was waited for");
    assert_works(&workers);
    assert_ne!(the_idle(&workers), id);
}

#[test]
fn a_worker_that_was_killed_while_idle_costs_nobody_a_sign_in() {
    let workers = workers(1);
    for _ in 0..3 {
        let id = the_idle(&workers);
        signal(id, "-KILL");
        while workers.idle_process_ids() == [id] && is_running(id) {
            std::thread::yield_now();
        }
        assert_works(&workers);
        assert_ne!(the_idle(&workers), id);
    }
}

fn is_running(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Killed over a message: that one is refused, the next one is not.
#[test]
fn a_worker_that_dies_over_a_message_is_replaced() {
    let workers = workers(1);
    let id = the_idle(&workers);
    // Stopped, it holds the message until it is killed.
    signal(id, "-STOP");
    let killer = std::thread::spawn(move || {
        while !is_read_from(id) {
            std::thread::yield_now();
        }
        signal(id, "-KILL");
    });
    let given = ask(&workers, &response(Signs::Both), &[&ACME]);
    killer.join().unwrap();
    assert!(matches!(&given, Err(NotVerified::Busy(text)) if text.contains("died")), "{given:?}");
    assert_works(&workers);
}

/// Whether it has been leased: another thread of this process is past its start, which a short rest makes sure of.
fn is_read_from(id: u32) -> bool {
    std::thread::sleep(Duration::from_millis(200));
    std::path::Path::new(&format!("/proc/{id}")).exists()
}

#[test]
fn a_hundred_messages_at_once_get_their_own_answers() {
    let workers = workers(2);
    let messages: Vec<(String, bool)> = (0..100)
        .map(|n| {
            let message = response(if n % 2 == 0 { Signs::Assertion } else { Signs::Response });
            if n % 5 == 0 { (message.replace("ada@acme.com", "eve@acme.com"), false) } else { (message, true) }
        })
        .collect();
    std::thread::scope(|scope| {
        for chunk in messages.chunks(2) {
            let workers = &workers;
            scope.spawn(move || {
                for (message, good) in chunk {
                    let given = ask(workers, message, &[&ACME]);
                    if *good {
                        let bytes = String::from_utf8(given.expect("good").bytes).unwrap();
                        let id = message.split("<saml:Assertion ").nth(1).unwrap().split("ID=\"").nth(1).unwrap();
                        assert!(bytes.contains(id.split('"').next().unwrap()), "the answer to another message");
                    } else {
                        assert_bad(&given, "changed");
                    }
                }
            });
        }
    });
    assert!(workers.idle_process_ids().len() <= 2);
}

/// The kernel says what a worker may do.
#[test]
fn a_worker_is_confined() {
    let workers = workers(1);
    assert_works(&workers);
    let id = the_idle(&workers);
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("status");
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(field("NoNewPrivs:"), "1");
    assert_eq!(field("Seccomp:"), "2", "a filter of system calls");
    assert_eq!(field("Threads:"), "1");
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).expect("limits");
    for (limit, value) in [
        ("Max address space", "536870912"),
        ("Max cpu time", "60"),
        ("Max core file size", "0"),
        ("Max file size", "0"),
        ("Max open files", "0"),
    ] {
        let line = limits.lines().find(|line| line.starts_with(limit)).unwrap_or_default();
        assert_eq!(line[limit.len()..].split_whitespace().take(2).collect::<Vec<_>>(), [value, value], "{limit}");
    }
}

/// Standard input and output are pipes, standard error leads nowhere, and nothing of ours is open or known. What is open
/// beside that was left open by whoever started this test, and the filter lets a worker use the first three alone.
#[test]
fn a_worker_holds_nothing_of_its_parent() {
    let workers = workers(1);
    let id = the_idle(&workers);
    let target = |process: &str, number: &str| {
        let link = std::fs::read_link(format!("/proc/{process}/fd/{number}")).unwrap_or_default();
        link.to_string_lossy().into_owned()
    };
    let id = id.to_string();
    // A worker is not traceable: only root may look.
    let Ok(open) = std::fs::read_dir(format!("/proc/{id}/fd")) else { return };
    assert!(target(&id, "0").starts_with("pipe:") && target(&id, "1").starts_with("pipe:"));
    assert_eq!(target(&id, "2"), "/dev/null");
    for entry in open.flatten() {
        let number = entry.file_name().to_string_lossy().into_owned();
        if !["0", "1", "2"].contains(&number.as_str()) {
            assert_eq!(target(&id, &number), target("self", &number), "open in the worker alone");
        }
    }
    assert_eq!(std::fs::read(format!("/proc/{id}/environ")).expect("environ"), b"");
}

/// Whatever is said to it that is no message ends it; its parent sees that at the next one.
#[test]
fn garbage_ends_a_worker() {
    for garbage in [&b"\xff\xff\xff\xff"[..], b"\x02\x00\x00\x00ab", b"\x01\x00\x00\x00", b"GET / HTTP/1.1\r\n\r\n"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_saml-worker"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a worker");
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), garbage).expect("written");
        let ended = child.wait_with_output().expect("ended");
        assert_eq!(ended.status.code(), Some(73), "{garbage:?}");
        assert_eq!(ended.stdout, b"gwsaml1\n", "it said nothing but that it was ready");
    }
}

#[test]
fn a_worker_ends_with_its_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saml-worker"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a worker");
    drop(child.stdin.take());
    assert_eq!(child.wait().expect("ended").code(), Some(0));
}

/// What is started may be anything.
#[test]
fn what_is_no_worker_is_not_used() {
    let start = |path: &str, arguments: &[&str]| {
        let arguments = arguments.iter().map(Into::into).collect();
        Workers::start(WorkerSettings::new(Program { path: path.into(), arguments })).err()
    };
    for (path, arguments, says) in [
        ("/nonexistent", &[][..], "cannot be started"),
        ("/bin/false", &[], "ended with 1"),
        ("/bin/sh", &["-c", "exit 70"], "wrongly"),
        ("/bin/sh", &["-c", "exit 71"], "cannot confine itself"),
        ("/bin/sh", &["-c", "exit 72"], "not confined"),
        ("/bin/sh", &["-c", "kill -9 $$"], "killed"),
        ("/bin/sh", &["-c", "echo 12345678; cat"], "another version"),
    ] {
        let given = start(path, arguments);
        assert!(matches!(&given, Some(CannotStart(text)) if text.contains(says)), "{says}: {given:?}");
    }
}

/// A worker that answers with anything but one whole reply is ended, and the message is refused.
#[test]
fn a_worker_that_speaks_out_of_turn_is_not_believed() {
    let hello = "printf 'gwsaml1\\n'; ";
    for (speech, says) in [
        ("head -c 100 >/dev/null; printf '\\377\\377\\377\\377'; cat >/dev/null", "not asked"),
        ("head -c 100 >/dev/null; printf '\\2\\0\\0\\0\\11x'; cat >/dev/null", "not asked"),
        ("head -c 100 >/dev/null; printf '\\0\\0\\0\\0'; cat >/dev/null", "not asked"),
        ("head -c 100 >/dev/null; printf '\\1\\0\\0\\0\\0more'; cat >/dev/null", "not asked"),
        ("head -c 100 >/dev/null; printf '\\5\\0\\0\\0\\0ab'", "died"),
        ("head -c 100 >/dev/null; printf '\\5\\0\\0'; cat >/dev/null", "too long"),
        ("head -c 100 >/dev/null; exit 0", "died"),
    ] {
        let script = format!("{hello}{speech}");
        let program = Program { path: "/bin/sh".into(), arguments: vec!["-c".into(), script.into()] };
        let settings =
            WorkerSettings { processes: 1, message_time: Duration::from_millis(800), ..WorkerSettings::new(program) };
        let workers = Workers::start(settings).expect("it says that it is ready");
        let given = ask(&workers, &response(Signs::Both), &[&ACME]);
        assert!(matches!(&given, Err(NotVerified::Busy(text)) if text.contains(says)), "{speech}: {given:?}");
    }
}

/// Where every worker is at work, a message waits its time and is refused.
#[test]
fn waiting_has_an_end() {
    let workers = impatient(2);
    let mut seen = BTreeSet::new();
    std::thread::scope(|scope| {
        // Both workers are started, then both are stopped.
        let first = [(); 2].map(|()| scope.spawn(|| assert_works(&workers)));
        for one in first {
            one.join().unwrap();
        }
        for id in workers.idle_process_ids() {
            signal(id, "-STOP");
        }
        let all = [(); 6].map(|()| scope.spawn(|| ask(&workers, &response(Signs::Both), &[&ACME])));
        for one in all {
            match one.join().unwrap() {
                Err(NotVerified::Busy(text)) => drop(seen.insert(text)),
                Ok(_) => drop(seen.insert("answered".to_owned())),
                other => panic!("{other:?}"),
            }
        }
    });
    assert!(seen.iter().any(|text| text.contains("too long")), "{seen:?}");
    assert_works(&workers);
}
