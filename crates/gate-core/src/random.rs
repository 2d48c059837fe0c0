//! Random: unpredictable bytes, as an argument.

/// The generator gave nothing. Whoever asked refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomFailed;

/// Where unpredictable bytes come from. Tests count; the server asks the operating system.
pub trait Random: Send + Sync {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomFailed>;
}

/// The generator of aws-lc, seeded by the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomFailed> {
        aws_lc_rs::rand::fill(out).map_err(|_| RandomFailed)
    }
}

/// `N` unpredictable bytes.
pub(crate) fn bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N], RandomFailed> {
    let mut out = [0; N];
    random.fill(&mut out)?;
    Ok(out)
}
