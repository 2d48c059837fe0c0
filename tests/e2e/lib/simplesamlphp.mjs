// SimpleSAMLphp (Debian's package) as an identity provider, on PHP's own server, with a configuration of its own.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "./processes.mjs";
import { make_signing_key } from "./signing-key.mjs";

const WWW = "/usr/share/simplesamlphp/www";
export const REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
export const POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
/** The second factor of these tests: whoever's attribute `factors` says so has it. */
export const MFA = "https://refeds.org/profile/mfa";

/** `person` of SimpleSAMLphp: the stable id, the address, groups. Every value is a list. */
export const person = (uid, mail, groups = [], more = {}) => ({ uid: [uid], mail: [mail], groups, ...more });

/**
 * Starts it on a loopback port. TLS and its name come from nginx in front.
 * `people` maps a login to its attributes; the password of `ada` is `ada-password`.
 */
export async function start_simplesamlphp({ folder, host, port, people }) {
  const idp = new SimpleSamlPhp(folder, host, people);
  const server = await start("php", ["-n", "-d", "display_errors=0", "-d", "log_errors=0", ...php_modules(), "-S", `127.0.0.1:${port}`, "-t", WWW, join(import.meta.dirname, "router.php")], {
    listening: port,
    environment: { SIMPLESAMLPHP_CONFIG_DIR: idp.at("config") },
  });
  idp.stop = () => server.stop();
  idp.output = () => server.output();
  idp.port = port;
  return idp;
}

/** `-n`: not the machine's own php.ini; these are what it would load. */
const php_modules = () =>
  ["dom", "xml", "mbstring", "xmlwriter", "simplexml", "ctype", "tokenizer", "iconv", "posix", "gettext"].flatMap((name) => ["-d", `extension=${name}`]);

class SimpleSamlPhp {
  #settings = { sign_response: true, sign_assertion: true, encrypt: false, key: "idp", sign_in: [REDIRECT, POST], sign_out: [REDIRECT] };
  #service_providers = [];

  constructor(folder, host, people) {
    this.folder = folder;
    this.host = host;
    this.people = people;
    this.entity_id = `https://${host}/idp`;
    for (const name of ["config", "metadata", "cert", "log", "data", "tmp", "sessions"]) mkdirSync(this.at(name), { recursive: true, mode: 0o700 });
    this.new_key("idp");
    this.#write("config/config.php", this.#config());
    this.#write("config/authsources.php", `<?php\n$config = ${php({ people: { 0: "exampleauth:UserPass", ...this.#logins() } })};\n`);
    this.configure({});
  }

  at(name) {
    return join(this.folder, name);
  }

  /** Written beside and renamed: a request sees the old file or the new one. */
  #write(name, text) {
    writeFileSync(this.at(`${name}.new`), text);
    renameSync(this.at(`${name}.new`), this.at(name));
  }

  #logins() {
    return Object.fromEntries(Object.entries(this.people).map(([login, attributes]) => [`${login}:${login}-password`, attributes]));
  }

  new_key(name) {
    return make_signing_key(this.at(`cert/${name}.pem`), this.at(`cert/${name}.crt`), this.host);
  }

  /**
   * Changes how it answers: `sign_response`, `sign_assertion`, `encrypt`, `key` (the file that signs), `next_key`
   * (announced beside it), `sign_in` and `sign_out` (bindings).
   */
  configure(settings) {
    this.#settings = { ...this.#settings, ...settings };
    this.#write("metadata/saml20-idp-hosted.php", `<?php\n$metadata[${php(this.entity_id)}] = ${php(this.#hosted())};\n`);
  }

  /** Registers the service provider whose metadata this is, in place of what was registered under the name. */
  register(name, metadata) {
    this.#write(`metadata/${name}.xml`, metadata);
    if (!this.#service_providers.includes(name)) this.#service_providers.push(name);
    this.#write("config/config.php", this.#config());
  }

  #config() {
    return `<?php\n$config = ${php({
      baseurlpath: `https://${this.host}/`,
      certdir: `${this.at("cert")}/`,
      loggingdir: `${this.at("log")}/`,
      datadir: `${this.at("data")}/`,
      tempdir: this.at("tmp"),
      secretsalt: "salt-of-the-end-to-end-tests",
      "auth.adminpassword": "not-used-by-anybody",
      "timezone": "UTC",
      "technicalcontact_email": "na@example.test",
      "logging.handler": "errorlog",
      "logging.level": 4,
      "enable.saml20-idp": true,
      "module.enable": { exampleauth: true, core: true, saml: true },
      "store.type": "phpsession",
      "session.phpsession.cookiename": "SimpleSAMLphp",
      "session.phpsession.savepath": this.at("sessions"),
      "session.cookie.secure": true,
      "session.cookie.samesite": "None",
      "session.phpsession.httponly": true,
      "metadatadir": this.at("metadata"),
      "metadata.sources": [{ type: "flatfile", directory: this.at("metadata") },
        ...this.#service_providers.map((name) => ({ type: "xml", file: this.at(`metadata/${name}.xml`) }))],
    })};\n`;
  }

  #hosted() {
    const { sign_response, sign_assertion, encrypt, key, next_key, sign_in, sign_out } = this.#settings;
    return {
      host: "__DEFAULT__",
      privatekey: `${key}.pem`,
      certificate: `${key}.crt`,
      ...(next_key ? { new_privatekey: `${next_key}.pem`, new_certificate: `${next_key}.crt` } : {}),
      auth: "people",
      NameIDFormat: [PERSISTENT],
      SingleSignOnServiceBinding: sign_in,
      SingleLogoutServiceBinding: sign_out,
      "attributes.NameFormat": "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
      "saml20.sign.response": sign_response,
      "saml20.sign.assertion": sign_assertion,
      "assertion.encryption": encrypt,
      "sign.logout": true,
      "redirect.sign": true,
      "redirect.validate": true,
      "validate.logout": true,
      authproc: {
        10: { class: "saml:AttributeNameID", attribute: "uid", Format: PERSISTENT },
        // A context is stated because it was asked for and the person has it, never for the asking alone.
        20: { class: "core:PHP", code: `
          $wanted = $state["saml:RequestedAuthnContext"]["AuthnContextClassRef"] ?? [];
          if (in_array(${php(MFA)}, $wanted, true) && in_array("second", $attributes["factors"] ?? [], true)) {
            $state["saml:AuthnContextClassRef"] = ${php(MFA)};
          }` },
        30: { class: "core:AttributeLimit", 0: "uid", 1: "mail", 2: "groups", 3: "givenName", 4: "sn" },
      },
    };
  }

  /** Its own metadata, from the address where an administrator downloads it. */
  async metadata() {
    const answer = await fetch(`http://127.0.0.1:${this.port}/saml2/idp/metadata.php`, { headers: { host: this.host } });
    const text = await answer.text();
    if (!answer.ok || !text.includes("IDPSSODescriptor")) throw new Error(`no metadata (${answer.status}):\n${text}\n${this.output()}`);
    return text;
  }

  /** Where a person signs out at the provider itself. */
  get sign_out_address() {
    return `https://${this.host}/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`https://${this.host}/`)}`;
  }
}

/** A value as PHP source. */
function php(value) {
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value === "string") return `'${value.replace(/[\\']/g, "\\$&")}'`;
  if (Array.isArray(value)) return `[${value.map(php).join(", ")}]`;
  const pairs = Object.entries(value).map(([name, held]) => `${/^\d+$/.test(name) ? name : php(name)} => ${php(held)}`);
  return `[${pairs.join(", ")}]`;
}
