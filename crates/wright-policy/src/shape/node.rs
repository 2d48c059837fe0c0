//! Node: an entry whose words are known and whose values have their types.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_terms::{
    AttributeValue, DomainName, EmailAddress, GroupName, PermissionName, Refusal, Seconds, Slug, Timestamp,
};
use jiff::civil::Date;
use wright_syntax::source::Span;
use wright_syntax::tree::Spanned;

use crate::kind::Scalar;
use crate::words::{Block, Field};

/// An entry, or the root of a file.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) block: &'static Block,
    /// The word, and its key where it has one.
    pub(crate) head: Span,
    pub(crate) key: Option<Spanned<Scalar>>,
    /// The key's text, good or bad.
    pub(crate) name: Arc<str>,
    pub(crate) path: Arc<str>,
    pub(crate) given: Vec<Given>,
    pub(crate) entries: Vec<Node>,
    /// Where each word first stood, in whatever form.
    pub(crate) tried: BTreeMap<&'static str, Span>,
    /// Words that a misspelt one was probably meant for.
    pub(crate) meant: BTreeSet<&'static str>,
    /// A block whose word is unknown stands in it: it may have been meant for one that is required.
    pub(crate) has_strange_block: bool,
    /// Something in it was reported, so that what is absent may have been meant.
    pub(crate) incomplete: bool,
}

/// A fact or a property with its value.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) field: &'static Field,
    pub(crate) value: Spanned<Scalar>,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident $variant:ident $type:ty;)+) => {$(
        $(#[$doc])*
        pub(crate) fn $name(&self, word: &str) -> Option<Spanned<$type>> {
            self.given(word).and_then(Given::$name)
        }
    )+};
}

macro_rules! readers {
    ($($name:ident $variant:ident $type:ty;)+) => {
        impl Given {$(
            pub(crate) fn $name(&self) -> Option<Spanned<$type>> {
                if let Scalar::$variant(value) = &self.value.value {
                    return Some(Spanned { value: value.clone(), span: self.value.span });
                }
                None
            }
        )+}
    };
}

readers! {
    text Text Arc<str>;
    slug Slug Slug;
    attribute Attribute AttributeValue;
    seconds Seconds Seconds;
    integer Integer u32;
    domain Domain DomainName;
    email Email EmailAddress;
    group Group GroupName;
    date Date Date;
    time Time Timestamp;
    refusal Refusal Refusal;
}

impl Node {
    /// The one value of a word; the first where there are many.
    pub(crate) fn given(&self, word: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.field.word == word)
    }

    pub(crate) fn all<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Given> {
        self.given.iter().filter(move |given| given.field.word == word)
    }

    pub(crate) fn entry(&self, word: &str) -> Option<&Self> {
        self.entries.iter().find(|entry| entry.block.word == word)
    }

    pub(crate) fn entries<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Self> {
        self.entries.iter().filter(move |entry| entry.block.word == word)
    }

    /// Whether the word stands here in any form, wrong ones and misspelt ones included.
    pub(crate) fn was_tried(&self, word: &str) -> bool {
        self.tried.contains_key(word) || self.meant.contains(word)
    }

    getters! {
        text Text Arc<str>;
        seconds Seconds Seconds;
        integer Integer u32;
        domain Domain DomainName;
        group Group GroupName;
        email Email EmailAddress;
        date Date Date;
        time Time Timestamp;
        refusal Refusal Refusal;
    }

    pub(crate) fn secret(&self, word: &str) -> Option<Spanned<(Slug, Slug)>> {
        let given = self.given(word)?;
        let Scalar::Secret(owner, name) = &given.value.value else { return None };
        Some(Spanned { value: (owner.clone(), name.clone()), span: given.value.span })
    }

    pub(crate) fn slug_key(&self) -> Option<Spanned<Slug>> {
        let key = self.key.as_ref()?;
        let Scalar::Slug(slug) = &key.value else { return None };
        Some(Spanned { value: slug.clone(), span: key.span })
    }

    pub(crate) fn domain_key(&self) -> Option<Spanned<DomainName>> {
        let key = self.key.as_ref()?;
        let Scalar::Domain(domain) = &key.value else { return None };
        Some(Spanned { value: domain.clone(), span: key.span })
    }

    pub(crate) fn permission_key(&self) -> Option<Spanned<PermissionName>> {
        let key = self.key.as_ref()?;
        let Scalar::Permission(name) = &key.value else { return None };
        Some(Spanned { value: name.clone(), span: key.span })
    }
}
