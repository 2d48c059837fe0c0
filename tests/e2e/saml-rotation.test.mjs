// Certificates rotate on both sides, and at no moment is a person kept out who should get in.

import { renameSync } from "node:fs";
import { after, before, test } from "node:test";
import { in_new_browser, kept_out } from "./lib/people.mjs";
import { captured_response, HOOLI, log_in_at_simplesamlphp, post_response, start_saml_stack, vendor } from "./lib/saml-stack.mjs";
import { make_signing_key } from "./lib/signing-key.mjs";

let stack;
before(async () => { stack = await start_saml_stack({ lemonldap: false }); });
after(() => stack?.stop());

const gavin_gets_in = () =>
  in_new_browser(stack, async ({ page }) => {
    await page.goto(HOOLI);
    await log_in_at_simplesamlphp(page, "gavin");
    await page.waitForURL(`${HOOLI}/**`);
  });

/** An administrator downloads the provider's metadata again and publishes it. */
async function vendor_again() {
  vendor(stack.gate, await stack.ssp.metadata());
  stack.gate.publish();
  await stack.gate.settled();
}

/** ST-SAML-12: announced, used, alone; the old one counts as long as the policy holds it, and not an hour longer. */
test("the provider's certificate", async () => {
  stack.ssp.new_key("next");
  stack.ssp.configure({ next_key: "next" });
  await gavin_gets_in();
  await vendor_again();
  await gavin_gets_in();

  await in_new_browser(stack, async ({ page }) => {
    const by_the_old_one = await captured_response(page, async () => {
      await page.goto(HOOLI);
      await log_in_at_simplesamlphp(page, "gavin");
    });
    stack.ssp.configure({ key: "next", next_key: null });
    await gavin_gets_in();
    await vendor_again();
    await gavin_gets_in();
    await post_response(page, by_the_old_one);
    await kept_out(stack, page, "saml-signature");
  });
});

const ours = (name) => stack.gate.at(`secrets/keys/saml${name}`);

/** Puts the files of one pair under another name. */
function rename_pair(from, to) {
  for (const kind of ["key", "crt"]) renameSync(ours(`${from}.${kind}`), ours(`${to}.${kind}`));
}

/** What SimpleSAMLphp knows of us stays behind by one step, as it does with a provider that imports by hand. */
test("our own certificate, for signed requests and for encryption", async () => {
  stack.ssp.configure({ encrypt: true });
  await gavin_gets_in();

  make_signing_key(ours(".next.key"), ours(".next.crt"), "the next one");
  await stack.gate.restart();
  await gavin_gets_in();
  stack.ssp.register("hooli", await stack.gate.sp_metadata("hooli", "main"));
  await gavin_gets_in();

  rename_pair("", ".previous");
  rename_pair(".next", "");
  await stack.gate.restart();
  await gavin_gets_in();
  stack.ssp.register("hooli", await stack.gate.sp_metadata("hooli", "main"));
  await gavin_gets_in();
});
