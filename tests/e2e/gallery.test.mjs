// The gallery: what people see is what `docs/gallery` shows. `GALLERY=write` takes the texts and the pictures anew.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { program, ROOT } from "./lib/processes.mjs";
import { BASE, log_in_at_provider, start_stack } from "./lib/stack.mjs";
import { terminal_page } from "./lib/terminal.mjs";

const GALLERY = join(ROOT, "docs/gallery");
const WRITE = process.env.GALLERY === "write";
/** Above this a picture is too heavy for a page of the docs. */
const PICTURE_BYTES_MAX = 150_000;
const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
};

let stack;
before(async () => (stack = await start_stack()));
after(() => stack?.stop());

/** What differs from one run to the next, as it stands in the gallery. */
const SETTLED = [
  [/GW(-[0-9A-Z]{4}){4}/g, "GW-7K3M-Q9XD-2V8R-H4TN"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "2027-01-15 18:00 UTC"],
];

async function settle(page) {
  await page.evaluate((settled) => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) for (const [source, text] of settled) walk.currentNode.data = walk.currentNode.data.replace(new RegExp(source, "g"), text);
  }, SETTLED.map(([pattern, text]) => [pattern.source, text]));
}

/** Compares with the file, or writes it. */
function hold(name, text) {
  const file = join(GALLERY, `${name}.txt`);
  if (WRITE) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"), `${name} is stale: run with GALLERY=write`);
}

/** Opens the page in a browser of its own, and holds its text; takes its pictures where they are wanted. */
function shown(name, screens, open) {
  test(`${name} reads as the gallery shows it`, async () => {
    for (const screen of WRITE ? screens : screens.slice(0, 1)) {
      const [size, colorScheme] = screen.split("-");
      const context = await stack.browser.newContext({ ...SCREENS[size], colorScheme, locale: "en-GB" });
      const page = await context.newPage();
      await open(page);
      await settle(page);
      hold(name, `${(await page.locator("body").innerText()).trim()}\n`);
      if (WRITE) photograph(await page.screenshot({ path: join(GALLERY, `${name}-${screen}.png`) }));
      await context.close();
    }
  });
}

function photograph(picture) {
  assert.ok(picture.length <= PICTURE_BYTES_MAX, `${picture.length} bytes`);
}

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
  hold("diagnostics", `$ gatewright ${command.join(" ")}\n${plain}`);
  const coloured = said([...command, "--color", "always"], 1);
  assert.equal(coloured.replace(/\x1b\[[0-9;]*m/g, ""), plain, "colour adds nothing but colour");
  if (!WRITE) return;
  const context = await stack.browser.newContext({ viewport: { width: 900, height: 600 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.setContent(terminal_page(`gatewright ${command.join(" ")}`, coloured));
  photograph(await page.locator("body").screenshot({ path: join(GALLERY, "diagnostics.png") }));
  await context.close();
});
