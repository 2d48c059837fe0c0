// Everything that a sign-in crosses: browser, nginx with TLS, the gate, providers, an app on another host.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { start_app } from "./app.mjs";
import { make_certificates } from "./certificates.mjs";
import { Gate, LISTEN } from "./gate.mjs";
import { ROOT, start } from "./processes.mjs";
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

/** Starts everything, or nothing: what was started is stopped where a later part fails. */
export async function start_stack() {
  const running = [];
  const started = async (part) => {
    running.unshift(await part);
    return running[0];
  };
  const stop = async () => {
    for (const part of running.splice(0)) await part.stop();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), "gatewright-e2e-"));
    const certificates = make_certificates(folder, NAMES);
    const gate = new Gate(folder, certificates.ca);
    gate.publish();
    await started(gate.start());
    gate.make_token();
    for (const [org, domain] of [["acme", "acme.test"], ["globex", "globex.test"], ["initech", "initech.test"]]) gate.prove(org, domain);
    await started(start_nginx(folder, certificates));
    const app = await started(start_app(3000));
    const clients = await registered_clients();
    const providers = {};
    for (const [key, { name, port }] of Object.entries(PROVIDERS)) {
      const settings = { issuer: `https://${name}`, port, clients: clients[key], people: PEOPLE[key], strip_iss: key !== "globex" };
      providers[key] = await started(start_provider(settings));
    }
    const browser = await launch(certificates.pin);
    running.unshift({ stop: () => browser.close() });
    return { gate, app, providers, browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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

async function start_nginx(folder, certificates) {
  const provider_servers = Object.values(PROVIDERS).map(({ name, port }) => `
    server {
        listen 443 ssl;
        server_name ${name};
        location / {
            proxy_pass http://127.0.0.1:${port};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-For $remote_addr;
        }
    }`);
  mkdirSync(join(folder, "nginx"));
  writeFileSync(join(folder, "nginx.conf"), `
    daemon off; master_process off; user root; pid ${folder}/nginx/pid; error_log ${folder}/nginx/error.log;
    events {}
    http {
        access_log off;
        client_body_temp_path ${folder}/nginx/body; proxy_temp_path ${folder}/nginx/proxy; fastcgi_temp_path ${folder}/nginx/f;
        uwsgi_temp_path ${folder}/nginx/u; scgi_temp_path ${folder}/nginx/s;
        proxy_buffer_size 16k; proxy_buffers 8 16k;
        ssl_certificate ${certificates.certificate}; ssl_certificate_key ${certificates.key};
        include gatewright.conf;
        ${provider_servers.join("\n")}
    }`);
  // The very files of the example, where nginx looks for includes: beside the main file.
  for (const file of readdirSync(join(ROOT, "examples/nginx"))) cpSync(join(ROOT, "examples/nginx", file), join(folder, file));
  return start("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { listening: 443 });
}

async function launch(pin) {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--ignore-certificate-errors-spki-list=${pin}`],
  });
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
