//! Worker: `gatewrightd saml-worker`, which the gate starts for itself, confines itself and ends with its input.

use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn the_program_is_its_own_worker() {
    for (input, code) in [(Stdio::null(), 0), (garbage(), 73)] {
        let mut worker = Command::new(env!("CARGO_BIN_EXE_gatewrightd"));
        worker.arg("saml-worker").env_clear().stdin(input).stderr(Stdio::null());
        let ended = worker.output().expect("it starts");
        assert_eq!(ended.stdout, b"gwsaml1\n", "it knows its known signatures and is confined");
        assert_eq!(ended.status.code(), Some(code));
    }
}

/// What is no message.
fn garbage() -> Stdio {
    let (end, mut start) = std::io::pipe().expect("a pipe");
    start.write_all(b"GET / HTTP/1.1\n").expect("it holds a line");
    end.into()
}
