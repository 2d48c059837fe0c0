// Single logout over SAML, begun here and begun at the provider, at SimpleSAMLphp and LemonLDAP::NG.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { in_new_browser, session_of } from "./lib/people.mjs";
import { HOOLI, log_in_at_lemonldap, log_in_at_simplesamlphp, start_saml_stack, UMBRELLA, vendor } from "./lib/saml-stack.mjs";
import { POST, REDIRECT } from "./lib/simplesamlphp.mjs";
import { BASE } from "./lib/stack.mjs";

let stack;
before(async () => { stack = await start_saml_stack(); });
after(() => stack?.stop());

const at_hooli = async (page) => {
  await page.goto(HOOLI);
  await log_in_at_simplesamlphp(page, "gavin");
  await page.waitForURL(`${HOOLI}/**`);
};
const at_umbrella = async (page) => {
  await page.goto(UMBRELLA);
  await log_in_at_lemonldap(page, "dwho");
  await page.waitForURL(`${UMBRELLA}/**`);
};

const sign_out_here = async (page) => {
  await page.goto(`${BASE}/`);
  await page.getByRole("button", { name: "Sign out" }).click();
};

/** Holds that both sides have forgotten the person: the application leads to the provider, which asks for a password. */
async function gone_on_both_sides(page, app, password) {
  assert.equal(await session_of(page), null, "no session here");
  await page.goto(app);
  await page.locator(password).waitFor();
}

const AT_SIMPLESAMLPHP = 'input[name="username"]';
const AT_LEMONLDAP = 'input[name="user"]';

/** Which binding SimpleSAMLphp offers for logout, as our gate knows it from its metadata. */
async function simplesamlphp_signs_out_by(bindings) {
  stack.ssp.configure({ sign_out: bindings });
  vendor(stack.gate, await stack.ssp.metadata());
  stack.gate.publish();
  await stack.gate.settled();
}

/** ST-SAML-27: our session ends first, then the provider's; its signed answer brings the person back. */
test("begun here, SimpleSAMLphp ends its session too", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await at_hooli(page);
    await sign_out_here(page);
    await page.getByText("Your identity provider says that it has signed you out as well.").waitFor();
    await gone_on_both_sides(page, HOOLI, AT_SIMPLESAMLPHP);
  });
});

test("begun here, by form: one button leads there", async () => {
  await simplesamlphp_signs_out_by([POST]);
  try {
    await in_new_browser(stack, async ({ page }) => {
      await at_hooli(page);
      await sign_out_here(page);
      await page.getByRole("button", { name: "Sign out there" }).click();
      await page.getByText("Your identity provider says that it has signed you out as well.").waitFor();
      await gone_on_both_sides(page, HOOLI, AT_SIMPLESAMLPHP);
    });
  } finally {
    await simplesamlphp_signs_out_by([REDIRECT]);
  }
});

test("begun at SimpleSAMLphp, our session ends, in the application at once", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await at_hooli(page);
    assert.ok(await session_of(page));
    await page.goto(stack.ssp.sign_out_address);
    await gone_on_both_sides(page, HOOLI, AT_SIMPLESAMLPHP);
    const { body } = await stack.gate.admin("/v1/orgs/hooli/audit");
    assert.ok(body.includes("logout-by-provider"), body);
  });
});

test("one person's logout at the provider ends nobody else's session, nor their own in another browser there", async () => {
  await in_new_browser(stack, async (other) => {
    await at_hooli(other.page);
    await in_new_browser(stack, async ({ page }) => {
      await at_hooli(page);
      await page.goto(stack.ssp.sign_out_address);
      assert.equal(await session_of(page), null);
    });
    assert.ok(await session_of(other.page), "the session index names one session");
  });
});

test("begun here, LemonLDAP::NG ends its session too", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await at_umbrella(page);
    await sign_out_here(page);
    await page.getByText("Your identity provider says that it has signed you out as well.").waitFor();
    await gone_on_both_sides(page, UMBRELLA, AT_LEMONLDAP);
  });
});

test("begun at LemonLDAP::NG, our session ends", async () => {
  await in_new_browser(stack, async ({ page }) => {
    await at_umbrella(page);
    assert.ok(await session_of(page));
    await page.goto(stack.llng.sign_out_address);
    await gone_on_both_sides(page, UMBRELLA, AT_LEMONLDAP);
  });
});
