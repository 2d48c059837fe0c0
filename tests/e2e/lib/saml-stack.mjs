// The stack of the SAML tests: the gate with the organisations of `saml-workspace`, SimpleSAMLphp and LemonLDAP::NG.
//
// hooli signs in at SimpleSAMLphp by redirect, piedpiper at the same one by form, umbrella at LemonLDAP::NG by SAML, and
// tyrell there by OpenID Connect.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { start_app } from "./app.mjs";
import { make_certificates } from "./certificates.mjs";
import { Gate } from "./gate.mjs";
import { start_lemonldap } from "./lemonldap.mjs";
import { start_nginx } from "./nginx.mjs";
import { person, start_simplesamlphp } from "./simplesamlphp.mjs";
import { all_or_nothing, BASE, launch, new_folder } from "./stack.mjs";

export const HOOLI = "https://hooli.gatewright.test";
export const UMBRELLA = "https://umbrella.gatewright.test";
export const TYRELL = "https://tyrell.gatewright.test";
const SIMPLESAMLPHP = { name: "login.hooli.test", port: 9101 };
const LEMONLDAP = { name: "login.umbrella.test", port: 9102 };
const NAMES = ["sso.gatewright.test", "console.gatewright.test", "hooli.gatewright.test", "umbrella.gatewright.test", "tyrell.gatewright.test", SIMPLESAMLPHP.name, LEMONLDAP.name];

/** The people of SimpleSAMLphp. `gavin` has a second factor, `denpok` has none. */
const PEOPLE = {
  gavin: person("u-1001", "gavin@hooli.test", ["Hooli XYZ & friends", "everybody"], { givenName: ["Gavin"], sn: ["Belson"], factors: ["second"] }),
  denpok: person("u-1002", "denpok@hooli.test", ["Hooli XYZ & friends"]),
  richard: person("u-2001", "richard@piedpiper.test", ["everybody"], { givenName: ["Richard"], sn: ["Hendricks"] }),
  russ: person("u-3001", "russ@elsewhere.test"),
};

/** `lemonldap: false` leaves it out: it takes some seconds. */
export async function start_saml_stack({ lemonldap = true } = {}) {
  return all_or_nothing(async (started) => {
    const folder = new_folder();
    const own = (name) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    };
    const certificates = make_certificates(folder, NAMES);
    const gate = new Gate(folder, certificates.ca, "saml-workspace");
    const ssp = await started(start_simplesamlphp({ folder: own("ssp"), host: SIMPLESAMLPHP.name, port: SIMPLESAMLPHP.port, people: PEOPLE }));
    const llng = await started(lemonldap_of(own("llng"), gate, lemonldap));
    vendor(gate, await ssp.metadata());
    gate.publish();
    await started(start_nginx(folder, certificates, { servers: [SIMPLESAMLPHP, LEMONLDAP], apps: ["hooli", "umbrella", "tyrell"] }));
    await started(gate.start());
    gate.make_token();
    for (const [org, domain] of [["hooli", "hooli.test"], ["piedpiper", "piedpiper.test"], ["umbrella", "badwolf.org"], ["tyrell", "tyrell.test"]]) gate.prove(org, domain);
    for (const org of ["hooli", "piedpiper"]) ssp.register(org, await gate.sp_metadata(org, "main"));
    if (lemonldap) await llng.register({ service_providers: { umbrella: await gate.sp_metadata("umbrella", "main") } });
    const app = await started(start_app(3000));
    const browser = await started(launch(certificates.pin));
    return { gate, app, ssp, llng, browser };
  });
}

/** Puts the metadata of SimpleSAMLphp beside the two organisations that sign in there. */
export function vendor(gate, metadata) {
  for (const org of ["hooli", "piedpiper"]) gate.vendor(org, "idp-metadata.xml", metadata);
}

async function lemonldap_of(folder, gate, wanted) {
  const client = { client_id: "gatewright-tyrell", client_secret: "a-secret-of-tyrell", domain: "tyrell.test", redirect_uri: `${BASE}/sso/tyrell/main/callback` };
  gate.secret("tyrell", "lemonldap", client.client_secret);
  const llng = await start_lemonldap({ folder, host: LEMONLDAP.name, port: LEMONLDAP.port, clients: { tyrell: client } });
  gate.vendor("umbrella", "idp-metadata.xml", await llng.metadata());
  if (!wanted) await llng.stop();
  return llng;
}

/** SimpleSAMLphp's own login page. */
export async function log_in_at_simplesamlphp(page, login) {
  await page.locator('input[name="username"]').fill(login);
  await page.locator('input[name="password"]').fill(`${login}-password`);
  await page.locator('input[name="password"]').press("Enter");
}

/** LemonLDAP::NG's own login page. */
export async function log_in_at_lemonldap(page, login) {
  await page.locator('input[name="user"]').fill(login);
  await page.locator('input[name="password"]').fill(login);
  await page.locator('input[name="password"]').press("Enter");
}

/** LemonLDAP::NG knows the person and asks whether the sign-in shall be renewed, then for the password. */
export async function renew_at_lemonldap(page, login) {
  await page.locator('#upgrd button[type="submit"]').click();
  await log_in_at_lemonldap(page, login);
}

/** Runs `sign_in` and gives the form that the provider sends to us, which does not arrive. */
export async function captured_response(page, sign_in) {
  const devtools = await page.context().newCDPSession(page);
  const paused = new Promise((done) => devtools.once("Fetch.requestPaused", done));
  await devtools.send("Fetch.enable", { patterns: [{ urlPattern: "*/acs" }] });
  await Promise.all([sign_in().catch(() => {}), paused]);
  const { request, requestId } = await paused;
  await devtools.send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
  await devtools.detach();
  return { action: request.url, form: Object.fromEntries(new URLSearchParams(request.postData)) };
}

/** Sends it from a page of another site, as the provider's own page would. */
export async function post_response(page, { action, form }) {
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const fields = Object.entries(form).map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
  await page.goto("about:blank");
  await page.setContent(`<form method="post" action="${escaped(action)}">${fields.join("")}<button>Send</button></form>`);
  await page.getByRole("button").click();
  await page.waitForLoadState();
}
