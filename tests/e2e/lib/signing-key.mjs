// Keys and self-signed certificates for one run, as identity providers make them: RSA, 2048 bits.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Makes `key` and `certificate` (paths, PEM) and gives the certificate's base64 as metadata holds it. */
export function make_signing_key(key, certificate, name) {
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", `/CN=${name}`, "-keyout", key, "-out", certificate],
    { stdio: ["ignore", "pipe", "pipe"] });
  return readFileSync(certificate, "utf8").replace(/-----[^-]+-----|\s/g, "");
}
