// The files that a forge reads before anything of ours runs: who may do what, what is pinned, what is interpolated.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { ROOT, program } from "./lib/processes.mjs";
import { INTEGRATIONS, read_yaml } from "./lib/runner.mjs";

const ACTIONS = ["check", "comment", "review"];
const WORKFLOWS = ["gatewright.yml", "gatewright-verdict.yml"];
const SCRIPTS = join(INTEGRATIONS, "scripts");

const action = (name) => read_yaml(join(INTEGRATIONS, "github", name, "action.yml"));
const workflow = (name) => read_yaml(join(INTEGRATIONS, "github/workflows", name));
const jobs = () => WORKFLOWS.flatMap((name) => Object.entries(workflow(name).jobs));
const steps = () => [...jobs().flatMap(([, job]) => job.steps), ...ACTIONS.flatMap((name) => action(name).runs.steps)];

test("every folder with an action and every workflow is looked at here", () => {
  const actions = readdirSync(join(INTEGRATIONS, "github")).filter((name) => name !== "workflows");
  assert.deepEqual(actions.sort(), ACTIONS);
  assert.deepEqual(readdirSync(join(INTEGRATIONS, "github/workflows")).sort(), [...WORKFLOWS].sort());
});

test("GitHub's own parser reads workflows and actions, and has nothing to say", async () => {
  register(new URL("./lib/json-modules.mjs", import.meta.url));
  const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");
  const read = (name, content) => parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const jobs_of = { "gatewright.yml": ["policy"], "gatewright-verdict.yml": ["comment", "review"] };
  for (const name of WORKFLOWS) {
    const text = readFileSync(join(INTEGRATIONS, "github/workflows", name), "utf8");
    const { context, value } = read(name, text);
    const template = await convertWorkflowTemplate(context, value);
    assert.deepEqual(context.errors.getErrors(), []);
    assert.deepEqual([template.errors, template.jobs.map((job) => job.id.value)], [undefined, jobs_of[name]]);
    // The parser is one that can say no.
    assert.notEqual(read(name, text.replace("permissions", "permisions")).context.errors.getErrors().length, 0);
  }
  const { parseAction } = await import("@actions/workflow-parser/actions/action-parser");
  const errors = (content) => parseAction({ name: "action.yml", content }, new NoOperationTraceWriter()).context.errors.getErrors();
  for (const name of ACTIONS) {
    const text = readFileSync(join(INTEGRATIONS, "github", name, "action.yml"), "utf8");
    assert.deepEqual(errors(text), []);
    assert.notEqual(errors(text.replace("shell: sh", "shel: sh")).length, 0);
  }
});

test("no job has a right that it does not use, and only one may write", () => {
  for (const name of WORKFLOWS) assert.deepEqual(workflow(name).permissions, {}, name);
  assert.deepEqual(Object.fromEntries(jobs().map(([name, job]) => [name, job.permissions])), {
    policy: { contents: "read" },
    comment: { actions: "read", contents: "read", "pull-requests": "write" },
    review: { contents: "read", "pull-requests": "read" },
  });
});

test("what a pull request can change runs with no secret and no token; what holds one is started by `workflow_run` alone", () => {
  const on = Object.fromEntries(WORKFLOWS.map((name) => [name, Object.keys(workflow(name).on)]));
  assert.deepEqual(on, { "gatewright.yml": ["pull_request", "pull_request_review"], "gatewright-verdict.yml": ["workflow_run"] });
  const text = readFileSync(join(INTEGRATIONS, "github/workflows/gatewright.yml"), "utf8") + readFileSync(join(INTEGRATIONS, "github/check/action.yml"), "utf8");
  assert.ok(!/secrets\.|token|pull_request_target/.test(text.replaceAll(/#.*$/gm, "").replace("without any token", "")), text);
  assert.deepEqual(workflow("gatewright-verdict.yml").on.workflow_run, { workflows: [workflow("gatewright.yml").name], types: ["completed"] });
});

test("no trigger has a filter of paths, which would leave a required check waiting", () => {
  for (const name of WORKFLOWS) {
    for (const [event, how] of Object.entries(workflow(name).on)) assert.ok(!("paths" in how) && !("paths-ignore" in how), `${name} ${event}`);
  }
});

test("nothing is interpolated into a script, and every script that is named is there", () => {
  const run = steps().filter((step) => "run" in step);
  assert.equal(run.length, 5);
  for (const step of run) {
    const [, script] = /^sh "\$GITHUB_ACTION_PATH\/\.\.\/\.\.\/scripts\/([a-z]+\.sh)"$/.exec(step.run);
    accessSync(join(SCRIPTS, script));
    assert.equal(step.shell, "sh");
  }
  // Expressions name inputs, secrets and numbers: nothing that the author of a pull request can word.
  for (const step of steps()) {
    for (const [, name] of JSON.stringify(step).matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)) {
      assert.match(name, /^(inputs\.[a-z0-9-]+|runner\.temp|github\.token|secrets\.GATEWRIGHT_REVIEW_TOKEN|github\.event\.pull_request\.number)$/);
    }
  }
});

test("actions of others are pinned by commit, and keep no credentials", () => {
  const used = steps().filter((step) => "uses" in step);
  for (const step of used) {
    if (step.uses.startsWith("./.gatewright/")) assert.ok(existsSync(join(INTEGRATIONS, step.uses.slice("./.gatewright/".length), "action.yml")), step.uses);
    else assert.match(step.uses, /^actions\/(checkout|upload-artifact)@[0-9a-f]{40}$/);
    if (step.uses.startsWith("actions/checkout@")) {
      assert.equal(step.with["persist-credentials"], false);
      assert.ok(!("ref" in step.with) && !("repository" in step.with), "the default branch, or the merge commit");
    }
  }
  assert.equal(used.filter((step) => step.uses.startsWith("actions/")).length, 4);
});

test("inputs are those that the actions take", () => {
  for (const [name, job] of jobs()) {
    for (const step of job.steps.filter((it) => it.uses.startsWith("./"))) {
      const known = action(step.uses.split("/").at(-1)).inputs;
      for (const word of Object.keys(step.with)) assert.ok(word in known, `${name}: ${word}`);
      for (const [word, { required }] of Object.entries(known)) assert.ok(!required || word in step.with, `${name} wants ${word}`);
    }
  }
});

test("GitLab's template: reports, a note that needs its token, scripts that are there", () => {
  const { gatewright, "gatewright-note": note } = read_yaml(join(INTEGRATIONS, "gitlab/gatewright.gitlab-ci.yml"));
  assert.deepEqual(gatewright.artifacts.reports, { codequality: "gatewright-out/gl-code-quality-report.json", junit: "gatewright-out/junit.xml" });
  assert.equal(gatewright.artifacts.when, "always");
  assert.match(note.rules[0].if, /&& \$GATEWRIGHT_NOTE_TOKEN$/);
  const named = [...gatewright.script, ...note.script].join("\n").matchAll(/\.gatewright\/scripts\/([a-z]+\.sh)/g);
  const scripts = [...named].map(([, script]) => script);
  assert.deepEqual(scripts, ["install.sh", "checks.sh", "note.sh"]);
  for (const script of scripts) accessSync(join(SCRIPTS, script));
});

test("the hooks of pre-commit: fmt writes, check refuses, and both look at policy files alone", () => {
  const hooks = read_yaml(join(ROOT, ".pre-commit-hooks.yaml"));
  assert.deepEqual(hooks.map((hook) => [hook.id, hook.language, hook.pass_filenames]), [["gatewright-fmt", "system", false], ["gatewright-check", "system", false]]);
  const folder = mkdtempSync(join(tmpdir(), "gatewright-hooks-"));
  const hook = (n, ...more) => {
    const [name, ...words] = hooks[n].entry.split(" ");
    return spawnSync(program(name), [...words, ...more], { cwd: folder, encoding: "utf8" }).status;
  };
  spawnSync("git", ["init", "--quiet"], { cwd: folder });
  spawnSync(program("gatewright"), ["init", "policies"], { cwd: folder });
  const file = join(folder, "policies/orgs/acme/org.kdl");
  const tidy = readFileSync(file, "utf8");
  assert.deepEqual([hook(0, "policies"), hook(1, "policies")], [0, 0], "before the first commit");
  spawnSync("git", ["add", "."], { cwd: folder });
  spawnSync("git", ["-c", "user.name=ada", "-c", "user.email=ada@acme.example", "commit", "--quiet", "--message", "first"], { cwd: folder });
  assert.deepEqual([hook(0, "policies"), hook(1, "policies")], [0, 0]);
  writeFileSync(file, tidy.replace("    owner ", "    owner     "));
  assert.equal(hook(0, "policies"), 0);
  assert.equal(readFileSync(file, "utf8"), tidy, "pre-commit fails where a hook changed a file");
  writeFileSync(file, tidy.replace('project="research"', 'project="reserach"'));
  assert.equal(hook(1, "policies"), 1);
  for (const { files } of hooks) {
    assert.ok(new RegExp(files).test("policies/orgs/acme/org.kdl") && !new RegExp(files).test("src/main.rs"));
  }
  rmSync(folder, { recursive: true, force: true });
});

test("shellcheck has nothing to say", () => {
  const scripts = readdirSync(SCRIPTS).filter((name) => name.endsWith(".sh"));
  assert.ok(scripts.length >= 8, scripts.join(" "));
  const said = spawnSync("shellcheck", ["--shell=sh", "--external-sources", "--source-path=SCRIPTDIR", ...scripts], { cwd: SCRIPTS, encoding: "utf8" });
  assert.equal(said.status, 0, `${said.error ?? ""}${said.stdout}${said.stderr}`);
});
