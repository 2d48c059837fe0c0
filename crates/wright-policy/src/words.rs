//! Words: the field table, the one place that says which words exist, where they stand and what they take.
//!
//! Parsing, defaults, did-you-mean, the language reference and the word pages are all driven by it. A new word is a
//! new row in one of the files below this one.
//!
//! Invariant: nothing else in this crate decides whether a word is known.

mod environment;
mod guardrail;
mod law;
mod organisation;
mod platform;
mod preset;
mod profile;
mod review;
mod saml;
mod suite;

use crate::kind::Kind;

pub(crate) use environment::ENVIRONMENT_FILE;
pub(crate) use guardrail::GUARDRAIL;
pub(crate) use organisation::{
    CONNECTION, MEMBERS, MEMBERS_TWICE, OIDC, ORG, ORG_FILE, PROJECT, SESSION, STEP_UP, built_in,
};
pub(crate) use platform::{MANIFEST_FILE, PLATFORM_FILE};
pub(crate) use preset::{PARAM_TYPES, PRESET, PRESET_FILE, USE};
pub(crate) use profile::PROFILE_FILE;
pub use review::CLASSES;
pub(crate) use saml::{NAME_ID, SAML, SIGNATURES, other_kind};
pub(crate) use suite::TEST_FILE;

/// An entry, or a whole file: what may stand inside it.
pub(crate) struct Block {
    pub(crate) word: &'static str,
    pub(crate) key: Key,
    pub(crate) fields: &'static [Field],
    /// Words that the language keeps for itself. Using one is an error that says so.
    pub(crate) reserved: &'static [&'static str],
    /// One sentence.
    pub(crate) about: &'static str,
    pub(crate) example: &'static str,
}

/// How an entry is told apart from its neighbours.
pub(crate) enum Key {
    /// Only one can stand: `session { … }`.
    None,
    /// By its argument: `project "research" { … }`.
    One(Kind),
    /// By its argument and one property: `role "admin" scope="org" { … }`.
    OneAnd(Kind, &'static str),
    /// By its argument and all its properties: `require "session.idle" at-most=…`. What else tells two apart is the
    /// business of whoever looks names up.
    OneAndAll(Kind),
    /// By all its properties: `grant role=… group=…`. Whether two are the same is a rule's business.
    Properties,
}

/// One row of the table.
pub(crate) struct Field {
    pub(crate) word: &'static str,
    pub(crate) form: Form,
    pub(crate) many: bool,
    pub(crate) required: bool,
    /// An environment may change it.
    pub(crate) environment: bool,
    /// One sentence.
    pub(crate) about: &'static str,
    pub(crate) example: &'static str,
}

pub(crate) enum Form {
    /// `word value`, a line of its own.
    Fact(Kind),
    /// `word=value`, on the line of its entry.
    Property(Kind),
    /// An entry with fields of its own.
    Entry(&'static Block),
}

impl Block {
    pub(crate) fn property(&self, word: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.word == word && matches!(field.form, Form::Property(_)))
    }

    pub(crate) fn child(&self, word: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.word == word && !matches!(field.form, Form::Property(_)))
    }

    /// A file has no word of its own.
    pub(crate) fn is_file(&self) -> bool {
        self.word.is_empty()
    }
}

impl Field {
    const fn new(word: &'static str, form: Form, about: &'static str, example: &'static str) -> Self {
        Self { word, form, many: false, required: false, environment: false, about, example }
    }

    const fn fact(word: &'static str, kind: Kind, about: &'static str, example: &'static str) -> Self {
        Self::new(word, Form::Fact(kind), about, example)
    }

    const fn property(word: &'static str, kind: Kind, about: &'static str, example: &'static str) -> Self {
        Self::new(word, Form::Property(kind), about, example)
    }

    /// Documented by its block.
    const fn entry(block: &'static Block) -> Self {
        Self::new(block.word, Form::Entry(block), block.about, block.example)
    }

    const fn many(mut self) -> Self {
        self.many = true;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Marked *environment*: an environment may change it.
    const fn environment(mut self) -> Self {
        self.environment = true;
        self
    }

    /// What may stand inside it, if it is an entry.
    fn block(&self) -> Option<&'static Block> {
        match self.form {
            Form::Entry(block) => Some(block),
            Form::Fact(_) | Form::Property(_) => None,
        }
    }
}

/// The kinds of file of a workspace, in the order in which they are read.
pub(crate) const FILES: &[(&str, &Block)] = &[
    ("policy.kdl", &MANIFEST_FILE),
    ("platform/*.kdl", &PLATFORM_FILE),
    ("presets/*.kdl", &PRESET_FILE),
    ("environments/*.kdl", &ENVIRONMENT_FILE),
    ("orgs/**/<org>/org.kdl", &ORG_FILE),
    ("orgs/**/<org>/*.test.kdl", &TEST_FILE),
];

/// The properties of an entry in the order of the table. The entry is named by the words of the blocks around it and its
/// own, outermost first; one that the language does not know has none.
pub fn property_order(path: &[&str]) -> Vec<&'static str> {
    let Some((outermost, rest)) = path.split_first() else { return Vec::new() };
    let first = FILES.iter().find_map(|(_, file)| file.child(outermost)).and_then(Field::block);
    let found = rest.iter().fold(first, |block, word| block.and_then(|block| block.child(word)).and_then(Field::block));
    let fields = found.map_or(&[][..], |block| block.fields);
    fields.iter().filter(|field| matches!(field.form, Form::Property(_))).map(|field| field.word).collect()
}

#[cfg(test)]
mod tests {
    use wright_syntax::diagnostic::Sink;
    use wright_syntax::source::{FileId, Source};
    use wright_syntax::tree::{Entry, Spanned, Value};
    use wright_syntax::{ReadContext, read_kdl};

    use super::*;
    use crate::kind::{self, Scalar, spell};

    fn blocks() -> Vec<&'static Block> {
        let mut found = vec![&PROFILE_FILE, &MANIFEST_FILE, &PLATFORM_FILE, &ENVIRONMENT_FILE, &ORG_FILE, &TEST_FILE];
        let mut at = 0;
        while let Some(block) = found.get(at).copied() {
            for field in block.fields {
                if let Form::Entry(inner) = field.form
                    && !found.iter().any(|known| std::ptr::eq(*known, inner))
                {
                    found.push(inner);
                }
            }
            at += 1;
        }
        found
    }

    fn read(text: &str) -> Entry {
        let mut sink = Sink::default();
        let source = Source { path: "example".into(), text: text.into() };
        let block = read_kdl(&source, FileId(0), ReadContext::Platform, &mut sink);
        assert!(sink.into_sorted().is_empty(), "{text}");
        block.entries.into_iter().next().unwrap()
    }

    /// A row whose example is wrong teaches a mistake.
    #[test]
    fn every_example_is_good() {
        for block in blocks() {
            if !block.example.is_empty() {
                assert_eq!(&*read(block.example).word.value, block.word);
            }
            for field in block.fields {
                let (kind, value): (Kind, Spanned<Value>) = match field.form {
                    Form::Fact(kind) => (kind, read(field.example).arguments.swap_remove(0)),
                    Form::Property(kind) => (kind, read(&format!("x {}", field.example)).properties.swap_remove(0).1),
                    Form::Entry(_) => continue,
                };
                let scalar = kind::read(kind, field.word, &value, "", &mut Sink::default());
                assert!(!matches!(scalar, Scalar::Broken(_)), "{}", field.example);
                assert!(field.example.contains(field.word), "{}", field.example);
            }
        }
    }

    #[test]
    fn every_row_has_one_sentence_and_no_word_has_two_meanings_in_one_place() {
        for block in blocks() {
            for (at, field) in block.fields.iter().enumerate() {
                assert!(field.about.ends_with('.'), "{}: {}", field.word, field.about);
                assert!(block.fields.iter().skip(at + 1).all(|other| other.word != field.word), "{}", field.word);
            }
        }
    }

    #[test]
    fn properties_have_the_order_of_the_table_wherever_their_entry_stands() {
        let of_grant = ["role", "project", "group", "everyone-in", "attribute", "value", "connection", "group-label"];
        assert_eq!(property_order(&["org", "grant"]), of_grant);
        assert_eq!(property_order(&["environment", "org", "grant"]), of_grant);
        assert_eq!(property_order(&["permission"]), ["about", "risk"]);
        assert_eq!(property_order(&["defaults", "step-up"]), ["within", "acr"]);
        for unknown in [&[][..], &["nothing"], &["org", "nothing"], &["org", "name"], &["org", "name", "grant"]] {
            assert!(property_order(unknown).is_empty(), "{unknown:?}");
        }
    }

    #[test]
    fn the_table_names_what_is_built_in() {
        let session = &SESSION;
        let says = |word: &str, value: &str| {
            session.child(word).unwrap().about.contains(&format!("`{value}` where nobody says"))
        };
        assert!(says("idle", &spell(built_in::IDLE_SECS)));
        assert!(says("absolute", &spell(built_in::ABSOLUTE_SECS)));
        assert!(says("concurrent", &built_in::CONCURRENT.to_string()));
        assert!(says("when-full", "end-oldest"));
    }
}
