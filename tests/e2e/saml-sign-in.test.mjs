// Sign-in with SAML at SimpleSAMLphp and LemonLDAP::NG, and with OpenID Connect at LemonLDAP::NG, in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { in_new_browser, kept_out, roles_of, session_of } from "./lib/people.mjs";
import { HOOLI, log_in_at_lemonldap, log_in_at_simplesamlphp, start_saml_stack, TYRELL, UMBRELLA } from "./lib/saml-stack.mjs";
import { app_said, BASE } from "./lib/stack.mjs";

let stack;
before(async () => { stack = await start_saml_stack(); });
after(() => stack?.stop());

test("SimpleSAMLphp, asked by redirect: a session with the policy's roles, and the deep link survives", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(`${HOOLI}/reports/2026?week=47`);
    await log_in_at_simplesamlphp(page, "gavin");
    await page.waitForURL(`${HOOLI}/**`);
    const said = await app_said(page);
    assert.equal(page.url(), `${HOOLI}/reports/2026?week=47`);
    assert.equal(decodeURIComponent(said.headers["x-auth-email"]), "gavin@hooli.test");
    assert.equal(said.headers["x-auth-org"], "hooli");
    assert.deepEqual(roles_of(said).sort(), ["admin", "developer"]);
    assert.equal((await session_of(page)).authentication_reported, true);
  });
});

/** ST-SAML-24, ST-OPS-01: one page with one button sends the request by form; nothing runs on it. */
test("SimpleSAMLphp, asked by form: one button leads there", async () => {
  await in_new_browser(stack, async ({ page }) => {
    const answer = await page.goto(`${BASE}/sso/piedpiper/main/start`);
    assert.match(answer.headers()["content-security-policy"], /form-action 'self' https:\/\/login\.hooli\.test https:;/);
    assert.equal(await page.locator("script").count(), 0);
    await page.getByRole("button", { name: "Continue" }).click();
    await log_in_at_simplesamlphp(page, "richard");
    await page.waitForURL(`${BASE}/`);
    assert.equal((await session_of(page)).email, "richard@piedpiper.test");
  });
});

/** ST-SAML-07: encrypted to our key as our metadata publishes it. */
test("SimpleSAMLphp, encrypted: the inner signature or the outer one vouches", async () => {
  try {
    for (const sign_assertion of [true, false]) {
      stack.ssp.configure({ encrypt: true, sign_assertion });
      await in_new_browser(stack, async ({ page }) => {
        await page.goto(HOOLI);
        await log_in_at_simplesamlphp(page, "gavin");
        await page.waitForURL(`${HOOLI}/**`);
        assert.deepEqual(roles_of(await app_said(page)).sort(), ["admin", "developer"]);
      });
    }
  } finally {
    stack.ssp.configure({ encrypt: false, sign_assertion: true });
  }
});

test("LemonLDAP::NG by SAML, plain and encrypted", async () => {
  for (const encrypt of [false, true]) {
    if (encrypt) await stack.llng.register({ service_providers: { umbrella: { metadata: await stack.gate.sp_metadata("umbrella", "main"), encrypt } } });
    await in_new_browser(stack, async ({ page }) => {
      await page.goto(`${UMBRELLA}/tardis`);
      await log_in_at_lemonldap(page, "rtyler");
      await page.waitForURL(`${UMBRELLA}/**`);
      const said = await app_said(page);
      assert.equal(decodeURIComponent(said.headers["x-auth-email"]), "rtyler@badwolf.org");
      assert.deepEqual(roles_of(said).sort(), ["admin", "developer"]);
    });
  }
});

test("LemonLDAP::NG by OpenID Connect, whose issuer ends in a slash", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(`${TYRELL}/replicants`);
    await log_in_at_lemonldap(page, "msmith");
    await page.waitForURL(`${TYRELL}/**`);
    const said = await app_said(page);
    assert.equal(decodeURIComponent(said.headers["x-auth-email"]), "msmith@tyrell.test");
    assert.deepEqual(roles_of(said).sort(), ["admin", "developer"]);
  });
});

test("the address leads to the provider of its domain, and the wrong people stay outside", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(`${BASE}/login`);
    await page.locator('input[name="email"]').fill("anybody@hooli.test");
    await page.locator('input[name="email"]').press("Enter");
    await page.waitForURL("https://login.hooli.test/**");
    await log_in_at_simplesamlphp(page, "russ");
    await kept_out(stack, page, "domain-not-ours");
  });
});

/** A test link: full verification and a trace, nobody in. */
test("a test sign-in ends in a trace", async () => {
  const made = await stack.gate.admin("/v1/orgs/hooli/connections/main/test-links", "POST");
  assert.equal(made.status, 201, made.body);
  await in_new_browser(stack, async ({ page }) => {
    await page.goto(JSON.parse(made.body).url);
    await log_in_at_simplesamlphp(page, "gavin");
    await page.getByRole("heading", { name: "This sign-in works" }).waitFor();
    const text = await page.locator("main").innerText();
    for (const part of ["gavin@hooli.test", "u-1001", "Gavin Belson", "Hooli XYZ & friends", "admin"]) assert.ok(text.includes(part), `${part}: ${text}`);
    assert.equal(await session_of(page), null);
    await page.goto(JSON.parse(made.body).url);
    await kept_out(stack, page, "test-link-unknown");
  });
});
