/** The file of a result as it comes, and as a whole, from a storage that breaks off, begins anew, or sends too little. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { Client } from "scenario-models";

import { drive, fetch } from "./stepped.mjs";

const CONTENT = Buffer.alloc(800_000);
for (let number = 0; number < 200_000; number++) CONTENT.writeUInt32BE(number, number * 4);
const LATER = Buffer.concat([CONTENT.subarray(0, -1), Buffer.from("?")]);

/** What the storage does; `breaks` says after how many bytes each response ends, and `contents` of what it is. */
let odd = {};
let ranges = [];
const storage = createServer((request, response) => {
  if (request.url.startsWith("/assets/")) {
    const size = "size" in odd ? odd.size : CONTENT.length;
    const url = `http://127.0.0.1:${storage.address().port}/file?Signature=x`;
    return response.end(JSON.stringify({ asset: { id: "asset_1", url, mimeType: "video/mp4", properties: { size } } }));
  }
  const range = request.headers.range ?? "";
  ranges.push(range);
  const content = odd.contents?.shift() ?? CONTENT;
  const begin = odd.ranges === false ? 0 : Number(/\d+/.exec(range)?.[0] ?? 0);
  if (begin && begin >= content.length) return response.writeHead(416).end();
  const end = begin + (odd.breaks?.shift() ?? content.length);
  const more = odd.more?.shift() ?? 0; // that is announced, and does not come
  const headers = { "Content-Length": content.length - begin + more };
  if (begin) headers["Content-Range"] = `bytes ${begin}-${content.length - 1}/${content.length}`;
  if (odd.etag !== "") headers["ETag"] = odd.etags?.shift() ?? '"1"';
  response.writeHead(begin ? 206 : 200, headers);
  response.write(content.subarray(begin, end), () =>
    end < content.length || more ? response.destroy() : response.end(),
  );
  response.flushHeaders();
});
storage.listen(0, "127.0.0.1");
await once(storage, "listening");
after(() => (storage.closeAllConnections(), storage.close()));

const client = new Client({
  baseUrl: `http://127.0.0.1:${storage.address().port}`,
  apiKey: "a",
  apiSecret: "b",
  fetch,
});
const contentOf = async (stream) => Buffer.from(await new Response(stream).arrayBuffer());

/** Use the asset of an odd storage; give what comes of it, or its error, and what was requested. */
async function use(how, act) {
  odd = structuredClone(how);
  ranges = [];
  const asset = await client.asset("asset_1");
  const result = await drive(act(asset)).catch((error) => error);
  return [result, ranges];
}

/** What the storage does, and how often it is asked then: always for what is not there yet. */
const ODD = {
  "does nothing odd": [{}, 1],
  "breaks off": [{ breaks: [100_000, 1] }, 3],
  "breaks off very often": [{ breaks: Array(9).fill(10_000) }, 10],
  "breaks off at its end": [{ more: [1] }, 2],
  "does not say the size": [{ size: null, breaks: [7] }, 2],
};
for (const [name, [how, times]] of Object.entries(ODD)) {
  test(`a stream and a download are whole where the storage ${name}`, async () => {
    const [streamed, asked] = await use(how, (asset) => contentOf(asset.stream()));
    assert.match(asked.join(), new RegExp(`^(,bytes=\\d+-){${times - 1}}$`));
    assert(CONTENT.equals(streamed), String(streamed.message));
    const [file] = await use(how, (asset) => asset.download());
    assert(CONTENT.equals(await contentOf(file.stream())));
    assert.deepEqual([file.name, file.type], ["asset_1.mp4", "video/mp4"]);
  });
}

const BEGUN_ANEW = {
  "has no ranges": [{ breaks: [100_000], ranges: false }, "no response from the storage at http://127.0.0.1", CONTENT],
  "has no versions, and changes": [
    { breaks: [100_000, 50_000], etag: "", contents: [CONTENT, CONTENT, LATER] },
    "no response from the storage at http://127.0.0.1",
    LATER,
  ],
  "has another version by now": [
    { breaks: [100_000], etags: ['"1"', '"2"', '"2"'], contents: [CONTENT, LATER, LATER] },
    "the storage responded with status 206",
    LATER,
  ],
  "sends less once": [{ contents: [CONTENT.subarray(0, -1)] }, "received 799999 bytes instead of 800000", CONTENT],
  "sends more once": [
    { contents: [Buffer.concat([CONTENT, CONTENT])] },
    "received \\d+ bytes instead of 800000",
    CONTENT,
  ],
};
for (const [name, [how, why, content]] of Object.entries(BEGUN_ANEW)) {
  test(`a download begins anew, and a stream does not, where the storage ${name}`, async () => {
    const [error] = await use(how, (asset) => contentOf(asset.stream()));
    assert.equal(error.name, "DownloadFailed");
    assert.match(error.message, new RegExp(`^asset_1: ${why}.*; the storage began anew`));
    const [file] = await use(how, (asset) => asset.download());
    assert(content.equals(await contentOf(file.stream())));
  });
}

test("a storage that sends nothing is asked six times", async () => {
  for (const act of [(asset) => contentOf(asset.stream()), (asset) => asset.download()]) {
    const [error, asked] = await use({ breaks: Array(99).fill(0) }, act);
    assert.match(error.message, /^asset_1: no response from the storage at http:\/\/127.0.0.1:\d+ /);
    assert.equal(asked.length, 6);
  }
});

test("a stream asks for nothing before it is read, reports its progress, and is not hurried", async () => {
  const fractions = [];
  const onProgress = ({ stage, fraction }) => fractions.push([stage, fraction]);
  const [size, asked] = await use({ breaks: [400_000] }, async (asset) => {
    const reader = asset.stream({ timeout: 2000, onProgress }).getReader();
    assert.deepEqual(ranges, []);
    let size = 0;
    for (let next; !(next = await reader.read()).done;) {
      size += next.value.length;
      await new Promise((resolve) => setTimeout(resolve, 60_000)); // the time of the reader does not count
    }
    return size;
  });
  assert.deepEqual([size, asked.length], [CONTENT.length, 2]);
  assert.deepEqual(
    fractions,
    [...fractions].sort(([, one], [, other]) => one - other),
  );
  assert.deepEqual(fractions.at(-1), ["download", 1]);
  const [late, few] = await use({ breaks: Array(99).fill(0) }, (asset) => contentOf(asset.stream({ timeout: 2000 })));
  assert.equal(late.name, "DownloadFailed");
  assert(few.length < 6);
});

test("a stream holds back the storage, and closes the connection when it is left or aborted", async () => {
  const controller = new AbortController();
  const leave = {
    "is canceled": (reader) => reader.cancel(),
    "is aborted": () => controller.abort(),
  };
  for (const [how, end] of Object.entries(leave)) {
    let sent = 0;
    const endless = createServer((request, response) => {
      const send = () => {
        while (!response.destroyed && response.write(CONTENT)) sent += CONTENT.length;
      };
      response.writeHead(200).on("drain", send);
      send();
    }).listen(0, "127.0.0.1");
    await once(endless, "listening");
    const address = `http://127.0.0.1:${endless.address().port}/`;
    const divert = (url, init) => globalThis.fetch(url.includes("/file") ? address : url, init);
    odd = { size: null };
    const options = {
      baseUrl: `http://127.0.0.1:${storage.address().port}`,
      apiKey: "a",
      apiSecret: "b",
      fetch: divert,
    };
    const asset = await new Client(options).asset("asset_1");
    const reader = asset.stream({ signal: controller.signal }).getReader();
    const closed = once(endless, "request").then(([, response]) => once(response, "close"));
    assert((await reader.read()).value.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert(sent < 40 * CONTENT.length, `it ${how}: ${sent} bytes`);
    await end(reader);
    await closed;
    const next = await reader.read().catch((error) => error);
    assert.deepEqual([how, next.done ?? next.name], [how, how === "is aborted" ? "AbortError" : true]);
    endless.closeAllConnections();
    endless.close();
  }
});
