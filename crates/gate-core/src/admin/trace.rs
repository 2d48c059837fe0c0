//! Trace: the story behind a support code, and the export of the audit trail.

use gate_store::StoreError;
use gate_store::rows::RowId;
use gatewright_audit::chain::{Chained, Record};
use gatewright_audit::export;
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{Refusal, Slug, Timestamp};

use super::{AdminError, Operator, Scope, Story};
use crate::trail::{Fields, draft};
use crate::{Gate, SupportCode};

/// Lines in one answer of the export.
const AUDIT_LINES_MAX: u32 = 1_000;

impl Gate {
    /// The whole story behind a support code. The reading is recorded first. Scope `read`.
    pub async fn trace(&self, by: &Operator, code: &str, now: Timestamp) -> Result<Story, AdminError> {
        by.need(Scope::Read)?;
        let not_found = AdminError::NotFound("support code");
        let code = SupportCode::parse(code).ok_or(not_found.clone())?;
        let case = self.store.support_case(code.as_str()).await?.ok_or(not_found.clone())?;
        let record = self.store.records(&case.stream, case.sequence, 1).await?.into_iter().next().ok_or(not_found)?;
        let chained =
            record.read().map_err(|_| AdminError::Unclear("the record is not readable; verify the export"))?;
        let fields = Fields::default().with("operator", by.name()).with("what", &code);
        let reading = draft(case.stream.clone(), now, Event::PersonalDataRead, fields);
        self.store.append(vec![reading], None, Vec::new()).await?;
        let personal = self.unseal(&record, &chained).await?;
        Ok(story(&code, chained, personal))
    }

    /// Lines of the export, which `gatewright audit verify` reads: of an organisation (`org/NAME`) or of `platform`, from
    /// `from` on (1 is the first). Scope `read`.
    pub async fn audit_lines(
        &self,
        by: &Operator,
        stream: &str,
        from: u64,
        limit: u32,
    ) -> Result<Vec<String>, AdminError> {
        by.need(Scope::Read)?;
        let stream = Stream::parse(stream).ok_or(AdminError::NotFound("chain"))?;
        let records = self.store.records(&stream, from.max(1), limit.clamp(1, AUDIT_LINES_MAX)).await?;
        let lines: Result<Vec<String>, _> = records.iter().map(export::line).collect();
        lines.map_err(|_| AdminError::Unclear("a record is not readable; verify the export"))
    }

    /// `None` where nothing was sealed, or the key was dropped.
    async fn unseal(&self, record: &Record, chained: &Chained) -> Result<Option<Vec<(Slug, String)>>, StoreError> {
        let (Some(commitment), Some(ciphertext)) = (chained.personal, &record.ciphertext) else { return Ok(None) };
        let id = RowId(commitment.key_id);
        let Some(wrapped) = self.store.person_key(id).await? else { return Ok(None) };
        let person = self.keys.sealer.unwrap_person(id, &wrapped);
        let opened = person.and_then(|person| self.keys.sealer.open(&person, ciphertext, &commitment.commitment));
        Ok(opened.map(|personal| personal.fields))
    }
}

fn story(code: &SupportCode, chained: Chained, personal: Option<Vec<(Slug, String)>>) -> Story {
    let texts =
        |fields: Vec<(Slug, String)>| fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    let reason = chained.fields.iter().find(|(name, _)| name.as_str() == "reason").map(|(_, value)| value.clone());
    Story {
        code: code.as_str().to_owned(),
        at: chained.at,
        org: match &chained.stream {
            Stream::Platform => None,
            Stream::Org(org) => Some(org.clone()),
        },
        event: chained.event,
        refusal: reason.and_then(|slug| Refusal::from_slug(&slug)),
        fields: texts(chained.fields.into_iter().collect()),
        personal: personal.map(texts),
        stream: chained.stream.to_string(),
        sequence: chained.sequence,
    }
}
