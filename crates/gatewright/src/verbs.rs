//! Verbs: one file each. A verb takes its arguments and the context, and gives a report or a failure.

pub(crate) mod audit;
pub(crate) mod bundle;
pub(crate) mod check;
pub(crate) mod choose;
pub(crate) mod compile;
pub(crate) mod deploy;
pub(crate) mod diff;
pub(crate) mod domain;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod help;
pub(crate) mod idp;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keygen;
pub(crate) mod owners;
pub(crate) mod review;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod snapshot;
pub(crate) mod status;
pub(crate) mod test;
pub(crate) mod trace;
pub(crate) mod try_;
pub(crate) mod verify;
pub(crate) mod who;
