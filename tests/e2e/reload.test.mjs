// A new bundle decides about live sessions at their next request; a bad one changes nothing.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { app_said, CONSOLE, new_person, open_console_as, start_stack } from "./lib/stack.mjs";

let stack;
let person;
before(async () => {
  stack = await start_stack();
  person = await new_person(stack);
  await open_console_as(person.page, "ada");
});
after(() => stack?.stop());

const without_line = (start) => (text) => text.split("\n").filter((line) => !line.trim().startsWith(start)).join("\n");
const roles = async () => {
  await person.page.goto(CONSOLE);
  return JSON.parse(decodeURIComponent((await app_said(person.page)).headers["x-auth-roles"])).map(({ role }) => role);
};
const readiness = async () => (await fetch("http://127.0.0.1:8080/readyz")).text();

test("a removed grant is gone at the next request of a live session", async () => {
  assert.ok((await roles()).includes("admin"));
  stack.gate.edit("orgs/acme/org.kdl", without_line('grant role="admin"'));
  await stack.gate.settled();
  assert.ok(!(await roles()).includes("admin"));
});

/** ST-BUN-10: a bundle that fails a check leaves the last good one in force. */
test("a bad bundle changes nothing and shows as degraded", async () => {
  const good = readFileSync(stack.gate.at("bundle"));
  const bad = Buffer.from(good);
  bad[bad.length >> 1] ^= 1;
  writeFileSync(stack.gate.at("bundle"), bad);
  for (let tries = 0; (await readiness()).trim() !== "degraded" && tries < 100; tries += 1) await person.page.waitForTimeout(100);
  assert.equal((await readiness()).trim(), "degraded");
  const status = JSON.parse((await stack.gate.admin("/v1/bundle")).body);
  assert.equal(status.running.sequence, stack.gate.sequence);
  assert.ok(JSON.stringify(status).includes("GW1401"), JSON.stringify(status));
  assert.ok((await roles()).includes("developer"));
  writeFileSync(stack.gate.at("bundle"), good);
  for (let tries = 0; (await readiness()).trim() !== "ok" && tries < 100; tries += 1) await person.page.waitForTimeout(100);
  assert.equal((await readiness()).trim(), "ok");
});

test("a block refuses the next request; nobody signs in again", async () => {
  stack.gate.edit("orgs/acme/org.kdl", (text) => text.replace('block group="offboarded"', 'block group="offboarded"\n    block group="ml-research"'));
  await stack.gate.settled();
  const answer = await person.page.goto(CONSOLE);
  assert.equal(answer.status(), 403);
  assert.ok((await person.page.locator("body").innerText()).includes("blocked-group"));
  stack.gate.edit("orgs/acme/org.kdl", without_line('block group="ml-research"'));
  await stack.gate.settled();
  assert.ok((await roles()).includes("developer"), "the same session goes on when the block is gone");
});
