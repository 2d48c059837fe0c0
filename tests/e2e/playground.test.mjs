// The playground, as a newcomer meets it: one command, one address, one click.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { program, ROOT, start } from "./lib/processes.mjs";

let playground;
let browser;
const workspace = join(mkdtempSync(join(tmpdir(), "gatewright-playground-")), "quickstart");

before(async () => {
  cpSync(join(ROOT, "examples/quickstart"), workspace, { recursive: true });
  playground = await start(program("gatewright-dev"), [workspace], { ready: /Sign in\s+http/ });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
});
after(async () => {
  await browser?.close();
  await playground?.stop();
});

const address = () => playground.output().match(/Sign in\s+(http\S+)/)[1];

async function signed_in_as(name) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(address());
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.waitForLoadState();
  return page;
}

test("the printed address ends in a signed-in person", async () => {
  const page = await signed_in_as("Ada");
  const text = await page.locator("main").innerText();
  assert.ok(text.includes("ada@acme.example") && text.includes("admin"), text);
});

test("somebody outside the domains is kept out", async () => {
  const page = await signed_in_as("Mallory");
  const text = await page.locator("main").innerText();
  assert.match(text, /GW-/);
  assert.ok(!text.includes("domain-not-ours"));
});

test("a saved change decides the next request", async () => {
  const page = await signed_in_as("Ruth");
  const file = join(workspace, "orgs/acme/org.kdl");
  writeFileSync(file, readFileSync(file, "utf8").replace('block group="offboarded"', 'block group="ml-research"'));
  for (let tries = 0; tries < 100; tries += 1) {
    await page.reload();
    if ((await page.locator("main").innerText()).includes("blocked-group")) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`still in:\n${playground.output()}`);
});
