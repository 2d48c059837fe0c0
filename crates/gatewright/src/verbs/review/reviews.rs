//! Reviews: who approved what, in a file that a step of the forge's CI writes: `gatewright.reviews/1`.
//!
//! Trust: whoever writes the file decides who approved. It is written by a step that may read reviews and teams, and that no
//! pull request can change.
//! Invariant: what is not understood is refused; the author's own approval counts for nothing.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;
use crate::files;

/// A pull request has a handful of reviews; each may name thousands of changes of 34 bytes.
const REVIEWS_BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Reviews {
    approvals: Vec<Approval>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    author: String,
    reviews: Vec<Approval>,
}

/// One person's approval of some changes, by their ids.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    by: String,
    /// As the manifest writes them.
    teams: BTreeSet<String>,
    changes: BTreeSet<String>,
}

impl Reviews {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = files::read("the reviews", path, REVIEWS_BYTES_MAX)?;
        let wrong = |why: String| {
            Failure::usage(format!("`{}` is no `gatewright.reviews/1`: {why}", path.display()))
                .help("{\"schema\": \"gatewright.reviews/1\", \"author\": \"bob\", \"reviews\": [{\"by\": \"ada\", \"teams\": [\"@lumen/security\"], \"changes\": [\"c-…\"]}]}")
        };
        let file: File = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if file.schema != "gatewright.reviews/1" {
            return Err(wrong(format!("it says `{}`", crate::style::plain(&file.schema))));
        }
        let by_others = file.reviews.into_iter().filter(|review| !review.by.eq_ignore_ascii_case(&file.author));
        Ok(Self { approvals: by_others.collect() })
    }

    /// Those of a team who approved a change, each once.
    pub(super) fn of(&self, change: &str, team: &str) -> BTreeSet<&str> {
        let approved = |review: &&Approval| {
            review.changes.contains(change) && review.teams.iter().any(|known| known.eq_ignore_ascii_case(team))
        };
        self.approvals.iter().filter(approved).map(|review| review.by.as_str()).collect()
    }
}
