// Step-up: a permission that needs a fresher or stronger sign-in than the session has sends the person to the provider once
// more. Over SAML (ForceAuthn, RequestedAuthnContext) and OpenID Connect (max_age, acr), at providers that we did not write.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { in_new_browser, kept_out, refused, roles_of, session_of } from "./lib/people.mjs";
import { HOOLI, log_in_at_lemonldap, log_in_at_simplesamlphp, renew_at_lemonldap, start_saml_stack, TYRELL, UMBRELLA } from "./lib/saml-stack.mjs";
import { MFA } from "./lib/simplesamlphp.mjs";
import { app_said, BASE, new_person } from "./lib/stack.mjs";

/** `within="1m"` of umbrella and tyrell, `max-authentication-age "1m"` of piedpiper, and a little. */
const OLD_MS = 62_000;

let stack;
/** Those who signed in at the beginning, and wait. */
const early = {};
let since;
before(async () => {
  stack = await start_saml_stack();
  const sign_in = async (name, address, log_in, login) => {
    early[name] = await new_person(stack);
    await early[name].page.goto(address);
    if (name === "piedpiper") await early[name].page.getByRole("button", { name: "Continue" }).click();
    await log_in(early[name].page, login);
    await early[name].page.waitForURL(/gatewright\.test/);
  };
  await sign_in("umbrella", `${UMBRELLA}/`, log_in_at_lemonldap, "dwho");
  await sign_in("tyrell", `${TYRELL}/`, log_in_at_lemonldap, "rtyler");
  await sign_in("piedpiper", `${BASE}/sso/piedpiper/main/start`, log_in_at_simplesamlphp, "richard");
  since = Date.now();
});
after(() => stack?.stop());

const old_enough = () => new Promise((later) => setTimeout(later, Math.max(0, since + OLD_MS - Date.now())));

/** ForceAuthn and the context: the provider asks again, and says which context it was. */
test("SAML: a context that the session lacks is asked for, and the person comes back", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(HOOLI);
    await log_in_at_simplesamlphp(page, "gavin");
    await page.waitForURL(`${HOOLI}/**`);
    const weak = await session_of(page);
    assert.notEqual(weak.acr, MFA);

    await page.goto(`${HOOLI}/settings/billing?tab=2`);
    assert.equal(new URL(page.url()).host, "login.hooli.test", "the provider asks again, though it knows the person");
    await log_in_at_simplesamlphp(page, "gavin");
    await page.waitForURL(`${HOOLI}/settings/**`);
    assert.equal(page.url(), `${HOOLI}/settings/billing?tab=2`);
    assert.deepEqual(roles_of(await app_said(page)).sort(), ["admin", "developer"]);
    assert.equal((await session_of(page)).acr, MFA);
  });
});

test("SAML: a person who has no second factor stays outside, and keeps the session", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(HOOLI);
    await log_in_at_simplesamlphp(page, "denpok");
    await page.waitForURL(`${HOOLI}/**`);
    await page.goto(`${HOOLI}/settings/`);
    await log_in_at_simplesamlphp(page, "denpok");
    const { text, story } = await refused(stack, page);
    assert.ok(story.includes("authentication-too-weak"), story);
    assert.ok(!text.includes("weak"));
    await page.goto(`${HOOLI}/`);
    assert.equal(decodeURIComponent((await app_said(page)).headers["x-auth-email"]), "denpok@hooli.test");
  });
});

test("whoever lacks the permission is not sent anywhere", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(`${BASE}/sso/hooli/main/start`);
    await log_in_at_simplesamlphp(page, "russ");
    await kept_out(stack, page, "domain-not-ours");
  });
});

test("SAML: an old proof is renewed, where the permission asks for a fresh one and nowhere else", async () => {
  await old_enough();
  const { page } = early.umbrella;
  await page.goto(`${UMBRELLA}/`);
  assert.ok(roles_of(await app_said(page)).includes("admin"), "the session itself lives on");
  const before_it = await session_of(page);
  await page.goto(`${UMBRELLA}/settings/`);
  assert.equal(new URL(page.url()).host, "login.umbrella.test");
  await renew_at_lemonldap(page, "dwho");
  await page.waitForURL(`${UMBRELLA}/settings/`);
  assert.ok(Date.parse((await session_of(page)).authenticated) > Date.parse(before_it.authenticated));
});

test("OpenID Connect: the same by max_age", async () => {
  await old_enough();
  const { page } = early.tyrell;
  const before_it = await session_of(page);
  assert.equal(before_it.authentication_reported, true);
  await page.goto(`${TYRELL}/settings/`);
  assert.equal(new URL(page.url()).host, "login.umbrella.test");
  await renew_at_lemonldap(page, "rtyler");
  await page.waitForURL(`${TYRELL}/settings/`);
  assert.ok(Date.parse((await session_of(page)).authenticated) > Date.parse(before_it.authenticated));
});

test("max-authentication-age ends the session, and the next sign-in asks for the proof again", async () => {
  await old_enough();
  const { page } = early.piedpiper;
  assert.equal(await session_of(page), null, "over");
  await page.goto(`${BASE}/sso/piedpiper/main/start`);
  await page.getByRole("button", { name: "Continue" }).click();
  await log_in_at_simplesamlphp(page, "richard");
  await page.waitForURL(`${BASE}/`);
  const again = await session_of(page);
  assert.ok(Date.now() - Date.parse(again.authenticated) < 30_000, again.authenticated);
});
