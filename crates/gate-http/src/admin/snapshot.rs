//! Snapshot: the members of every organisation under pseudonyms, written while they are read, so that their number costs no
//! memory.
//!
//! Invariant: an export that breaks off is no JSON: its last bracket is missing, and nobody takes a part for the whole.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use gate_core::admin::{MembersSnapshot, Operator, SnapshotMember, SnapshotPart};
use serde_json::{Value, json};

use super::audit::ExportBroken;
use super::{Shared, Wrong};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// `GET /v1/members-snapshot`
pub(super) async fn snapshot(shared: &Shared, by: &Operator) -> Result<Response<Body>, Wrong> {
    let snapshot = shared.gate.members_snapshot(by, shared.now()).await?;
    let mut response = Response::new(Body::from_stream(chunks(snapshot)));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    Ok(response)
}

/// Where an export stands.
enum Place {
    Begin,
    Within(Text),
    End,
}

fn chunks(snapshot: MembersSnapshot) -> impl futures_util::Stream<Item = Result<Bytes, ExportBroken>> + Send {
    futures_util::stream::unfold((snapshot, Place::Begin), async |(mut snapshot, place)| {
        let mut text = match place {
            Place::End => return None,
            Place::Begin => {
                let head = head(&snapshot);
                return Some((Ok(Bytes::from(head)), (snapshot, Place::Within(Text::default()))));
            }
            Place::Within(text) => text,
        };
        match snapshot.next().await {
            Err(_) => Some((Err(ExportBroken), (snapshot, Place::End))),
            Ok(None) => Some((Ok(Bytes::from(text.end())), (snapshot, Place::End))),
            Ok(Some(part)) => {
                let chunk = text.part(&part);
                Some((Ok(Bytes::from(chunk)), (snapshot, Place::Within(text))))
            }
        }
    })
}

/// Up to the bracket that the organisations stand behind.
fn head(snapshot: &MembersSnapshot) -> String {
    format!(
        "{{\n\"schema\": \"gatewright.members-snapshot/1\",\n\"environment\": {},\n\"bundle\": {},\n\"taken\": {},\n\"orgs\": [",
        Value::from(snapshot.environment().as_str()),
        Value::from(format!("sha256:{}", snapshot.digest())),
        Value::from(snapshot.taken().to_string()),
    )
}

/// The commas and brackets between what comes: one organisation, one member a line.
#[derive(Default)]
struct Text {
    has_orgs: bool,
    has_members: bool,
}

impl Text {
    fn part(&mut self, part: &SnapshotPart) -> String {
        match part {
            SnapshotPart::Org { org, unrecorded } => {
                let before = if self.has_orgs { "]},\n" } else { "\n" };
                (self.has_orgs, self.has_members) = (true, false);
                format!(
                    "{before}{{\"org\": {}, \"unrecorded\": {unrecorded}, \"members\": [",
                    Value::from(org.as_str())
                )
            }
            SnapshotPart::Members(members) => members.iter().map(|member| self.member(member)).collect(),
        }
    }

    fn member(&mut self, member: &SnapshotMember) -> String {
        let before = if self.has_members { ",\n" } else { "\n" };
        self.has_members = true;
        format!("{before}{}", member_document(member))
    }

    fn end(&self) -> &'static str {
        if self.has_orgs { "]}\n]\n}\n" } else { "]\n}\n" }
    }
}

fn member_document(member: &SnapshotMember) -> Value {
    let groups = member.groups.as_ref().map(|groups| {
        let mut names: Vec<&str> = groups.iter().map(gatewright_terms::GroupName::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    });
    json!({
        "pseudonym": member.pseudonym.to_string(),
        "connection": member.connection.as_str(),
        "domain": member.domain.as_str(),
        "owner": member.owner,
        "groups": groups,
        "attributes": member.attributes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
