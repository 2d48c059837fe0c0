//! Git: a workspace as one revision of its repository has it, read without a checkout.
//!
//! Invariant: nothing in the working tree is touched or read, and no hook, filter or pager of the repository runs: only the
//! plumbing that prints objects is asked, and it fetches none that a partial clone lacks.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use wright::{Found, Unreadable, World};
use wright_policy::{FILE_BYTES_MAX, Oddity};

use crate::failure::Failure;
use crate::style::plain;

/// A commit, and what it has below the workspace's folder. No file was read yet.
pub(crate) struct Commit {
    pub(crate) id: String,
    git: Git,
    entries: Vec<Entry>,
}

/// Files of a commit.
pub(crate) struct GitWorld {
    files: BTreeMap<String, Blob>,
}

enum Blob {
    Bytes(Vec<u8>),
    Odd(Oddity),
}

impl Commit {
    /// Whether the name is a revision of the repository that the workspace lies in.
    pub(crate) fn knows(workspace: &Path, revision: &str) -> bool {
        Git { folder: workspace.to_path_buf() }.commit(revision).is_ok()
    }

    /// Whether the repository that the workspace lies in has no commit at all.
    pub(crate) fn are_none(workspace: &Path) -> bool {
        let git = Git { folder: workspace.to_path_buf() };
        git.run(&["rev-list", "--max-count=1", "--all"])
            .is_ok_and(|said| said.status.success() && said.stdout.is_empty())
    }

    pub(crate) fn read(workspace: &Path, revision: &str) -> Result<Self, Failure> {
        let git = Git { folder: workspace.to_path_buf() };
        let id = git.commit(revision)?;
        let prefix = git.line(&["rev-parse", "--show-prefix"], "find the workspace in its repository")?;
        let listed = git.output(&["ls-tree", "-r", "-z", "--full-tree", &id, "--", &prefix_or_all(&prefix)])?;
        Ok(Self { id, git, entries: entries(&listed, &prefix) })
    }

    /// Each path with the name of its object; `None`: it is no regular file.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.entries.iter().map(|entry| (&*entry.path, entry.oddity.is_none().then_some(&*entry.object)))
    }

    /// Reads every file that is kept.
    pub(crate) fn world(&self, keeps: impl Fn(&str) -> bool) -> Result<GitWorld, Failure> {
        let kept: Vec<&Entry> = self.entries.iter().filter(|entry| keeps(&entry.path)).collect();
        let mut files = self.git.blobs(&kept)?;
        files.extend(kept.into_iter().filter_map(|entry| Some((entry.path.clone(), Blob::Odd(entry.oddity?)))));
        Ok(GitWorld { files })
    }
}

impl GitWorld {
    /// Every regular file; the beginning of one that is too long.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().filter_map(|(path, blob)| match blob {
            Blob::Bytes(bytes) => Some((&**path, &**bytes)),
            Blob::Odd(_) => None,
        })
    }
}

impl World for GitWorld {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        let is_here =
            |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let found = |(path, blob): (&String, &Blob)| Found {
            path: path.clone(),
            oddity: match blob {
                Blob::Bytes(_) => None,
                Blob::Odd(oddity) => Some(*oddity),
            },
        };
        Ok(self.files.iter().filter(|(path, _)| is_here(path)).map(found).collect())
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        match self.files.get(path) {
            Some(Blob::Bytes(bytes)) => Ok(bytes.iter().copied().take(limit.saturating_add(1)).collect()),
            Some(Blob::Odd(_)) => {
                Err(Unreadable { path: path.into(), absent: false, reason: "it is no regular file".into() })
            }
            None => Err(Unreadable { path: path.into(), absent: true, reason: "no such file".into() }),
        }
    }
}

/// A file of a tree.
struct Entry {
    object: String,
    /// Relative to the workspace.
    path: String,
    oddity: Option<Oddity>,
}

/// `MODE SP TYPE SP OBJECT TAB PATH NUL`, as `git ls-tree -z` prints.
fn entries(listed: &[u8], prefix: &str) -> Vec<Entry> {
    let entry = |line: &[u8]| {
        let text = String::from_utf8_lossy(line);
        let (head, path) = text.split_once('\t')?;
        let mut words = head.split(' ');
        let (mode, object) = (words.next()?, words.nth(1)?);
        let oddity = match mode {
            _ if std::str::from_utf8(line).is_err() => Some(Oddity::NameNotUtf8),
            "100644" | "100755" => None,
            "120000" => Some(Oddity::Symlink),
            _ => Some(Oddity::Special),
        };
        Some(Entry { object: object.to_owned(), path: path.strip_prefix(prefix)?.to_owned(), oddity })
    };
    listed.split(|byte| *byte == 0).filter_map(entry).collect()
}

fn prefix_or_all(prefix: &str) -> String {
    if prefix.is_empty() { ".".to_owned() } else { prefix.to_owned() }
}

struct Git {
    folder: PathBuf,
}

impl Git {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(["--no-replace-objects", "--no-pager", "--literal-pathspecs"]);
        command.args(arguments).env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").stdin(Stdio::null());
        command
    }

    fn commit(&self, revision: &str) -> Result<String, Failure> {
        let wanted = format!("{revision}^{{commit}}");
        let output = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        if !self.run(&["rev-parse", "--git-dir"])?.status.success() {
            return Err(Failure::usage(format!("`{}` lies in no git repository", self.folder.display()))
                .help("name a bundle file instead of a revision"));
        }
        Err(Failure::usage(format!("`{}` is neither a file nor a git revision", plain(revision)))
            .help("a branch, a tag or a commit; in a shallow clone, fetch it first: git fetch origin BRANCH"))
    }

    fn line(&self, arguments: &[&str], doing: &str) -> Result<String, Failure> {
        let output = self.run(arguments)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned());
        }
        Err(said(doing, &output.stderr))
    }

    fn output(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let output = self.run(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(said("list the files", &output.stderr)) }
    }

    fn run(&self, arguments: &[&str]) -> Result<std::process::Output, Failure> {
        self.command(arguments).output().map_err(|error| not_started(&error))
    }

    /// The bytes of every regular file, through one process.
    fn blobs(&self, entries: &[&Entry]) -> Result<BTreeMap<String, Blob>, Failure> {
        let mut process = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let wanted: Vec<&Entry> = entries.iter().copied().filter(|entry| entry.oddity.is_none()).collect();
        let files = exchange(&mut process, &wanted);
        // Whatever it says at its end, every object came whole or `files` is a failure.
        let _ = process.wait();
        files
    }
}

fn exchange(process: &mut Child, wanted: &[&Entry]) -> Result<BTreeMap<String, Blob>, Failure> {
    let broken = || Failure::usage("git stopped while it printed the files");
    let (input, output) = process.stdin.take().zip(process.stdout.take()).ok_or_else(broken)?;
    let mut output = BufReader::new(output);
    std::thread::scope(|scope| {
        scope.spawn(move || ask(input, wanted));
        let mut files = BTreeMap::new();
        for entry in wanted {
            files.insert(entry.path.clone(), Blob::Bytes(answer(&mut output).ok_or_else(broken)?));
        }
        Ok(files)
    })
}

/// Where the process went away, the answers say so.
fn ask(mut input: ChildStdin, wanted: &[&Entry]) {
    for entry in wanted {
        if writeln!(input, "{}", entry.object).is_err() {
            return;
        }
    }
}

/// `OBJECT SP TYPE SP SIZE LF`, the bytes, `LF`. No more is kept than a file may have, and one byte.
fn answer(output: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut head = String::new();
    output.read_line(&mut head).ok()?;
    let size: u64 = head.trim_end().rsplit_once(' ')?.1.parse().ok()?;
    let (mut bytes, mut rest) = (Vec::new(), Vec::new());
    let kept = size.min(FILE_BYTES_MAX as u64 + 1);
    output.by_ref().take(kept).read_to_end(&mut bytes).ok()?;
    let skipped = std::io::copy(&mut output.by_ref().take(size - kept), &mut std::io::sink()).ok()?;
    output.by_ref().take(1).read_to_end(&mut rest).ok()?;
    (bytes.len() as u64 + skipped == size && rest == b"\n").then_some(bytes)
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot start `git`: {}", crate::failure::in_words(error)))
        .help("a revision is read with git; install it, or name a bundle file")
}

fn said(doing: &str, stderr: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(stderr);
    Failure::usage(format!("git cannot {doing}: {}", plain(text.trim().trim_start_matches("fatal: "))))
}
