//! Draft: a trust file while its keys are being made.
//!
//! Several people make their keys one after the other. The threshold can stand from the first one on: until enough keys
//! are there, everybody but `keygen` refuses the file, so that no single key is believed in between.
//!
//! Invariant: a line that people wrote into the file stays as it is.

use gatewright_bundle::limits::KEYS_MAX;
use gatewright_bundle::{Trust, TrustRefused, TrustedKey};

/// A trust file that may wait for keys.
#[derive(Debug)]
pub(super) struct Draft {
    text: String,
    threshold: usize,
    /// The same keys under a threshold of 1.
    keys: Trust,
}

impl Draft {
    /// A file with its first key.
    pub(super) fn new(first: TrustedKey, threshold: usize) -> Result<Self, TrustRefused> {
        let keys = Trust::new(1, vec![first])?;
        let text = keys.to_text();
        Self { text, threshold: 1, keys }.with_threshold(threshold)
    }

    pub(super) fn parse(text: &str) -> Result<Self, TrustRefused> {
        let stated = text.lines().find_map(|line| line.strip_prefix("threshold ")?.parse::<usize>().ok());
        let Some(threshold) = stated.filter(|threshold| (1..=KEYS_MAX).contains(threshold)) else {
            // The format's own words for what is wrong.
            return Trust::parse(text).map(|keys| Self { text: text.to_owned(), threshold: keys.threshold(), keys });
        };
        let keys = Trust::parse(&replaced(text, threshold, 1))?;
        Ok(Self { text: text.to_owned(), threshold, keys })
    }

    pub(super) fn with_key(self, key: TrustedKey) -> Result<Self, TrustRefused> {
        let keys = self.keys.with_key(key)?;
        let line = keys.to_text().lines().last().unwrap_or_default().to_owned();
        Ok(Self { text: format!("{}\n{line}\n", self.text.trim_end()), keys, ..self })
    }

    pub(super) fn with_threshold(self, threshold: usize) -> Result<Self, TrustRefused> {
        let refused = |why: String| Err(TrustRefused { line: None, why });
        match threshold {
            0 => refused("a threshold of 0 would trust everybody; the least is 1".into()),
            1..=KEYS_MAX => Ok(Self { text: replaced(&self.text, self.threshold, threshold), threshold, ..self }),
            _ => refused(format!("a threshold of {threshold} can never be met: {KEYS_MAX} keys are the most")),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn threshold(&self) -> usize {
        self.threshold
    }

    pub(super) fn keys(&self) -> &[TrustedKey] {
        self.keys.keys()
    }

    /// How many keys are still to be made.
    pub(super) fn missing(&self) -> usize {
        self.threshold.saturating_sub(self.keys().len())
    }
}

/// The text with another threshold. A second `threshold` line stays, and is refused by who reads the result.
fn replaced(text: &str, old: usize, new: usize) -> String {
    let (old, new) = (format!("threshold {old}"), format!("threshold {new}"));
    let mut is_done = false;
    let mut lines = String::with_capacity(text.len());
    for line in text.lines() {
        let is_it = !is_done && line == old;
        is_done |= is_it;
        lines.push_str(if is_it { &new } else { line });
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use gatewright_terms::Slug;

    use super::*;

    fn key(number: u8) -> TrustedKey {
        let name = Slug::parse(&format!("key-{number}")).unwrap();
        TrustedKey { name, key: SigningKey::from_bytes(&[number; 32]).verifying_key().to_bytes() }
    }

    #[test]
    fn a_file_that_waits_for_keys_is_refused_by_everybody_else() {
        let one = Draft::new(key(1), 2).unwrap();
        assert_eq!(one.missing(), 1);
        assert!(Trust::parse(one.text()).is_err());
        let two = Draft::parse(one.text()).unwrap().with_key(key(2)).unwrap();
        assert_eq!((two.missing(), two.threshold()), (0, 2));
        let trust = Trust::parse(two.text()).unwrap();
        assert_eq!((trust.threshold(), trust.keys().len()), (2, 2));
    }

    #[test]
    fn comments_stay_and_what_is_wrong_is_refused() {
        let good = Draft::new(key(1), 1).unwrap();
        let text = good.text().replace("threshold 1\n", "# threshold 9 was too many\nthreshold 1\n");
        let more = Draft::parse(&text).unwrap().with_key(key(2)).unwrap().with_threshold(2).unwrap();
        assert!(more.text().contains("# threshold 9 was too many\nthreshold 2\n"), "{}", more.text());
        assert!(Trust::parse(more.text()).is_ok());
        for bad in
            ["", "nonsense", "gatewright-trust 1\nthreshold 2\nthreshold 2\n", "gatewright-trust 1\nthreshold 17\n"]
        {
            assert!(Draft::parse(bad).is_err(), "{bad:?}");
        }
        let twice = good.text().replace("threshold 1\n", "threshold 1\nthreshold 1\n");
        assert!(Draft::parse(&twice).is_err());
        assert!(good.with_key(key(1)).is_err());
        for bad in [0, KEYS_MAX + 1] {
            assert!(Draft::new(key(1), bad).is_err());
        }
    }
}
