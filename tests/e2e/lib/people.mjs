// What every story does: a browser of its own for each person, and what a refusal says to them and to the operator.

import assert from "node:assert/strict";
import { BASE, new_person } from "./stack.mjs";

/** Runs a story in a browser of its own. */
export async function in_new_browser(stack, story) {
  const person = await new_person(stack);
  try {
    return await story(person);
  } finally {
    await person.close();
  }
}

/** What the refusal page and the operator's trace say. */
export async function refused(stack, page) {
  await page.getByText("Support code", { exact: true }).waitFor();
  const text = await page.locator("main").innerText();
  const code = text.match(/GW-[0-9A-Z-]+/)?.[0];
  assert.ok(code, `no support code on the page:\n${text}`);
  return { text, story: stack.gate.trace(code) };
}

/** Holds that the person is kept out for this reason, and is not told it. */
export async function kept_out(stack, page, reason) {
  const { text, story } = await refused(stack, page);
  assert.ok(story.includes(reason), `not ${reason}: ${story}`);
  assert.ok(!text.includes(reason), "a stranger learns nothing");
  assert.equal(await session_of(page), null, "no session");
}

/** What `/session` says in this browser; `null` without a session. */
export async function session_of(page) {
  const answer = await page.context().request.get(`${BASE}/session`, { ignoreHTTPSErrors: true });
  if (answer.status() === 401) return null;
  assert.equal(answer.status(), 200);
  return answer.json();
}

/** The roles that reached an application. */
export const roles_of = (said) => JSON.parse(decodeURIComponent(said.headers["x-auth-roles"])).map(({ role }) => role);
