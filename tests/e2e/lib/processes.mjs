// Starting our two programs and other people's, and ending them.

import { execFileSync, spawn } from "node:child_process";
import { connect } from "node:net";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../../..");
const BUILT = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "debug");

export const program = (name) => join(BUILT, name);

/** Runs one of our programs to its end and gives what it printed; throws with its words where it fails. */
export function run(name, words, environment = {}) {
  return execFileSync(program(name), words, { encoding: "utf8", env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
}

/** Starts a program and waits until one of its lines matches, or until its port answers. */
export async function start(path, words, { ready, listening, environment = {} }) {
  const child = spawn(path, words, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ended = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${path} ended with ${code}:\n${said}`)));
  });
  ended.catch(() => {});
  const is_ready = new Promise((done) => {
    const hear = (chunk) => {
      said += chunk;
      if (ready?.test(said)) done();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
  });
  await Promise.race([ended, ready ? is_ready : answers(listening)]);
  return {
    pid: child.pid,
    output: () => said,
    kill: () =>
      new Promise((done) => {
        child.once("exit", done);
        child.kill("SIGKILL");
      }),
    stop: () =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done();
        child.once("exit", done);
        child.kill("SIGTERM");
        setTimeout(() => child.kill("SIGKILL"), 5000).unref();
      }),
  };
}

async function answers(port) {
  for (;;) {
    const open = await new Promise((done) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(() => done(true)));
      socket.once("error", () => done(false));
    });
    if (open) return;
    await new Promise((later) => setTimeout(later, 50));
  }
}
