//! Vendored: the metadata files beside the organisations, each read once.
//!
//! Takes the XML files of the workspace; gives what each says, or why it says nothing. Rules judge it.
//!
//! Invariant: a file that no connection names is stray, as any other file that belongs to nothing (GW0009).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_saml::certificate::CertificateFacts;
use gatewright_saml::metadata::{IdpMetadata, MetadataRefused};
use wright_syntax::codes::STRAY_FILE;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source, Span};

use crate::finding::Finding;

/// One file.
#[derive(Debug)]
pub(crate) struct Vendored {
    pub(crate) file: FileId,
    pub(crate) says: Result<Idp, MetadataRefused>,
}

/// An identity provider, as its metadata tells.
#[derive(Debug)]
pub(crate) struct Idp {
    pub(crate) metadata: IdpMetadata,
    /// In the order of `metadata.certificates`.
    pub(crate) certificates: Vec<CertificateFacts>,
}

/// Every file by its path.
pub(crate) type Shelf = BTreeMap<Arc<str>, Arc<Vendored>>;

/// Reads them all.
pub(crate) fn shelf(files: &[FileId], sources: &[Source]) -> Shelf {
    let read = |file: &FileId| {
        let source = sources.get(usize::try_from(file.0).ok()?)?;
        let says = IdpMetadata::parse(source.text.as_bytes()).map(Idp::of);
        Some((source.path.clone(), Arc::new(Vendored { file: *file, says })))
    };
    files.iter().filter_map(read).collect()
}

impl Idp {
    fn of(metadata: IdpMetadata) -> Self {
        // The reader has parsed each already.
        let certificates = metadata.certificates.iter().filter_map(|der| CertificateFacts::parse(der).ok()).collect();
        Self { metadata, certificates }
    }
}

/// Files that no connection names. `complete`: folders of organisations of which all was understood, as only there the
/// absence of a name means something; `known`: all folders of organisations.
pub(crate) fn strays(
    shelf: &Shelf,
    named: &BTreeSet<FileId>,
    known: &BTreeSet<Arc<str>>,
    complete: &BTreeSet<Arc<str>>,
    sink: &mut Sink,
) {
    for (path, vendored) in shelf.iter().filter(|(_, vendored)| !named.contains(&vendored.file)) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if known.contains(folder) && !complete.contains(folder) {
            continue;
        }
        let at = Span::new(vendored.file, 0, 0);
        Finding::new(STRAY_FILE, at, format!("`{path}` is no part of the program"))
            .mark("no `metadata` names it")
            .help("name it in the connection that it belongs to, or remove it")
            .report(sink);
    }
}
