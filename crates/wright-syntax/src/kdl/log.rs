//! Log: what one reading of one file reports, before it is sure to be the last reading.

use std::ops::Range;
use std::sync::Arc;

use super::MISTAKES_MAX;
use crate::codes;
use crate::diagnostic::{Code, Diagnostic, Fix, Sink};
use crate::source::{FileId, Span};

#[derive(Debug)]
pub(super) struct Log<'a> {
    file: FileId,
    pub(super) text: &'a str,
    found: Vec<(Diagnostic, Span)>,
    regions: Vec<Span>,
}

impl<'a> Log<'a> {
    pub(super) fn new(file: FileId, text: &'a str) -> Self {
        Self { file, text, found: Vec::new(), regions: Vec::new() }
    }

    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// Whether another finding would still be listed; asked before work is put into one.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() > MISTAKES_MAX
    }

    /// How many findings there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Takes back what was found since there were `len`; gives where the first of it was.
    pub(super) fn take_back(&mut self, len: usize) -> Option<usize> {
        let since = self.found.drain(len.min(self.found.len())..);
        let starts = since.map(|(found, _)| found.primary.0.start);
        starts.min().and_then(|start| usize::try_from(start).ok())
    }

    pub(super) fn finding(&self, code: Code, at: Range<usize>, message: String) -> Diagnostic {
        Diagnostic {
            code,
            message,
            primary: (self.span(&at), String::new()),
            related: Vec::new(),
            help: None,
            fix: None,
            path: Arc::from(""),
            org: None,
        }
    }

    pub(super) fn fix(&self, at: Range<usize>, text: impl Into<String>) -> Fix {
        Fix { span: self.span(&at), text: text.into() }
    }

    /// Its mark is the region that was not understood.
    pub(super) fn push(&mut self, found: Diagnostic) {
        let region = found.primary.0;
        self.push_with(found, region);
    }

    pub(super) fn push_with(&mut self, found: Diagnostic, region: Span) {
        if self.found.len() < MISTAKES_MAX {
            self.found.push((found, region));
        } else if self.found.len() == MISTAKES_MAX {
            let mut last = found;
            last.code = codes::LIMITS;
            last.message = format!("more than {MISTAKES_MAX} mistakes in this file; the others are not listed");
            (last.help, last.fix) = (None, None);
            last.related.clear();
            last.primary.1 = String::from("the first that is left out");
            let rest = self.span(&(0..self.text.len()));
            self.found.push((last, rest));
        }
    }

    /// Nothing in this region was understood, because of something that was reported.
    pub(super) fn mark(&mut self, region: Range<usize>) {
        // Regions serve the findings; a file without any has none, one with too many is one region.
        if !self.is_full() {
            self.regions.push(self.span(&region));
        }
    }

    pub(super) fn flush(self, sink: &mut Sink) {
        for (found, region) in self.found {
            sink.report_unread(found, region);
        }
        for region in self.regions {
            sink.mark_unread(region);
        }
    }
}
