// The merge request on GitLab: the scripts of our template, run as it says, against a repository and a forge on loopback.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { parse as junit2json } from "junit2json";

import { start_forge } from "./lib/forge.mjs";
import { Repository, packed } from "./lib/pull-request.mjs";
import { INTEGRATIONS, ran, read_yaml } from "./lib/runner.mjs";

const MARKER = "<!-- gatewright diff -->";
const TEMPLATE = read_yaml(join(INTEGRATIONS, "gitlab/gatewright.gitlab-ci.yml"));
let folder;
let forge;
let checkout;
let environment;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewright-gitlab-"));
  forge = await start_forge();
  const { archive, sha256 } = packed(folder);
  const repository = new Repository(folder);
  const main = repository.git("rev-parse", "HEAD");
  repository.git("switch", "--quiet", "--create", "platform-team");
  repository.grant('grant role="admin" group="platform-team"');
  repository.commit("The platform team administers Acme");
  repository.git("push", "--quiet", "origin", "platform-team");
  checkout = repository.checkout("checkout", "origin/platform-team");
  symlinkSync(INTEGRATIONS, join(checkout, ".gatewright"));
  environment = {
    PATH: process.env.PATH,
    HOME: folder,
    GATEWRIGHT_ARCHIVE: archive,
    GATEWRIGHT_SHA256: sha256,
    GATEWRIGHT_NOTE_TOKEN: "token.note",
    CI_BUILDS_DIR: folder,
    CI_JOB_ID: "12",
    CI_MERGE_REQUEST_DIFF_BASE_SHA: main,
    CI_MERGE_REQUEST_TARGET_BRANCH_SHA: "",
    CI_API_V4_URL: `${forge.url}/api/v4`,
    CI_PROJECT_ID: "5",
    CI_MERGE_REQUEST_IID: "3",
  };
});

after(async () => {
  await forge.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => forge.reset());

/** The lines of a job in one shell, with its variables and those of the template. */
function job(name, more = {}) {
  const variables = {};
  const all = { ...TEMPLATE.variables, ...TEMPLATE[name].variables };
  for (const [key, value] of Object.entries(all)) variables[key] = value.replace(/\$([A-Z_]+)/g, (_, of) => environment[of]);
  const script = TEMPLATE[name].script.join("\n");
  return ran(["sh", "-e", "-c", script], { cwd: checkout, environment: { ...variables, ...environment, ...more } });
}

const report = (name) => readFileSync(join(checkout, "gatewright-out", name), "utf8");
const written = () => forge.requests.filter((it) => it.method !== "GET").map((it) => it.method);

test("the reports are of GitLab's shapes, and the note says what the request changes, once", async () => {
  const checked = await job("gatewright");
  assert.equal(checked.code, 0, checked.output);
  assert.deepEqual(JSON.parse(report("gl-code-quality-report.json")), []);
  assert.ok((await junit2json(report("junit.xml"))).testsuite.length > 0);

  // A note of somebody else with our marker, and ours behind a hundred others.
  forge.notes.push({ id: 1, author: { id: 5 }, body: `${MARKER}\nmine` });
  for (let n = 2; n < 130; n += 1) forge.notes.push({ id: n, author: { id: 5 }, body: "hm" });
  const noted = await job("gatewright-note");
  assert.equal(noted.code, 0, noted.output);
  assert.equal((await job("gatewright-note")).code, 0);
  assert.deepEqual(written(), ["POST", "PUT"]);
  assert.equal(forge.notes[0].body, `${MARKER}\nmine`);
  assert.ok(forge.notes.at(-1).body.includes("`org[acme].grant[role=admin,group=platform-team]`"));
  assert.ok(!/@(?!\u2060)/.test(forge.notes.at(-1).body));
});

test("a pipeline of merged results compares with the target branch", async () => {
  const target = execFileSync("git", ["-C", checkout, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  assert.equal((await job("gatewright", { CI_MERGE_REQUEST_TARGET_BRANCH_SHA: target })).code, 0);
  assert.match(report("comment.md"), /Nothing changes for anybody\./);
});

test("a policy with mistakes fails the job, with its code quality and a note that says so", async () => {
  const path = join(checkout, "policies/orgs/acme/org.kdl");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('project="research"', 'project="reserach"'));
  const checked = await job("gatewright");
  writeFileSync(path, text);
  assert.equal(checked.code, 1);
  const [row] = JSON.parse(report("gl-code-quality-report.json"));
  assert.equal(row.location.path, "policies/orgs/acme/org.kdl");
  assert.equal((await job("gatewright-note")).code, 0);
  assert.match(forge.notes[0].body, /nothing was compared/);
});

test("a forge that refuses, a token that may not, and a comment of another form fail the job", async () => {
  assert.equal((await job("gatewright")).code, 0);
  assert.equal((await job("gatewright-note", { GATEWRIGHT_NOTE_TOKEN: "token.other" })).code, 1);
  assert.equal((await job("gatewright-note", { GATEWRIGHT_NOTE_TOKEN: 'a"\nurl = "http://127.0.0.1/' })).code, 1);
  forge.broken = ({ path, method }) => path.endsWith("/notes") && method === "GET" && { status: 500 };
  assert.equal((await job("gatewright-note")).code, 1);
  forge.broken = null;
  writeFileSync(join(checkout, "gatewright-out/comment.md"), `${MARKER}\n@everyone\n`);
  const other = await job("gatewright-note");
  assert.equal(other.code, 1);
  assert.match(other.output, /line 2 is none that `gatewright diff` writes/);
  assert.deepEqual(written(), []);
});
