// The gallery's own tools: a page's text is held to the file beside it, and its pictures are taken where they are wanted.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./processes.mjs";

export const GALLERY = join(ROOT, "docs/gallery");
export const WRITE = process.env.GALLERY === "write";
/** Above this a picture is too heavy for a page of the docs. */
const PICTURE_BYTES_MAX = 200_000;
const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
};

/** What differs from one run to the next, as it stands in the gallery. */
const SETTLED = [
  [/GW(-[0-9A-Z]{4}){4}/g, "GW-7K3M-Q9XD-2V8R-H4TN"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "2027-01-15 18:00 UTC"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2027-01-15T18:00:00Z"],
  [/_[0-9a-f]{42}/g, "_be21c7d0a9f46e13805d7b2c9e41f06a83d5c1e907"],
  [/\d+ bytes, \d+ steps/g, "7337 bytes, 37559 steps"],
  [/\d+ canonical bytes/g, "5531 canonical bytes"],
];

async function settle(page) {
  await page.evaluate((settled) => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) for (const [source, text] of settled) walk.currentNode.data = walk.currentNode.data.replace(new RegExp(source, "g"), text);
  }, SETTLED.map(([pattern, text]) => [pattern.source, text]));
}

/** Compares with the file, or writes it. */
export function hold(name, text) {
  const file = join(GALLERY, `${name}.txt`);
  if (WRITE) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"), `${name} is stale: run with GALLERY=write`);
}

/** Opens the page in a browser of its own, and holds its text; takes its pictures where they are wanted. `stack` gives the stack. */
export function shown(stack, name, screens, open) {
  test(`${name} reads as the gallery shows it`, async () => {
    for (const screen of WRITE ? screens : screens.slice(0, 1)) {
      const [size, colorScheme] = screen.split("-");
      const context = await stack().browser.newContext({ ...SCREENS[size], colorScheme, locale: "en-GB" });
      const page = await context.newPage();
      await open(page);
      await settle(page);
      hold(name, `${(await page.locator("body").innerText()).trim()}\n`);
      if (WRITE) photograph(await page.screenshot({ path: join(GALLERY, `${name}-${screen}.png`), fullPage: true }));
      await context.close();
    }
  });
}

export function photograph(picture) {
  assert.ok(picture.length <= PICTURE_BYTES_MAX, `${picture.length} bytes`);
}
