"""The npm package of a vendor whose API no target knows: typed requests that are checked, and no client."""

import json
import re
from pathlib import Path

import pytest

from paramsync.rendering.pages import load_pages
from paramsync.workspace import files
from support.hand_written import any_of, array, integer, text, thing, to_tree
from support.node import NPM_PACKAGES, node, run, tsc
from support.services import OTHER, build
from support.vectors import made_spec

pytestmark = pytest.mark.foreign

MODELS = {
    "User": ({"id": integer(), "name": text()}, ["id"]),
    "sendMessage": (
        {
            "chat": any_of(integer(), text(minLength=1)),
            "mode": text(enum=["HTML", "Markdown"], default="HTML"),
            "entities": array(thing({"user": {"$ref": "urn:acme:User"}, "offset": integer()}, "offset")),
            "photo": {**text(), "x-type": "file", "x-kind": "image"},
        },
        ["chat", "mode"],
    ),
}
SPECS = {
    name: made_spec(*model) | {"$id": f"urn:acme:{name}", "x-model": name, "title": name}
    for name, model in MODELS.items()
}
RIGHT = """import { InvalidRequest, loadModel, models, type ModelParameters, type ModelRequest, type Payload, type SendMessage, type SendMessageMode, type User } from "acme-models";
import { Ajv2020 } from "ajv/dist/2020.js";
import { check, sendMessage } from "acme-models/models/sendMessage";
import { loadParameters } from "acme-models/parameters";
import { loadSchema } from "acme-models/schemas";
import { validate } from "acme-models/validators/sendMessage";

const user: User = { id: 1 };
const whole = { chat: "a", mode: "HTML", entities: [{ user, offset: 0 }], photo: "b.png" } satisfies SendMessage;
const payload: Payload<SendMessage> = whole;
const request: ModelRequest<SendMessage> = sendMessage({ chat: 1 });
const mode: SendMessageMode = "HTML";
const byId: ModelParameters["sendMessage"] = { chat: 1, mode };
const make = await loadModel("sendMessage");
const told: string[] = [];
try {
  sendMessage(JSON.parse('{ "chat": true, "mode": "HTLM", "entities": [{ "user": {}, "offset": 1 }] }'));
} catch (error) {
  if (error instanceof InvalidRequest) told.push(...error.problems.map(({ pointer, message }) => `${pointer} ${message}`));
}
const standard = validate["~standard"];
const bodies = [make(byId), request, sendMessage(payload), request.unlisted({ more: 1 })].map((one) => one.body());
const files = (await loadParameters("sendMessage")).filter(({ isFile }) => isFile).map(({ kind }) => kind);
const runs = models.map(({ id, run }) => `${run?.method} ${run?.path} ${id}`);
const { findUses } = await import(new URL("node_modules/acme-models/bin/uses.mjs", import.meta.url).href);
const uses = Object.fromEntries(findUses(["right.ts"], new Set(models.map(({ id }) => id))).places);
const valid = standard.validate(whole).issues ?? [];
const blank = check({ chat: NaN, photo: "" }).map(({ pointer, code }) => `${pointer} ${code}`);
const isValid = new Ajv2020({ strictTypes: false }).compile(await loadSchema("sendMessage"));
const judged = [whole, { ...whole, entities: [{ user: {}, offset: 0 }] }].map((one) => isValid(one));
console.log(JSON.stringify({ blank, judged, bodies, told, runs, vendor: standard.vendor, valid, files, uses }));
"""
WHOLE = {"chat": "a", "mode": "HTML", "entities": [{"user": {"id": 1}, "offset": 0}], "photo": "b.png"}
SAID = {
    "blank": ["/chat required"],
    "judged": [True, False],
    "bodies": [
        {"mode": "HTML", "chat": 1},
        {"mode": "HTML", "chat": 1},
        WHOLE,
        {"mode": "HTML", "chat": 1, "more": 1},
    ],
    "told": [
        "/chat true is not an integer or string",
        '/mode "HTLM" is none of "HTML", "Markdown"',
        "/entities/0/user/id id is required",
    ],
    "runs": ["POST /run/User User", "POST /run/sendMessage sendMessage"],
    "vendor": "acme-models",
    "valid": [],
    "files": ["image"],
    "uses": {
        "User": ["right.ts:1"],
        "sendMessage": [f"right.ts:{line}" for line in (13, 14, 23, 29, 1, 3, 6)],
    },
}
WRONG = """import { sendMessage } from "acme-models/models";
sendMessage({ chat: 1, mode: "HTLM" }); // error: no such choice
sendMessage({ chat: true }); // error: neither a number nor a text
sendMessage({ chat: 1, entities: [{ offset: 0, user: { name: "a" } }] }); // error: an id is required
sendMessage({ chat: 1, photo: new Blob([]) }); // error: nothing would upload it
import { Client } from "acme-models"; // error: there is none
"""


def test_its_requests_are_typed_and_checked_and_it_has_no_client(tmp_path: Path) -> None:
    package = tmp_path / "node_modules/acme-models"
    package.mkdir(parents=True)
    tree = build("typescript", load_pages(to_tree(SPECS), OTHER), service=OTHER)
    assert [path for path in tree if "client" in path or path == "src/files.ts"] == []
    files.write_tree(package, tree)
    shown = "\n".join(re.findall(r"^```ts\n(.*?)^```", str(tree["README.md"]), re.DOTALL | re.MULTILINE))
    written = {"readme.ts": shown, "right.ts": RIGHT, "wrong.ts": WRONG, "package.json": '{"type": "module"}'}
    files.write_tree(tmp_path, written)
    (tmp_path / "node_modules/ajv").symlink_to(NPM_PACKAGES / "ajv")
    compiled = tsc(cwd=package)
    assert compiled.returncode == 0, compiled.stdout[:3000]
    strict = "--strict --exactOptionalPropertyTypes --module NodeNext --target ES2022 --pretty false"
    said = tsc(*strict.split(), "readme.ts", "right.ts", "wrong.ts", cwd=tmp_path).stdout
    wrong = [f"wrong.ts({number}," for number, line in enumerate(WRONG.splitlines(), 1) if "// error" in line]
    assert [line[: len(wrong[0])] for line in said.splitlines() if " error " in line] == wrong, said
    read, used = (run(node(), f"{name}.js", cwd=tmp_path) for name in ("readme", "right"))
    assert read.stdout.startswith('{"mode":"HTML","chat":1}\n/chat required '), read.stderr
    assert json.loads(used.stdout) == SAID, used.stderr
