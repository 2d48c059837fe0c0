//! Confine: a process denies itself everything that checking a signature does not need.
//!
//! Invariant: what is not on the list is denied; a list that cannot be set, or does not hold, ends the worker.

use std::fs::File;
use std::net::UdpSocket;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// Everything that the process maps: our program, the C libraries and their tables take 100 MiB of it, the tree of the
/// largest message about 20.
pub(crate) const ADDRESS_SPACE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Processor time of a whole life, which `workers` ends long before.
pub(crate) const PROCESSOR_SECONDS_MAX: u64 = 60;

/// A limit or the filter could not be set.
#[derive(Debug)]
pub(super) struct NotConfined;

/// Call it while the process has one thread.
pub(super) fn confine() -> Result<(), NotConfined> {
    limit(Resource::As, ADDRESS_SPACE_BYTES_MAX)?;
    limit(Resource::Cpu, PROCESSOR_SECONDS_MAX)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, 0)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|_| NotConfined)?;
    // Sets `no_new_privs` before the filter.
    seccompiler::apply_filter(&filter().ok_or(NotConfined)?).map_err(|_| NotConfined)
}

/// Tries what must be denied.
pub(super) fn is_confined() -> bool {
    let child = || Command::new("/proc/self/exe").arg("--version").stdout(Stdio::null()).spawn();
    UdpSocket::bind("127.0.0.1:0").is_err()
        && UdpSocket::bind("[::1]:0").is_err()
        && UnixStream::pair().is_err()
        && File::open("/").is_err()
        && File::open("/dev/null").is_err()
        && File::create("/dev/null").is_err()
        && std::fs::metadata("/").is_err()
        && std::thread::Builder::new().spawn(|| ()).is_err()
        && child().is_err()
}

fn limit(resource: Resource, value: u64) -> Result<(), NotConfined> {
    setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) }).map_err(|_| NotConfined)
}

fn filter() -> Option<BpfProgram> {
    let rules = [
        (libc::SYS_read, one_of(0, &[0])?),
        (libc::SYS_write, one_of(0, &[1, 2])?),
        // Memory, none of it executable, none of it a file.
        (libc::SYS_mmap, vec![rule(&[without(2, libc::PROT_EXEC)?, with(3, libc::MAP_ANONYMOUS)?])?]),
        (libc::SYS_mprotect, vec![rule(&[without(2, libc::PROT_EXEC)?])?]),
        (libc::SYS_mremap, vec![]),
        (libc::SYS_munmap, vec![]),
        (libc::SYS_madvise, vec![]),
        (libc::SYS_brk, vec![]),
        // Locks, time, randomness.
        (libc::SYS_futex, vec![]),
        (libc::SYS_clock_gettime, vec![]),
        (libc::SYS_getrandom, vec![]),
        (libc::SYS_getpid, vec![]),
        (libc::SYS_gettid, vec![]),
        // The end.
        (libc::SYS_rt_sigaction, vec![]),
        (libc::SYS_rt_sigprocmask, vec![]),
        (libc::SYS_rt_sigreturn, vec![]),
        (libc::SYS_sigaltstack, vec![]),
        (libc::SYS_exit, vec![]),
        (libc::SYS_exit_group, vec![]),
    ];
    let denied = SeccompAction::Errno(u32::try_from(libc::EPERM).ok()?);
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    let filter = SeccompFilter::new(rules.into_iter().collect(), denied, SeccompAction::Allow, architecture).ok()?;
    filter.try_into().ok()
}

fn rule(conditions: &[SeccompCondition]) -> Option<SeccompRule> {
    SeccompRule::new(conditions.to_vec()).ok()
}

/// The argument is one of these.
fn one_of(argument: u8, values: &[u64]) -> Option<Vec<SeccompRule>> {
    let equal = |value: &u64| {
        let equal = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, *value).ok()?;
        rule(&[equal])
    };
    values.iter().map(equal).collect()
}

/// The bit is set.
fn with(argument: u8, bit: libc::c_int) -> Option<SeccompCondition> {
    masked(argument, bit, u64::try_from(bit).ok()?)
}

/// The bit is not set.
fn without(argument: u8, bit: libc::c_int) -> Option<SeccompCondition> {
    masked(argument, bit, 0)
}

fn masked(argument: u8, bit: libc::c_int, value: u64) -> Option<SeccompCondition> {
    let masked = SeccompCmpOp::MaskedEq(u64::try_from(bit).ok()?);
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, masked, value).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn who_is_not_confined_is_seen() {
        assert!(!super::is_confined());
    }
}
