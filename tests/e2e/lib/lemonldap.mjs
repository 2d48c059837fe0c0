// LemonLDAP::NG (Debian's packages) as SAML identity provider and as OpenID provider, with a configuration of its own.
// Its people are those of its module Demo: `dwho` (groups timelords, users), `rtyler` and `msmith` (earthlings, users), each
// with their name as password and an address at badwolf.org.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "./processes.mjs";
import { make_signing_key } from "./signing-key.mjs";

const BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";

/**
 * Starts it on a loopback port. TLS and its name come from nginx in front.
 * `service_providers` maps names to metadata (XML) or to `{ metadata, encrypt }`; `clients` maps names to
 * `{ client_id, client_secret, redirect_uri, domain, logout_url }`; people have an address in `domain` there.
 */
export async function start_lemonldap(settings) {
  const idp = new LemonLdap(settings);
  await idp.start();
  return idp;
}

class LemonLdap {
  #process;
  #number = 0;

  constructor({ folder, host, port, service_providers = {}, clients = {} }) {
    Object.assign(this, { folder, host, port, service_providers, clients });
    // SAML names and OpenID issuer. The issuer ends in a slash; issuers are compared byte for byte.
    this.entity_id = `https://${host}/saml/metadata`;
    this.issuer = `https://${host}/`;
    for (const name of ["conf", "sessions/lock", "psessions/lock", "cache", "notifications", "captcha"]) mkdirSync(this.at(name), { recursive: true, mode: 0o700 });
    for (const key of ["saml", "oidc"]) make_signing_key(this.at(`${key}.pem`), this.at(`${key}.crt`), host);
    writeFileSync(this.at("lemonldap-ng.ini"), [
      "[all]", "logLevel = warn", "checkTime = 1",
      "[configuration]", "type = File", `dirName = ${this.at("conf")}`,
      "[portal]", "staticPrefix = /static", "templateDir = /usr/share/lemonldap-ng/portal/templates", "languages = en", "",
    ].join("\n"));
  }

  at(name) {
    return join(this.folder, name);
  }

  async start() {
    this.#number += 1;
    writeFileSync(this.at(`conf/lmConf-${this.#number}.json`), JSON.stringify(this.#configuration()));
    this.#process = await start("plackup", ["-s", "HTTP::Server::PSGI", "--env", "deployment", "--host", "127.0.0.1", "--port", String(this.port), join(import.meta.dirname, "portal.psgi")],
      { listening: this.port, environment: { LLNG_DEFAULTCONFFILE: this.at("lemonldap-ng.ini") } });
  }

  stop() {
    return this.#process.stop();
  }

  output() {
    return this.#process.output();
  }

  /** Changes what is registered, as an administrator would, and starts anew with it. Sessions stay. */
  async register({ service_providers = {}, clients = {} }) {
    Object.assign(this.service_providers, service_providers);
    Object.assign(this.clients, clients);
    await this.stop();
    await this.start();
  }

  #configuration() {
    const key = (name) => readFileSync(this.at(name), "utf8");
    return {
      cfgNum: this.#number, cfgAuthor: "end-to-end tests", cfgDate: 1, cfgVersion: "2.16.1", key: "a-key-for-one-run",
      portal: this.issuer, domain: this.host, cookieName: "lemonldap", securedCookie: 1, httpOnly: 1, sameSite: "None",
      authentication: "Demo", userDB: "Same", passwordDB: "Null", registerDB: "Null",
      demoExportedVars: { cn: "cn", mail: "mail", uid: "uid" }, exportedVars: {}, groups: {}, macros: {},
      whatToTrace: "uid", timeout: 7200, portalDisplayRegister: 0, portalDisplayResetPassword: 0, portalForceAuthnInterval: 5,
      loginHistoryEnabled: 0, notification: 0, captcha: "::Captcha::None", locationRules: { [this.host]: { default: "accept" } }, applicationList: {}, vhostOptions: {}, exportedHeaders: {},
      globalStorage: "Apache::Session::File", globalStorageOptions: { Directory: this.at("sessions"), LockDirectory: this.at("sessions/lock"),
        generateModule: "Lemonldap::NG::Common::Apache::Session::Generate::SHA256" },
      persistentStorage: "Apache::Session::File", persistentStorageOptions: { Directory: this.at("psessions"), LockDirectory: this.at("psessions/lock") },
      localSessionStorage: "Cache::FileCache", localSessionStorageOptions: { namespace: "e2e", default_expires_in: 600, cache_root: this.at("cache"), cache_depth: 2, directory_umask: "007" },
      ...this.#saml(key),
      ...this.#openid(key),
    };
  }

  #saml(key) {
    const registered = Object.entries(this.service_providers).map(([name, provider]) => [name, typeof provider === "string" ? { metadata: provider } : provider]);
    const each = (make) => Object.fromEntries(registered.map(([name, provider]) => [name, make(provider)]));
    return {
      issuerDBSAMLActivation: 1, samlServicePrivateKeySig: key("saml.pem"), samlServicePublicKeySig: key("saml.crt"), samlServiceUseCertificateInResponse: 1,
      samlEntityID: this.entity_id, samlOrganizationName: "Badwolf", samlOrganizationDisplayName: "Badwolf", samlOrganizationURL: this.issuer,
      samlSPMetaDataXML: each(({ metadata }) => ({ samlSPMetaDataXML: metadata })),
      samlSPMetaDataExportedAttributes: each(() => ({ mail: `1;mail;${BASIC};`, uid: `1;uid;${BASIC};`, cn: `0;cn;${BASIC};`, groups: `0;groups;${BASIC};` })),
      samlSPMetaDataOptions: each(({ encrypt }) => ({
        samlSPMetaDataOptionsNameIDFormat: "persistent", samlSPMetaDataOptionsNameIDSessionKey: "uid", samlSPMetaDataOptionsSignSSOMessage: 1, samlSPMetaDataOptionsSignSLOMessage: 1,
        samlSPMetaDataOptionsCheckSSOMessageSignature: 1, samlSPMetaDataOptionsCheckSLOMessageSignature: 1, samlSPMetaDataOptionsNotOnOrAfterTimeout: 300,
        samlSPMetaDataOptionsSessionNotOnOrAfterTimeout: 7200, samlSPMetaDataOptionsEncryptionMode: encrypt ? "assertion" : "none",
      })),
    };
  }

  #openid(key) {
    const each = (make) => Object.fromEntries(Object.entries(this.clients).map(([name, client]) => [name, make(client)]));
    return {
      issuerDBOpenIDConnectActivation: 1, oidcServiceMetaDataIssuer: this.issuer, oidcServicePrivateKeySig: key("oidc.pem"), oidcServicePublicKeySig: key("oidc.crt"),
      oidcServiceKeyIdSig: "k1", oidcServiceAllowAuthorizationCodeFlow: 1, oidcServiceMetaDataAuthnContext: { "loa-1": 1, "loa-2": 2, "loa-3": 3 },
      // The addresses are this company's own: it vouches for them.
      oidcRPMetaDataMacros: each(({ domain }) => ({ vouched: "1", address: `$uid . '@${domain}'` })), oidcServiceIgnoreScopeForClaims: 1,
      oidcRPMetaDataExportedVars: each(() => ({ email: "address", email_verified: "vouched;bool;never", name: "cn", groups: "groups;string;always" })),
      oidcRPMetaDataOptions: each(({ client_id, client_secret, redirect_uri, logout_url }) => ({
        oidcRPMetaDataOptionsClientID: client_id, oidcRPMetaDataOptionsClientSecret: client_secret, oidcRPMetaDataOptionsRedirectUris: redirect_uri,
        oidcRPMetaDataOptionsIDTokenSignAlg: "RS256", oidcRPMetaDataOptionsBypassConsent: 1, oidcRPMetaDataOptionsIDTokenForceClaims: 1, oidcRPMetaDataOptionsUserIDAttr: "uid",
        oidcRPMetaDataOptionsRequirePKCE: 1, oidcRPMetaDataOptionsIDTokenExpiration: 300,
        ...(logout_url ? { oidcRPMetaDataOptionsPostLogoutRedirectUris: logout_url, oidcRPMetaDataOptionsLogoutBypassConfirm: 1 } : {}),
      })),
    };
  }

  /** Its own SAML metadata, from the address where an administrator downloads it. */
  async metadata() {
    const answer = await fetch(`http://127.0.0.1:${this.port}/saml/metadata/idp`, { headers: { host: this.host } });
    const text = await answer.text();
    if (!answer.ok || !text.includes("IDPSSODescriptor")) throw new Error(`no metadata (${answer.status}):\n${text}\n${this.output()}`);
    return text;
  }

  /** Where a person signs out at the provider itself. */
  get sign_out_address() {
    return `${this.issuer}?logout=1`;
  }
}
