// The pull request on GitHub: the jobs of our workflows, run as they are written, against a real repository and a forge on
// loopback that records what is posted. Forks, reviewers and the forge itself are hostile.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { start_forge } from "./lib/forge.mjs";
import { Repository, packed } from "./lib/pull-request.mjs";
import { run_job } from "./lib/runner.mjs";
import { LINK, zip } from "./lib/zip.mjs";

const MARKER = "<!-- gatewright diff -->";
const FORK = { id: 900, owner: { login: "mallory" } };
const HOSTILE = "</td>@everyone`<img src=x>|[a](https://evil.example)\\";
let folder;
let forge;
let repository;
let archive;
/** The branch gives `platform-team` the administration; `second` changes what was approved. */
let first;
let second;
let main;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewright-github-"));
  forge = await start_forge();
  archive = packed(folder);
  repository = new Repository(folder);
  main = repository.git("rev-parse", "HEAD");
  repository.git("switch", "--quiet", "--create", "platform-team");
  repository.grant('grant role="admin" group="platform-team"');
  first = repository.commit("The platform team administers Acme");
  repository.propose(1);
  repository.edit("policies/orgs/acme/org.kdl", 'group="platform-team"', 'group="everybody"');
  second = repository.commit("Everybody administers Acme");
  repository.git("push", "--quiet", "origin", `${second}:refs/pull/99/head`);
});

after(async () => {
  await forge.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  forge.reset();
  forge.pulls = [pull()];
  forge.teams = { identity: ["ada", "grace"], security: ["sam"] };
});

function pull(changed = {}) {
  const head = { ref: "platform-team", sha: first, user: { login: "mallory" }, repo: { id: FORK.id }, ...changed.head };
  return { number: 1, state: "open", user: { login: "bob" }, base: { ref: "main" }, ...changed, head };
}

/** What GitHub tells a job of `workflow_run`. */
function verdict_of(run = {}) {
  const path = join(mkdtempSync(join(folder, "event-")), "event.json");
  const workflow_run = { id: 7, event: "pull_request", head_sha: first, head_branch: "platform-team", head_repository: FORK, ...run };
  writeFileSync(path, JSON.stringify({ action: "completed", workflow_run }));
  return {
    GITHUB_EVENT_PATH: path,
    GITHUB_API_URL: forge.url,
    GITHUB_SERVER_URL: "https://forge.example",
    GITHUB_REPOSITORY: "lumen/policies",
    GITHUB_RUN_ID: "8",
    GITHUB_ACTIONS: "true",
  };
}

let places = 0;

function place() {
  places += 1;
  return `place-${places}`;
}

function checks(cwd) {
  const values = { "github.event.pull_request.number": 1 };
  return run_job("gatewright.yml", "policy", { cwd, temp: join(folder, place()), inputs: archive, values, environment: {} });
}

function comment(run) {
  const values = { "github.token": "token.comment" };
  return run_job("gatewright-verdict.yml", "comment", { cwd: folder, temp: join(folder, place()), inputs: {}, values, environment: verdict_of(run) });
}

function review(run, cwd = repository.checkout(place()), more = {}) {
  const values = { "github.token": "token.read", "secrets.GATEWRIGHT_REVIEW_TOKEN": "token.review" };
  return run_job("gatewright-verdict.yml", "review", { cwd, temp: join(folder, place()), inputs: archive, values, environment: { ...verdict_of(run), ...more } });
}

/** Puts an artifact of the run into the forge. */
function offer(rows, id = 20) {
  forge.artifacts.push({ id, name: "gatewright", expired: false });
  forge.zips.set(id, zip(rows));
}

const honest = (text = `${MARKER}\n### Who gains, who loses\n`) => [{ name: "comment.md", data: text }, { name: "number", data: "1\n" }];

function approval(by, changed = {}) {
  forge.reviews.push({ id: forge.reviews.length + 1, pull: 1, user: { id: by.length * 100 + by.charCodeAt(0), login: by }, state: "APPROVED", commit_id: first, ...changed });
}

const posted = () => forge.requests.filter((it) => it.method !== "GET");

test("from the branch to the comment: what is posted is what the diff says, once, and brought up to date", async () => {
  const said = await checks(repository.merged(place(), first));
  assert.equal(said.code, 0, said.output);
  assert.deepEqual(said.artifact.map((it) => it.name).sort(), ["check.sarif", "comment.md", "diff.json", "number"]);
  const diff = JSON.parse(said.artifact.find((it) => it.name === "diff.json").data);
  assert.deepEqual(diff.changes.map((it) => it.path), ["org[acme].grant[role=admin,group=platform-team]"]);
  assert.equal(JSON.parse(said.artifact.find((it) => it.name === "check.sarif").data).version, "2.1.0");

  offer(said.artifact);
  // Somebody else's comment with our marker is not ours to change, and ours is on the second page.
  forge.comments.push({ id: 1, issue: 1, user: { login: "mallory" }, body: `${MARKER}\nmine` });
  const done = await comment();
  assert.equal(done.code, 0, done.output);
  assert.equal(posted().length, 1);
  const [, ours] = forge.comments;
  assert.ok(ours.body.startsWith(`${MARKER}\n### Who gains, who loses\n`), ours.body);
  assert.ok(ours.body.includes("`org[acme].grant[role=admin,group=platform-team]`"), ours.body);
  assert.ok(ours.body.includes("Needs @\u2060lumen/identity (privileged)"), ours.body);

  for (let n = 0; n < 150; n += 1) forge.comments.splice(1, 0, { id: 1000 + n, issue: 1, user: { login: "ada" }, body: "hm" });
  offer(honest(), 21);
  assert.equal((await comment()).code, 0);
  assert.equal(posted().at(-1).method, "PATCH");
  assert.ok(ours.body.startsWith(`${MARKER}\n### Who gains, who loses\n\n---\nWritten by this pull request's own workflow.`), ours.body);
  assert.equal(forge.comments[0].body, `${MARKER}\nmine`);
});

test("what hostile authors write into a policy is posted in its spans, and mentions nobody", async () => {
  const branch = place();
  repository.git("switch", "--quiet", "--create", branch, main);
  repository.grant(`grant role="admin" group="${HOSTILE.replaceAll("\\", "\\\\")}"`);
  const commit = repository.commit("Hostile");
  repository.git("push", "--quiet", "origin", `${commit}:refs/heads/${branch}`);
  const said = await checks(repository.merged(place(), commit));
  offer(said.artifact);
  const done = await comment();
  assert.equal(done.code, 0, done.output);
  const { body } = forge.comments[0];
  assert.ok(body.includes("@\u2060everyone'<img src=x>¦[a](https://evil.example)"), body);
  assert.ok(!/@(?!\u2060)/.test(body), body);
});

test("a check that fails fails the job, and the reports are kept", async () => {
  const branch = place();
  repository.git("switch", "--quiet", "--create", branch, main);
  repository.edit("policies/orgs/acme/org.kdl", 'project="research"', 'project="reserach"');
  repository.git("commit", "--quiet", "--all", "--message=Misspelt");
  const commit = repository.git("rev-parse", "HEAD");
  repository.git("push", "--quiet", "origin", `${commit}:refs/heads/${branch}`);
  const said = await checks(repository.merged(place(), commit));
  assert.equal(said.code, 1);
  assert.match(said.output, /^::error file=policies\/orgs\/acme\/org\.kdl,line=\d+/m);
  assert.match(said.output, /^✗ failed: check sarif test diff comment$/m);
  offer(said.artifact);
  assert.equal((await comment()).code, 0);
  assert.match(forge.comments[0].body, /One of the two sides has errors: nothing was compared\./);
});

test("a binary whose SHA-256 is another is not unpacked", async () => {
  const cwd = repository.merged(place(), first);
  const wrong = { ...archive, sha256: "0".repeat(64) };
  const said = await run_job("gatewright.yml", "policy", { cwd, temp: join(folder, place()), inputs: wrong, values: { "github.event.pull_request.number": 1 }, environment: {} });
  assert.deepEqual([said.code, said.artifact], [1, null]);
  assert.match(said.output, /it was not unpacked/);
  const plain = { ...archive, archive: "http://downloads.lumen.example/gatewright.tar.gz" };
  const other = await run_job("gatewright-verdict.yml", "review", { cwd, temp: join(folder, place()), inputs: plain, values: { "github.token": "token.read", "secrets.GATEWRIGHT_REVIEW_TOKEN": "token.review" }, environment: verdict_of() });
  assert.equal(other.code, 1);
  assert.match(other.output, /is not https/);
});

test("an artifact of a fork that is not what our checks write is refused, and nothing is posted", async () => {
  const text = (line) => honest(`${MARKER}\n${line}\n`);
  const hostile = {
    "a link": honest().map((row) => (row.name === "comment.md" ? { ...row, mode: LINK } : row)),
    "a link for a number": honest().map((row) => (row.name === "number" ? { ...row, mode: LINK } : row)),
    "two of one name": [...honest(), { name: "comment.md", data: "other" }],
    "no comment": [{ name: "number", data: "1" }],
    "no number": [{ name: "comment.md", data: `${MARKER}\n` }],
    "a number with a path": [{ name: "comment.md", data: `${MARKER}\n` }, { name: "number", data: "1/../2" }],
    "a number that is an option": [{ name: "comment.md", data: `${MARKER}\n` }, { name: "number", data: "--help" }],
    "60,001 characters": text("a ".repeat(30_000).slice(0, 60_001 - MARKER.length - 2)),
    "a million bytes": text("a".repeat(1_000_000)),
    "another beginning": honest("### Approved by security\n"),
    "a mention alone": text("@everyone look"),
    "a mention of a person": text("thanks to @ada"),
    HTML: text("<img src=x onerror=alert(1)>"),
    "a comment of HTML": text("<!-- gatewright diff -->"),
    "an entity": text("&lt;b&gt;"),
    "a link to elsewhere": text("[approve](//evil.example)"),
    "an image": text("![](//evil.example/x.png)"),
    "an address": text("see https://evil.example/"),
    "a bare address": text("see www.evil.example"),
    "a reference to an issue": text("closes #1"),
    "a reference of the other kind": text("closes GH-1"),
    "a backslash": text("a \\ b"),
    "a path": text("see /etc"),
    "spans that touch": text("`a``b`"),
    "an open span": text("a ` b <b>x</b>"),
    "a span of two back-ticks": text("``a <b>``"),
    "a span over a cell": text("| `a | b` <i> | c` |"),
    "a backward text": text("a\u202eb"),
    "a hidden text": text("a\u{e0041}b"),
    "a carriage return": text("a\rb"),
    "no archive": null,
  };
  for (const [what, rows] of Object.entries(hostile)) {
    forge.artifacts = [];
    if (rows) offer(rows);
    else {
      forge.artifacts.push({ id: 20, name: "gatewright", expired: false });
      forge.zips.set(20, Buffer.from("no archive"));
    }
    const done = await comment();
    assert.equal(done.code, 1, `${what}: ${done.output}`);
    assert.equal(posted().length, 0, what);
  }
  // The longest one that is posted.
  forge.artifacts = [];
  offer(text("a".repeat(60_000 - MARKER.length - 2)));
  assert.equal((await comment()).code, 0);
  const length = [...forge.comments[0].body].length;
  assert.ok(length > 60_000 && length < 61_000, `${length}; GitHub takes 65,536`);
});

test("an artifact that claims another pull request is refused; two of one branch are told apart", async () => {
  const claims = (number) => [{ name: "comment.md", data: `${MARKER}\n` }, { name: "number", data: number }];
  // Of another fork with a branch of that name, of another branch, and of nobody.
  forge.pulls.push(pull({ number: 2, head: { user: { login: "mallory" }, repo: { id: 901 } } }));
  forge.pulls.push(pull({ number: 3, head: { ref: "other" } }));
  forge.pulls.push(pull({ number: 4, head: { repo: null } }));
  // GitHub lists every pull request where it does not understand the filter.
  for (const broken of [null, ({ path }) => path.endsWith("/pulls") && { body: forge.pulls }]) {
    forge.broken = broken;
    for (const number of ["2", "3", "4", "5"]) {
      forge.artifacts = [];
      offer(claims(number));
      const done = await comment();
      assert.equal(done.code, 1, done.output);
      assert.match(done.output, new RegExp(`claims pull request ${number}, which is not open from the run's branch`));
    }
  }
  forge.broken = null;
  assert.equal(posted().length, 0);

  forge.pulls.push(pull({ number: 6, base: { ref: "release" } }));
  forge.artifacts = [];
  offer(claims("6"));
  assert.equal((await comment()).code, 0);
  assert.deepEqual(forge.comments.map((it) => it.issue), [6]);
});

test("a run of an older commit comments on nothing", async () => {
  offer(honest());
  const done = await comment({ head_sha: second });
  assert.equal(done.code, 0, done.output);
  assert.match(done.output, /has moved on/);
  assert.equal(posted().length, 0);
});

test("no token leaves for the address that the artifact is forwarded to", async () => {
  offer(honest());
  assert.equal((await comment()).code, 0);
  const blob = forge.requests.find((it) => it.path.startsWith("/blobs/"));
  assert.equal(blob.token, null);
});

test("a forge that answers anything but a 2xx, or no list, fails the comment", async () => {
  const broken = [
    ({ path }) => path.endsWith("/artifacts") && { status: 500 },
    ({ path }) => path.endsWith("/zip") && { status: 200, body: "here" },
    ({ path }) => path.startsWith("/blobs/") && { status: 404 },
    ({ path }) => path.endsWith("/pulls") && { status: 301, body: { message: "Moved Permanently" } },
    ({ path }) => path.endsWith("/pulls") && { body: { message: "Not Found" } },
    ({ path, method }) => path.endsWith("/comments") && method === "GET" && { status: 403 },
    ({ path, method }) => path.endsWith("/comments") && method === "POST" && { status: 307, headers: { location: "/elsewhere" } },
  ];
  for (const [n, how] of broken.entries()) {
    forge.reset();
    forge.pulls = [pull()];
    offer(honest());
    forge.broken = how;
    const done = await comment();
    assert.notEqual(done.code, 0, `${n}: ${done.output}`);
    assert.equal(forge.comments.length, 0);
  }
});

async function reviewed(state, run, cwd) {
  const done = await review(run, cwd);
  assert.equal(done.code, state === "error" ? 1 : 0, done.output);
  assert.deepEqual(forge.statuses.map((it) => [it.state, it.sha, it.context]), [[state, first, "gatewright/review/main"]], done.output);
  return done.output;
}

test("without an approval the review stops it, and says what is missing", async () => {
  const output = await reviewed("failure");
  assert.match(output, /@lumen\/identity {2}has not approved 1 change GW1407/);
});

test("the page of the status has the diff, made by the default branch", async () => {
  const summary = join(folder, place());
  const done = await review({}, undefined, { GITHUB_STEP_SUMMARY: summary });
  assert.equal(done.code, 0, done.output);
  assert.ok(readFileSync(summary, "utf8").includes("`org[acme].grant[role=admin,group=platform-team]`"));
});

test("an approval of one of the team opens it", async () => {
  approval("ada");
  assert.match(await reviewed("success"), /@lumen\/identity {2}approved by ada/);
  assert.equal(forge.statuses[0].target_url, "https://forge.example/lumen/policies/actions/runs/8");
});

test("approvals that count for nothing", async () => {
  const cases = {
    "by nobody of a team": () => approval("zoe"),
    "by another team": () => approval("sam"),
    "by the author": () => {
      forge.teams.identity.push("Bob");
      approval("bob");
    },
    dismissed: () => approval("ada", { state: "DISMISSED" }),
    "dismissed, with an older one behind it": () => {
      approval("ada");
      approval("ada", { state: "DISMISSED" });
    },
    "taken back": () => {
      approval("ada");
      approval("ada", { state: "CHANGES_REQUESTED" });
    },
    "a comment": () => approval("ada", { state: "COMMENTED" }),
    pending: () => approval("ada", { state: "PENDING" }),
    "of another commit": () => approval("ada", { commit_id: second }),
    "of a commit without these changes": () => approval("ada", { commit_id: main }),
    "of a commit that is gone": () => approval("ada", { commit_id: "1".repeat(40) }),
    "by somebody who is gone": () => approval("ada", { user: null }),
  };
  for (const [what, given] of Object.entries(cases)) {
    forge.reset();
    forge.pulls = [pull()];
    forge.teams = { identity: ["ada"], security: ["sam"] };
    given();
    const output = await reviewed("failure");
    assert.match(output, /GW1407/, what);
  }
});

test("an approval stands when its author comments later, and when logins are written otherwise", async () => {
  forge.teams.identity = ["ADA"];
  approval("ada");
  approval("ada", { state: "COMMENTED" });
  await reviewed("success");
});

test("the approval on the third page counts, and so does the dismissal there", async () => {
  for (let n = 0; n < 230; n += 1) approval("zoe", { state: "COMMENTED" });
  approval("ada");
  await reviewed("success");
  forge.statuses = [];
  for (let n = 0; n < 130; n += 1) approval("zoe", { state: "COMMENTED" });
  approval("ada", { state: "CHANGES_REQUESTED" });
  await reviewed("failure");
  // So do members of a large team.
  forge.statuses = [];
  forge.teams.identity = [...Array.from({ length: 250 }, (_, n) => `member-${n}`), "zelda"];
  approval("zelda");
  await reviewed("success");
});

test("an approval survives what others merge; what was approved and then changed is approved no more", async () => {
  approval("ada");
  repository.git("switch", "--quiet", "main");
  repository.edit("policies/orgs/acme/org.kdl", 'group="research-team"', 'group="research"');
  repository.commit("Acme renames a group");
  repository.git("push", "--quiet", "origin", "main");
  await reviewed("success");

  forge.statuses = [];
  forge.pulls = [pull({ head: { sha: second } })];
  repository.git("push", "--quiet", "--force", "origin", `${second}:refs/pull/1/head`);
  const done = await review();
  assert.equal(done.code, 0, done.output);
  assert.deepEqual(forge.statuses.map((it) => [it.state, it.sha]), [["failure", second]]);
  repository.git("push", "--quiet", "--force", "origin", `${first}:refs/pull/1/head`);
});

test("judged is what merging makes of the base as it is; approved is what a branch changed, and not what it lags behind", async () => {
  repository.git("switch", "--quiet", "--create", "hotfix", main);
  const [line] = /^ {4}grant role="admin" .*\n/m.exec(repository.git("show", "HEAD:policies/orgs/acme/org.kdl"));
  repository.edit("policies/orgs/acme/org.kdl", line, "");
  repository.commit("Nobody administers by way of a group");
  repository.git("push", "--quiet", "origin", "hotfix");
  repository.git("push", "--quiet", "origin", `${first}:refs/pull/11/head`);
  forge.pulls = [pull({ number: 11, base: { ref: "hotfix" } })];
  approval("ada", { pull: 11 });
  const behind = await review();
  assert.deepEqual(forge.statuses.map((it) => it.state), ["success"], behind.output);

  // The approved commit still held the line that the base has lost. That did not approve bringing it back.
  repository.git("switch", "--quiet", "--create", place(), first);
  repository.git("merge", "--quiet", "--no-edit", "hotfix");
  repository.grant(line.trim());
  const back = repository.commit("And back");
  repository.propose(11);
  forge.statuses = [];
  forge.pulls = [pull({ number: 11, base: { ref: "hotfix" }, head: { sha: back } })];
  const done = await review();
  assert.deepEqual(forge.statuses.map((it) => it.state), ["failure"], done.output);
  assert.match(done.output, /has not approved 1 of 2 changes GW1407/);
});

test("a forge that cannot be asked never opens the way: the status is an error", async () => {
  const broken = {
    teams: ({ path }) => path.includes("/members") && { status: 502 },
    "a team that the token cannot see": ({ path }) => path.includes("/members") && { status: 404 },
    "teams that are no list": ({ path }) => path.includes("/members") && { body: { message: "hm" } },
    reviews: ({ path }) => path.endsWith("/reviews") && { status: 403 },
    "reviews that are no list": ({ path }) => path.endsWith("/reviews") && { body: {} },
    "a redirect": ({ path }) => path.endsWith("/reviews") && { status: 301, body: [] },
  };
  for (const [what, how] of Object.entries(broken)) {
    forge.reset();
    forge.pulls = [pull()];
    forge.teams = { identity: ["ada"] };
    approval("ada");
    forge.broken = how;
    const output = await reviewed("error");
    assert.match(output, /nothing is concluded|is no list/, what);
  }
});

test("pull requests that cannot be listed, and statuses that cannot be written, fail the job", async () => {
  forge.broken = ({ path }) => path.endsWith("/pulls") && { status: 500 };
  assert.equal((await review()).code, 1);
  assert.equal(forge.statuses.length, 0);
  approval("ada");
  forge.broken = ({ path }) => path.includes("/statuses/") && { status: 403 };
  assert.equal((await review()).code, 1);
  assert.equal(forge.statuses.length, 0);
});

test("what is fetched is what the forge says: a head that moved on, and a conflict", async () => {
  forge.pulls = [pull({ head: { sha: second } })];
  const moved = await review();
  assert.equal(moved.code, 1);
  assert.deepEqual(forge.statuses.map((it) => it.state), ["error"]);
  assert.match(moved.output, /has moved on/);

  repository.git("switch", "--quiet", "--create", place(), main);
  repository.edit("policies/orgs/acme/org.kdl", 'group="research-team"', 'group="laboratory"');
  const conflicting = repository.commit("The same line otherwise");
  repository.propose(8);
  forge.reset();
  forge.pulls = [pull({ number: 8, head: { sha: conflicting } })];
  const done = await review();
  assert.equal(done.code, 0, done.output);
  assert.deepEqual(forge.statuses.map((it) => [it.state, it.sha]), [["failure", conflicting]]);
  assert.match(done.output, /conflicts with main/);
});

test("the manifest that counts is the base's: a change cannot ask for fewer approvals of itself", async () => {
  repository.git("switch", "--quiet", "--create", place(), main);
  repository.edit("policies/policy.kdl", /^ {4}approval .*\n/gm, "");
  const commit = repository.commit("Nobody is asked any more");
  repository.propose(9);
  forge.pulls = [pull({ number: 9, head: { sha: commit } })];
  assert.equal((await review()).code, 0);
  assert.deepEqual(forge.statuses.map((it) => it.state), ["failure"]);
});

test("a private repository is fetched with the token of the job, which stands in no file of the clone", async () => {
  const cwd = repository.checkout(place());
  execFileSync("git", ["-C", cwd, "remote", "set-url", "origin", `${forge.url}/lumen/policies.git`]);
  const done = await review({}, cwd, { GITHUB_SERVER_URL: forge.url });
  assert.equal(done.code, 1, done.output);
  assert.deepEqual(forge.statuses.map((it) => it.state), ["error"]);
  const asked = forge.requests.find((it) => it.path === "/lumen/policies.git/info/refs");
  assert.equal(asked.token, `basic ${Buffer.from("x-access-token:token.read").toString("base64")}`);
  assert.ok(!readFileSync(join(cwd, ".git/config"), "utf8").includes("extraheader"));
});

test("what authors wrote is no command to the runner that holds the tokens", async () => {
  repository.git("switch", "--quiet", "--create", place(), main);
  repository.grant('grant role="admin" group="##[add-mask]x"');
  const commit = repository.commit("A command");
  repository.propose(10);
  forge.pulls = [pull({ number: 10, head: { sha: commit } })];
  const { output } = await review();
  const [, word] = /^::stop-commands::([0-9a-f]{32})$/m.exec(output);
  const between = output.slice(output.indexOf(word), output.lastIndexOf(`::${word}::`));
  assert.ok(between.includes("##[add-mask]x"), output);
  assert.ok(!output.replace(between, "").includes("add-mask"), output);
});

test("each base has a status of its own; the branch of another repository is none of ours", async () => {
  repository.git("push", "--quiet", "origin", `${main}:refs/heads/release`);
  forge.pulls.push(pull({ number: 2, base: { ref: "release" } }));
  forge.pulls.push(pull({ number: 3, head: { repo: { id: 901 } } }));
  repository.git("push", "--quiet", "origin", `${first}:refs/pull/2/head`);
  approval("ada");
  assert.equal((await review()).code, 0);
  assert.deepEqual(forge.statuses.map((it) => [it.context, it.state]).sort(), [["gatewright/review/main", "success"], ["gatewright/review/release", "failure"]]);
});

test("nothing of the pull request is checked out where tokens are", async () => {
  approval("ada");
  const cwd = repository.checkout(place());
  const before_it = readFileSync(join(cwd, "policies/orgs/acme/org.kdl"), "utf8");
  await reviewed("success", {}, cwd);
  assert.equal(readFileSync(join(cwd, "policies/orgs/acme/org.kdl"), "utf8"), before_it);
  assert.ok(!before_it.includes("platform-team"));
});

test("a run that no pull request began is refused", async () => {
  for (const event of ["push", "workflow_dispatch", "schedule"]) {
    offer(honest());
    assert.equal((await comment({ event })).code, 1);
    assert.equal((await review({ event })).code, 1);
  }
  assert.equal(posted().length, 0);
});
