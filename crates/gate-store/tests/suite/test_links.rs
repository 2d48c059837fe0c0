//! Test links: one use, one connection, an end, and not too many.

use gate_store::rows::TestLink;
use gatewright_audit::record::Event;

use super::Shared;
use super::make::{acme, at, draft, events, hash, org, slug};

fn link(n: u32) -> TestLink {
    TestLink { link: hash(n), org: acme(), connection: slug("okta"), operator: slug("oscar"), expires: at(3_600) }
}

pub(crate) async fn a_test_link_is_good_once_at_its_connection(store: Shared) {
    let made = || vec![draft(Event::TestLinkMade, &[("connection", "okta")])];
    let used = || vec![draft(Event::TestLinkUsed, &[("connection", "okta")])];
    for n in [1, 2] {
        assert_eq!(store.put_test_link(link(n), made(), at(0)).await, Ok(true));
    }
    let (acme, umbrella, okta, entra) = (acme(), org("umbrella"), slug("okta"), slug("entra"));
    for (n, place) in [(9, (&acme, &okta)), (1, (&acme, &entra)), (1, (&umbrella, &okta))] {
        assert_eq!(store.take_test_link(hash(n), place, used(), at(1)).await, Ok(false));
    }
    assert_eq!(store.take_test_link(hash(1), (&acme, &okta), used(), at(3_599)).await, Ok(true));
    assert_eq!(store.take_test_link(hash(1), (&acme, &okta), used(), at(3_599)).await, Ok(false));
    assert_eq!(store.take_test_link(hash(2), (&acme, &okta), used(), at(3_600)).await, Ok(false));
    assert_eq!(events(&*store).await, ["test-link-made", "test-link-made", "test-link-used"]);
}

pub(crate) async fn test_links_that_wait_are_limited(store: Shared) {
    for n in 0..100 {
        assert_eq!(store.put_test_link(link(n), vec![], at(0)).await, Ok(true));
    }
    let one_more = vec![draft(Event::TestLinkMade, &[])];
    assert_eq!(store.put_test_link(link(100), one_more, at(1)).await, Ok(false));
    assert_eq!(events(&*store).await, Vec::<String>::new());
    let elsewhere = TestLink { org: org("umbrella"), ..link(101) };
    assert_eq!(store.put_test_link(elsewhere, vec![], at(1)).await, Ok(true));
    let later = TestLink { expires: at(7_200), ..link(102) };
    assert_eq!(store.put_test_link(later, vec![], at(3_600)).await, Ok(true));
}
