//! Runtime: the admin listener of a running gate, as the few verbs that talk to it see it.
//!
//! Reads the address and the token file; sends a request; gives JSON, a bundle or a failure in words.
//!
//! Invariant: the token goes to the address that was named and nowhere else: no redirect, no proxy, no clear text
//! beyond this machine.
//! Invariant: an answer is bounded in time and size, and its text is made harmless before a terminal sees it.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use gatewright_bundle::{BundleFile, limits};
use serde_json::Value;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::style::plain;

/// An admin request reads or writes a few rows; whoever takes longer is not well.
const ANSWER_SECS_MAX: u64 = 15;

/// A whole trace has some dozen steps of a few hundred bytes.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;

/// A whole bundle, there or back: as long as the gate waits for one.
const BUNDLE_TIME: Duration = Duration::from_secs(30);

/// The members of everybody's organisations: as long as a CI step waits for one.
const SNAPSHOT_TIME: Duration = Duration::from_mins(5);

/// Named where neither the flag nor the variable is there.
const HELP_RUNTIME: &str =
    "--runtime URL or GATEWRIGHT_RUNTIME names its admin listener, such as http://127.0.0.1:8081";

/// A reachable-looking runtime with the token for it.
pub(crate) struct Runtime {
    base: Url,
    token: Zeroizing<String>,
    agent: ureq::Agent,
}

/// What `GET /v1/bundle` says.
pub(crate) struct Status {
    pub(crate) environment: String,
    pub(crate) health: String,
    /// Of what runs, with its algorithm.
    pub(crate) digest: String,
    pub(crate) sequence: u64,
    /// As it was said.
    pub(crate) document: Value,
}

impl Status {
    fn parse(document: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(plain);
        let running = document.get("running")?;
        Some(Self {
            environment: text(document.get("environment")?)?,
            health: text(document.get("health")?)?,
            digest: text(running.get("digest")?)?,
            sequence: running.get("sequence")?.as_u64()?,
            document: Value::Null,
        })
    }

    /// The document under the name of another one, with these members more.
    pub(crate) fn within<const N: usize>(&self, schema: &str, more: [(&str, Value); N]) -> Value {
        let mut members = self.document.as_object().cloned().unwrap_or_default();
        members.insert("schema".to_owned(), Value::from(schema));
        members.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(members)
    }
}

impl Runtime {
    /// From `--runtime`, else `GATEWRIGHT_RUNTIME`, and the token in the file that `GATEWRIGHT_TOKEN_FILE` names.
    pub(crate) fn from_context(flag: Option<&str>, context: &Context) -> Result<Self, Failure> {
        let from_around = context.around.runtime.as_ref().map(|text| text.to_string_lossy().into_owned());
        let address = flag.map(str::to_owned).or(from_around);
        let address = address.ok_or_else(|| Failure::usage("no runtime is named").help(HELP_RUNTIME))?;
        let base = parse_address(&address)?;
        let token = read_token(context)?;
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(ANSWER_SECS_MAX)))
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent(concat!("gatewright/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { base, token, agent: config.into() })
    }

    /// `GET` of the path that these segments make.
    pub(crate) fn get(&self, segments: &[&str]) -> Result<Value, Failure> {
        self.get_with(segments, &[])
    }

    /// The same, with a query.
    pub(crate) fn get_with(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Value, Failure> {
        let mut address = self.address_of(segments);
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        let request = self.agent.get(address.as_str()).header("Accept", "application/json");
        self.read(request.header("Authorization", self.bearer().as_str()).call())
    }

    /// `POST` of JSON to the path that these segments make.
    pub(crate) fn post(&self, segments: &[&str], body: &Value) -> Result<Value, Failure> {
        let request = self.agent.post(self.address_of(segments).as_str()).header("Accept", "application/json");
        let request =
            request.header("Authorization", self.bearer().as_str()).header("Content-Type", "application/json");
        self.read(request.send(body.to_string()))
    }

    /// The status of the gate: which bundle runs, and how it is.
    pub(crate) fn status(&self) -> Result<Status, Failure> {
        self.parse_status(self.get(&["v1", "bundle"])?)
    }

    /// The bundle that runs, as `compile` wrote it.
    pub(crate) fn bundle(&self) -> Result<BundleFile, Failure> {
        let address = self.address_of(&["v1", "bundle", "content"]);
        let request = self.agent.get(address.as_str()).header("Authorization", self.bearer().as_str());
        let request = request.config().timeout_global(Some(BUNDLE_TIME)).build();
        let (status, bytes) = self.bytes(request.call(), limits::FILE_BYTES_MAX as u64)?;
        if status != 200 {
            return Err(self.refused(status, serde_json::from_slice(&bytes).ok().as_ref()));
        }
        BundleFile::parse(&bytes).map_err(|refused| self.failed(&format!("gives a bundle that is none: {refused}")))
    }

    /// The members of every organisation, as the gate wrote them.
    pub(crate) fn members_snapshot(&self, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let address = self.address_of(&["v1", "members-snapshot"]);
        let request = self.agent.get(address.as_str()).header("Authorization", self.bearer().as_str());
        let request = request.config().timeout_global(Some(SNAPSHOT_TIME)).build();
        let (status, bytes) = self.bytes(request.call(), bytes_max as u64)?;
        if status != 200 {
            return Err(self.refused(status, serde_json::from_slice(&bytes).ok().as_ref()));
        }
        Ok(bytes)
    }

    /// Puts a bundle in the place of the one that runs, or nothing.
    pub(crate) fn deploy(&self, bundle: &[u8], instead_of: &str) -> Result<Status, Failure> {
        let request = self.agent.put(self.address_of(&["v1", "bundle"]).as_str()).header("Accept", "application/json");
        let request = request.header("Authorization", self.bearer().as_str());
        let request = request.header("If-Match", format!("\"{instead_of}\""));
        let request = request.config().timeout_global(Some(BUNDLE_TIME)).build();
        self.parse_status(self.read(request.send(bundle))?)
    }

    fn parse_status(&self, document: Value) -> Result<Status, Failure> {
        let status = Status::parse(&document);
        let status = status.ok_or_else(|| self.failed("says nothing that is a `gatewright.bundle-status/1`"))?;
        Ok(Status { document, ..status })
    }

    fn bearer(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.token.as_str()))
    }

    fn address_of(&self, segments: &[&str]) -> Url {
        let mut address = self.base.clone();
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        address
    }

    /// The status and the body of an answer, whatever they are.
    fn bytes(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
        bytes_max: u64,
    ) -> Result<(u16, Vec<u8>), Failure> {
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        let body = answer.into_body().into_reader();
        body.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| {
            self.failed("breaks off in the middle of its answer").help(crate::failure::in_words(&error))
        })?;
        if bytes.len() as u64 > bytes_max {
            let most = bytes_max / 1024 / 1024;
            return Err(
                self.failed(&format!("answers with more than {most} MiB, which is no answer of an admin listener"))
            );
        }
        Ok((status, bytes))
    }

    fn read(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, Failure> {
        let (status, bytes) = self.bytes(answer, ANSWER_BYTES_MAX)?;
        let value: Option<Value> = serde_json::from_slice(&bytes).ok();
        match (status, value) {
            (204, _) => Ok(Value::Object(serde_json::Map::new())),
            (200..=299, Some(value)) => Ok(value),
            (200..=299, None) => Err(self
                .failed("answers something that is not JSON")
                .help("is this the admin listener, not the public one?")),
            (300..=399, _) => Err(self
                .failed(&format!("answers {status}: a redirect, which is not followed"))
                .help("name the address that it leads to, if you trust it")),
            (_, value) => Err(self.refused(status, value.as_ref())),
        }
    }

    pub(crate) fn failed(&self, what: &str) -> Failure {
        Failure::other_side(format!("the runtime at `{}` {what}", self.base.as_str().trim_end_matches('/')))
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        let reason = if let ureq::Error::Io(error) = error {
            crate::failure::in_words(error)
        } else if let ureq::Error::Timeout(_) = error {
            format!("no answer within {ANSWER_SECS_MAX} seconds")
        } else {
            error.to_string()
        };
        self.failed(&format!("cannot be reached: {}", plain(&reason)))
            .help("is gatewrightd running, and is this its `--admin-listen` address?")
    }

    /// An RFC 9457 problem document, or whatever came instead.
    fn refused(&self, status: u16, problem: Option<&Value>) -> Failure {
        let text = |name: &str| problem.and_then(|it| it.get(name)?.as_str()).map(plain);
        let title = text("title").unwrap_or_else(|| format!("HTTP status {status}"));
        let mut failure = self.failed(&format!("refuses: {title}"));
        if let Some(detail) = text("detail") {
            failure = failure.help(detail);
        }
        // A bundle that is not to be trusted is not the gate's fault.
        if let (422, Some(code)) = (status, text("code")) {
            return Failure { exit: Exit::Trust, ..failure }.topic(code);
        }
        match status {
            412 => failure.help("somebody has deployed meanwhile: run it again, so that what runs now is compared"),
            401 => failure.help("the token is unknown or has ended; `gatewrightd token create` makes one"),
            403 => failure.help("the token lacks the scope for this; `gatewrightd token create NAME --scope SCOPE` makes one that has it"),
            404 if problem.is_none() => failure.help("is this the admin listener, not the public one?"),
            _ => failure,
        }
    }
}

fn parse_address(text: &str) -> Result<Url, Failure> {
    let wrong =
        |why: &str| Failure::usage(format!("`{}` is no address of a runtime: {why}", plain(text))).help(HELP_RUNTIME);
    let address = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    let is_bare = address.username().is_empty()
        && address.password().is_none()
        && address.query().is_none()
        && address.fragment().is_none();
    match (address.scheme(), address.host()) {
        ("http" | "https", Some(_)) if !is_bare => Err(wrong("it has more than scheme, host, port and path")),
        ("https", Some(_)) => Ok(address),
        ("http", Some(host)) if is_this_machine(&host) => Ok(address),
        ("http", Some(_)) => {
            Err(Failure::usage(format!("`{text}` would send the token in clear text over the network"))
                .help("use https, or a tunnel that ends on 127.0.0.1"))
        }
        _ => Err(wrong("it must begin with https:// or http://")),
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
    }
}

fn read_token(context: &Context) -> Result<Zeroizing<String>, Failure> {
    let Some(path) = &context.around.token_file else {
        return Err(Failure::usage("no token: GATEWRIGHT_TOKEN_FILE is not set")
            .help("`gatewrightd token create NAME --scope SCOPE` prints one; put it into a file of mode 600 and name the file"));
    };
    let path = Path::new(path);
    let text = Zeroizing::new(files::read_text("the token", path)?);
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::usage(format!(
            "`{}` holds no token: one line of visible ASCII is wanted",
            path.display()
        )));
    }
    Ok(Zeroizing::new(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_never_leaves_this_machine_in_clear_text() {
        for good in
            ["http://127.0.0.1:8081", "http://[::1]:8081", "http://localhost:8081", "https://gate.example/admin/"]
        {
            assert!(parse_address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1:8081",
            "http://gate.example",
            "http://127.0.0.1.evil.example",
            "ftp://127.0.0.1",
            "127.0.0.1:8081",
            "https://user@gate.example",
            "https://gate.example?x",
            "https://gate.example#x",
            "",
            "http://",
        ] {
            assert!(parse_address(bad).is_err(), "{bad}");
        }
    }
}
