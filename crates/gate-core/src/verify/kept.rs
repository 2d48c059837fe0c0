//! Kept: what the reader of an answer made of it, kept with the answer, so that it is made once and not once a request.
//!
//! Invariant: it lives as long as the answer it was made of, and no longer.

use std::any::Any;
use std::fmt;
use std::sync::OnceLock;

/// A place for one value of the reader's own. This crate does not know what an answer looks like on the wire.
#[derive(Default)]
pub struct Kept(OnceLock<Box<dyn Any + Send + Sync>>);

impl Kept {
    /// The value, made by the first who asks. `None` where somebody else kept a value of another type here.
    pub fn get_or_make<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.0.get_or_init(|| Box::new(make())).downcast_ref()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Kept(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_stays() {
        let kept = Kept::default();
        assert_eq!(kept.get_or_make(|| 1_u8), Some(&1));
        assert_eq!(kept.get_or_make(|| 2_u8), Some(&1));
        assert_eq!(kept.get_or_make(|| "another type"), None);
    }
}
