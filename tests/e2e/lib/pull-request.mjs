// A bare repository with a policy that asks for approvals, a branch that changes who administers, and the pull request of it.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { program } from "./processes.mjs";

const APPROVALS = `
    approval "privileged" from="@lumen/identity"
    approval "trust-root" from="@lumen/security"
    approval "weakening" from="@lumen/security"
`;

export class Repository {
  constructor(folder) {
    this.folder = folder;
    this.origin = join(folder, "origin.git");
    this.work = join(folder, "work");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", this.origin]);
    execFileSync("git", ["-C", this.origin, "config", "uploadpack.allowAnySHA1InWant", "true"]);
    execFileSync("git", ["clone", "--quiet", this.origin, this.work], { stdio: "ignore" });
    this.git("config", "user.name", "Bob");
    this.git("config", "user.email", "bob@lumen.example");
    this.git("switch", "--quiet", "--orphan", "main");
    execFileSync(program("gatewright"), ["init", "policies", "--quiet"], { cwd: this.work });
    this.edit("policies/policy.kdl", /^ {4}orgs .*\n/m, (line) => line + APPROVALS);
    this.commit("Acme signs in with Okta");
    this.git("push", "--quiet", "origin", "main");
  }

  git(...words) {
    return execFileSync("git", ["-C", this.work, ...words], { encoding: "utf8" }).trim();
  }

  edit(file, from, to) {
    const path = join(this.work, file);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, changed);
  }

  grant(line) {
    this.edit("policies/orgs/acme/org.kdl", /^ {4}block /m, (block) => `    ${line}\n${block}`);
  }

  commit(title) {
    execFileSync(program("gatewright"), ["fmt", "policies", "--quiet"], { cwd: this.work });
    this.git("add", "--all");
    this.git("commit", "--quiet", `--message=${title}`);
    return this.git("rev-parse", "HEAD");
  }

  /** What a pull request's head is to the forge. */
  propose(number) {
    this.git("push", "--quiet", "--force", "origin", `HEAD:refs/pull/${number}/head`);
  }

  /** A clone of the default branch, as a job of `workflow_run` checks it out. */
  checkout(name, revision = "main") {
    const folder = join(this.folder, name);
    execFileSync("git", ["clone", "--quiet", this.origin, folder]);
    execFileSync("git", ["-C", folder, "checkout", "--quiet", "--detach", revision]);
    return folder;
  }

  /** A clone of what merging the commit would make, as a job of `pull_request` checks it out. */
  merged(name, commit) {
    const folder = this.checkout(name);
    execFileSync("git", ["-C", folder, "fetch", "--quiet", "origin", commit]);
    const identity = ["-c", "user.name=forge", "-c", "user.email=forge@forge.example"];
    execFileSync("git", ["-C", folder, ...identity, "merge", "--quiet", "--no-ff", "--message=merge", commit]);
    return folder;
  }
}

/** Our binary as an archive of a release: `{ archive, sha256 }`. */
export function packed(folder) {
  const name = "gatewright-0.1.0-test";
  const inside = join(folder, name, "gatewright");
  mkdirSync(dirname(inside), { recursive: true });
  execFileSync("cp", [program("gatewright"), inside]);
  const archive = join(folder, `${name}.tar.gz`);
  execFileSync("tar", ["-C", folder, "-I", "gzip -1", "-cf", archive, name]);
  return { archive, sha256: createHash("sha256").update(readFileSync(archive)).digest("hex") };
}
