// The gate of one test: a copy of the policy, keys, bundle, store and gatewrightd on it.

import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { program, ROOT, run, start } from "./processes.mjs";

export const LISTEN = "127.0.0.1:8080";
export const ADMIN = "127.0.0.1:8081";

export class Gate {
  /** `overlay`: a folder beside the workspace that is laid over its copy. */
  constructor(folder, ca, overlay) {
    this.folder = folder;
    this.ca = ca;
    this.sequence = 0;
    this.workspace = this.at("workspace");
    cpSync(join(ROOT, "tests/e2e/workspace"), this.workspace, { recursive: true });
    if (overlay) cpSync(join(ROOT, "tests/e2e", overlay), this.workspace, { recursive: true });
    run("gatewrightd", ["keys", "init", this.at("secrets")]);
    this.secret("platform", "google", "google-client-secret");
    run("gatewright", ["keygen", "--out", this.at("signing.pem"), "--trust", this.at("trust")]);
  }

  at(name) {
    return join(this.folder, name);
  }

  secret(owner, name, value) {
    mkdirSync(this.at(`secrets/${owner}`), { recursive: true, mode: 0o700 });
    writeFileSync(this.at(`secrets/${owner}/${name}`), value, { mode: 0o600 });
    chmodSync(this.at(`secrets/${owner}/${name}`), 0o600);
  }

  /** Changes one file of the policy and puts the result in force, as a deploy would: written beside, then renamed. */
  edit(path, change) {
    const file = join(this.workspace, path);
    writeFileSync(file, change(readFileSync(file, "utf8")));
    this.publish();
  }

  /** Puts a file of a provider beside the organisation's own. */
  vendor(org, name, text) {
    writeFileSync(join(this.workspace, "orgs", org, name), text);
  }

  publish() {
    this.sequence += 1;
    run("gatewright", ["compile", "--workspace", this.workspace, "--environment", "test", "--out", this.at("draft")]);
    run("gatewright", ["sign", this.at("draft"), "--key", this.at("signing.pem"), "--sequence", String(this.sequence), "--out", this.at("signed")]);
    renameSync(this.at("signed"), this.at("bundle"));
  }

  async start() {
    const store = `sqlite:${this.at("store.db")}`;
    this.daemon = await start(
      program("gatewrightd"),
      ["--environment", "test", "--bundle", this.at("bundle"), "--trust", this.at("trust"), "--store", store,
        "--secrets", this.at("secrets"), "--listen", LISTEN, "--admin-listen", ADMIN,
        "--trusted-proxy", "127.0.0.1/32", "--outbound-allow", "127.0.0.0/8", "--outbound-ca", this.ca],
      { ready: /^ready /m },
    );
    return this;
  }

  stop() {
    return this.daemon.stop();
  }

  /** As an operator does who put another file into the secrets directory. */
  async restart() {
    await this.stop();
    return this.start();
  }

  /** As a crash ends it. */
  kill() {
    return this.daemon.kill();
  }

  make_token() {
    const store = `sqlite:${this.at("store.db")}`;
    const printed = run("gatewrightd", ["token", "create", "e2e", "--scope", "read", "--scope", "members", "--store", store]);
    writeFileSync(this.at("token"), printed.trim().split("\n").at(-1), { mode: 0o600 });
  }

  operator(...words) {
    return run("gatewright", [...words, "--runtime", `http://${ADMIN}`], { GATEWRIGHT_TOKEN_FILE: this.at("token") });
  }

  prove(org, domain) {
    return this.operator("domain", "prove", org, domain, "--manually", "--reason", "end-to-end test");
  }

  trace(code) {
    return this.operator("trace", code);
  }

  async admin(path, method = "GET") {
    const token = readFileSync(this.at("token"), "utf8").trim();
    const answer = await fetch(`http://${ADMIN}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: await answer.text() };
  }

  /** What an identity provider is given: our metadata for a connection, from the address where it stands. */
  async sp_metadata(org, connection) {
    const [host, port] = LISTEN.split(":");
    const answer = await new Promise((done, failed) => {
      http.get({ host, port, path: `/sso/${org}/${connection}/metadata`, headers: { host: "sso.gatewright.test" }, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk)).on("end", () => done({ response, text }));
      }).on("error", failed);
    });
    assert.equal(answer.response.statusCode, 200, answer.text);
    assert.equal(answer.response.headers["content-type"], "application/samlmetadata+xml");
    return answer.text;
  }

  /** Waits until the gate runs what was published last. */
  async settled() {
    for (let tries = 0; tries < 100; tries += 1) {
      const { body } = await this.admin("/v1/bundle");
      const status = JSON.parse(body);
      if (status.running?.sequence === this.sequence) return status;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`the gate does not run sequence ${this.sequence}:\n${this.daemon.output()}`);
  }
}
