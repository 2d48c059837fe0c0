//! Reload: which bundles run, and what a refused one changes: nothing.

use std::sync::Arc;

use gate_core::status::Health;
use gate_core::{BundleRefused, Gate};
use gatewright_bundle::Accepted;

use crate::policy::{bundle, trust};
use crate::world::{World, at, parts, roles, word};

async fn offer(world: &World, bytes: &[u8]) -> &'static str {
    match world.gate.reload(bytes, &trust(), None, at(10)).await {
        Ok(()) => "taken",
        Err(refused) => refused.slug(),
    }
}

/// ST-BUN-10: whatever is offered, the last good bundle serves, and the status says why.
#[tokio::test]
async fn st_bun_10_a_bad_bundle_changes_nothing() {
    let mut world = World::new().await;
    let ada = world.ada(0).await;
    let good = bundle(&world.program, 1, None);
    let mut other = world.program.clone();
    other.orgs[0].blocked_groups.clear();
    let mut elsewhere = world.program.clone();
    elsewhere.environment.name = crate::policy::slug("production");
    let mut bent = bundle(&other, 2, None);
    *bent.last_mut().unwrap() ^= 1;
    for (bytes, reason) in [
        (vec![], "malformed"),
        (b"garbage".to_vec(), "malformed"),
        (good[..good.len() - 1].to_vec(), "malformed"),
        (bent, "bad-signature"),
        (bundle(&other, 1, None), "sequence-reused"),
        (bundle(&elsewhere, 2, None), "other-environment"),
        (bundle(&other, 2, Some(at(10))), "expired"),
        (vec![0; 300 << 20], "too-large"),
    ] {
        assert_eq!(offer(&world, &bytes).await, reason);
        let status = world.gate.status(at(10)).await;
        assert_eq!((status.running.sequence, status.health()), (1, Health::Degraded), "{reason}");
        assert!(status.refused.is_some());
        assert_eq!(world.events("platform").await.pop().unwrap(), format!("bundle-refused:{reason}"));
        assert_eq!(word(&world.verify(&ada, 10).await), "pass");
    }
    // The same refusal again is one record; so is a file that cannot be read.
    let records = world.events("platform").await.len();
    assert_eq!(offer(&world, b"").await, "malformed");
    assert_eq!(offer(&world, b"").await, "malformed");
    world.gate.bundle_unreadable("`bundle.gwb` is away", at(11)).await;
    world.gate.bundle_unreadable("`bundle.gwb` is away", at(12)).await;
    assert_eq!(world.events("platform").await.len(), records + 2);

    // The good one again is no change, and all is well.
    assert_eq!(offer(&world, &good).await, "taken");
    assert_eq!(world.gate.status(at(12)).await.health(), Health::Ok);
    assert_eq!(world.events("platform").await.len(), records + 2);
    world.change(|program| program.orgs[0].blocked_groups.clear()).await;
    assert_eq!(world.events("platform").await.pop().unwrap(), "bundle-activated");
    assert_eq!(world.gate.accepted().sequence, 2);
}

/// ST-BUN-03: never back, over a restart too, by the memory of the store and by the one beside the bundle.
#[tokio::test]
async fn st_bun_03_never_back() {
    let mut world = World::new().await;
    let old = bundle(&world.program, 1, None);
    world.change(|program| program.orgs[0].blocked_groups.clear()).await;
    assert_eq!(offer(&world, &old).await, "rollback");
    let open = async |bytes: &[u8], beside| match Gate::open(
        parts(world.store.clone()),
        bytes,
        &trust(),
        beside,
        at(10),
    )
    .await
    {
        Ok(gate) => Ok(gate.accepted().sequence),
        Err(refused) => Err(refused.slug()),
    };
    assert_eq!(open(&old, None).await, Err("rollback"));
    assert_eq!(world.events("platform").await.pop().unwrap(), "bundle-refused:rollback");
    let new = bundle(&world.program, 2, None);
    assert_eq!(open(&new, None).await, Ok(2));
    let beside = Accepted { sequence: 3, digest: world.gate.accepted().digest };
    assert_eq!(open(&new, Some(beside)).await, Err("rollback"));
    world.store.set_away(true);
    assert_eq!(open(&new, None).await, Err("store-unavailable"));
    let refused = world.gate.reload(&bundle(&world.program, 3, None), &trust(), None, at(10)).await;
    assert!(matches!(refused, Err(BundleRefused::Store(_))), "not accepted in the store, not in force");
    assert_eq!(world.gate.accepted().sequence, 2);
}

/// An expired bundle is not adopted; one that runs is kept, over a restart too, and says *stale*.
#[tokio::test]
async fn an_expired_bundle_that_ran_is_kept() {
    let world = World::new().await;
    let expiring = bundle(&world.program, 2, Some(at(100)));
    world.gate.reload(&expiring, &trust(), None, at(99)).await.unwrap();
    assert_eq!(world.gate.status(at(99)).await.health(), Health::Ok);
    assert_eq!(world.gate.status(at(100)).await.health(), Health::Stale);
    world.ada(100).await;
    let again = Gate::open(parts(world.store.clone()), &expiring, &trust(), None, at(200)).await.unwrap();
    assert_eq!(again.status(at(200)).await.health(), Health::Stale);
    world.store.set_away(true);
    assert_eq!(again.status(at(200)).await.health(), Health::NoStore);
    world.store.set_away(false);
    let never_ran = bundle(&world.program, 3, Some(at(100)));
    assert_eq!(again.reload(&never_ran, &trust(), None, at(200)).await.unwrap_err().slug(), "expired");
}

/// ST-BUN-09: every answer is of one program, whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn st_bun_09_a_request_sees_one_program() {
    let mut world = World::new().await;
    let ada = world.ada(0).await;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let (gate, session, stop) = (world.gate.clone(), ada.session.clone(), stop.clone());
            tokio::spawn(async move {
                let mut seen = 0_u32;
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let request = crate::world::request(session.as_deref());
                    let passed = crate::world::passed(gate.verify(request, at(1)).await);
                    // Odd programs rename the role in the catalogue and in no other place: a mixture would show.
                    let roles = roles(&passed);
                    assert!(
                        roles == ["admin", "developer", "editor@research"] || roles == ["admin", "engineer"],
                        "{roles:?}"
                    );
                    seen += 1;
                    tokio::task::yield_now().await;
                }
                seen
            })
        })
        .collect();
    let (even, mut odd) = (world.program.clone(), world.program.clone());
    odd.catalogue.roles[1].slug = crate::policy::slug("engineer");
    odd.orgs[0].grants.truncate(2);
    for turn in 0..40 {
        world.change(|program| *program = if turn % 2 == 0 { odd.clone() } else { even.clone() }).await;
        tokio::task::yield_now().await;
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
}
