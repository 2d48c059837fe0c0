// What forges read, read by programs that are not ours: SARIF against the official schema, JUnit by two parsers. The author
// of the policy is hostile.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { parse as junit2json } from "junit2json";
import { parse as testResults } from "test-results-parser";

import { program } from "./lib/processes.mjs";

const HOSTILE = "</failure>]]>&lt;<b>`@everyone`%0A::error::x|[a](javascript:x)";
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewright-forge-"));
  gatewright(["init", "policies"], 0);
  edit("policies/orgs/acme/org.kdl", 'project="research"', `project="reserach${HOSTILE}"`);
  edit("policies/platform/catalog.kdl", 'plan "standard"', 'plan "unused"\n\nplan "standard"');
  gatewright(["init", "tested"], 0);
  edit("tested/orgs/acme/org.kdl", '    block group="contractors-ended"\n', "");
  edit("tested/orgs/acme/org.test.kdl", 'case "a block beats', `case "${HOSTILE} a block beats`);
});

after(() => rmSync(folder, { recursive: true, force: true }));

function gatewright(words, exit) {
  const ran = spawnSync(program("gatewright"), words, { cwd: folder, encoding: "utf8" });
  assert.equal(ran.status, exit, `${words.join(" ")}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

function edit(file, from, to) {
  const text = readFileSync(join(folder, file), "utf8");
  assert.ok(text.includes(from), `${file} has no ${from}`);
  writeFileSync(join(folder, file), text.replace(from, () => to));
}

function sarifSchema() {
  const entry = createRequire(import.meta.url).resolve("@microsoft/jest-sarif");
  const schema = JSON.parse(readFileSync(join(dirname(entry), "schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

test("SARIF is of the official schema, and names files from where the command ran", () => {
  const valid = sarifSchema();
  for (const [workspace, exit] of [["policies", 1], ["tested", 0]]) {
    const sarif = JSON.parse(gatewright(["check", workspace, "--output", "sarif", "--as-of", "2026-11-24"], exit));
    assert.ok(valid(sarif), JSON.stringify(valid.errors, null, 2));
    for (const result of sarif.runs[0].results) {
      const place = result.locations[0].physicalLocation;
      assert.match(place.artifactLocation.uri, /^policies\/[a-z/.-]+\.kdl$/);
      assert.ok(result.partialFingerprints["gatewright/v1"].startsWith(result.ruleId));
    }
    assert.equal(sarif.runs[0].results.length > 0, exit === 1);
  }
  // The schema is one that can say no.
  assert.ok(!valid({ version: "2.1.0", runs: [{ results: [] }] }));
});

test("JUnit is read alike by two parsers", async () => {
  for (const [words, exit, failures] of [
    [["check", "policies", "--output", "junit"], 1, 1],
    [["test", "--workspace", "tested", "--output", "junit"], 3, 1],
    [["check", "tested", "--output", "junit"], 0, 0],
  ]) {
    const xml = gatewright(words, exit);
    const file = join(folder, "report.xml");
    writeFileSync(file, xml);
    const one = await junit2json(xml);
    const other = testResults({ type: "junit", files: [file] });
    const cases = one.testsuite.flatMap((suite) => suite.testcase);
    const names = cases.map((it) => it.name).sort();
    assert.deepEqual(other.suites.flatMap((suite) => suite.cases.map((it) => it.name)).sort(), names);
    const failed = cases.filter((it) => it.failure);
    assert.equal(failed.length, failures);
    assert.equal(other.failed, failures);
    assert.equal(other.total, cases.length);
    if (words[0] === "test") {
      assert.ok(names.some((name) => name.startsWith(HOSTILE)), names.join("\n"));
    }
  }
});

test("a hostile author begins no command of GitHub and no line of their own", () => {
  for (const words of [["check", "policies"], ["test", "--workspace", "tested"]]) {
    const lines = gatewright([...words, "--output", "github"], words[0] === "check" ? 1 : 3).trimEnd().split("\n");
    for (const line of lines) {
      assert.match(line, /^::(error|warning|notice) (file|title)=[^\n]*::[^\n]*$/);
      const properties = line.slice(0, line.indexOf("::", 2));
      assert.ok(!properties.includes("everyone") && !line.slice(2).includes("\n"), line);
    }
  }
});

test("a code quality report is a list with unique fingerprints", () => {
  const rows = JSON.parse(gatewright(["check", "policies", "--output", "gitlab"], 1));
  assert.ok(rows.length > 0);
  assert.equal(new Set(rows.map((row) => row.fingerprint)).size, rows.length);
  for (const row of rows) {
    assert.deepEqual(Object.keys(row).sort(), ["check_name", "description", "fingerprint", "location", "severity"]);
    assert.match(row.fingerprint, /^[0-9a-f]{64}$/);
    assert.ok(["info", "minor", "major", "critical", "blocker"].includes(row.severity));
  }
});
