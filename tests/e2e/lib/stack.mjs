// Everything that a sign-in crosses: browser, nginx with TLS, the gate, providers, an app on another host.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { start_app } from "./app.mjs";
import { make_certificates } from "./certificates.mjs";
import { Gate, LISTEN } from "./gate.mjs";
import { start_nginx } from "./nginx.mjs";
import { start_provider } from "./provider.mjs";

export const BASE = "https://sso.gatewright.test";
export const CONSOLE = "https://console.gatewright.test";
const PROVIDERS = {
  acme: { name: "idp.acme.test", port: 9001 },
  globex: { name: "idp.globex.test", port: 9002 },
  google: { name: "accounts.google.com", port: 9003 },
};
const NAMES = ["sso.gatewright.test", "console.gatewright.test", "wiki.gatewright.test", ...Object.values(PROVIDERS).map((p) => p.name)];

const person = (email, groups = [], more = {}) => ({ email, email_verified: true, groups, ...more });
const PEOPLE = {
  acme: {
    ada: person("ada@acme.test", ["platform-admins", "ml-research"]),
    ben: person("ben@acme.test"),
    olivia: person("olivia@acme.test"),
    oscar: person("oscar@acme.test", ["platform-admins", "offboarded"]),
    mallory: person("mallory@evil.test", ["platform-admins"]),
  },
  globex: { gina: person("gina@globex.test") },
  google: {
    peter: person("peter@initech.test", [], { hd: "initech.test" }),
    consumer: person("peter@initech.test"),
    elsewhere: person("peter@initech.test", [], { hd: "acme.test" }),
  },
};

/** Runs `start`, which hands each part that it starts to its argument. What was started is stopped where a later part fails. */
export async function all_or_nothing(start) {
  const running = [];
  const started = async (part) => {
    running.unshift(await part);
    return running[0];
  };
  const stop = async () => {
    for (const part of running.splice(0)) await part.stop();
  };
  try {
    return { ...(await start(started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const new_folder = () => mkdtempSync(join(tmpdir(), "gatewright-e2e-"));

export async function start_stack() {
  return all_or_nothing(async (started) => {
    const folder = new_folder();
    const certificates = make_certificates(folder, NAMES);
    const gate = new Gate(folder, certificates.ca);
    gate.publish();
    await started(gate.start());
    gate.make_token();
    for (const [org, domain] of [["acme", "acme.test"], ["globex", "globex.test"], ["initech", "initech.test"]]) gate.prove(org, domain);
    await started(start_nginx(folder, certificates, { servers: Object.values(PROVIDERS) }));
    const app = await started(start_app(3000));
    const clients = await registered_clients();
    const providers = {};
    for (const [key, { name, port }] of Object.entries(PROVIDERS)) {
      const settings = { issuer: `https://${name}`, port, clients: clients[key], people: PEOPLE[key], strip_iss: key !== "globex" };
      providers[key] = await started(start_provider(settings));
    }
    const browser = await started(launch(certificates.pin));
    return { gate, app, providers, browser };
  });
}

/** Our clients at each provider; our public keys are where every provider finds them. */
async function registered_clients() {
  const keys = await (await fetch(`http://${LISTEN}/.well-known/jwks.json`)).json();
  const own_key = (org) => ({
    client_id: `gatewright-${org}`,
    redirect_uris: [`${BASE}/sso/${org}/main/callback`],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "ES256",
    jwks: keys,
  });
  const shared_secret = {
    client_id: "gatewright-shared",
    client_secret: "google-client-secret",
    redirect_uris: [`${BASE}/sso/shared/google/callback`],
    token_endpoint_auth_method: "client_secret_basic",
  };
  return { acme: [own_key("acme")], globex: [own_key("globex")], google: [shared_secret] };
}

export async function launch(pin) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--ignore-certificate-errors-spki-list=${pin}`],
  });
  browser.stop = () => browser.close();
  return browser;
}

/** A browser of its own: no cookie in common with any other. */
export async function new_person(stack) {
  const context = await stack.browser.newContext();
  const page = await context.newPage();
  return { context, page, close: () => context.close() };
}

/** The provider's own login page: a name, and any password. */
export async function log_in_at_provider(page, login) {
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill("any");
  await page.locator('button[type="submit"]').click();
}

/** Opens the app and signs in from there. */
export async function open_console_as(page, login, path = "/") {
  await page.goto(CONSOLE + path);
  await at_login_page(page);
  await log_in_at_provider(page, login);
}

/** Where a sign-in begins with the question for an address, answers it. */
async function at_login_page(page) {
  const email = page.locator('input[name="email"]');
  if (await email.count()) {
    await email.fill("somebody@acme.test");
    await email.press("Enter");
  }
  await page.waitForURL(/idp\.|accounts\.google\.com/, { timeout: 10_000 });
}

export const app_said = async (page) => JSON.parse(await page.locator("body").innerText());

/**
 * Stops the browser at addresses that match, redirects included (which the driver's own routes pass over), and lets
 * `answer` say what happens instead: an address to go to, or nothing, which ends the journey there.
 */
export async function intercept(page, pattern, answer) {
  const devtools = await page.context().newCDPSession(page);
  devtools.on("Fetch.requestPaused", ({ requestId, request }) => {
    const to = answer(request.url);
    const verdict = to
      ? devtools.send("Fetch.fulfillRequest", { requestId, responseCode: 302, responseHeaders: [{ name: "Location", value: to }] })
      : devtools.send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
    verdict.catch(() => {});
  });
  await devtools.send("Fetch.enable", { patterns: [{ urlPattern: pattern }] });
  return () => devtools.detach();
}
