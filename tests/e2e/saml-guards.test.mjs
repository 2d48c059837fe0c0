// A SAML response counts once, for the organisation and in the browser that it was asked for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { in_new_browser, kept_out, session_of } from "./lib/people.mjs";
import { captured_response, log_in_at_simplesamlphp, post_response, start_saml_stack } from "./lib/saml-stack.mjs";
import { BASE } from "./lib/stack.mjs";

let stack;
before(async () => { stack = await start_saml_stack({ lemonldap: false }); });
after(() => stack?.stop());

/** Signs in at Hooli up to the form that SimpleSAMLphp sends back, which is kept from arriving. */
const captured = (page, org = "hooli", login = "gavin") =>
  captured_response(page, async () => {
    await page.goto(`${BASE}/sso/${org}/main/start`);
    if (org === "piedpiper") await page.getByRole("button", { name: "Continue" }).click();
    await log_in_at_simplesamlphp(page, login);
  });

/** ST-SAML-15: whoever has the response but not the browser has nothing. */
test("a response captured in one browser makes no session in another", async () => {
  await in_new_browser(stack, async (victim) => {
    const response = await captured(victim.page);
    await in_new_browser(stack, async (attacker) => {
      await post_response(attacker.page, response);
      await kept_out(stack, attacker.page, "other-browser");
    });
    // The form was taken, and its answer waits for nobody else: a second one is a replay.
    await post_response(victim.page, response);
    await kept_out(stack, victim.page, "flow-unknown");
  });
});

/** ST-SAML-15: a sign-in of the attacker's own cannot be completed in the victim's browser (login CSRF). */
test("somebody else's response signs nobody in", async () => {
  await in_new_browser(stack, async (attacker) => {
    const response = await captured(attacker.page, "hooli", "denpok");
    await in_new_browser(stack, async (victim) => {
      await victim.page.goto(`${BASE}/sso/hooli/main/start`);
      await post_response(victim.page, response);
      await kept_out(stack, victim.page, "other-browser");
    });
  });
});

/** ST-SAML-16, -25: neither the response nor its RelayState counts a second time. */
test("a response counts once", async () => {
  await in_new_browser(stack, async ({ page }) => {
    const first = await captured(page);
    await post_response(page, first);
    await page.waitForURL(`${BASE}/`);
    assert.equal((await session_of(page)).email, "gavin@hooli.test");
    await page.context().clearCookies({ domain: "sso.gatewright.test" });
    await post_response(page, first);
    await kept_out(stack, page, "flow-unknown");
  });
  await in_new_browser(stack, async ({ page }) => {
    const first = await captured(page);
    await page.context().clearCookies({ domain: "login.hooli.test" });
    const second = await captured(page);
    await post_response(page, { ...second, form: { SAMLResponse: first.form.SAMLResponse, RelayState: second.form.RelayState } });
    await kept_out(stack, page, "saml-in-response-to");
  });
});

/** ST-SAML-13, -17: the same provider serves both organisations, with one key. */
test("a response for one organisation is refused at another", async () => {
  await in_new_browser(stack, async ({ page }) => {
    const hooli = await captured(page);
    await post_response(page, { ...hooli, action: hooli.action.replace("/hooli/", "/piedpiper/") });
    await kept_out(stack, page, "callback-mismatch");
  });
  // Under a sign-in of its own at the other organisation, so that the flow is good and the response alone decides.
  await in_new_browser(stack, async ({ page }) => {
    const hooli = await captured(page);
    await page.context().clearCookies({ domain: "login.hooli.test" });
    const pied = await captured(page, "piedpiper", "richard");
    await post_response(page, { ...pied, form: { ...pied.form, SAMLResponse: hooli.form.SAMLResponse } });
    await kept_out(stack, page, "saml-");
  });
});

/** ST-SAML-01: one letter of the address, everything else as it was signed. */
test("a response that was changed on the way is refused", async () => {
  await in_new_browser(stack, async ({ page }) => {
    const sent = await captured(page, "hooli", "denpok");
    const xml = Buffer.from(sent.form.SAMLResponse, "base64").toString("utf8");
    assert.ok(xml.includes(">denpok@hooli.test<"));
    const changed = Buffer.from(xml.replace(">denpok@hooli.test<", ">olivia@hooli.test<"), "utf8").toString("base64");
    await post_response(page, { ...sent, form: { ...sent.form, SAMLResponse: changed } });
    await kept_out(stack, page, "saml-signature");
  });
});

/** ST-SAML-15: nobody asked for it. */
test("a response that the provider sends by itself is refused", async () => {
  await in_new_browser(stack, async ({ page }) => {
    const entity = encodeURIComponent(`${BASE}/sso/hooli/main/metadata`);
    await page.goto(`https://login.hooli.test/saml2/idp/SSOService.php?spentityid=${entity}`);
    await log_in_at_simplesamlphp(page, "gavin");
    await kept_out(stack, page, "saml-unsolicited");
  });
});

/** What was acknowledged is on the disk: the form that was taken, that it counts no second time, and the session. */
test("kill -9 between the form and the session loses nothing, and makes nothing twice", async () => {
  await in_new_browser(stack, async ({ page }) => {
    const sent = await captured(page);
    const post = () => page.context().request.post(sent.action, { ignoreHTTPSErrors: true, maxRedirects: 0, form: sent.form });
    const taken = await post();
    assert.equal(taken.status(), 303);
    await stack.gate.kill();
    await stack.gate.start();
    assert.notEqual((await post()).status(), 303, "the same response is a replay");
    await page.goto(new URL(taken.headers().location, BASE).href);
    assert.equal((await session_of(page)).email, "gavin@hooli.test");
    await stack.gate.kill();
    await stack.gate.start();
    assert.equal((await session_of(page)).email, "gavin@hooli.test");
    await page.goto(new URL(taken.headers().location, BASE).href);
    await page.getByRole("heading", { name: "This sign-in has ended" }).waitFor();
  });
});
