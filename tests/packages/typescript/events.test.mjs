/** Events that are posted to a webhook: how they are read. The tables are those of the Python package, too. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";

import { ClientError } from "scenario-models";
import { InvalidEvent, parseEvent } from "scenario-models/events";

const CASES = JSON.parse(readFileSync(`${process.env.TESTS}/packages/events.json`));
const FORMS = [
  String,
  (text) => `\uFEFF${text}`,
  (text) => Buffer.from(`\uFEFF${text}`),
  (text) => Buffer.from(text),
  (text) => new TextEncoder().encode(text).buffer,
  JSON.parse,
];
FORMS.push((text) => runInNewContext("new Uint8Array(bytes)", { bytes: [...Buffer.from(text)] })); // of another realm

test("an event is read leniently, whatever is in it", () => {
  for (const [posted, facts] of CASES["read"])
    for (const form of FORMS) {
      const event = parseEvent(form(JSON.stringify(posted)));
      assert.deepEqual([event.id, event.type, event.createdAt, event.jobId], facts);
      assert.deepEqual({ ...event.payload }, posted);
      assert.doesNotMatch(inspect(event) + JSON.stringify(event), /Signature|payload/);
      assert(Object.isFrozen(event));
    }
});

test("what is no event is refused with what came", () => {
  const written = CASES["refused"].flatMap(([posted, said]) => [[posted, said], [Buffer.from(posted), said]]); // prettier-ignore
  const odd = [[Buffer.from([255, 254, 0]), "not JSON"], ["[".repeat(1e5), "not JSON"]]; // prettier-ignore
  for (const [posted, said] of [...written, ...CASES["refused as it was parsed"], ...odd])
    assert.throws(
      () => parseEvent(posted),
      (error) => error instanceof InvalidEvent && error instanceof ClientError && error.message.includes(said),
    );
  const text = new Request("http://localhost", { method: "POST", body: "{}" }).text();
  for (const wrong of [
    undefined,
    text,
    new Response("{}"),
    () => "{}",
    new Date(),
    new Map(),
    new URLSearchParams("a=b"),
    new FormData(),
  ])
    assert.throws(() => parseEvent(wrong), {
      name: "TypeError",
      message: /^an event is the body of a request, .*; write parseEvent\(await request.text\(\)\)$/,
    });
});

test("what is wrapped without end is read to a depth", () => {
  const posted = {};
  posted.data = posted.payload = posted;
  assert.equal(parseEvent(posted).jobId, "");
});

test("to read events, nothing of a client is loaded", () => {
  const loaded = new Set();
  const follow = (file) => {
    if (loaded.has(file.pathname)) return;
    loaded.add(file.pathname);
    const imported = readFileSync(file, "utf8").matchAll(/^(?:import|export) .*from "(\..*)"/gm);
    for (const [, name] of imported) follow(new URL(name, file));
  };
  follow(new URL(import.meta.resolve("scenario-models/events")));
  const names = [...loaded].map((path) => path.split("/").at(-1));
  assert.deepEqual(
    [names.filter((name) => /client|work|transport|models|jobs/.test(name)), names.length < 15],
    [[], true],
  );
});
