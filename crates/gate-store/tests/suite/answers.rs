//! Answers: one flow, one assertion, one browser, and a memory that forgets nothing early.

use gate_store::rows::{Answer, AnswerDone, AnswerFlow, Outcome, Purpose, Seen, TakeAnswer};
use gatewright_terms::Refusal;

use super::make::{NO_LIMITS, acme, answer, answered, at, hash, org, saml_flow, seen, slug};
use super::{Shared, at_once};

async fn begin(store: &Shared, n: u32) {
    store.begin_flow(saml_flow(n), NO_LIMITS).await.unwrap();
}

async fn take(store: &Shared, answer: &Answer, second: i64) -> TakeAnswer {
    store.take_answer(answer.handle, Some(answer.errand.browser), at(second)).await.unwrap()
}

fn taken(take: TakeAnswer) -> Option<Answer> {
    match take {
        TakeAnswer::Taken(taken) => Some(taken.answer().clone()),
        TakeAnswer::OtherBrowser { .. } | TakeAnswer::Unknown => None,
    }
}

pub(crate) async fn an_answer_is_kept_for_its_browser(store: Shared) {
    begin(&store, 1).await;
    let kept = answer(1);
    assert_eq!(store.answer_flow(answered(1, 1), at(10)).await, Ok(AnswerDone::Kept));
    assert_eq!(store.flow(hash(1), at(10)).await, Ok(None), "the flow is used up");
    for browser in [None, Some(hash(5)), Some(kept.handle)] {
        let other = TakeAnswer::OtherBrowser { org: acme(), connection: slug("okta") };
        assert_eq!(store.take_answer(kept.handle, browser, at(11)).await, Ok(other));
    }
    assert_eq!(taken(take(&store, &kept, 59).await), Some(kept.clone()));
    assert_eq!(take(&store, &kept, 59).await, TakeAnswer::Unknown);

    begin(&store, 2).await;
    store.answer_flow(answered(2, 2), at(10)).await.unwrap();
    assert_eq!(take(&store, &answer(2), 60).await, TakeAnswer::Unknown, "an answer ends at its time");
    // Also where nobody comes for it; it is there until then.
    store.forget_expired(at(59)).await.unwrap();
    assert!(matches!(take(&store, &answer(2), 59).await, TakeAnswer::Taken(_)));
    begin(&store, 3).await;
    store.answer_flow(answered(3, 3), at(10)).await.unwrap();
    for _ in 0..2 {
        store.forget_expired(at(60)).await.unwrap();
    }
    assert_eq!(take(&store, &answer(3), 59).await, TakeAnswer::Unknown, "it was forgotten");
}

/// ST-SAML-16: the same assertion for another flow, or for none; another connection's is another one.
pub(crate) async fn st_saml_16_an_assertion_makes_one_answer(store: Shared) {
    for n in 1..=4 {
        begin(&store, n).await;
    }
    assert_eq!(store.answer_flow(answered(1, 7), at(1)).await, Ok(AnswerDone::Kept));
    assert_eq!(store.answer_flow(answered(2, 7), at(2)).await, Ok(AnswerDone::Replayed));
    let unsolicited = AnswerFlow { state: None, ..answered(3, 7) };
    assert_eq!(store.answer_flow(unsolicited, at(2)).await, Ok(AnswerDone::Replayed));
    for (n, elsewhere) in
        [(3, Seen { connection: slug("entra"), ..seen(7) }), (4, Seen { org: org("umbrella"), ..seen(7) })]
    {
        let answered = AnswerFlow { seen: Some(elsewhere), ..answered(n, 7) };
        assert_eq!(store.answer_flow(answered, at(2)).await, Ok(AnswerDone::Kept));
    }
    // The answer was taken: the assertion is used all the same.
    assert!(taken(take(&store, &answer(1), 3).await).is_some());
    assert_eq!(store.answer_flow(answered(2, 7), at(299)).await, Ok(AnswerDone::Replayed));
    // From its own end on it may be forgotten; nobody takes such an assertion any more.
    let late = AnswerFlow { seen: Some(Seen { until: at(900), ..seen(7) }), ..answered(2, 7) };
    assert_eq!(store.answer_flow(late, at(300)).await, Ok(AnswerDone::Kept));
}

/// ST-SAML-16.
pub(crate) async fn st_saml_16_one_of_many_posts_is_kept(store: Shared) {
    begin(&store, 1).await;
    let answers = at_once(100, |n| {
        let store = store.clone();
        async move {
            let answer = Answer { handle: hash(6_000_000 + n), ..answer(1) };
            store.answer_flow(AnswerFlow { answer, ..answered(1, 1) }, at(1)).await.unwrap()
        }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == AnswerDone::Kept).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == AnswerDone::Replayed).count(), 99);
}

/// ST-SAML-16: where nothing more can be remembered, sign-ins are refused; nothing becomes usable again before its end.
pub(crate) async fn st_saml_16_a_full_memory_refuses_and_forgets_nothing(store: Shared) {
    let limited = |n: u32, until: i64| {
        let seen = Seen { at_once_max: 2, until: at(until), ..seen(n) };
        AnswerFlow { seen: Some(seen), state: None, ..answered(n, n) }
    };
    assert_eq!(store.answer_flow(limited(1, 300), at(0)).await, Ok(AnswerDone::Kept));
    assert_eq!(store.answer_flow(limited(2, 400), at(0)).await, Ok(AnswerDone::Kept));
    assert_eq!(store.answer_flow(limited(3, 400), at(299)).await, Ok(AnswerDone::Full));
    for n in [1, 2] {
        assert_eq!(store.answer_flow(limited(n, 400), at(299)).await, Ok(AnswerDone::Replayed));
    }
    // Another connection has its own room.
    let elsewhere = Seen { connection: slug("entra"), at_once_max: 2, ..seen(3) };
    let elsewhere = AnswerFlow { seen: Some(elsewhere), ..limited(4, 400) };
    assert_eq!(store.answer_flow(elsewhere, at(299)).await, Ok(AnswerDone::Kept));
    // One has ended: there is room for one.
    assert_eq!(store.answer_flow(limited(3, 400), at(300)).await, Ok(AnswerDone::Kept));
    assert_eq!(store.answer_flow(limited(5, 400), at(300)).await, Ok(AnswerDone::Full));
}

pub(crate) async fn a_flow_is_answered_once(store: Shared) {
    begin(&store, 1).await;
    assert_eq!(store.answer_flow(answered(1, 1), at(1)).await, Ok(AnswerDone::Kept));
    let again = |assertion, handle| {
        let answer = Answer { handle: hash(handle), ..answer(1) };
        AnswerFlow { answer, ..answered(1, assertion) }
    };
    assert_eq!(store.answer_flow(again(2, 91), at(2)).await, Ok(AnswerDone::FlowGone));
    assert_eq!(store.answer_flow(again(1, 92), at(2)).await, Ok(AnswerDone::Replayed), "the assertion comes first");
    begin(&store, 2).await;
    assert_eq!(store.answer_flow(answered(2, 3), at(600)).await, Ok(AnswerDone::FlowGone), "too late");
}

/// A flow that is gone leaves the assertion unused, and a failure in the middle leaves both.
pub(crate) async fn what_is_not_kept_uses_nothing_up(store: Shared) {
    begin(&store, 1).await;
    begin(&store, 2).await;
    assert_eq!(store.answer_flow(answered(9, 1), at(1)).await, Ok(AnswerDone::FlowGone));
    assert_eq!(store.answer_flow(answered(1, 1), at(1)).await, Ok(AnswerDone::Kept));
    // The handle is taken: met after the flow was used up and the assertion written down.
    let doubled = AnswerFlow { answer: answer(1), ..answered(2, 2) };
    assert!(store.answer_flow(doubled, at(1)).await.is_err());
    assert!(store.flow(hash(2), at(1)).await.unwrap().is_some());
    assert_eq!(store.answer_flow(answered(2, 2), at(1)).await, Ok(AnswerDone::Kept));
}

pub(crate) async fn a_test_keeps_its_refusal(store: Shared) {
    begin(&store, 1).await;
    let mut refused = answer(1);
    refused.outcome = Outcome::Refused(Refusal::SamlAudience);
    refused.errand.purpose = Purpose::Test;
    refused.story = vec!["one".into(), "two\nlines".into()];
    let kept = AnswerFlow { seen: None, answer: refused.clone(), ..answered(1, 1) };
    assert_eq!(store.answer_flow(kept, at(1)).await, Ok(AnswerDone::Kept));
    let told = Answer { story: vec!["one".into(), "two lines".into()], ..refused.clone() };
    assert_eq!(taken(take(&store, &refused, 2).await), Some(told));
    // Nothing was used up but the flow.
    begin(&store, 2).await;
    assert_eq!(store.answer_flow(answered(2, 1), at(2)).await, Ok(AnswerDone::Kept));
}
