//! House: one gate as a stranger would run it: policy files, keys, bundle, store, and `gatewrightd` as a process.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use testkit::{ClientCheck, Clock, Idp};

/// Organisations `w0`, `w1`, … with one scripted provider each, in the environment `dev`.
pub struct House {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    admin_port: u16,
    pub idps: Vec<Idp>,
    daemon: Option<Child>,
    token: String,
}

impl House {
    /// Everything but the running daemon.
    pub async fn build(orgs: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (port, admin_port) = (free_port(), free_port());
        let mut house = Self {
            programs: programs(),
            folder,
            port,
            admin_port,
            idps: Vec::new(),
            daemon: None,
            token: String::new(),
        };
        for n in 0..orgs {
            let idp = Idp::start().await;
            idp.clock(Clock::System);
            idp.client("gatewright", ClientCheck::Public, &format!("{}/sso/w{n}/main/callback", house.base_url()));
            house.idps.push(idp);
        }
        house.write_policy();
        house.publish(1);
        house.run("gatewrightd", &["keys", "init", &house.at("secrets")]);
        house
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.admin_port)
    }

    pub fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Starts the daemon; the first time also makes an operator's token and proves the domains.
    pub fn start(&mut self) {
        let store = format!("sqlite:{}", self.at("store.db"));
        let listen = format!("127.0.0.1:{}", self.port);
        let admin = format!("127.0.0.1:{}", self.admin_port);
        let mut child = Command::new(self.programs.join("gatewrightd"))
            .args([
                "--environment",
                "dev",
                "--bundle",
                &self.at("bundle"),
                "--trust",
                &self.at("trust"),
                "--store",
                &store,
            ])
            .args(["--secrets", &self.at("secrets"), "--listen", &listen, "--admin-listen", &admin])
            .args(["--outbound-allow", "127.0.0.0/8", "--trusted-proxy", "127.0.0.0/8"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("gatewrightd is built");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| {
            said.push_str(&line);
            said.push('\n');
            line.starts_with("ready ")
        });
        assert!(ready, "gatewrightd did not become ready:\n{said}");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        self.daemon = Some(child);
        if self.token.is_empty() {
            self.token = self.first_token(&store);
            self.prove_domains();
        }
    }

    /// The process id of the running daemon.
    pub fn pid(&self) -> u32 {
        self.daemon.as_ref().expect("running").id()
    }

    /// SIGKILL, and wait until it is gone.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().expect("it can be killed");
            daemon.wait().expect("it ends");
        }
    }

    /// What the admin listener answers.
    pub async fn admin(&self, path: &str) -> String {
        let answer = crate::client().get(format!("{}{path}", self.admin_url())).bearer_auth(&self.token).send().await;
        let answer = answer.expect("the admin listener answers");
        assert!(answer.status().is_success(), "GET {path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    /// Runs one of the programs; fails with its words where it fails.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(self.programs.join(program))
            .args(arguments)
            .env("GATEWRIGHT_TOKEN_FILE", self.at("token"))
            .output()
            .expect("the programs are built");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {}: {}\n{text}{words}", arguments.join(" "), output.status);
        text
    }

    /// Compiles and signs what stands in the workspace.
    pub fn publish(&self, sequence: u64) {
        let (workspace, draft, key) = (self.at("workspace"), self.at("draft"), self.at("signing.pem"));
        if !Path::new(&key).exists() {
            self.run("gatewright", &["keygen", "--out", &key, "--trust", &self.at("trust")]);
        }
        self.run("gatewright", &["compile", "--workspace", &workspace, "--environment", "dev", "--out", &draft]);
        let (sequence, bundle) = (sequence.to_string(), self.at("bundle"));
        self.run("gatewright", &["sign", &draft, "--key", &key, "--sequence", &sequence, "--out", &bundle]);
    }

    fn first_token(&self, store: &str) -> String {
        let printed = self.run(
            "gatewrightd",
            &["token", "create", "tests", "--scope", "read", "--scope", "members,deploy", "--store", store],
        );
        let token = printed.trim().lines().last().expect("a token").to_owned();
        std::fs::write(self.at("token"), &token).unwrap();
        token
    }

    fn prove_domains(&self) {
        for n in 0..self.idps.len() {
            let (org, domain, runtime) = (format!("w{n}"), format!("w{n}.example"), self.admin_url());
            self.run(
                "gatewright",
                &["domain", "prove", &org, &domain, "--manually", "--reason", "test", "--runtime", &runtime],
            );
        }
    }

    fn write_policy(&self) {
        let quickstart = crate::root().join("examples/quickstart");
        let workspace = self.folder.path().join("workspace");
        for file in ["policy.kdl", "platform/catalog.kdl", "platform/defaults.kdl"] {
            let to = workspace.join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(quickstart.join(file), to).unwrap();
        }
        let environment = format!("environment \"dev\" {{\n    base-url \"{}\"\n}}\n", self.base_url());
        write(&workspace.join("environments/dev.kdl"), &environment);
        for (n, idp) in self.idps.iter().enumerate() {
            write(&workspace.join(format!("orgs/w{n}/org.kdl")), &org(n, idp.issuer()));
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}

fn org(n: usize, issuer: &str) -> String {
    format!(
        r#"org "w{n}" {{
    name       "W{n}"
    legal-name "W{n} Ltd"
    plan       "team"
    time-zone  "Europe/London"

    domain "w{n}.example" sign-in="main"
    owner  "owner@w{n}.example"

    connection "main" {{
        provider "generic"
        oidc {{
            issuer      "{issuer}"
            client-id   "gatewright"
            client-auth "none"
        }}
    }}

    members "sso" {{
        join "jit"
    }}

    grant role="developer" everyone-in="w{n}.example"
    grant role="admin"     group="admins"
}}
"#
    )
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The folder of the built programs: tests run in `target/<profile>/deps`, benchmarks in `target/<profile>`.
pub fn programs() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let folder = me.parent().unwrap();
    if folder.ends_with("deps") { folder.parent().unwrap().to_path_buf() } else { folder.to_path_buf() }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
