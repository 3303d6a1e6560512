/** Kinds of file: what is refused before anything is sent, what is sent as what, and how to insist. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { anyKind, anyModel, Client, InvalidRequest } from "scenario-models";
import { described } from "scenario-models/models/described";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { validate } from "scenario-models/validators/described";

const NEEDED = { video: "asset_1", prompt: "a cat" };
const file = (name, type = "") => new File(["some content"], name, { type });
const bytes = (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const asset = (kind, id = "asset_7") => new Client().attach({ id, kind });
const PNG = bytes("\x89PNG\r\n");

/** Estimate the price at a service that takes any upload; give the kinds that were uploaded, and the body at last, or the error. */
async function send(request) {
  const uploads = [];
  let body;
  const fetch = async (address, { method, body: text }) => {
    if (method === "PUT") return new Response();
    const sent = JSON.parse(text);
    const [, path, number = uploads.length] = /^\/(\w+)(?:\/upload_(\d+))?/.exec(new URL(address).pathname);
    if (path !== "uploads") body = sent;
    else if (sent.kind) uploads.push(sent.contentType ? [sent.kind, sent.contentType] : [sent.kind]);
    const parts = [{ number: 1, url: "https://storage.example/part" }];
    const upload = { id: `upload_${number}`, status: "imported", entityId: `asset_new${number}`, parts };
    return Response.json({ upload, creativeUnitsCost: 1 });
  };
  const client = new Client({ baseUrl: "https://api.example", apiKey: "a", apiSecret: "b", fetch });
  const error = await client.estimate(request).then(
    () => undefined,
    (one) => one,
  );
  return { uploads, body, error };
}

// What is given, as what it is, where what is wanted; the same in an array.
const REFUSED = {
  "a file by its type": [{ video: file("a.bin", "image/png") }, '"a.bin" is an image, where a video is wanted'],
  "a file by its name": [{ video: file("talk.WAV") }, '"talk.WAV" is an audio file, where a video is wanted'],
  "a Blob": [{ voice: new Blob(["a"], { type: "video/mp4" }) }, "the file is a video, where an audio file is wanted"],
  bytes: [{ video: PNG }, "the file is an image, where a video is wanted"],
  "a data URL": [{ mesh: "data:image/png;base64,AAAA" }, "the file is an image, where a 3D model is wanted"],
  "a 3D model": [{ mask: file("a.glb"), images: [] }, '"a.glb" is a 3D model, where an image is wanted'],
  "a text": [{ light: file("notes.txt") }, '"notes.txt" is a text file, where an HDR image is wanted'],
  "audio or video": [{ mesh: file("a.webm") }, '"a.webm" is a video, where a 3D model is wanted'],
  "an asset": [{ video: await asset("audio") }, '"asset_7" is an audio file, where a video is wanted'],
  "an HDR image": [{ video: await asset("image-hdr") }, '"asset_7" is an HDR image, where a video is wanted'],
};

for (const [name, [change, message]] of Object.entries(REFUSED))
  test(`refused before anything is sent: ${name}`, async () => {
    const { error, uploads, body } = await send(described({ ...NEEDED, ...change }));
    assert(error instanceof InvalidRequest, String(error));
    assert.deepEqual(error.problems, [{ pointer: `/${Object.keys(change)[0]}`, code: "kind", message }]);
    assert.equal(
      error.message,
      `model_described: ${error.problems[0].pointer}: ${message}; to send it all the same: anyKind(file)`,
    );
    assert.deepEqual([uploads, body], [[], undefined]);
  });

test("all files of another kind are told at once, with their places", async () => {
  const images = ["asset_1", file("a.png"), file("b.mp4"), anyKind(file("c.mp4"))];
  const { error, uploads } = await send(described({ ...NEEDED, images, voice: PNG }));
  assert.deepEqual(
    error.problems.map(({ pointer }) => pointer),
    ["/images/2", "/voice"],
  );
  assert.deepEqual(uploads, []);
});

// What is given, and as what it is uploaded: its kind and type.
const SENT = {
  "what is wanted": [{ video: file("a.mp4") }, [["video", "video/mp4"]]],
  "what says nothing of its kind": [{ video: file("a.bin") }, [["asset", "application/octet-stream"]]],
  "bytes that say nothing": [{ video: bytes("????") }, [["asset", "application/octet-stream"]]],
  "an image for an HDR image": [{ light: file("a.png") }, [["image", "image/png"]]],
  "what may be audio or video": [{ voice: file("a.webm") }, [["audio", "video/webm"]]],
  "what begins as an MP4, which may be audio": [{ voice: bytes("\0\0\0\x20ftypisom") }, [["audio", "video/mp4"]]],
  "an HEIC, which begins nearly like an MP4": [
    { mask: bytes("\0\0\0\x20ftypheic"), images: [] },
    [["image", "image/heic"]],
  ],
  "a data URL without a type": [{ video: "data:;charset=a;base64,AAAA" }, [["text", "text/plain;charset=a"]]],
  "a URL that ends like another": [{ video: "https://a.example/b.png" }, [["image"]]],
  "an asset of whatever kind": [{ video: "asset_image" }, []],
  "any file where no kind is wanted": [{ any: PNG }, [["image", "image/png"]]],
  "any file where an unknown kind is wanted": [{ scan: PNG }, [["image", "image/png"]]],
  "who insists": [{ video: anyKind(PNG) }, [["video", "application/octet-stream"]]],
  "who insists, by a URL": [{ video: anyKind("https://a.example/b") }, [["video"]]],
  "who insists, in an array": [{ images: [anyKind(file("a.txt"))] }, [["image", "application/octet-stream"]]],
  "who insists on a kind that cannot be uploaded": [{ light: anyKind(file("a.mp4")) }, [["video", "video/mp4"]]],
  "who insists, where an unknown kind is wanted": [{ scan: anyKind(PNG) }, [["image", "image/png"]]],
  "who insists without need": [{ mask: anyKind(PNG), images: [PNG] }, [["image", "image/png"]]], // one upload
};

for (const [name, [change, kinds]] of Object.entries(SENT))
  test(`sent: ${name}`, async () => {
    const { error, uploads, body } = await send(described({ ...NEEDED, ...change }));
    assert.equal(error, undefined);
    assert.deepEqual(uploads, kinds);
    assert.deepEqual(validate(body), []);
  });

test("files stand in nested objects, too", async () => {
  const image = file("a.png");
  const shots = (frame) => ({ ...NEEDED, shots: [{ prompt: "a", frames: [image, frame], any: image }] });
  const { body, uploads } = await send(described(shots("https://a.example/b.png")));
  const [shot] = body.shots;
  assert.deepEqual([uploads.length, shot.frames.length, shot.any], [2, 2, shot.frames[0]]);
  assert.notEqual(shot.frames[1], shot.any);
  assert.deepEqual(validate(body), []);
  const { error } = await send(described(shots(file("b.mp4"))));
  assert.deepEqual(error.problems, [
    { pointer: "/shots/0/frames/1", code: "kind", message: '"b.mp4" is a video, where an image is wanted' },
  ]);
  assert.throws(() => described(shots("b.png")), /\/shots\/0\/frames\/1: "b.png" is not an asset id/);
  assert.equal((await send(described(shots(anyKind(file("b.mp4")))))).error, undefined);
});

test("who insists on one file for two parameters uploads it as both", async () => {
  const one = anyKind(PNG);
  const { body, uploads } = await send(described({ ...NEEDED, video: one, images: [one, one], voice: one }));
  assert.deepEqual(uploads.map(([kind]) => kind).sort(), ["audio", "image", "video"]);
  assert.equal(body.images[0], body.images[1]);
});

test("what is unchecked is sent: by anyModel, by unlisted, and where no kind is known", async () => {
  const wrong = file("a.png");
  const given = { video: wrong, audio: wrong };
  for (const request of [
    anyModel("model_new", given),
    syncLipsyncV2(given),
    described(NEEDED).unlisted({ video: wrong }),
  ])
    assert.deepEqual((await send(request)).uploads, [["image", "image/png"]]);
  assert.deepEqual((await send(anyModel("model_new", { a: [anyKind(wrong), anyKind("x")] }))).body, {
    a: ["asset_new0", "x"],
  });
});

test("an asset goes as its id where it is of the kind that is wanted, or of an unknown one, or any kind will do", async () => {
  for (const [name, kind] of [
    ["video", "video"],
    ["light", "image"],
    ["mask", "image-hdr"],
    ["video", "new"],
    ["video", ""],
  ])
    // prettier-ignore
    assert.equal((await send(described({ ...NEEDED, images: [], [name]: await asset(kind) }))).body[name], "asset_7", `${kind} for ${name}`);
  const images = [await asset("image", "asset_8"), anyKind(await asset("text"))];
  assert.deepEqual((await send(described({ ...NEEDED, images }))).body.images, ["asset_8", "asset_7"]);
  assert.equal((await send(described({ ...NEEDED }).unlisted({ video: await asset("audio") }))).body.video, "asset_7");
});

test("anyKind takes what a file may be, and no more", () => {
  assert.equal(described({ ...NEEDED, video: anyKind("asset_2") }).modelId, "model_described");
  for (const value of ["talk.mp4", 3, null, {}, new Response("a")])
    assert.throws(
      () => described({ ...NEEDED, video: anyKind(value) }),
      (error) => error instanceof InvalidRequest && error.problems[0].pointer === "/video",
    );
  for (const [change, said] of [
    [{ prompt: anyKind(PNG) }, /^\/prompt: an object \(AnyKind\) is not a string$/],
    [{ prompt: anyKind("x") }, /^\/prompt: an object \(AnyKind\) is not a string$/],
    [{ video: anyKind(anyKind(PNG)) }, /^\/video: anyKind takes one file; in an array, give anyKind\(file\) for each$/],
    [{ images: anyKind([PNG]) }, /^\/images: anyKind takes one file;/],
    [{ images: [anyKind([PNG])] }, /^\/images\/0: anyKind takes one file;/],
    [{ images: anyKind(PNG) }, /^\/images: a file is not an array; give an array of files, such as \[file\]$/],
    [{ images: PNG }, /^\/images: a file is not an array; give an array of files, such as \[file\]$/],
    [{ shots: [{ prompt: PNG }] }, /^\/shots\/0\/prompt: an object \(Uint8Array\) is not a string$/],
  ])
    assert.throws(
      () => described({ ...NEEDED, ...change }),
      ({ problems }) => problems.length === 1 && said.test(`${problems[0].pointer}: ${problems[0].message}`),
    );
});

// A parameter -> its comment, as editors show it, and its declaration; each thing is said once.
const SHOWN = {
  video: ["Called “Source clip”. Kind of file: video. Changes the price.", 'video: FileInput<"video">;'],
  scan: ['Kind of file: li"dar\\*\\/ \\@x.', 'scan?: FileInput<"li\\"dar*/ @x"> | undefined;'],
  seconds: ["One of `-1`, `4`, `8`.", "seconds?: Seconds | undefined;"],
  odd: ["Kind: 3; Label: `a`; Labels: “text”; Cost: “yes”; Group: false.", "odd?: string | undefined;"],
};

test("an editor shows what is said of a parameter", () => {
  const file = new URL("node_modules/scenario-models/dist/esm/validators/described.d.ts", import.meta.url);
  const found = readFileSync(file, "utf8").matchAll(
    /^ {4}\/\*\*\n {5}\* (.+)\n(?: {5}\*.*\n)* {4}readonly ((\w+).*)/gm,
  );
  const shown = Object.fromEntries(Array.from(found, ([, comment, declared, name]) => [name, [comment, declared]]));
  for (const [name, expected] of Object.entries(SHOWN)) assert.deepEqual(shown[name], expected);
});

// What is said of a model like gpt-image-2, when the request is made.
const RULES = {
  "more files than it takes": [{ images: Array(11).fill("asset_1") }, "/images", "maxItems", /more elements than 10$/],
  "a longer text": [{ prompt: "x".repeat(32_001) }, "/prompt", "maxLength", /more characters than 32000$/],
  "a mask without images": [{ mask: "asset_1" }, "/images", "required", /^images is required$/],
  "neither images nor a prompt": [{ prompt: undefined }, "/images", "required", /^images is required$/],
};

for (const [name, [change, pointer, code, message]] of Object.entries(RULES))
  test(`refused when it is made: ${name}`, () => {
    assert.throws(
      () => described({ ...NEEDED, ...change }),
      ({ problems }) => {
        assert.deepEqual(
          problems.map((one) => [one.pointer, one.code]),
          [[pointer, code]],
        );
        return message.test(problems[0].message);
      },
    );
  });

// The Python package is asked the same.
const { openSource } = await import(
  new URL("node_modules/scenario-models/dist/esm/client/files.js", import.meta.url).href
);
const { findWrongKinds, kindOf } = await import(
  new URL("node_modules/scenario-models/dist/esm/client/kinds.js", import.meta.url).href
);
const TOLD = JSON.parse(readFileSync(`${process.env.TESTS}/packages/files.json`, "utf8"));
const KNOWN = Object.keys(TOLD.refused).flatMap((kinds) => TOLD.refused[kinds]);

test("the kind of a file is what the Python package tells", async () => {
  const named = Object.entries(TOLD.extensions).flatMap(([type, extensions]) =>
    extensions.map((extension) => {
      const known = kindOf(type) === "asset" ? [] : [kindOf(type)];
      return {
        name: `a.${extension}`,
        begins: "?",
        type,
        kinds: TOLD.either.includes(type) ? ["audio", "video"] : known,
      };
    }),
  );
  for (const one of [...named, ...TOLD.files]) {
    const content = Uint8Array.from(one.begins, (character) => character.charCodeAt(0));
    const options = { type: one.declared ?? "" };
    const given = [one.name ? new File([content], one.name, options) : new Blob([content], options)];
    if (!one.name && !one.declared) given.push(content);
    if (!one.name && one.declared) given.push(`data:${one.declared};base64,${btoa(one.begins)}`);
    for (const file of given) {
      const source = await openSource(file);
      assert.deepEqual([source.type, source.kinds], [one.type, one.kinds], JSON.stringify(one));
      const refuses = (wanted) =>
        findWrongKinds([{ file, path: ["a"], wanted, isAnyKind: false }], new Map([[file, source]])).length > 0;
      const refused = [...new Set(KNOWN)].sort().filter(refuses);
      assert.deepEqual(refused, TOLD.refused[one.kinds.join(" or ")], JSON.stringify(one));
    }
  }
});
