// What people download: one static binary in an archive that says what it holds. Built here with cargo's `dev` profile, which is
// minutes cheaper; the flags that make it static, and the archive, are those of a release.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { ROOT } from "./lib/processes.mjs";

const ARCHIVES = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "archives");
/** Of a program header: the program that loads this one. A static binary has none. */
const PT_INTERP = 3;
const PT_DYNAMIC = 2;
let folder;
let name;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewright-release-"));
  name = released();
});

after(() => rmSync(folder, { recursive: true, force: true }));

function released() {
  const words = ["xtask", "release", "--profile", "dev"];
  const ran = spawnSync(process.env.CARGO ?? "cargo", words, { cwd: ROOT, encoding: "utf8" });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  const archive = /^xtask: wrote .*\/(gatewright-\d+\.\d+\.\d+-[a-z0-9_-]+)\.tar\.gz$/m.exec(ran.stderr);
  assert.ok(archive, ran.stderr);
  return archive[1];
}

/** The types of the program headers of a 64-bit little-endian ELF file. */
function program_headers(bytes) {
  assert.deepEqual([...bytes.subarray(0, 6)], [0x7f, 0x45, 0x4c, 0x46, 2, 1], "64 bits, little-endian");
  const start = Number(bytes.readBigUInt64LE(32));
  const [size, count] = [bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  return Array.from({ length: count }, (_, n) => bytes.readUInt32LE(start + n * size));
}

/** What the loader says that the binary wants. */
function loaded(binary) {
  const said = spawnSync("ldd", [binary], { encoding: "utf8" });
  return said.stdout + said.stderr;
}

test("the binary is static: nothing loads it, and it loads nothing", () => {
  execFileSync("tar", ["-xzf", join(ARCHIVES, `${name}.tar.gz`), "-C", folder]);
  const binary = join(folder, name, "gatewright");
  const types = program_headers(readFileSync(binary));
  assert.ok(!types.includes(PT_INTERP), types.join(" "));
  assert.match(loaded(binary), /statically linked|not a dynamic executable/);
  // The reader of headers is one that can say no.
  const dynamic = program_headers(readFileSync("/bin/sh"));
  assert.ok(dynamic.includes(PT_INTERP) && dynamic.includes(PT_DYNAMIC));
});

test("it works in a root that holds nothing else", () => {
  const root = mkdtempSync(join(folder, "root-"));
  execFileSync("cp", [join(folder, name, "gatewright"), root]);
  const inside = (...words) => spawnSync("chroot", [root, "/gatewright", ...words], { encoding: "utf8", env: { PATH: "/usr/sbin:/sbin:/usr/bin:/bin" } });
  assert.match(inside("--version").stdout, /^gatewright \d+\.\d+\.\d+\n$/);
  assert.equal(inside("init", "policies").status, 0);
  const checked = inside("check", "policies");
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  assert.equal(inside("test", "--workspace", "policies").status, 0);
  assert.deepEqual(readdirSync(root).sort(), ["gatewright", "policies"]);
});

test("the archive names no builder and no time, and its SHA-256 holds", () => {
  const listed = execFileSync("tar", ["-tvzf", join(ARCHIVES, `${name}.tar.gz`), "--numeric-owner"], { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
  const rows = listed.trim().split("\n").map((row) => row.split(/\s+/));
  assert.deepEqual(rows.map((row) => row[5]), ["", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "gatewright"].map((file) => `${name}/${file}`));
  for (const [mode, owner, , day, time] of rows) {
    assert.deepEqual([owner, day, time], ["0/0", "1970-01-01", "00:00"]);
    assert.match(mode, /^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--)$/);
  }
  execFileSync("sha256sum", ["--check", "--strict", "--quiet", `${name}.tar.gz.sha256`], { cwd: ARCHIVES });
});

test("the binary names no folder of the machine that built it", () => {
  // As the profile of a release strips it.
  const stripped = join(folder, "stripped");
  execFileSync("strip", ["-o", stripped, join(folder, name, "gatewright")]);
  const bytes = readFileSync(stripped);
  for (const path of [ROOT, process.env.CARGO_HOME ?? join(homedir(), ".cargo")]) assert.equal(bytes.indexOf(`${path}/`), -1, path);
  assert.ok(bytes.includes("cargo/registry/src"), "the names that stand there instead");
});

test("packed again, the archive has the same bytes", () => {
  const archive = join(ARCHIVES, `${name}.tar.gz`);
  const sum = readFileSync(`${archive}.sha256`, "utf8");
  renameSync(archive, join(folder, "first.tar.gz"));
  assert.equal(released(), name);
  assert.equal(readFileSync(`${archive}.sha256`, "utf8"), sum);
  assert.ok(readFileSync(archive).equals(readFileSync(join(folder, "first.tar.gz"))));
});
