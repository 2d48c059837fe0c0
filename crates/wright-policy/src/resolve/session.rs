//! Session: the layers of `session`, and what is built in.

use gatewright_bundle::program::WhenFull;
use gatewright_terms::Seconds;

use super::written_fact;
use crate::policy::{Layered, Session};
use crate::shape::{Given, Node};
use crate::words::built_in;

/// The organisation's value, else the defaults', else the built-in one.
pub(super) fn resolve(org: Option<&Node>, defaults: Option<&Node>) -> Session {
    let layers = [org, defaults];
    let seconds =
        |word: &str, built_in: u32| layered(layers, word, Seconds(built_in), |given| Some(given.seconds()?.value));
    Session {
        idle: seconds("idle", built_in::IDLE_SECS),
        absolute: seconds("absolute", built_in::ABSOLUTE_SECS),
        concurrent: layered(layers, "concurrent", built_in::CONCURRENT, |given| Some(given.integer()?.value)),
        when_full: layered(layers, "when-full", WhenFull::EndOldest, |given| match &*given.text()?.value {
            "end-oldest" => Some(WhenFull::EndOldest),
            "refuse" => Some(WhenFull::Refuse),
            _ => None,
        }),
        max_authentication_age: layered(layers, "max-authentication-age", None, |given| {
            Some(Some(given.seconds()?.value))
        }),
    }
}

fn layered<T>(layers: [Option<&Node>; 2], word: &str, built_in: T, read: impl Fn(&Given) -> Option<T>) -> Layered<T> {
    for node in layers.into_iter().flatten() {
        if let Some(given) = node.given(word)
            && let Some(value) = read(given)
        {
            return Layered { value, from: Some(written_fact(node, word, given.value.span)) };
        }
    }
    Layered { value: built_in, from: None }
}
