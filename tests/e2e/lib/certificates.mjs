// A certificate authority of our own and one certificate under it, made with openssl for one run.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Gives the paths of CA, certificate and key, and the pin by which Chromium trusts exactly this key. */
export function make_certificates(folder, names) {
  const at = (name) => join(folder, name);
  const openssl = (...words) => execFileSync("openssl", words, { stdio: ["ignore", "pipe", "pipe"] });
  const new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  writeFileSync(
    at("ext"),
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  );
  openssl("req", "-x509", ...new_key, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=Gatewright test CA",
    "-days", "2", "-addext", "keyUsage=critical,keyCertSign");
  openssl("req", ...new_key, "-keyout", at("tls.key"), "-out", at("tls.csr"), "-subj", "/CN=gatewright.test");
  openssl("x509", "-req", "-in", at("tls.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial",
    "-days", "2", "-extfile", at("ext"), "-out", at("tls.pem"));
  const public_key = openssl("x509", "-in", at("tls.pem"), "-pubkey", "-noout");
  writeFileSync(at("tls.pub"), public_key);
  const der = openssl("pkey", "-pubin", "-in", at("tls.pub"), "-outform", "der");
  return { ca: at("ca.pem"), certificate: at("tls.pem"), key: at("tls.key"), pin: createHash("sha256").update(der).digest("base64"), read: readFileSync };
}
