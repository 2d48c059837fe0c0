//! Reviews: who approved what, in a file that a step of the forge's CI writes: `gatewright.reviews/1`.
//!
//! Trust: whoever writes the file decides who approved. It is written by a step that may read reviews and teams, and that no
//! pull request can change.
//! Invariant: what is not understood is refused; the author's own approval counts for nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;
use crate::files;

/// A pull request has a handful of reviews; each may name thousands of changes of 34 bytes.
const REVIEWS_BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Reviews {
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
    /// Of one change each; they add up.
    pub(crate) fn read<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<Self, Failure> {
        let mut approvals = Vec::new();
        for path in paths {
            approvals.extend(Self::read_one(path)?);
        }
        Ok(Self { approvals })
    }

    fn read_one(path: &Path) -> Result<Vec<Approval>, Failure> {
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
        Ok(by_others.collect())
    }

    /// Whether anybody but the author approved a change, of whatever team.
    pub(crate) fn know(&self, change: &str) -> bool {
        self.approvals.iter().any(|review| review.changes.contains(change))
    }

    /// Those of a team who approved a change, each once.
    pub(crate) fn of(&self, change: &str, team: &str) -> BTreeSet<&str> {
        let approved = |review: &&Approval| {
            review.changes.contains(change) && review.teams.iter().any(|known| known.eq_ignore_ascii_case(team))
        };
        self.approvals.iter().filter(approved).map(|review| review.by.as_str()).collect()
    }
}
