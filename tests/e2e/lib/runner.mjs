// Runs the jobs of our workflows as a runner does: the composite actions they name, step by step, with the inputs they give.
// What it does not know it refuses, so that a workflow cannot say more than is tested.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";

import { ROOT } from "./processes.mjs";

export const INTEGRATIONS = join(ROOT, "integrations");
export const read_yaml = (path) => parse(readFileSync(path, "utf8"), { strict: true, uniqueKeys: true });

/** Runs a script to its end: `{ code, output }`. */
export function ran(words, { cwd, environment }) {
  return new Promise((done, failed) => {
    const child = spawn(words[0], words.slice(1), { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", failed);
    child.once("close", (code) => done({ code, output }));
  });
}

/**
 * Runs one job in the checkout `cwd`. `inputs` go over what the workflow gives (the archive, for one); `values` are what the
 * expressions come to; `environment` is what the runner sets. Gives `{ code, output, artifact }`.
 */
export async function run_job(workflow, job, { cwd, temp, inputs, values, environment }) {
  const done = { code: 0, output: "", artifact: null };
  for (const step of read_yaml(join(INTEGRATIONS, "github/workflows", workflow)).jobs[job].steps) {
    if (step.uses.startsWith("actions/checkout@")) continue;
    const action = join(INTEGRATIONS, step.uses.replace(/^\.\/\.gatewright\//, ""));
    await run_action(action, { ...resolved(step.with, values), ...inputs }, { cwd, temp, values, environment }, done);
  }
  return done;
}

async function run_action(action, given, { cwd, temp, values, environment }, done) {
  const { inputs, runs } = read_yaml(join(action, "action.yml"));
  const all = {};
  for (const [name, { required, default: otherwise }] of Object.entries(inputs)) {
    all[`inputs.${name}`] = given[name] ?? otherwise;
    if (required && !given[name]) throw new Error(`${action} wants ${name}`);
  }
  mkdirSync(temp, { recursive: true });
  const file = join(temp, "path");
  writeFileSync(file, "");
  for (const step of runs.steps) {
    if (step.if !== "always()" && (step.if || done.code !== 0)) continue;
    const known = { ...values, ...all, "runner.temp": temp };
    if (step.uses?.startsWith("actions/upload-artifact@")) {
      const { path, ...how } = resolved(step.with, known);
      done.artifact = uploaded(path);
      if (!done.artifact && how["if-no-files-found"] === "error") done.code = 1;
      continue;
    }
    const path = [...readFileSync(file, "utf8").split("\n").filter(Boolean).reverse(), process.env.PATH].join(":");
    const runner = { PATH: path, HOME: temp, TMPDIR: temp, GITHUB_ACTION_PATH: action, GITHUB_PATH: file };
    const step_environment = { ...runner, ...environment, ...resolved(step.env, known) };
    const { code, output } = await ran(["sh", "-e", "-c", step.run], { cwd, environment: step_environment });
    done.output += output;
    done.code = code;
  }
}

function uploaded(folder) {
  if (!existsSync(folder)) return null;
  return readdirSync(folder).map((name) => ({ name: basename(name), data: readFileSync(join(folder, name)) }));
}

function resolved(words = {}, values) {
  const one = (word) =>
    String(word).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name) => {
      if (!(name in values)) throw new Error(`nothing is known of ${name}`);
      return values[name] ?? "";
    });
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, one(word)]));
}
