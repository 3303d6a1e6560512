/**
 * What is of another realm: a simulated page (jsdom, as Vitest and Jest have it), a context of node:vm, a library with a Blob of its own.
 *
 * Here the globals are those of a simulated page, as Vitest sets them; in Jest the package itself runs in the page.
 */

import assert from "node:assert/strict";
import { File as NodeFile } from "node:buffer";
import { createReadStream, openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { runInNewContext } from "node:vm";

import { buildSync } from "esbuild";
import { JSDOM } from "jsdom";

const OF_NODE = { Blob, AbortController, AbortSignal };
const { window } = new JSDOM("", { url: "http://localhost/", runScripts: "outside-only" });
const OF_PAGE = ["Blob", "File", "FileReader", "AbortController", "AbortSignal", "FormData", "Headers", "Event", "DOMException", "URL", "URLSearchParams", "location"]; // prettier-ignore
for (const name of [...OF_PAGE, "crypto"])
  Object.defineProperty(globalThis, name, { value: window[name], writable: true, configurable: true });

const ours = await import("scenario-models");
const functions = await import("scenario-models/models");
const { startSandbox } = await import("./sandbox.mjs");
const { validate } = await import("scenario-models/validators/sync-lipsync-v2");

/** The package as a program of the page: its Uint8Array, Object, Error and Promise are those of the page. */
const { outputFiles } = buildSync({
  stdin: {
    contents: 'export * from "scenario-models"; export * from "scenario-models/models"',
    resolveDir: import.meta.dirname ?? ".",
  },
  bundle: true,
  write: false,
  format: "iife",
  globalName: "models",
});
window.eval(outputFiles[0].text);
const theirs = window.eval("models");

let sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.stop());

const folder = await mkdtemp(join(tmpdir(), "realms-"));
after(() => rm(folder, { recursive: true }));
let files = 0;
async function written(text) {
  const path = join(folder, `${(files += 1)}.mp4`);
  await writeFile(path, text);
  return path;
}

const REALMS = {
  "Vitest's": { ...ours, ...functions },
  "Jest's": theirs,
};
const SIGNALS = {
  "the page's": () => new window.AbortController(),
  "Node's": () => new OF_NODE.AbortController(),
};

/** A Blob of a library, which is of no class that anybody knows. */
const likeBlob = (text) => ({
  size: text.length,
  type: "video/mp4",
  name: "talk.mp4",
  slice: (start, end) => likeBlob(text.slice(start, end)),
  arrayBuffer: async () => new TextEncoder().encode(text).buffer,
});

const inContext = (text, code) => runInNewContext(code, { text });
const BYTES = "Uint8Array.from(text, (letter) => letter.charCodeAt())";
const FILES = {
  "a Buffer": (text) => Buffer.from(text),
  "what TextEncoder gives": (text) => new TextEncoder().encode(text),
  "an ArrayBuffer": (text) => new TextEncoder().encode(text).buffer,
  "a part of a buffer": (text) => Buffer.from(`..${text}..`).subarray(2, -2),
  "memory that is shared": (text) => {
    const shared = new Uint8Array(new SharedArrayBuffer(text.length));
    shared.set(Buffer.from(text));
    return shared;
  },
  "a view of other numbers": (text) => new DataView(new TextEncoder().encode(text).buffer),
  "bytes of a context": (text) => inContext(text, BYTES),
  "a buffer of a context": (text) => inContext(text, `${BYTES}.buffer`),
  "bytes of the page": (text) => window.eval(`(text) => ${BYTES}`)(text),
  "a Blob of the page": (text) => new window.Blob([text]),
  "a File of the page": (text) => new window.File([text], "talk.mp4"),
  "a Blob of Node": (text) => new OF_NODE.Blob([text]),
  "a File of Node": (text) => new NodeFile([text], "talk.mp4", { type: "video/mp4" }),
  "the Blob of a response": (text) => new Response(text).blob(),
  "the Blob of a library": likeBlob,
  "a stream of the web": (text) => new Response(text).body,
  "a stream of Node": (text) => Readable.from([Buffer.from(text.slice(0, 3)), Buffer.from(text.slice(3))]),
  "a file that Node opens as a stream": async (text) => createReadStream(await written(text)),
  "a file that Node opens as a Blob": async (text) => openAsBlob(await written(text)),
  "an asynchronous generator": async function* (text) {
    for (const letter of text) yield Buffer.from(letter);
  },
};

async function contentOf(id) {
  const headers = { Authorization: `Basic ${btoa("a:b")}` };
  const { asset } = await (await fetch(`${sandbox.baseUrl}/assets/${id}`, { headers })).json();
  return (await fetch(asset.url)).text();
}

for (const [realm, models] of Object.entries(REALMS)) {
  const connect = (more = {}) =>
    new models.Client({
      baseUrl: sandbox.baseUrl,
      apiKey: "a",
      apiSecret: "b",
      dangerouslyAllowBrowser: true,
      settle: 600,
      fetch,
      ...more,
    });

  test(`each form of a file arrives as it is, from ${realm} page`, async () => {
    const client = connect();
    const audio = "asset_sample_audio";
    const make = async ([name, make]) => {
      const wanted = [`${realm} ${name}`, `${realm} ${name}, for any model`];
      const request = models.syncLipsyncV2({ video: await make(wanted[0]), audio });
      const anyway = models.anyModel(request.modelId, { video: await make(wanted[1]), audio });
      const jobs = await Promise.all([request, anyway].map((one) => client.submit(one)));
      assert.deepEqual(await Promise.all(jobs.map(({ input }) => contentOf(input.video))), wanted);
    };
    await Promise.all(Object.entries(FILES).map(make));
  });

  test(`what is no file is refused in ${realm} page, too`, () => {
    for (const wrong of [new Response("a"), new Date(), new Map(), Promise.resolve(), {}, inContext("", "new Set()")])
      assert.throws(() => models.syncLipsyncV2({ video: wrong, audio: "asset_1" }), { name: "InvalidRequest" });
    assert.throws(() => models.syncLipsyncV2({ video: new Response("a"), audio: "asset_1" }), /give its blob\(\)/);
  });

  test(`a platform that does not tag its classes has files all the same, in ${realm} page`, async () => {
    // Such as workerd before `set_tostring_tag`: there a Blob, a Response and a stream look like any object.
    const tagged = [OF_NODE.Blob, Response, ReadableStream, Headers, URLSearchParams].map(({ prototype }) => prototype);
    const tags = tagged.map((prototype) => Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag));
    for (const prototype of tagged) delete prototype[Symbol.toStringTag];
    try {
      assert.equal(String(new Headers()), "[object Object]");
      for (const file of [new OF_NODE.Blob([realm]), new Response(realm).body])
        assert.equal(await contentOf((await connect().upload(file)).id), realm);
      for (const wrong of [new Response("a"), new Headers(), new URLSearchParams()]) {
        const refused = { name: "InvalidRequest", message: /\/video: an object \(\w+\) is not / };
        assert.throws(() => models.syncLipsyncV2({ video: wrong, audio: "asset_1" }), refused);
        const request = models.anyModel("model_x", { a: [wrong] });
        await assert.rejects(connect().run(request), { message: /\/a\/0: an object \(\w+\) is not JSON/ });
      }
    } finally {
      tagged.forEach((prototype, index) => Object.defineProperty(prototype, Symbol.toStringTag, tags[index]));
    }
  });

  test(`parameters, options and requests may be of any realm, in ${realm} page`, async () => {
    const client = connect();
    for (const make of [(text) => runInNewContext(`(${text})`), (text) => window.eval(`(${text})`)]) {
      const parameters = make(`{ video: "asset_sample_video", audio: "asset_sample_audio", syncMode: undefined }`);
      assert.deepEqual(validate(parameters), []);
      const request = models.syncLipsyncV2(parameters);
      assert.equal((await client.estimate(request, make("{ timeout: 9000 }"))).cost, 10.75);
      const nested = models.anyModel(request.modelId, { ...parameters, list: make("[{ a: [1] }]") });
      assert.equal(JSON.stringify(nested.body().list), '[{"a":[1]}]');
      const odd = models.anyModel("model_x", { a: make("new Map()") });
      await assert.rejects(client.estimate(odd), { name: "InvalidRequest", message: /an object \(Map\) is not JSON/ });
    }
    const { assets } = await client.run(
      functions.syncLipsyncV2({ video: "asset_sample_video", audio: "asset_sample_audio" }),
    );
    assert.equal((await assets[0].download()).size, assets[0].size);
    async function* failing() {
      yield runInNewContext("null");
    }
    for await (const outcome of client.runMany(failing()))
      assert.match(outcome.error.message, /not a request but null/);
  });

  for (const [whose, make] of Object.entries(SIGNALS)) {
    test(`${whose} signal ends a run, in ${realm} page`, async () => {
      await sandbox.clock({ speed: 0 });
      const controller = make();
      const onProgress = ({ stage }) => stage === "queue" && setTimeout(() => controller.abort(), 20);
      const request = models.syncLipsyncV2({ video: "asset_sample_video", audio: "asset_sample_audio" });
      const error = await connect()
        .run(request, { signal: controller.signal, onProgress })
        .catch((error) => error);
      assert.equal(error.name, "AbortError");
      assert(error instanceof models.Aborted);
      assert.match(error.jobId, /^job_/);
      const outcomes = connect().runMany([request], { signal: controller.signal });
      await assert.rejects(outcomes.next(), { name: "AbortError" });
      await sandbox.clock({ speed: 50 });
    });
  }

  test(`a timeout holds in ${realm} page, also where fetch takes no signal`, async () => {
    await sandbox.fail("latency", { seconds: 5 });
    for (const deaf of [fetch, (url, { signal, ...init }) => fetch(url, init)]) {
      const begin = Date.now();
      const error = await connect({ fetch: deaf })
        .jobs(1, { timeout: 1000 })
        .catch((error) => error);
      assert.match(error.message, /^no response from the service at http:\S+ \(timed out\)$/);
      assert(Date.now() - begin < 3000);
    }
    await sandbox.mend();
  });
}

test("where there is no fetch it is said how to give one", async () => {
  const request = theirs.syncLipsyncV2({ video: "asset_1", audio: "asset_2" });
  await assert.rejects(new theirs.Client({ apiKey: "a", apiSecret: "b" }).run(request), /give one, as new Client/);
});
