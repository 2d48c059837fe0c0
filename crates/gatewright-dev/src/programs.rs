//! Programs: the two halves as processes, with everything that they keep below `target/playground`.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub(crate) const BASE_URL: &str = "http://localhost:8080";
pub(crate) const GATE: &str = "127.0.0.1:8080";
const ADMIN: &str = "127.0.0.1:8081";
const ENVIRONMENT: &str = "dev";

/// The folders and programs of one playground.
pub(crate) struct Playground {
    workspace: PathBuf,
    state: PathBuf,
    programs: PathBuf,
}

/// The running gate.
pub(crate) struct Gate(Child);

impl Playground {
    pub(crate) fn new(workspace: PathBuf) -> Result<Self, String> {
        let me = std::env::current_exe().map_err(|error| error.to_string())?;
        let programs = me.parent().map(Path::to_path_buf).ok_or("no folder of programs")?;
        let state = programs.parent().unwrap_or(&programs).join("playground");
        std::fs::create_dir_all(&state).map_err(|error| format!("{}: {error}", state.display()))?;
        Ok(Self { workspace, state, programs })
    }

    pub(crate) fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// Keys, bundle, store, gate, and the proof of the domain: what an operator does once.
    pub(crate) async fn start(&self) -> Result<Gate, String> {
        self.run("gatewrightd", &["keys", "init", &self.at("secrets")]).await?;
        if !Path::new(&self.at("signing.pem")).exists() {
            self.run("gatewright", &["keygen", "--out", &self.at("signing.pem"), "--trust", &self.at("trust")]).await?;
        }
        self.publish().await?;
        let mut gate = self.gate().await?;
        if let Err(message) = self.prove_domains().await {
            gate.stop().await?;
            return Err(message);
        }
        Ok(gate)
    }

    /// Compiles and signs. A policy that is wrong changes nothing: its mistakes are printed.
    pub(crate) async fn publish(&self) -> Result<(), String> {
        let workspace = self.workspace.to_string_lossy().into_owned();
        let (draft, sequence) = (self.at("draft"), self.next_sequence()?);
        self.run("gatewright", &["compile", "--workspace", &workspace, "--environment", ENVIRONMENT, "--out", &draft])
            .await?;
        let key = self.at("signing.pem");
        let sequence = sequence.to_string();
        self.run("gatewright", &["sign", &draft, "--key", &key, "--sequence", &sequence, "--out", &self.at("bundle")])
            .await
    }

    fn next_sequence(&self) -> Result<u64, String> {
        let path = self.at("sequence");
        let last = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0_u64);
        let next = last.saturating_add(1);
        std::fs::write(&path, next.to_string()).map_err(|error| format!("{path}: {error}"))?;
        Ok(next)
    }

    async fn gate(&self) -> Result<Gate, String> {
        let store = format!("sqlite:{}", self.at("store.db"));
        let mut child = self
            .command("gatewrightd")
            .args(["--environment", ENVIRONMENT, "--bundle", &self.at("bundle"), "--trust", &self.at("trust")])
            .args(["--store", &store, "--secrets", &self.at("secrets"), "--listen", GATE, "--admin-listen", ADMIN])
            .args(["--outbound-allow", "127.0.0.0/8", "--trusted-proxy", "127.0.0.0/8"])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start gatewrightd: {error}"))?;
        let stderr = child.stderr.take().ok_or("gatewrightd has no output")?;
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            eprintln!("  gatewrightd  {line}");
            if line.starts_with("ready ") {
                tokio::spawn(async move {
                    while let Ok(Some(line)) = lines.next_line().await {
                        eprintln!("  gatewrightd  {line}");
                    }
                });
                return Ok(Gate(child));
            }
        }
        Err("gatewrightd did not become ready".into())
    }

    /// States, as an operator would, that the organisations own their domains.
    async fn prove_domains(&self) -> Result<(), String> {
        let store = format!("sqlite:{}", self.at("store.db"));
        let token = self.at("admin.token");
        if !Path::new(&token).exists() {
            let made = self
                .output(
                    "gatewrightd",
                    &["token", "create", "playground", "--scope", "read", "--scope", "members", "--store", &store],
                )
                .await?;
            let last = made.lines().last().ok_or("no token was printed")?;
            std::fs::write(&token, last).map_err(|error| format!("{token}: {error}"))?;
        }
        for (org, domain) in self.claimed_domains().await? {
            let runtime = format!("http://{ADMIN}");
            self.run(
                "gatewright",
                &[
                    "domain",
                    "prove",
                    &org,
                    &domain,
                    "--manually",
                    "--reason",
                    "playground",
                    "--runtime",
                    &runtime,
                    "--quiet",
                ],
            )
            .await?;
        }
        Ok(())
    }

    /// The domains that the running bundle claims.
    async fn claimed_domains(&self) -> Result<Vec<(String, String)>, String> {
        let told = self.output("gatewright", &["inspect", &self.at("bundle"), "--output", "json"]).await?;
        let told: Value = serde_json::from_str(&told).map_err(|error| error.to_string())?;
        let mut claimed = Vec::new();
        for org in list(&told, "orgs").iter().filter_map(Value::as_str) {
            let domains = self.ask_operator(&format!("/v1/orgs/{org}/domains")).await?;
            let names = list(&domains, "domains");
            let names = names.iter().filter_map(|domain| domain.get("domain").and_then(Value::as_str));
            claimed.extend(names.map(|domain| (org.to_owned(), domain.to_owned())));
        }
        Ok(claimed)
    }

    async fn ask_operator(&self, path: &str) -> Result<Value, String> {
        let token = std::fs::read_to_string(self.at("admin.token")).map_err(|error| error.to_string())?;
        let asked = reqwest::Client::new().get(format!("http://{ADMIN}{path}")).bearer_auth(token.trim());
        let answer = asked.send().await.map_err(|error| error.to_string())?;
        let answer = answer.bytes().await.map_err(|error| error.to_string())?;
        serde_json::from_slice(&answer).map_err(|error| format!("{path}: {error}"))
    }

    fn at(&self, name: &str) -> String {
        self.state.join(name).to_string_lossy().into_owned()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.stdin(Stdio::null()).kill_on_drop(true).env("GATEWRIGHT_TOKEN_FILE", self.at("admin.token"));
        command
    }

    /// Says nothing where it goes well; everything that the program said where it does not.
    async fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        self.output(program, arguments).await.map(drop)
    }

    async fn output(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(program).args(arguments).output().await;
        let output = output.map_err(|error| format!("cannot start {program}: {error}"))?;
        let (said, hinted) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() {
            Ok(said.into_owned())
        } else {
            Err(format!("{program} ended with {}\n\n{said}{hinted}", output.status))
        }
    }
}

impl Gate {
    pub(crate) async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        self.0.wait().await
    }

    pub(crate) async fn stop(&mut self) -> Result<(), String> {
        self.0.kill().await.map_err(|error| error.to_string())
    }
}

fn list(value: &Value, name: &str) -> Vec<Value> {
    value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}
