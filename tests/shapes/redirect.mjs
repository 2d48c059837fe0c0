// The redirect binding, by hand: the query and its signature (SAML 2.0 Bindings §3.4.4.1).

import { createSign } from "node:crypto";

const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/** The address with the message, `RelayState` and a signature over the very octets that are sent. */
export function sign_redirect(destination, name, value, relay_state, key) {
  const signed = [[name, value], ...(relay_state ? [["RelayState", relay_state]] : []), ["SigAlg", RSA_SHA256]]
    .map(([field, text]) => `${field}=${encodeURIComponent(text)}`).join("&");
  const signature = createSign("RSA-SHA256").update(signed).sign(key, "base64");
  return `${destination}${destination.includes("?") ? "&" : "?"}${signed}&Signature=${encodeURIComponent(signature)}`;
}
