// The comment: what `gatewright diff --output markdown` writes, rendered as a forge does, in a browser.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import markdown from "markdown-it";
import * as gallery from "./lib/gallery.mjs";
import { program, ROOT } from "./lib/processes.mjs";
import { launch } from "./lib/stack.mjs";

let browser, folder;
before(async () => {
  browser = await launch("");
  folder = mkdtempSync(join(tmpdir(), "gatewright-comment-"));
  const path = dirname(program("gatewright")) + delimiter + process.env.PATH;
  execFileSync("sh", [join(ROOT, "examples/pull-request/run.sh"), folder], { env: { ...process.env, PATH: path }, stdio: "ignore" });
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Raw HTML is let through: what a forge cleans away must not be needed. */
const rendered = (text) => markdown({ html: true, linkify: false }).render(text);

const page_of = (text) => `<!doctype html><meta charset="utf-8"><title>Comment</title><style>
  body { margin: 0; padding: 16px 24px; width: 1100px; color: #1f2328; background: #fff; font: 14px/1.5 "DejaVu Sans", sans-serif }
  table { border-collapse: collapse } td, th { border: 1px solid #d1d9e0; padding: 6px 13px; vertical-align: top }
  code { background: #eff1f3; border-radius: 6px; padding: .2em .4em; font: 12px "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
</style>${rendered(text)}`;

/** Commits have another name in every run. */
const settled = (text) => text.replace(/`[0-9a-f]{7}`/g, "`4f1c2e9`");

test("the comment of a pull request reads as the gallery shows it", async () => {
  const comment = settled(readFileSync(join(folder, "comment.md"), "utf8"));
  const context = await browser.newContext({ viewport: { width: 1148, height: 400 } });
  const page = await context.newPage();
  await page.setContent(page_of(comment));
  gallery.hold("pull-request", `${(await page.locator("body").innerText()).trim()}\n`);
  if (gallery.WRITE) gallery.photograph(await page.locator("body").screenshot({ path: join(gallery.GALLERY, "pull-request.png") }));
  await context.close();
});

const HOSTILE = [
  "` | <img src=x onerror=alert(1)> @lumen/security",
  "``` <script>alert(1)</script>",
  "</code></td></tr></table><h1>approved</h1>",
  "**bold** [link](javascript:alert(1)) https://evil.example",
  "<!-- ",
  "\\` \\| ~~gone~~ &lt;b&gt;",
];

test("an author's text stays in its code span, whatever it is", async () => {
  const git = (...words) => execFileSync("git", ["-c", "user.name=eve", "-c", "user.email=eve@evil.example", ...words], { cwd: folder, stdio: "ignore" });
  rmSync(join(folder, "hostile"), { recursive: true, force: true });
  execFileSync(program("gatewright"), ["init", "hostile", "--quiet"], { cwd: folder, stdio: "ignore" });
  git("init", "--quiet", "hostile");
  git("-C", "hostile", "add", "--all");
  git("-C", "hostile", "commit", "--quiet", "--message", "main");
  const file = join(folder, "hostile/orgs/acme/org.kdl");
  const grants = HOSTILE.map((text) => `    grant role="admin" group=${JSON.stringify(text)}\n`).join("");
  writeFileSync(file, readFileSync(file, "utf8").replace("    block ", `${grants}    block `));
  const comment = execFileSync(program("gatewright"), ["diff", "HEAD", "--workspace", "hostile", "--output", "markdown"], { cwd: folder, encoding: "utf8" });

  const context = await browser.newContext();
  const page = await context.newPage();
  let spoke = false;
  page.on("dialog", (dialog) => ((spoke = true), dialog.dismiss()));
  await page.setContent(page_of(comment));
  const seen = await page.evaluate(() => ({
    names: [...new Set([...document.body.querySelectorAll("*")].map((element) => element.localName))].sort(),
    rows: document.querySelectorAll("tbody tr").length,
    cells: [...document.querySelectorAll("tbody tr")].map((row) => row.children.length),
    outside: [...document.querySelectorAll("td")].map((cell) => { const bare = cell.cloneNode(true); bare.querySelectorAll("code").forEach((code) => code.remove()); return bare.textContent; }).join(" "),
  }));
  assert.deepEqual(seen.names, ["br", "code", "h3", "p", "strong", "table", "tbody", "td", "th", "thead", "tr"]);
  assert.equal(seen.rows, HOSTILE.length);
  assert.ok(seen.cells.every((cells) => cells === 4), seen.cells);
  assert.doesNotMatch(seen.outside, /lumen|alert|evil|approved|bold|gone/);
  assert.ok(!spoke);
  await context.close();
});
