//! Columns: one stored row, read back into the words of the domain.
//!
//! Invariant: a value that this version would not have written is `Corrupt`, never a panic and never a default.

use std::collections::BTreeSet;
use std::net::IpAddr;

use gatewright_audit::record::Stream;
use gatewright_terms::{
    Attribute, AttributeValue, DomainName, EmailAddress, GroupName, IdentityKey, OrgId, Refusal, Seconds, Slug,
    Timestamp,
};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row, Type};

use crate::StoreError;
use crate::rows::{NameId, RowId, SessionGroups, TokenHash};

pub(super) struct Columns<'r>(pub(super) &'r SqliteRow);

impl<'r> Columns<'r> {
    fn get<T: Decode<'r, Sqlite> + Type<Sqlite>>(&self, column: &'static str) -> Result<T, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    fn parsed<T, E>(&self, column: &'static str, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, StoreError> {
        parse(self.get::<&str>(column)?).map_err(|_| corrupt(column))
    }

    fn optional<T, E>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>(column)?.map(parse).transpose().map_err(|_| corrupt(column))
    }

    pub(super) fn array<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        self.get::<&[u8]>(column)?.try_into().map_err(|_| corrupt(column))
    }

    pub(super) fn hash(&self, column: &'static str) -> Result<TokenHash, StoreError> {
        self.array(column).map(TokenHash)
    }

    pub(super) fn id(&self, column: &'static str) -> Result<RowId, StoreError> {
        self.array(column).map(RowId)
    }

    pub(super) fn optional_id(&self, column: &'static str) -> Result<Option<RowId>, StoreError> {
        let bytes = self.get::<Option<&[u8]>>(column)?;
        bytes.map(|bytes| bytes.try_into().map(RowId).map_err(|_| corrupt(column))).transpose()
    }

    pub(super) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(super) fn optional_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(column)
    }

    pub(super) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(super) fn optional_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub(super) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.get(column).map(Timestamp::from_unix)
    }

    pub(super) fn optional_time(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.get::<Option<i64>>(column)?.map(Timestamp::from_unix))
    }

    pub(super) fn optional_seconds(&self, column: &'static str) -> Result<Option<Seconds>, StoreError> {
        self.get::<Option<i64>>(column)?
            .map(u32::try_from)
            .transpose()
            .map_err(|_| corrupt(column))
            .map(|some| some.map(Seconds))
    }

    pub(super) fn optional_flag(&self, column: &'static str) -> Result<Option<bool>, StoreError> {
        self.get(column)
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        self.get(column)
    }

    /// Sequences are never negative.
    pub(super) fn sequence(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| corrupt(column))
    }

    pub(super) fn org(&self, column: &'static str) -> Result<OrgId, StoreError> {
        self.parsed(column, OrgId::parse)
    }

    pub(super) fn slug(&self, column: &'static str) -> Result<Slug, StoreError> {
        self.parsed(column, Slug::parse)
    }

    pub(super) fn optional_slug(&self, column: &'static str) -> Result<Option<Slug>, StoreError> {
        self.optional(column, Slug::parse)
    }

    /// One space between.
    pub(super) fn slugs(&self, column: &'static str) -> Result<Vec<Slug>, StoreError> {
        self.parsed(column, |text| text.split_terminator(' ').map(Slug::parse).collect::<Result<_, _>>())
    }

    pub(super) fn email(&self, column: &'static str) -> Result<EmailAddress, StoreError> {
        self.parsed(column, EmailAddress::parse)
    }

    pub(super) fn optional_email(&self, column: &'static str) -> Result<Option<EmailAddress>, StoreError> {
        self.optional(column, EmailAddress::parse)
    }

    pub(super) fn optional_attribute(&self, column: &'static str) -> Result<Option<AttributeValue>, StoreError> {
        self.optional(column, AttributeValue::parse)
    }

    pub(super) fn optional_refusal(&self, column: &'static str) -> Result<Option<Refusal>, StoreError> {
        self.optional(column, |text| Refusal::from_slug(text).ok_or(()))
    }

    pub(super) fn domain(&self, column: &'static str) -> Result<DomainName, StoreError> {
        self.parsed(column, DomainName::parse)
    }

    pub(super) fn address(&self, column: &'static str) -> Result<IpAddr, StoreError> {
        self.parsed(column, str::parse)
    }

    pub(super) fn stream(&self, column: &'static str) -> Result<Stream, StoreError> {
        self.parsed(column, |text| Stream::parse(text).ok_or(()))
    }

    /// From the three columns of a member.
    pub(super) fn identity_key(&self) -> Result<IdentityKey, StoreError> {
        Ok(IdentityKey {
            connection: self.slug("connection")?,
            issuer: self.text("issuer")?.into(),
            subject: self.text("subject")?.into(),
        })
    }

    /// From the four columns that sessions and answers share.
    pub(super) fn name_id(&self) -> Result<Option<NameId>, StoreError> {
        let (format, name_qualifier) = (self.optional_text("name_id_format")?, self.optional_text("name_qualifier")?);
        let sp_name_qualifier = self.optional_text("sp_name_qualifier")?;
        Ok(self.optional_text("name_id")?.map(|value| NameId { value, format, name_qualifier, sp_name_qualifier }))
    }

    /// One a line.
    pub(super) fn groups(&self, column: &'static str) -> Result<SessionGroups, StoreError> {
        self.optional(column, |text| text.split_terminator('\n').map(GroupName::parse).collect())
    }

    /// `name=value`, one a line.
    pub(super) fn attributes(&self, column: &'static str) -> Result<BTreeSet<Attribute>, StoreError> {
        self.parsed(column, |text| text.split_terminator('\n').map(|line| attribute(line).ok_or(())).collect())
    }
}

/// Names of attributes hold no `=`, their values no control characters.
pub(super) fn attribute_lines(attributes: &BTreeSet<Attribute>) -> String {
    attributes.iter().fold(String::new(), |text, attribute| text + &attribute.to_string() + "\n")
}

fn attribute(line: &str) -> Option<Attribute> {
    let (name, value) = line.split_once('=')?;
    Some(Attribute { name: Slug::parse(name).ok()?, value: AttributeValue::parse(value).ok()? })
}

/// Group names hold no control characters, so that a line is a safe place for one.
pub(super) fn group_lines(groups: &SessionGroups) -> Option<String> {
    groups.as_ref().map(|groups| groups.iter().fold(String::new(), |text, group| text + group.as_str() + "\n"))
}

/// SQLite counts to 2⁶³ − 1.
pub(super) fn stored_sequence(sequence: u64) -> Result<i64, StoreError> {
    i64::try_from(sequence).map_err(|_| StoreError::Corrupt(format!("the sequence {sequence} is out of range")))
}

pub(super) fn corrupt(column: &str) -> StoreError {
    StoreError::Corrupt(format!("the column `{column}` holds a value that this version does not write"))
}
