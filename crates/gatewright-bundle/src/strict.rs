//! Strict: a CBOR reader that takes the one canonical spelling and nothing else (RFC 8949 §4.2.1).
//!
//! Reads the frames and indices, which are too large to be written again for comparison.
//!
//! Invariant: definite lengths, shortest heads, keys in the order that is asked for; nothing is allocated.

use minicbor::Decoder;

use crate::malformed::Defect;

pub(crate) struct Strict<'b>(Decoder<'b>);

impl<'b> Strict<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    /// Where the next item begins.
    pub(crate) fn position(&self) -> usize {
        self.0.position()
    }

    pub(crate) fn uint(&mut self) -> Result<u64, Defect> {
        let start = self.0.position();
        let value = self.0.u64()?;
        self.shortest(start, value, 0)?;
        Ok(value)
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Defect> {
        u32::try_from(self.uint()?).map_err(|_| Defect::TooLarge(what))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'b [u8], Defect> {
        let start = self.0.position();
        let value = self.0.bytes()?;
        self.shortest(start, value.len() as u64, value.len())?;
        Ok(value)
    }

    pub(crate) fn array_of<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Defect> {
        self.bytes()?.try_into().map_err(|_| Defect::BadValue(what))
    }

    pub(crate) fn text(&mut self) -> Result<&'b str, Defect> {
        let start = self.0.position();
        let value = self.0.str()?;
        self.shortest(start, value.len() as u64, value.len())?;
        Ok(value)
    }

    /// The number of items that follow.
    pub(crate) fn array(&mut self) -> Result<u64, Defect> {
        let start = self.0.position();
        let count = self.0.array()?.ok_or(Defect::NotCanonical)?;
        self.shortest(start, count, 0)?;
        Ok(count)
    }

    /// The number of pairs that follow.
    pub(crate) fn map(&mut self) -> Result<u64, Defect> {
        let start = self.0.position();
        let count = self.0.map()?.ok_or(Defect::NotCanonical)?;
        self.shortest(start, count, 0)?;
        Ok(count)
    }

    /// The next key must be this one.
    pub(crate) fn key(&mut self, key: u64) -> Result<(), Defect> {
        if self.uint()? == key { Ok(()) } else { Err(Defect::NotCanonical) }
    }

    pub(crate) fn end(&self) -> Result<(), Defect> {
        if self.0.position() == self.0.input().len() { Ok(()) } else { Err(Defect::TrailingBytes) }
    }

    /// The item that began at `start` must have the shortest head for `argument`, and `payload` bytes behind it.
    fn shortest(&self, start: usize, argument: u64, payload: usize) -> Result<(), Defect> {
        let head = match argument {
            0..24 => 1,
            24..0x100 => 2,
            0x100..0x1_0000 => 3,
            0x1_0000..0x1_0000_0000 => 5,
            0x1_0000_0000.. => 9,
        };
        let taken = self.0.position().saturating_sub(start);
        if taken.checked_sub(payload) == Some(head) { Ok(()) } else { Err(Defect::NotCanonical) }
    }
}

/// Writes CBOR into memory. Such writing cannot fail; were it to, nobody would read the empty bytes.
pub(crate) fn written(
    write: impl FnOnce(&mut minicbor::Encoder<Vec<u8>>) -> Result<(), minicbor::encode::Error<std::convert::Infallible>>,
) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(Vec::new());
    match write(&mut encoder) {
        Ok(()) => encoder.into_writer(),
        Err(_) => Vec::new(),
    }
}
