//! Inventory: the page that lists every event, its fields, where it goes and how long it stays (ST-AUD-07).
//!
//! Reads the list of events; gives Markdown. The docs hold its output, and a test says when they are stale.

use crate::record::{Event, EventKind};

/// The Markdown table of all events.
pub fn inventory() -> String {
    let mut page = String::from("| Event | Happens | Fields | Sealed fields |\n|---|---|---|---|\n");
    for kind in Event::KINDS {
        page.push_str(&row(kind));
    }
    page.push_str(
        "\nEvery event is kept in the chain of its organisation, or of the platform, without an end; it leaves the host \
         by export. Sealed fields are readable until the key of the person is dropped.\n",
    );
    page
}

fn row(kind: &EventKind) -> String {
    format!("| `{}` | {} | {} | {} |\n", kind.slug, kind.text, words(kind.fields), words(kind.personal))
}

fn words(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}
