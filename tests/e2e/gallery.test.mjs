// The gallery: what people see is what `docs/gallery` shows. `GALLERY=write` takes the texts and the pictures anew.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as gallery from "./lib/gallery.mjs";
import { program, ROOT } from "./lib/processes.mjs";
import { BASE, log_in_at_provider, start_stack } from "./lib/stack.mjs";
import { terminal_page } from "./lib/terminal.mjs";

let stack;
before(async () => (stack = await start_stack()));
after(() => stack?.stop());

const shown = (name, screens, open) => gallery.shown(() => stack, name, screens, open);

async function enter_address(page, address) {
  await page.locator('input[name="email"]').fill(address);
  await page.locator('input[name="email"]').press("Enter");
}

async function sign_in(page, login) {
  await page.goto(`${BASE}/sso/acme/main/start`);
  await log_in_at_provider(page, login);
  await page.waitForURL((url) => url.origin === BASE);
}

shown("sign-in", ["desktop-light", "phone-light", "phone-dark"], (page) => page.goto(`${BASE}/login?app=console`));

shown("continue", ["phone-light", "desktop-dark"], async (page) => {
  // The page leads on by itself at once: an empty answer keeps it where it is.
  await page.route("**/sso/**/start**", (route) => route.fulfill({ status: 204 }));
  await page.goto(`${BASE}/login`);
  await enter_address(page, "ada@acme.test");
  await page.getByRole("heading", { name: "Taking you" }).waitFor();
});

shown("no-sign-in", ["phone-light"], async (page) => {
  await page.goto(`${BASE}/login`);
  await enter_address(page, "ada@elsewhere.example");
  await page.getByRole("heading", { name: "No sign-in" }).waitFor();
});

shown("refused", ["desktop-light", "phone-dark"], async (page) => {
  await sign_in(page, "mallory");
  await page.getByText("Support code", { exact: true }).waitFor();
});

shown("signed-in", ["desktop-dark", "phone-light"], (page) => sign_in(page, "ada"));

shown("signed-out", ["desktop-light", "phone-dark"], async (page) => {
  await sign_in(page, "ada");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "signed out" }).waitFor();
});

/** The report of a command that is expected to end with `exit`. */
function said(words, exit) {
  try {
    execFileSync(program("gatewright"), words, { cwd: join(ROOT, "tests/gallery"), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    assert.equal(error.status, exit);
    return error.stdout;
  }
  assert.fail(`${words.join(" ")} ended with 0`);
}

test("diagnostics read as the gallery shows them", async () => {
  const command = ["check", "workspace"];
  const plain = said([...command, "--color", "never"], 1);
  gallery.hold("diagnostics", `$ gatewright ${command.join(" ")}\n${plain}`);
  const coloured = said([...command, "--color", "always"], 1);
  assert.equal(coloured.replace(/\x1b\[[0-9;]*m/g, ""), plain, "colour adds nothing but colour");
  if (!gallery.WRITE) return;
  const context = await stack.browser.newContext({ viewport: { width: 900, height: 600 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.setContent(terminal_page(`gatewright ${command.join(" ")}`, coloured));
  gallery.photograph(await page.locator("body").screenshot({ path: join(gallery.GALLERY, "diagnostics.png") }));
  await context.close();
});
