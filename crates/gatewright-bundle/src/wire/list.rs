//! List: an array with a limit in its type.
//!
//! Invariant: the limit is compared with the declared length before anything is read, and memory grows only with
//! entries that are really there.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

use crate::malformed::Defect;

pub(super) struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> List<T, MAX> {
    pub(super) fn of<'a, D: 'a>(items: &'a [D], twin: impl Fn(&'a D) -> T) -> Self {
        Self(items.iter().map(twin).collect())
    }

    pub(super) fn convert<D>(&self, item: impl Fn(&T) -> Result<D, Defect>) -> Result<Vec<D>, Defect> {
        self.0.iter().map(item).collect()
    }
}

impl<C, T: Encode<C>, const MAX: usize> Encode<C> for List<T, MAX> {
    fn encode<W: Write>(&self, out: &mut Encoder<W>, ctx: &mut C) -> Result<(), minicbor::encode::Error<W::Error>> {
        out.array(self.0.len() as u64)?;
        self.0.iter().try_for_each(|item| item.encode(out, ctx))
    }
}

impl<'b, C, T: Decode<'b, C>, const MAX: usize> Decode<'b, C> for List<T, MAX> {
    fn decode(input: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let count = input.array()?.ok_or_else(|| minicbor::decode::Error::message("a list without a length"))?;
        if count > MAX as u64 {
            return Err(minicbor::decode::Error::message(format!("a list of {count}; the most is {MAX}")));
        }
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(T::decode(input, ctx)?);
        }
        Ok(Self(items))
    }
}
