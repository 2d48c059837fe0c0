//! Failure: why a command stopped, in the words for the person who typed it.
//!
//! Gives what is wrong, where, and what to do; `main` prints it and ends with its exit.

use std::fmt;
use std::io;
use std::path::Path;

use crate::exit::Exit;

/// A command that could not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// A code or slug that `gatewright explain` knows.
    pub(crate) topic: Option<String>,
    /// Small first letter, no final period.
    pub(crate) message: String,
    /// What to do, each a line of its own.
    pub(crate) help: Vec<String>,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, topic: None, message: message.into(), help: Vec::new() }
    }

    /// The command was used wrongly, or a file is not what it must be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The policy is wrong.
    pub(crate) fn policy(message: impl Into<String>) -> Self {
        Self::new(Exit::Policy, message)
    }

    /// What was read is not to be trusted.
    pub(crate) fn trust(message: impl Into<String>) -> Self {
        Self::new(Exit::Trust, message)
    }

    /// What was asked for is refused.
    pub(crate) fn gate(message: impl Into<String>) -> Self {
        Self::new(Exit::Gate, message)
    }

    /// We were about to do something wrong. [`bug::noticed`](crate::bug::noticed) writes the report.
    pub(crate) fn bug(message: impl Into<String>) -> Self {
        Self::new(Exit::Bug, message)
    }

    /// The runtime cannot be reached, or refuses.
    pub(crate) fn other_side(message: impl Into<String>) -> Self {
        Self::new(Exit::OtherSide, message)
    }

    /// A file that the system does not let us read or write. `doing` is a phrase such as `read the key`.
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::usage(format!("cannot {doing} `{}`: {}", path.display(), in_words(error)))
    }

    #[must_use]
    pub(crate) fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }

    #[must_use]
    pub(crate) fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

/// The system's reason without its number and its capital letter.
pub(crate) fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    let bare = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_reason_reads_as_part_of_a_sentence() {
        let failure = Failure::file("read the key", Path::new("a.pem"), &io::Error::from_raw_os_error(2));
        assert_eq!(failure.to_string(), "cannot read the key `a.pem`: no such file or directory");
        assert_eq!(failure.exit, Exit::Usage);
    }
}
