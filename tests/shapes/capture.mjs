// Capture: signs in at SimpleSAMLphp and LemonLDAP::NG with a hand-made request and keeps what they answer below `captured/`.
//
// `node tests/shapes/capture.mjs` writes everything anew, with new keys; it needs the packages of `cargo xtask test`. The
// responses are kept byte for byte, as they came out of the base64 of the form.

import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { start_lemonldap } from "../e2e/lib/lemonldap.mjs";
import { make_signing_key } from "../e2e/lib/signing-key.mjs";
import { MFA, person, start_simplesamlphp } from "../e2e/lib/simplesamlphp.mjs";
import { sign_redirect } from "./redirect.mjs";

const HERE = join(import.meta.dirname, "captured");
const ENTITY = "https://sso.gatewright.test/sso/hooli/main/metadata";
const ACS = "https://sso.gatewright.test/sso/hooli/main/acs";
const SLO = "https://sso.gatewright.test/sso/hooli/main/slo";
const PORTS = { "login.hooli.test": 9101, "login.umbrella.test": 9102 };

rmSync(HERE, { recursive: true, force: true });
mkdirSync(HERE, { recursive: true });
const certificate = make_signing_key(join(HERE, "sp.key"), join(HERE, "sp.crt"), "sso.gatewright.test");
const sp_key = readFileSync(join(HERE, "sp.key"), "utf8");

const key_descriptor = (use) =>
  `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
const sp_metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ENTITY}"><md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${key_descriptor("signing")}${key_descriptor("encryption")}<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${SLO}"/><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ACS}" index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>`;

/** A browser of few words: cookies of one host, redirects there, forms. */
class Visitor {
  #cookies = new Map();

  async go(address, body) {
    const url = new URL(address);
    if (!PORTS[url.hostname]) return { url, left: true };
    const headers = { host: url.hostname, cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    if (body) headers["content-type"] = "application/x-www-form-urlencoded";
    const answer = await new Promise((done, failed) => {
      const request = http.request({ host: "127.0.0.1", port: PORTS[url.hostname], path: url.pathname + url.search, method: body ? "POST" : "GET", headers, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk)).on("end", () => done({ response, text }));
      });
      request.on("error", failed).end(body);
    });
    for (const line of answer.response.headers["set-cookie"] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      this.#cookies.set(name, value);
    }
    const location = answer.response.headers.location;
    if (location) return this.go(new URL(location, url).href);
    return { url, status: answer.response.statusCode, text: answer.text };
  }

  /** Fills in the login form of the page. */
  async log_in(page, fields) {
    const form = page.text.match(/<form[^>]*>[\s\S]*?<\/form>/)[0];
    const values = new URLSearchParams();
    for (const [input] of form.matchAll(/<input[^>]*>/g)) {
      const attribute = (name) => unescape_html(input.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? "");
      if (attribute("name") && attribute("type") !== "checkbox") values.set(attribute("name"), attribute("value"));
    }
    for (const [name, value] of Object.entries(fields)) values.set(name, value);
    const action = unescape_html(form.match(/action="([^"]*)"/)?.[1] ?? "");
    return this.go(new URL(action.startsWith("?") ? page.url.pathname + action : action, page.url).href, values.toString());
  }
}

const unescape_html = (text) => text.replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16))).replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&#0?39;/g, "'").replace(/&amp;/g, "&");

function authn_request(destination, { force = false, context } = {}) {
  const id = `_${randomBytes(20).toString("hex")}`;
  const wanted = context ? `<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>` : "";
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${new Date().toISOString().replace(/\.\d+/, "")}" Destination="${destination}" AssertionConsumerServiceURL="${ACS}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"${force ? ' ForceAuthn="true"' : ""}><saml:Issuer>${ENTITY}</saml:Issuer>${wanted}</samlp:AuthnRequest>`;
  return { id, address: sign_redirect(destination, "SAMLRequest", deflateRawSync(xml).toString("base64"), "relay", sp_key) };
}

const facts = [];
function keep(product, name, page, request, more = {}) {
  const field = page.text?.match(/name="SAMLResponse"\s+(?:id="[^"]*"\s+)?value="([^"]*)"/)?.[1];
  if (!field) throw new Error(`${product} ${name}: no response (${page.status}) at ${page.url}\n${page.text?.slice(0, 3000)}`);
  mkdirSync(join(HERE, product), { recursive: true });
  writeFileSync(join(HERE, product, `${name}.xml`), Buffer.from(unescape_html(field), "base64"));
  facts.push({ file: `${product}/${name}.xml`, in_response_to: request.id, captured: new Date().toISOString().replace(/\.\d+/, ""), ...more });
  console.log(product, name);
}

const folder = mkdtempSync(join(tmpdir(), "gatewright-capture-"));

async function simplesamlphp() {
  const people = { gavin: person("u-1001", "gavin@hooli.test", ["admins", "Hooli XYZ & friends"], { givenName: ["Gavin"], sn: ["Belson"], factors: ["second"] }) };
  const idp = await start_simplesamlphp({ folder: join(folder, "ssp"), host: "login.hooli.test", port: 9101, people });
  try {
    const address = "https://login.hooli.test/saml2/idp/SSOService.php";
    const expect = { subject: "u-1001", email: "gavin@hooli.test", groups: ["admins", "Hooli XYZ & friends"] };
    for (const [name, settings, asked] of [
      ["both-signed", {}, {}],
      ["response-signed", { sign_assertion: false }, {}],
      ["assertion-signed", { sign_assertion: true, sign_response: false }, {}],
      ["encrypted", { sign_response: true, encrypt: true }, {}],
      ["encrypted-response-signed", { sign_assertion: false, encrypt: true }, {}],
      ["mfa", { sign_assertion: true, encrypt: false }, { context: MFA, force: true }],
    ]) {
      idp.configure(settings);
      // What a service provider says of itself outweighs what is configured here.
      idp.register("sp", sp_metadata.replace('WantAssertionsSigned="true"', `WantAssertionsSigned="${settings.sign_assertion !== false}"`));
      const visitor = new Visitor();
      const request = authn_request(address, asked);
      const page = await visitor.go(request.address);
      keep("simplesamlphp", name, await visitor.log_in(page, { username: "gavin", password: "gavin-password" }), request, expect);
    }
    writeFileSync(join(HERE, "simplesamlphp/metadata.xml"), await idp.metadata());
  } catch (error) {
    console.error(idp.output().split("\n").filter((line) => !/Accepted|Closing/.test(line)).slice(-30).join("\n"));
    throw error;
  } finally {
    await idp.stop();
  }
}

async function lemonldap() {
  const idp = await start_lemonldap({ folder: join(folder, "llng"), host: "login.umbrella.test", port: 9102, service_providers: { sp: sp_metadata } });
  try {
    const address = "https://login.umbrella.test/saml/singleSignOn";
    for (const [name, encrypt] of [["plain", false], ["encrypted", true]]) {
      if (encrypt) await idp.register({ service_providers: { sp: { metadata: sp_metadata, encrypt } } });
      const visitor = new Visitor();
      const request = authn_request(address);
      const page = await visitor.go(request.address);
      keep("lemonldap", name, await visitor.log_in(page, { user: "dwho", password: "dwho" }), request, { email: "dwho@badwolf.org", groups: ["timelords", "users"] });
    }
    writeFileSync(join(HERE, "lemonldap/metadata.xml"), await idp.metadata());
  } catch (error) {
    console.error(idp.output().slice(-4000));
    throw error;
  } finally {
    await idp.stop();
  }
}

await simplesamlphp();
await lemonldap();
writeFileSync(join(HERE, "facts.json"), `${JSON.stringify({ entity_id: ENTITY, acs: ACS, responses: facts }, null, 2)}\n`);
