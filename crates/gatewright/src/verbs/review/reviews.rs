//! Reviews: who approved what, in a file that a step of the forge's CI writes: `gatewright.reviews/1`.
//!
//! Trust: without approvers whoever writes the file decides who approved. It is written by a step that may read reviews and
//! teams, and that no pull request can change. With approvers only their signatures count, whoever writes the file.
//! Invariant: what is not understood is refused; the author's own approval counts for nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::approval::{Approvers, Envelope};
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
    /// What `review --sign` wrote.
    #[serde(default)]
    signed: Vec<Envelope>,
}

impl File {
    fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = files::read("the reviews", path, REVIEWS_BYTES_MAX)?;
        let wrong = |why: String| {
            Failure::usage(format!("`{}` is no `gatewright.reviews/1`: {why}", path.display()))
                .help("{\"schema\": \"gatewright.reviews/1\", \"author\": \"bob\", \"reviews\": [{\"by\": \"ada\", \"teams\": [\"@lumen/security\"], \"changes\": [\"c-…\"]}]}")
        };
        let file: Self = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if file.schema != "gatewright.reviews/1" {
            return Err(wrong(format!("it says `{}`", crate::style::plain(&file.schema))));
        }
        Ok(file)
    }
}

fn unread(path: &Path) -> Failure {
    Failure::usage(format!("`{}` holds signed approvals, and nothing says whose keys count", path.display()))
        .help("--approvers FILE names them: gatewright.approvers/1")
}

/// One person's approval of some changes, by their ids.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    pub(crate) by: String,
    /// As the manifest writes them.
    pub(crate) teams: BTreeSet<String>,
    pub(crate) changes: BTreeSet<String>,
}

impl Reviews {
    /// Of one change each; they add up. With approvers only what they signed counts, for this workspace; without them
    /// nothing that is signed can be read.
    pub(crate) fn read(paths: &[PathBuf], approvers: Option<&Path>, workspace: &str) -> Result<Self, Failure> {
        let approvers = approvers.map(Approvers::read).transpose()?;
        let mut approvals = Vec::new();
        for path in paths {
            let File { author, reviews, signed, .. } = File::read(path)?;
            if author.trim().is_empty() {
                return Err(Failure::usage(format!("`{}` names no author", path.display()))
                    .help("whose own approval counts for nothing has to be known"));
            }
            let counted = match &approvers {
                None if signed.is_empty() => reviews,
                None => return Err(unread(path)),
                Some(approvers) => approvers.signed(&signed, workspace, path)?,
            };
            approvals.extend(counted.into_iter().filter(|review| !review.by.eq_ignore_ascii_case(&author)));
        }
        Ok(Self { approvals })
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
