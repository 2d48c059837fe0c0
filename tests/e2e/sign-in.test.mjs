// Sign-in through a certified OpenID provider, in a real browser, behind a real proxy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { app_said, BASE, CONSOLE, intercept, log_in_at_provider, new_person, open_console_as, start_stack } from "./lib/stack.mjs";

let stack;
before(async () => { stack = await start_stack(); });
after(() => stack?.stop());

/** Runs a story in a browser of its own. */
async function in_new_browser(story) {
  const person = await new_person(stack);
  try {
    return await story(person);
  } finally {
    await person.close();
  }
}

/** What the refusal page and the operator's trace say. */
async function refused(page) {
  const text = await page.locator("main").innerText();
  const code = text.match(/GW-[0-9A-Z-]+/)?.[0];
  assert.ok(code, `no support code on the page:\n${text}`);
  return { text, story: stack.gate.trace(code) };
}

const roles_of = (said) => JSON.parse(decodeURIComponent(said.headers["x-auth-roles"]));

test("ends in a session with the policy's roles, and the app on another host lets in", async () => {
  await in_new_browser(async ({ page }) => {
    await open_console_as(page, "ada", "/reports/2026?week=47");
    const said = await app_said(page);
    assert.equal(page.url(), `${CONSOLE}/reports/2026?week=47`, "the deep link survives");
    assert.equal(decodeURIComponent(said.headers["x-auth-email"]), "ada@acme.test");
    assert.equal(said.headers["x-auth-org"], "acme");
    assert.deepEqual(roles_of(said).map(({ role, project }) => [role, project ?? null]).sort(), [
      ["admin", null], ["developer", null], ["editor", "research"], ["viewer", "default"],
    ]);
    await page.goto(`${BASE}/session`);
    const session = await app_said(page);
    assert.equal(session.org, "acme");
    assert.equal(session.email, "ada@acme.test");
  });
});

/** ST-SESS-03, ST-SESS-13: cookies are opaque and bound to their host; no token of the provider reaches anybody. */
test("cookies are host-bound, opaque and small; tokens of the provider stay inside", async () => {
  await in_new_browser(async ({ page, context }) => {
    await open_console_as(page, "ben");
    await app_said(page);
    const ours = (await context.cookies()).filter((cookie) => cookie.domain.endsWith("gatewright.test"));
    assert.deepEqual(new Set(ours.map((cookie) => cookie.domain)), new Set(["sso.gatewright.test", "console.gatewright.test"]));
    for (const cookie of ours) {
      assert.match(cookie.name, /^__Host-gatewright(-flow)?$/);
      assert.ok(cookie.httpOnly && cookie.secure && cookie.path === "/" && cookie.sameSite === "Lax", cookie.name);
      assert.ok(cookie.value.length <= 64, "small and in one piece");
    }
    const reached_app = JSON.stringify(stack.app.requests);
    assert.ok(!/id_token|access_token/.test(reached_app));
  });
});

test("keeps out a stranger, a blocked person and an unknown path of the policy, each with its reason", async () => {
  for (const [login, reason] of [["mallory", "domain-not-ours"], ["oscar", "blocked-group"]]) {
    await in_new_browser(async ({ page }) => {
      await open_console_as(page, login);
      const { text, story } = await refused(page);
      assert.ok(!text.includes(reason), "a stranger learns nothing");
      assert.ok(story.includes(reason), `${login}: ${story}`);
    });
  }
});

test("keeps out a member of another organisation", async () => {
  await in_new_browser(async ({ page, context }) => {
    await page.goto(`${BASE}/sso/globex/main/start`);
    await log_in_at_provider(page, "gina");
    await page.waitForLoadState();
    await page.goto(`${BASE}/session`);
    assert.equal((await app_said(page)).org, "globex");
    const verdict = await context.request.get(`${BASE}/auth/verify?org=acme`, { ignoreHTTPSErrors: true });
    assert.equal(verdict.status(), 403);
    assert.equal(verdict.headers()["x-auth-refusal"], "wrong-org");
    const reached = stack.app.requests.length;
    await page.goto(CONSOLE);
    assert.notEqual(new URL(page.url()).origin, CONSOLE, "Acme's app asks for a sign-in to Acme");
    assert.equal(stack.app.requests.length, reached, "a request of Globex reached Acme's app");
  });
});

/** ST-OIDC-13: the hosted domain is pinned; a consumer account and another workspace stay outside. */
test("keeps out the wrong tenant of a provider that many share", async () => {
  for (const [login, reason] of [["consumer", "wrong-hosted-domain"], ["elsewhere", "wrong-hosted-domain"]]) {
    await in_new_browser(async ({ page }) => {
      await page.goto(`${BASE}/sso/initech/google/start`);
      await log_in_at_provider(page, login);
      assert.ok((await refused(page)).story.includes(reason), login);
    });
  }
  await in_new_browser(async ({ page }) => {
    await page.goto(`${BASE}/sso/initech/google/start`);
    await log_in_at_provider(page, "peter");
    await page.waitForURL((url) => url.origin === BASE);
    await page.goto(`${BASE}/session`);
    assert.equal((await app_said(page)).org, "initech");
  });
});

/** Stops the browser at our callback and gives the address that it was sent to. A name is typed at the first time only. */
async function captured_callback(page, login) {
  let captured;
  const release = await intercept(page, "*/callback?*", (url) => void (captured = url));
  await page.goto(`${BASE}/sso/acme/main/start`).catch(() => {});
  if (login) await log_in_at_provider(page, login).catch(() => {});
  for (let tries = 0; !captured && tries < 100; tries += 1) await page.waitForTimeout(50);
  await release();
  assert.ok(captured, "the provider sent no answer");
  return captured;
}

/** ST-OIDC-02: state belongs to one browser and works once. */
test("keeps out a response that was captured in another browser, and a replayed one", async () => {
  await in_new_browser(async (victim) => {
    const captured = await captured_callback(victim.page, "ada");
    await in_new_browser(async (attacker) => {
      await attacker.page.goto(captured);
      assert.ok((await refused(attacker.page)).story.includes("other-browser"));
      const session = await attacker.page.goto(`${BASE}/session`);
      assert.equal(session.status(), 401);
    });
    await victim.page.goto(captured);
    await victim.page.goto(`${BASE}/session`);
    assert.equal((await app_said(victim.page)).email, "ada@acme.test", "the capture did not spoil the real sign-in");
    await victim.page.goto(captured);
    assert.ok((await refused(victim.page)).story.includes("flow-unknown"), "the second use");
  });
});

test("keeps out a code that was used before", async () => {
  await in_new_browser(async ({ page }) => {
    const first = new URL(await captured_callback(page, "ada"));
    await page.goto(first.href);
    const second = new URL(await captured_callback(page));
    second.searchParams.set("code", first.searchParams.get("code"));
    await page.goto(second.href);
    assert.ok((await refused(page)).story.includes("code-refused"));
  });
});

/**
 * ST-OIDC-03, RFC 9700 §4.4.2: Globex's provider turns the browser over to Acme's, which sends no `iss`. Acme's code comes
 * back to Acme's callback under the state of Globex's sign-in; Globex's token endpoint never sees it.
 */
test("a mix-up of two providers obtains no code", async () => {
  await in_new_browser(async ({ page }) => {
    await intercept(page, "https://idp.globex.test/auth*", (url) => {
      const asked = new URL(url);
      const turned = new URL("https://idp.acme.test/auth");
      for (const [name, value] of asked.searchParams) turned.searchParams.set(name, value);
      turned.searchParams.set("client_id", "gatewright-acme");
      turned.searchParams.set("redirect_uri", `${BASE}/sso/acme/main/callback`);
      return turned.href;
    });
    const before_attack = stack.providers.globex.requests.length;
    await page.goto(`${BASE}/sso/globex/main/start`);
    await log_in_at_provider(page, "ada");
    assert.ok((await refused(page)).story.includes("callback-mismatch"));
    const since = stack.providers.globex.requests.slice(before_attack);
    assert.deepEqual(since.filter(({ path }) => path === "/token"), [], "a code reached the second provider");
    const session = await page.goto(`${BASE}/session`);
    assert.equal(session.status(), 401);
  });
});

/** ST-SESS-14: what the client says about itself never reaches the app, in any spelling, on open paths too. */
test("forged X-Auth headers never reach the app", async () => {
  await in_new_browser(async ({ page, context }) => {
    const forged = {};
    for (const name of ["Subject", "Email", "Org", "Roles", "Assertion", "Sign-In", "Refusal"]) {
      forged[`X-Auth-${name}`] = "forged";
      forged[`x_auth_${name.toLowerCase().replaceAll("-", "_")}`] = "forged";
      forged[`X-AUTH-${name.toUpperCase()}`] = "forged";
    }
    await open_console_as(page, "ben");
    const cookies = await context.cookies(CONSOLE);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    for (const [path, headers] of [["/public/page", forged], ["/", { ...forged, cookie }]]) {
      const answer = await context.request.get(CONSOLE + path, { headers, ignoreHTTPSErrors: true });
      assert.equal(answer.status(), 200, path);
      assert.ok(!JSON.stringify(await answer.json()).includes("forged"), path);
    }
  });
});

/** ST-SESS-15: whatever the spelling of a path, the app never answers it without a session. */
test("no spelling of a path gets past the question", async () => {
  await in_new_browser(async ({ context }) => {
    let answered = 0;
    const paths = ["/public/open", "/", "//", "/a/../b", "/public/../secret", "/public/..%2fsecret", "/public%2f..%2fsecret", "/PUBLIC/x", "/.gatewright/verify",
      "/.gatewright/verify?app=console", "/?x=/public/", "/#/public/", "/;/public/", "/public/..;/secret", "/%2e%2e/", "/secret?.css", "/favicon.ico",
      "/healthz", "/.well-known/x", "/a%00b", "/public/%2e%2e/secret", "/\\public/"];
    for (const method of ["GET", "HEAD", "POST", "OPTIONS", "PUT"]) {
      for (const path of paths) {
        const before_it = stack.app.requests.length;
        await context.request.fetch(CONSOLE + path, { method, maxRedirects: 0, ignoreHTTPSErrors: true, headers: { "user-agent": "kube-probe/1.0" } }).catch(() => {});
        const reached = stack.app.requests.slice(before_it).map(({ url }) => url);
        answered += reached.length;
        const open = reached.every((url) => new URL(CONSOLE + url.replace(/^\/+/, "/")).pathname.startsWith("/public/"));
        assert.ok(open, `${method} ${path} reached the app as ${reached}`);
      }
    }
    assert.ok(answered > 10, `the open paths answer: ${answered}`);
  });
});

/** ST-OIDC-15: after a sign-in the browser goes to a path of the app that was named, or nowhere. */
test("return_to leads nowhere but to a path of the app", async () => {
  const elsewhere = ["//evil.test", "/\\evil.test", "https:evil.test", "https://evil.test/", "\\\\evil.test", "/\t/evil.test", "javascript:alert(1)",
    "/a\r\nLocation: https://evil.test", "/%0d%0aLocation:%20https://evil.test", "https://wiki.gatewright.test/", "///evil.test", "/.//evil.test", ""];
  await in_new_browser(async ({ context }) => {
    for (const return_to of elsewhere) {
      const start = `${BASE}/sso/acme/main/start?app=console&return_to=${encodeURIComponent(return_to)}`;
      const answer = await context.request.get(start, { maxRedirects: 0, ignoreHTTPSErrors: true });
      const to = answer.headers().location ?? "";
      assert.ok(answer.status() >= 400 && !to, `${JSON.stringify(return_to)} → ${answer.status()} ${to}`);
    }
    const other_app = await context.request.get(`${BASE}/sso/acme/main/start?app=nonsense&return_to=/`, { maxRedirects: 0, ignoreHTTPSErrors: true });
    assert.ok(other_app.status() >= 400);
  });
});

test("signing out ends the session on every host", async () => {
  await in_new_browser(async ({ page, context }) => {
    await open_console_as(page, "ben");
    await app_said(page);
    await page.goto(`${BASE}/`);
    await page.locator("form button").click();
    await page.waitForLoadState();
    assert.equal((await page.goto(`${BASE}/session`)).status(), 401);
    const asked = await context.request.get(CONSOLE, { maxRedirects: 0, ignoreHTTPSErrors: true });
    assert.equal(asked.status(), 302, "the app's own session ended with it");
  });
});
