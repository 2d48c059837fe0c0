//! Suggest: the word that the author probably meant.

/// Longer words are no slips of the fingers, and the distance costs their product.
const WORD_CHARS_MAX: usize = 64;

/// The candidate nearest to `word`, if one is near enough to be a slip: one edit for short words, a third of the letters
/// for long ones, capitals aside. Of two that are equally near, the first in alphabetical order.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    let letters = folded.chars().count();
    if letters == 0 || letters > WORD_CHARS_MAX {
        return None;
    }
    let most = if letters < 3 { 0 } else { letters / 3 };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word && candidate.chars().count().abs_diff(letters) <= most)
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn a_slip_is_recognised() {
        let words = ["session", "project", "research", "owner", "name", "id"];
        assert_eq!(suggest("sesion", words), Some("session"));
        assert_eq!(suggest("reserach", words), Some("research"));
        assert_eq!(suggest("Name", words), Some("name"));
        assert_eq!(suggest("ID", words), Some("id"));
    }

    #[test]
    fn another_word_is_not() {
        let words = ["session", "project", "ab", "name"];
        assert_eq!(suggest("billing", words), None);
        assert_eq!(suggest("ac", words), None, "one edit of two letters is another word");
        assert_eq!(suggest("", words), None);
        assert_eq!(suggest("name", words), None, "the word itself is no advice");
        assert_eq!(suggest(&"a".repeat(100_000), words), None);
    }

    #[test]
    fn ties_do_not_depend_on_the_order_of_the_candidates() {
        assert_eq!(suggest("rolx", ["role", "rolf"]), Some("role"));
        assert_eq!(suggest("rolx", ["rolf", "role"]), Some("role"));
    }
}
