//! Catalogue: every page there is, found by name.

use gatewright_terms::Refusal;
use serde::Serialize;

/// One page.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    pub(crate) kind: Kind,
    /// `GW0102`, `grant`, `no-grant`.
    pub(crate) name: String,
    pub(crate) title: String,
    /// Markdown.
    pub(crate) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Code,
    Word,
    Refusal,
}

/// Names further from the topic than this share too few letters to be meant.
const LIKENESS_MIN: f64 = 0.8;

/// Codes, then words, then refusals, each in its own order.
pub(crate) fn catalogue() -> Vec<Page> {
    let of_trust = super::trust::pages();
    let codes = wright::codes().into_iter().filter_map(|code| Some((Kind::Code, wright::page(code.number)?)));
    let words = wright::word_pages().into_iter().map(|page| (Kind::Word, page));
    let of_policy =
        codes.chain(words).map(|(kind, page)| Page { kind, name: page.name, title: page.title, text: page.text });
    let mut all: Vec<_> = of_policy.chain(of_trust).chain(Refusal::ALL.iter().copied().map(of_refusal)).collect();
    // Stable: words and refusals keep the order in which they are taught.
    all.sort_by_key(|page| (page.kind, if page.kind == Kind::Code { page.name.clone() } else { String::new() }));
    all
}

fn of_refusal(refusal: Refusal) -> Page {
    Page { kind: Kind::Refusal, name: refusal.slug().into(), title: refusal.page().title.into(), text: refusal.text() }
}

impl Page {
    /// Whether the topic means this page: its name in any case, a code's digits or slug, or the last part of a
    /// word's path.
    pub(crate) fn answers(&self, topic: &str) -> bool {
        let is = |name: &str| name.eq_ignore_ascii_case(topic);
        match self.kind {
            Kind::Code => is(&self.name) || is(&self.title) || self.name.strip_prefix("GW").is_some_and(is),
            Kind::Word => is(&self.name) || self.name.rsplit('.').next().is_some_and(is),
            Kind::Refusal => is(&self.name),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let of_code = (self.kind == Kind::Code).then_some(self.title.as_str());
        [self.name.as_str()].into_iter().chain(of_code)
    }
}

/// The names that a misspelt topic may mean, nearest first, in back-ticks.
pub(crate) fn nearest(topic: &str, all: &[Page]) -> Vec<String> {
    let topic = topic.to_ascii_lowercase();
    let mut near: Vec<(f64, &str)> = all
        .iter()
        .flat_map(Page::names)
        .map(|name| (strsim::jaro_winkler(&topic, &name.to_ascii_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup_by(|a, b| a.1 == b.1);
    near.into_iter().take(3).map(|(_, name)| format!("`{name}`")).collect()
}
