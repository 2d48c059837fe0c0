//! Places: paths of a program to the lines that they were written in, as spans.

use wright_policy::{MANIFEST, Origin, Provenance, Workspace};
use wright_syntax::source::{FileId, Span};

pub(crate) struct Places<'a> {
    pub(crate) provenance: &'a Provenance,
    pub(crate) workspace: &'a Workspace,
}

impl Places<'_> {
    pub(crate) fn of(&self, path: &str) -> Option<Span> {
        self.span(self.provenance.of(path)?)
    }

    /// Its beginning, where nothing says where a thing was written.
    pub(crate) fn manifest(&self) -> Span {
        Span::new(self.file(MANIFEST).unwrap_or(FileId(0)), 0, 0)
    }

    fn file(&self, path: &str) -> Option<FileId> {
        let index = self.workspace.sources().binary_search_by(|source| (*source.path).cmp(path)).ok()?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The written part of a line, without its indentation and an opening brace.
    fn span(&self, origin: &Origin) -> Option<Span> {
        let file = self.file(&origin.file)?;
        let text = &self.workspace.source(file)?.text;
        let before = usize::try_from(origin.line).ok()?.checked_sub(1)?;
        let line = text.split_inclusive('\n').nth(before)?;
        let line_start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
        let start = line_start + (line.len() - line.trim_start().len());
        Some(Span::new(file, start, start + line.trim().trim_end_matches('{').trim_end().len()))
    }
}
