//! Approval: one person's signature over change ids, and the file that says whose key speaks for which teams.
//!
//! Trust: the approvers file is believed; an envelope comes from anywhere.
//! Invariant: a signature is over the ids and the workspace, under a payload type of its own: neither a bundle's nor another
//! workspace's can stand in for it. The teams are those of the approvers file, never what was signed.
//! Invariant: a bad signature by a known key is refused loudly; a key that nobody knows says nothing.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use gatewright_bundle::{KeyId, pre_authentication};
use gatewright_terms::hex;
use serde::{Deserialize, Serialize};

use super::reviews::Approval;
use crate::failure::Failure;
use crate::files;
use crate::style::plain;

/// What DSSE calls the payload type.
const PAYLOAD_TYPE: &str = "application/vnd.gatewright.approval+json";

/// DSSE v1, with one signature.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    #[serde(rename = "payloadType")]
    payload_type: String,
    payload: String,
    signatures: Vec<Signed>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    keyid: String,
    sig: String,
}

/// What is signed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    schema: String,
    workspace: String,
    changes: BTreeSet<String>,
}

impl Envelope {
    /// Approves these changes of the workspace.
    pub(crate) fn sign(key: &SigningKey, workspace: &str, changes: BTreeSet<String>) -> Result<Self, Failure> {
        let payload = Payload { schema: "gatewright.approval/1".to_owned(), workspace: workspace.to_owned(), changes };
        let bytes = serde_json::to_vec(&payload)
            .map_err(|error| Failure::usage(format!("cannot write the approval: {error}")))?;
        let signature = key.sign(&pre_authentication(PAYLOAD_TYPE, &bytes));
        Ok(Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(bytes),
            signatures: vec![Signed {
                keyid: KeyId::of(key.verifying_key().as_bytes()).to_string(),
                sig: STANDARD.encode(signature.to_bytes()),
            }],
        })
    }

    /// What an approver signed. `None`: the key is nobody's.
    fn open(&self, approvers: &Approvers, workspace: &str) -> Result<Option<Approval>, String> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(format!("a signature over `{}` is no approval", plain(&self.payload_type)));
        }
        let [signed] = self.signatures.as_slice() else {
            return Err("an approval has one signature".to_owned());
        };
        let Some(approver) = approvers.0.iter().find(|approver| approver.key_id() == signed.keyid) else {
            return Ok(None);
        };
        let by = plain(&approver.by);
        let payload = STANDARD.decode(&self.payload).map_err(|_| format!("the approval of {by} is no base64"))?;
        let signature = STANDARD.decode(&signed.sig).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let message = pre_authentication(PAYLOAD_TYPE, &payload);
        let is_good =
            |signature: [u8; 64]| approver.key.verify_strict(&message, &Signature::from_bytes(&signature)).is_ok();
        if !signature.is_some_and(is_good) {
            return Err(format!("the signature of {by} is not good: what was signed has been changed"));
        }
        let payload: Payload =
            serde_json::from_slice(&payload).map_err(|error| format!("what {by} signed is no approval: {error}"))?;
        if payload.schema != "gatewright.approval/1" {
            return Err(format!("what {by} signed is `{}`", plain(&payload.schema)));
        }
        if payload.workspace != workspace {
            return Err(format!(
                "what {by} signed is for the workspace `{}`, not `{workspace}`",
                plain(&payload.workspace)
            ));
        }
        Ok(Some(Approval { by: approver.by.clone(), teams: approver.teams.clone(), changes: payload.changes }))
    }
}

/// Whose keys count.
pub(crate) struct Approvers(Vec<Approver>);

struct Approver {
    by: String,
    teams: BTreeSet<String>,
    key: VerifyingKey,
}

impl Approver {
    fn key_id(&self) -> String {
        KeyId::of(self.key.as_bytes()).to_string()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    approvers: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    by: String,
    teams: BTreeSet<String>,
    /// `ed25519:HEX`, as a trust file has it.
    key: String,
}

impl Approvers {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::trust(format!("`{}` is no `gatewright.approvers/1` to rely on: {why}", path.display()))
                .help("{\"schema\": \"gatewright.approvers/1\", \"approvers\": [{\"by\": \"ada\", \"teams\": [\"@lumen/identity\"], \"key\": \"ed25519:HEX\"}]}")
        };
        let text = files::read_text("the approvers", path)?;
        let file: File = serde_json::from_str(&text).map_err(|error| wrong(&error.to_string()))?;
        if file.schema != "gatewright.approvers/1" {
            return Err(wrong(&format!("it says `{}`", plain(&file.schema))));
        }
        let mut approvers: Vec<Approver> = Vec::new();
        for row in file.approvers {
            let by = plain(&row.by);
            let key = row
                .key
                .strip_prefix("ed25519:")
                .and_then(hex::array)
                .and_then(|key| VerifyingKey::from_bytes(&key).ok());
            let key = key.filter(|key| !key.is_weak());
            let key = key.ok_or_else(|| wrong(&format!("the key of {by} is no Ed25519 public key")))?;
            // One person with two keys would still be one person; one key for two would be either of them.
            if approvers.iter().any(|other| other.key == key || other.by.eq_ignore_ascii_case(&row.by)) {
                return Err(wrong(&format!("{by}, or that key, stands there twice")));
            }
            approvers.push(Approver { by: row.by, teams: row.teams, key });
        }
        Ok(Self(approvers))
    }

    /// The approvals among these.
    pub(crate) fn signed(
        &self,
        envelopes: &[Envelope],
        workspace: &str,
        path: &Path,
    ) -> Result<Vec<Approval>, Failure> {
        let wrong = |why: String| Failure::trust(format!("`{}`: {why}", path.display()));
        let opened = envelopes.iter().filter_map(|envelope| envelope.open(self, workspace).transpose());
        opened.map(|approval| approval.map_err(wrong)).collect()
    }
}
