//! Arguments: what can be written behind `gatewrightd`.
//!
//! Invariant: values stay texts here; they are parsed in one place, whether a flag, the environment or the file gave
//! them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// What this program is started with to check signatures (`gate_saml::worker`): by itself, by nobody else.
pub(crate) const SAML_WORKER: &str = "saml-worker";

/// The gate: signs people in, and answers the proxies in front of applications.
#[derive(Debug, Parser)]
#[command(name = "gatewrightd", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Say what a start with these settings would do, and check everything that can be checked without it.
    CheckConfig(Box<RunFlags>),
    /// Admin tokens.
    #[command(subcommand)]
    Token(TokenVerb),
    /// The keys that the gate signs and seals with.
    #[command(subcommand)]
    Keys(KeysVerb),
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token straight in the store. It is printed once, on the last line.
    Create(TokenCreate),
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreate {
    /// What the audit trail calls whoever uses it.
    pub(crate) name: String,
    /// read, members, deploy or rollback; several with commas or by repeating.
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,
    /// As for the gate itself.
    #[arg(long, value_name = "sqlite:PATH")]
    pub(crate) store: Option<String>,
    /// A file of settings.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Make the keys that are missing in a secrets directory, and the directory itself.
    Init {
        /// The secrets directory.
        dir: PathBuf,
    },
}

/// Everything that a start takes. Each may stand in the environment (`GATEWRIGHTD_TRUSTED_PROXY`; lists with commas) or
/// in the file (`trusted-proxy = ["10.0.0.0/8"]`) instead.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RunFlags {
    /// A file of settings [default: gatewrightd.toml here, then /etc/gatewright/gatewrightd.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The environment that is served; a bundle for another one is refused.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// A signed bundle, a directory of which the highest sequence counts, or an https address that is asked every 30
    /// seconds [default: /var/lib/gatewright/bundles].
    #[arg(long, value_name = "FILE|DIR|URL")]
    pub(crate) bundle: Option<String>,
    /// The keys that may sign bundles [default: /var/lib/gatewright/trust].
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<String>,
    /// [default: sqlite:/var/lib/gatewright/gate.db]
    #[arg(long, value_name = "sqlite:PATH")]
    pub(crate) store: Option<String>,
    /// Browsers and proxies, plain HTTP [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Operators, plain HTTP [default: 127.0.0.1:8081].
    #[arg(long, value_name = "ADDR")]
    pub(crate) admin_listen: Option<String>,
    /// Keys and client secrets, mode 0700 [default: /var/lib/gatewright/secrets].
    #[arg(long, value_name = "DIR")]
    pub(crate) secrets: Option<String>,
    /// A network whose forwarded headers count; may be repeated.
    #[arg(long, value_name = "CIDR", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<String>,
    /// A private network that identity providers, or the bundle's address, may stand in; may be repeated.
    #[arg(long, value_name = "CIDR", value_delimiter = ',')]
    pub(crate) outbound_allow: Vec<String>,
    /// Certificate authorities, PEM, beside those of the system.
    #[arg(long, value_name = "FILE")]
    pub(crate) outbound_ca: Option<String>,
    /// How long a session is trusted while the store is away [default: 30s].
    #[arg(long, value_name = "TIME")]
    pub(crate) stale_sessions_max: Option<String>,
    /// Where the signed checkpoint of the audit trail is kept up to date [default: the store's file with `.checkpoint`].
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
