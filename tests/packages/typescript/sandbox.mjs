/** What the tests of the client share: a sandbox in a process of its own, requests, and what the sandbox says of them. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { Client } from "scenario-models";

export const SETTLE = 600; // milliseconds: the sandbox is quick
export const SUBMISSION = "POST /v1/generate/*";
export const BIG = 20 * 2 ** 20; // bytes: three parts

/** Run a sandbox on a free port; `stop` ends it. */
export async function startSandbox(...options) {
  const python = process.env.PYTHON ?? "python3";
  const child = spawn(python, ["-m", "scenario_sandbox", "--quiet", "--port", "0", "--speed", "50", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const variables = {};
  for await (const line of createInterface(child.stdout)) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line);
    variables[name] = value;
    if (Object.keys(variables).length === 3) break;
  }
  const baseUrl = variables.SCENARIO_BASE_URL;
  const address = baseUrl.replace("/v1", "");
  const call = async (path, init) => {
    const answer = await fetch(address + path, { headers: { Authorization: `Basic ${btoa("a:b")}` }, ...init });
    return answer.json();
  };
  return {
    variables,
    baseUrl,
    client: (more = {}) => new Client({ baseUrl, apiKey: "key", apiSecret: "secret", settle: SETTLE, ...more }),
    fail: (kind, more = {}) => call("/sandbox/faults", { method: "POST", body: JSON.stringify({ kind, ...more }) }),
    mend: () => call("/sandbox/faults", { method: "DELETE" }),
    faults: async () => (await call("/sandbox/faults")).faults,
    ledger: async () => (await call("/sandbox/ledger")).entries,
    clock: (change) => call("/sandbox/clock", { method: "POST", body: JSON.stringify(change) }),
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}

/** Bytes of several parts, no two of which are equal. */
export function bigFile() {
  const content = new Uint8Array(BIG);
  for (let start = 0; start < BIG; start += 4096) content.fill(start >> 12, start, start + 4096);
  return content;
}

/** A `fetch` that notes what is called: method and path. */
export function recorder() {
  const calls = [];
  const recording = (address, init = {}) => {
    const { origin, pathname } = new URL(address);
    calls.push({
      call: `${init.method ?? "GET"} ${pathname}`,
      origin,
      headers: new Headers(init.headers),
      redirect: init.redirect,
    });
    return fetch(address, init);
  };
  return { calls, fetch: recording, count: (pattern) => calls.filter(({ call }) => pattern.test(call)).length };
}
