// The screens of SAML in the gallery: see `gallery.test.mjs`.

import { after, before } from "node:test";
import * as gallery from "./lib/gallery.mjs";
import { log_in_at_simplesamlphp, start_saml_stack } from "./lib/saml-stack.mjs";
import { BASE } from "./lib/stack.mjs";

let stack;
before(async () => { stack = await start_saml_stack({ lemonldap: false }); });
after(() => stack?.stop());

const shown = (name, screens, open) => gallery.shown(() => stack, name, screens, open);

async function test_sign_in(page, org, login) {
  const made = await stack.gate.admin(`/v1/orgs/${org}/connections/main/test-links`, "POST");
  await page.goto(JSON.parse(made.body).url);
  await log_in_at_simplesamlphp(page, login);
  await page.waitForURL((url) => url.origin === BASE);
}

shown("continue-by-form", ["phone-light"], (page) => page.goto(`${BASE}/sso/piedpiper/main/start`));

shown("test-sign-in-works", ["desktop-light"], (page) => test_sign_in(page, "hooli", "gavin"));

shown("test-sign-in-refused", ["desktop-light"], (page) => test_sign_in(page, "hooli", "russ"));
