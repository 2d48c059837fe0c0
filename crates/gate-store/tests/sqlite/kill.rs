//! Kill: a child process writes and says what was acknowledged; `kill -9` ends it at a random moment; nothing that it
//! said is lost, and the chain is whole. `KILL_ROUNDS` and `KILL_SEED` repeat or prolong a run.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use gate_store::rows::{Accepted, SignIn};
use gate_store::{SqliteStore, Store};
use gatewright_audit::record::{Event, Stream};

use crate::suite::make::{acme, draft, enter, hash, id, sign_in, slug, story};

const CHILD: &str = "kill::the_child_writes_until_it_is_killed";
const PATH: &str = "GATE_STORE_KILL_PATH";
const FROM: &str = "GATE_STORE_KILL_FROM";

/// Sessions of one round are numbered from here on.
const ROUND: u32 = 10_000;

fn number(variable: &str) -> Option<u64> {
    env::var_os(variable)?.to_str()?.parse().ok()
}

/// ST-OPS-12: the promise *durable*.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn st_ops_12_what_was_acknowledged_survives_kill_9() {
    let rounds = number("KILL_ROUNDS").map_or(10, |rounds| u32::try_from(rounds).unwrap());
    let mut seed = number("KILL_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20 | 0x5eed);
    println!("KILL_SEED={seed} KILL_ROUNDS={rounds}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.db");
    let mut said = Said::default();
    for round in 0..rounds {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        said.add(&write_and_kill(&path, round * ROUND, Duration::from_millis((seed >> 33) % 250)));
        check(&path, &said).await;
    }
    assert!(
        said.entered.len() > usize::try_from(rounds).unwrap(),
        "hardly anything was written: {}",
        said.entered.len()
    );
    println!("{} sign-ins, {} ends, bundle {}: nothing lost", said.entered.len(), said.left.len(), said.bundle);
}

/// What the child said before it died.
#[derive(Default)]
struct Said {
    entered: BTreeSet<u32>,
    left: BTreeSet<u32>,
    bundle: u32,
}

impl Said {
    fn add(&mut self, text: &str) {
        // A last line without its end may be a part of a longer number.
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            match line.split_once(' ').and_then(|(word, n)| Some((word, n.parse().ok()?))) {
                Some(("in", n)) => drop(self.entered.insert(n)),
                Some(("out", n)) => drop(self.left.insert(n)),
                Some(("bundle", n)) => self.bundle = self.bundle.max(n),
                _ => {}
            }
        }
    }
}

fn write_and_kill(path: &Path, from: u32, after: Duration) -> String {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", CHILD, "--ignored", "--nocapture"])
        .env(PATH, path)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("in ") {
        assert!(output.read_line(&mut text).unwrap() > 0, "the child died by itself: {text}");
    }
    let reader = thread::spawn(move || {
        output.read_to_string(&mut text).unwrap();
        text
    });
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

async fn check(path: &Path, said: &Said) {
    let store = SqliteStore::open(path).await.unwrap();
    let (mut entered, mut ended) = (BTreeSet::new(), BTreeSet::new());
    for (event, fields) in story(&store, &Stream::Org(acme())).await {
        let session = fields.into_iter().find(|(name, _)| name == "session").map(|(_, value)| value);
        match (event.as_str(), session) {
            ("signed-in", Some(session)) => drop(entered.insert(session)),
            ("session-ended", Some(session)) => drop(ended.insert(session)),
            _ => {}
        }
    }
    for n in &said.entered {
        let session = id(*n).to_string();
        assert!(entered.contains(&session), "the record of sign-in {n} is lost");
        let is_live = store.session(hash(*n)).await.unwrap().is_some();
        assert_eq!(is_live, !ended.contains(&session), "session {n} and its records disagree");
    }
    for n in &said.left {
        assert!(ended.contains(&id(*n).to_string()), "the record of the end of {n} is lost");
        assert_eq!(store.session(hash(*n)).await, Ok(None), "session {n} is back");
    }
    let accepted = store.accepted(&slug("production")).await.unwrap().map_or(0, |accepted| accepted.sequence);
    assert!(accepted >= u64::from(said.bundle), "bundle {} is forgotten", said.bundle);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test above, which kills it"]
async fn the_child_writes_until_it_is_killed() {
    let Some(path) = env::var_os(PATH) else { return };
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(Path::new(&path)).await.unwrap());
    let next = Arc::new(AtomicU32::new(u32::try_from(number(FROM).unwrap()).unwrap()));
    // The harness has begun a line of its own.
    println!();
    let writers: Vec<_> = (0..8).map(|_| tokio::spawn(write_on(store.clone(), next.clone()))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn write_on(store: Arc<dyn Store>, next: Arc<AtomicU32>) {
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        enter(&*store, SignIn { concurrent_max: 3, ..sign_in(&format!("person-{}", n % 7), n) }).await;
        say("in", n);
        if n.is_multiple_of(3) {
            let audit = vec![draft(Event::SessionEnded, &[("session", &id(n).to_string())])];
            store.end_session(id(n), audit).await.unwrap();
            say("out", n);
        }
        if n.is_multiple_of(5) {
            let bundle = Accepted { sequence: u64::from(n), digest: [0; 32] };
            if store.accept(&slug("production"), bundle, vec![]).await.unwrap() {
                say("bundle", n);
            }
        }
    }
}

/// In one piece, so that lines of several tasks do not mix.
fn say(word: &str, n: u32) {
    std::io::stdout().write_all(format!("{word} {n}\n").as_bytes()).unwrap();
}
