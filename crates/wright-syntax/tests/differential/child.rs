//! Child: the oracle in a process of its own, started anew whenever a text has killed it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::oracle::{Verdict, judge};

/// Tells the child's answers from what the test harness prints.
const MARK: &str = "\u{1}oracle ";

pub(crate) struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["oracle_child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("RUST_MIN_STACK", (16 * 1024 * 1024).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    pub(crate) fn ask(&mut self, text: &str) -> Verdict {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        let sent = self.input.write_all(&length).and_then(|()| self.input.write_all(text.as_bytes()));
        let answer = sent.ok().and_then(|()| self.input.flush().ok()).and_then(|()| self.answer());
        answer.unwrap_or_else(|| {
            *self = Self::start();
            Verdict::Aborted
        })
    }

    fn answer(&mut self) -> Option<Verdict> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some((_, answer)) = line.split_once(MARK) {
                return Some(Verdict::from_line(answer.trim_end()));
            }
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// In the child: answers until the parent goes.
pub(crate) fn serve() {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout());
    let mut length = [0; 4];
    while input.read_exact(&mut length).is_ok() {
        let mut text = vec![0; u32::from_le_bytes(length) as usize];
        if input.read_exact(&mut text).is_err() {
            return;
        }
        let line = judge(std::str::from_utf8(&text).unwrap()).to_line();
        writeln!(output, "{MARK}{line}").and_then(|()| output.flush()).unwrap();
    }
}
