//! Diagnostic: one mistake, where it is and what to do about it. Rendered by miette, listed as JSON by the command line.

use std::sync::Arc;

use crate::source::Span;

/// `GW` and four digits, with its slug and its default severity. One constant for each, beside the rule that raises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// `0101` for `GW0101`.
    pub number: u16,
    pub slug: &'static str,
    pub severity: Severity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Meaningless or dangerous: no bundle.
    Error,
    /// A lint that is denied by default.
    Deny,
    Warn,
    Info,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    /// Small first letter, no final period, the author's words in back-ticks.
    pub message: String,
    /// The mark: exactly the mistake. The text beside it.
    pub primary: (Span, String),
    /// Other places that matter, each with its text.
    pub related: Vec<(Span, String)>,
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// The path of the thing, such as `org[acme].grant[group=ml]`: with the code it makes the fingerprint.
    pub path: Arc<str>,
    /// The organisation that it concerns.
    pub org: Option<Arc<str>>,
}

/// A replacement that a machine may apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub span: Span,
    pub text: String,
}

/// Where the stages report. Keeps every finding; the order of reporting does not matter.
///
/// Cascades: a reader names, beside each of its findings, the region of the text that it could not understand. What a
/// later stage says about a place inside such a region is a consequence of the first mistake, and is left out.
#[derive(Debug, Default)]
pub struct Sink {
    unread: Vec<Diagnostic>,
    found: Vec<Diagnostic>,
    regions: Vec<Span>,
}

impl Sink {
    /// A finding about what was read.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// A finding of a reader: nothing that later stages say about `region` counts.
    pub fn report_unread(&mut self, diagnostic: Diagnostic, region: Span) {
        self.unread.push(diagnostic);
        self.regions.push(region);
    }

    /// One more region that a reader could not understand, because of a finding that it reported.
    pub fn mark_unread(&mut self, region: Span) {
        self.regions.push(region);
    }

    /// Whether an error or a denied lint was reported: no bundle.
    pub fn refuses(&self) -> bool {
        self.unread.iter().chain(&self.found).any(|found| found.code.severity <= Severity::Deny)
    }

    /// Takes over what another sink holds.
    pub fn merge(&mut self, other: Self) {
        self.unread.extend(other.unread);
        self.found.extend(other.found);
        self.regions.extend(other.regions);
    }

    /// Sorted by place and code, equal findings folded, cascades left out. One line that many organisations share is
    /// wrong once.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let regions = united(self.regions);
        let mut sorted = self.unread;
        sorted.extend(self.found.into_iter().filter(|found| !is_held(&regions, &found.primary.0)));
        sorted.sort_by(|a, b| (a.primary.0, a.code, &a.message).cmp(&(b.primary.0, b.code, &b.message)));
        sorted.dedup_by(|later, earlier| later.says_what(earlier));
        sorted
    }
}

impl Diagnostic {
    /// The same about the same place, of whichever organisation.
    fn says_what(&self, other: &Self) -> bool {
        (&self.primary, self.code, &self.message, &self.related, &self.help, &self.fix)
            == (&other.primary, other.code, &other.message, &other.related, &other.help, &other.fix)
    }
}

/// Sorted, and such that no two touch.
fn united(mut regions: Vec<Span>) -> Vec<Span> {
    regions.sort_unstable();
    let mut united: Vec<Span> = Vec::new();
    for region in regions {
        match united.last_mut() {
            Some(last) if last.file == region.file && region.start <= last.end => last.end = last.end.max(region.end),
            _ => united.push(region),
        }
    }
    united
}

fn is_held(regions: &[Span], span: &Span) -> bool {
    let after = regions.partition_point(|region| (region.file, region.start) <= (span.file, span.start));
    after.checked_sub(1).and_then(|before| regions.get(before)).is_some_and(|region| region.holds(span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;
    use crate::source::FileId;

    fn finding(code: Code, file: u32, start: usize, end: usize) -> Diagnostic {
        Diagnostic {
            code,
            message: "wrong".to_owned(),
            primary: (Span::new(FileId(file), start, end), String::new()),
            related: Vec::new(),
            help: None,
            fix: None,
            path: Arc::from(""),
            org: None,
        }
    }

    fn places(sink: Sink) -> Vec<(u32, u32, u16)> {
        let starts = |found: Diagnostic| (found.primary.0.file.0, found.primary.0.start, found.code.number);
        sink.into_sorted().into_iter().map(starts).collect()
    }

    #[test]
    fn what_follows_from_an_unread_region_is_left_out() {
        let mut sink = Sink::default();
        sink.report(finding(codes::NOT_A_VALUE, 0, 12, 15));
        sink.report(finding(codes::NOT_A_VALUE, 0, 12, 25));
        sink.report(finding(codes::NOT_A_VALUE, 1, 12, 15));
        sink.report_unread(finding(codes::SYNTAX, 0, 10, 20), Span::new(FileId(0), 10, 20));
        assert_eq!(places(sink), [(0, 10, 1), (0, 12, 210), (1, 12, 210)]);
    }

    #[test]
    fn findings_of_readers_never_hide_each_other() {
        let mut sink = Sink::default();
        sink.report_unread(finding(codes::SYNTAX, 0, 12, 13), Span::new(FileId(0), 10, 20));
        sink.report_unread(finding(codes::LIMITS, 0, 14, 15), Span::new(FileId(0), 14, 15));
        assert_eq!(places(sink), [(0, 12, 1), (0, 14, 10)]);
    }

    #[test]
    fn regions_that_overlap_are_one() {
        let mut sink = Sink::default();
        for (start, end) in [(0, 50), (5, 10), (50, 60)] {
            sink.mark_unread(Span::new(FileId(0), start, end));
        }
        sink.report(finding(codes::NOT_A_VALUE, 0, 40, 55));
        assert_eq!(places(sink), []);
    }

    #[test]
    fn neither_order_nor_repetition_shows() {
        let (mut one, mut two) = (Sink::default(), Sink::default());
        let findings =
            [finding(codes::SYNTAX, 1, 0, 1), finding(codes::SYNTAX, 0, 5, 6), finding(codes::LIMITS, 0, 5, 6)];
        for found in findings.iter().chain(&findings) {
            one.report(found.clone());
        }
        for found in findings.iter().rev() {
            let mut other = Sink::default();
            other.report(found.clone());
            two.merge(other);
        }
        let one = places(one);
        assert_eq!(one, [(0, 5, 1), (0, 5, 10), (1, 0, 1)]);
        assert_eq!(one, places(two));
    }
}
