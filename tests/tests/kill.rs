//! Kill: `kill -9` at seeded random moments under load. What was acknowledged is there afterwards, audit included.
//!
//! `KILL_ROUNDS` says how often (20 unless it is set), `KILL_SEED` repeats a run; both are printed.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use gatewright_tests::{House, Visitor, client};
use serde_json::Value;
use tokio::sync::RwLock;

const ORGS: usize = 3;
/// Between a start and its kill.
const LOAD_MS_MAX: u64 = 900;

/// What the load generator was told.
#[derive(Default)]
struct Acknowledged {
    signed_in: Vec<Visitor>,
    signed_out: Vec<Visitor>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost() {
    let rounds = number("KILL_ROUNDS").unwrap_or(20);
    let mut seed = number("KILL_SEED").unwrap_or_else(random_seed);
    println!("kill: {rounds} rounds, KILL_SEED={seed}");

    let house = Arc::new(RwLock::new(House::build(ORGS).await));
    house.write().await.start();
    let mut all = Acknowledged::default();
    for round in 0..rounds {
        let lived = Duration::from_millis(next(&mut seed) % LOAD_MS_MAX);
        let load: Vec<_> = (0..ORGS).map(|org| tokio::spawn(work(house.clone(), org, round))).collect();
        tokio::time::sleep(lived).await;
        let mut told = Vec::new();
        {
            // The workers hold the lock only while they read; killing needs the child alone.
            kill_process(house.read().await.pid());
        }
        for worker in load {
            told.push(worker.await.expect("no worker fails"));
        }
        let mut house = house.write().await;
        house.kill();
        house.start();
        let (ins, outs) = (all.signed_in.len(), all.signed_out.len());
        for acknowledged in told {
            all.signed_in.extend(acknowledged.signed_in);
            all.signed_out.extend(acknowledged.signed_out);
        }
        assert_sessions(&all.signed_in[ins..], &all.signed_out[outs..]).await;
        assert_records(&house, &all, round).await;
    }
    assert_sessions(&all.signed_in, &all.signed_out).await;
    println!(
        "kill: {} sign-ins and {} sign-outs were acknowledged, none was lost",
        all.signed_in.len(),
        all.signed_out.len()
    );
    assert!(all.signed_in.len() as u64 >= rounds, "the load generator hardly ran");
}

/// Signs people in, and every third one out again, until the gate stops answering.
async fn work(house: Arc<RwLock<House>>, org: usize, round: u64) -> Acknowledged {
    let (client, mut told) = (client(), Acknowledged::default());
    let house = house.read().await;
    for n in 0.. {
        let mut visitor = Visitor::new(&client, &house, org, &format!("p{round}-{n}"));
        if visitor.sign_in(&house, &["admins"]).await.is_none() {
            break;
        }
        if n % 3 == 2 {
            match visitor.sign_out().await {
                Some(()) => told.signed_out.push(visitor),
                // Not acknowledged: it may have happened or not.
                None => break,
            }
        } else {
            told.signed_in.push(visitor);
        }
    }
    told
}

async fn assert_sessions(signed_in: &[Visitor], signed_out: &[Visitor]) {
    for visitor in signed_in {
        assert_eq!(visitor.session_status().await, 200, "the session of {} is lost", visitor.email);
    }
    for visitor in signed_out {
        assert_eq!(visitor.session_status().await, 401, "{} is back", visitor.email);
    }
}

async fn assert_records(house: &House, all: &Acknowledged, round: u64) {
    let checkpoint = house.at("checkpoint");
    std::fs::write(&checkpoint, house.admin("/v1/checkpoint").await).expect("writable");
    for org in 0..ORGS {
        let export = house.admin(&format!("/v1/orgs/w{org}/audit")).await;
        let file = house.at("export.jsonl");
        std::fs::write(&file, &export).expect("writable");
        house.run("gatewright", &["audit", "verify", &file, "--checkpoint", &checkpoint]);
        let events: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let count = |event: &str| events.iter().filter(|line| line["event"] == event).count();
        let told = |list: &[Visitor]| list.iter().filter(|visitor| visitor.org == org).count();
        let (ins, outs) = (told(&all.signed_in), told(&all.signed_out));
        assert!(count("signed-in") >= ins + outs, "round {round}: w{org} lost records of sign-ins");
        assert!(count("session-ended") >= outs, "round {round}: w{org} lost records of sign-outs");
        assert!(distinct_sessions(&events) >= ins + outs, "round {round}: w{org} records a session twice");
    }
}

fn distinct_sessions(events: &[Value]) -> usize {
    let sessions =
        events.iter().filter(|line| line["event"] == "signed-in").map(|line| line["fields"]["session"].to_string());
    sessions.collect::<BTreeSet<_>>().len()
}

fn kill_process(pid: u32) {
    let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill");
    assert!(killed.success(), "gatewrightd was gone before it was killed");
}

#[expect(clippy::disallowed_methods, reason = "the environment says how long this test runs")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "a seed that differs from run to run, and is printed")]
fn random_seed() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |since| since.as_secs())
}

/// SplitMix64.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
