//! Suite: what every implementation of the store does. `conformance!(make)` writes the tests; `make` is an async
//! function that gives a fresh, empty store and whatever must live as long.
//!
//! Invariant: nothing here knows which store it talks to.

use std::sync::Arc;

use gate_store::Store;

pub(crate) mod answers;
pub(crate) mod audit;
pub(crate) mod flows;
pub(crate) mod handovers;
pub(crate) mod logouts;
pub(crate) mod make;
pub(crate) mod members;
pub(crate) mod operators;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod test_links;

pub(crate) type Shared = Arc<dyn Store>;

/// Runs the same call `times` times at once and gives every answer.
pub(crate) async fn at_once<T, F>(times: u32, call: impl Fn(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = (0..times).map(|n| tokio::spawn(call(n))).collect();
    let mut answers = Vec::new();
    for one in running {
        answers.push(one.await.unwrap());
    }
    answers
}

macro_rules! conformance {
    ($make:path) => {
        $crate::suite::each! { $make:
            flows {
                a_flow_is_taken_once
                a_flow_of_saml_is_seen_and_stays
                a_flow_of_another_browser_stays
                a_flow_ends_at_its_time
                one_of_many_takers_gets_the_flow
                flows_under_way_are_limited
                st_ops_11_the_flow_limit_holds_under_a_race
                expired_flows_take_no_room
                a_state_is_used_for_one_flow
            }
            answers {
                an_answer_is_kept_for_its_browser
                st_saml_16_an_assertion_makes_one_answer
                st_saml_16_one_of_many_posts_is_kept
                st_saml_16_a_full_memory_refuses_and_forgets_nothing
                a_flow_is_answered_once
                what_is_not_kept_uses_nothing_up
                a_test_keeps_its_refusal
            }
            logouts {
                st_saml_27_a_provider_ends_the_sessions_of_a_name
                st_saml_27_only_the_named_sessions_end
                st_saml_27_other_connections_are_out_of_reach
                st_saml_27_a_logout_counts_once
                st_saml_27_an_answer_that_waits_is_ended_too
                our_own_logout_comes_back_once
            }
            test_links {
                a_test_link_is_good_once_at_its_connection
                test_links_that_wait_are_limited
            }
            members {
                a_first_sign_in_makes_the_member
                a_later_sign_in_finds_the_member
                identities_differ_in_every_byte
                a_person_who_enters_twice_at_once_joins_once
                newcomers_may_be_kept_out
                a_removed_member_is_out
                an_owner_is_one_identity
                one_of_many_owners_is_bound
                an_erased_person_who_returns_has_another_key
                members_come_in_pages
                the_last_sign_in_says_what_is_known_of_a_member
                members_are_found_by_their_mailbox
            }
            sign_in {
                st_sess_09_the_session_limit_holds_under_a_race
                the_oldest_session_makes_room_with_its_children
                st_sess_02_the_session_before_ends
                a_full_member_may_be_refused
                what_is_refused_writes_nothing
                a_sign_in_that_fails_late_writes_nothing
            }
            sessions {
                facts_come_back_as_they_were
                a_touch_never_goes_back
                st_sess_06_an_ended_session_is_gone
                ending_a_child_leaves_the_parent
                all_sessions_of_a_member_end
                parent_sessions_come_in_pages
                st_ops_15_everything_that_lives_can_be_ended
                nothing_ended_is_nothing_audited
            }
            handovers {
                a_code_makes_one_child
                one_of_many_takers_gets_the_child
                a_code_at_another_origin_is_burnt
                a_code_ends_at_its_time
                a_code_ends_with_its_session
                codes_and_children_are_limited
            }
            audit {
                st_aud_05_records_form_a_chain
                streams_do_not_mix
                concurrent_records_leave_no_gap
                a_support_code_leads_to_the_refusal
                a_forgotten_person_cannot_be_read
            }
            operators {
                a_domain_proof_is_kept
                a_token_is_found_by_its_hash
                st_ops_15_an_older_bundle_is_never_accepted
                st_ops_15_the_highest_of_many_bundles_stays
                the_store_answers
            }
        }
    };
}

macro_rules! each {
    ($make:path: $($module:ident { $($name:ident)+ })+) => {$(
        mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let (store, _keep) = $make().await;
                    crate::suite::$module::$name(store).await;
                }
            )+
        }
    )+};
}

pub(crate) use {conformance, each};
