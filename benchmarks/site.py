"""What the site of many models costs those who write it and those who read it, in a real Chromium, from the disk."""

import gzip
import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser

from benchmarks import environments
from benchmarks.generation import Roots, generate
from benchmarks.processes import run
from benchmarks.validators import OURS, Figures
from support.tabs import chromium, tab

MEGABYTE, KILOBYTE = 1e6, 1e3
# What is found, and what is nowhere, for which the nearest words are looked for.
TYPED = ("minimax prompt", "zzzz")
PACKAGES = environments.FOLDER / "node_modules"
# From the end of the page to that of its scripts, by when the search is ready.
READY = """() => {
  const { domInteractive, domContentLoadedEventEnd } = performance.getEntriesByType("navigation")[0];
  return domContentLoadedEventEnd - domInteractive;
}"""
PAINT = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null'
# What is searched is all there from when somebody is about to type.
FOCUS = 'document.querySelector("input[type=search]").focus()'
LOADED = "() => window.descriptions !== undefined"
# What each letter costs until the page is laid out anew. The results must be there by then.
KEYS = """typed => {
  const field = document.querySelector("input[type=search]");
  const told = document.querySelector("[role=status]");
  const times = [];
  for (let end = 1; end <= typed.length; end++) {
    told.textContent = "";
    const begin = performance.now();
    field.value = typed.slice(0, end);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    times.push(performance.now() - begin);
    if (!told.textContent) throw new Error("the search has not said what it found");
  }
  return times;
}"""
# Each peer searches the same texts as its manual shows it, by the beginnings of words.
PEERS = {
    "MiniSearch": (
        "minisearch/dist/umd/index.js",
        """texts => {
          const index = new MiniSearch({ fields: ["text"], searchOptions: { prefix: true, combineWith: "AND" } });
          index.addAll(texts.map((text, id) => ({ id, text })));
          return typed => index.search(typed).map(({ id }) => id);
        }""",
    ),
    "Lunr": (
        "lunr/lunr.js",
        """texts => {
          const index = lunr(function () {
            this.ref("id");
            this.field("text");
            texts.forEach((text, id) => this.add({ id, text }));
          });
          return typed =>
            index
              .query(query => {
                for (const word of lunr.tokenizer(typed))
                  query.term(word, { presence: lunr.Query.presence.REQUIRED, wildcard: lunr.Query.wildcard.TRAILING });
              })
              .map(({ ref }) => Number(ref));
        }""",
    ),
    "FlexSearch": (
        "flexsearch/dist/flexsearch.bundle.min.js",
        """texts => {
          const index = new FlexSearch.Index({ tokenize: "forward" });
          texts.forEach((text, id) => index.add(id, text));
          return typed => index.search(typed, texts.length);
        }""",
    ),
}
# The same for a peer: what it finds is shown in the same rows, as many as the site shows at once.
TIMED = """([make, texts, typed]) => {
  const table = document.querySelector("[data-models]");
  const rows = [...table.querySelectorAll("[data-row]")];
  if (rows.length !== texts.length) throw new Error("there are not as many rows as texts");
  const start = performance.now();
  const search = make(texts);
  const built = performance.now() - start;
  const times = typed.map(word =>
    [...word].map((_, at) => {
      const begin = performance.now();
      const found = search(word.slice(0, at + 1)).slice(0, 100);
      table.replaceChildren(table.firstElementChild, ...found.map(index => rows[index]));
      document.body.getBoundingClientRect();
      return performance.now() - begin;
    }),
  );
  return { built, times, found: search(typed[0]).length };
}"""


def measure(folder: Path, size: int, rounds: int) -> Figures:
    """Give the seconds and megabytes of writing it, the time of a first paint and of a key, and the kilobytes of a page."""
    roots = Roots(folder, size)
    seconds, root = [], roots.scraped
    for _ in range(rounds):
        root = roots.copy(roots.scraped)
        seconds.append(run(*generate(root, "site")))
    site = root / "generated/site"
    with chromium() as browser:
        figures = measure_search(browser, site, read_texts(root), rounds)
        figures["site, first paint"] = {OURS: measure_paint(browser, site, 3 * rounds)}
        figures["site, a page"] = {OURS: measure_page(browser, site) / KILOBYTE}
    size_of_all = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    return figures | {
        "site, written": {OURS: statistics.median(seconds)},
        "site, size": {OURS: size_of_all / MEGABYTE},
    }


def read_texts(root: Path) -> list[str]:
    """Read what is searched of each model: its id, title and capabilities, its parameters and their choices."""
    paths = sorted(path for path in root.glob("specs/*/*.json") if path.name != "page.json")
    return [" ".join(_read_words(json.loads(path.read_text(encoding="utf-8")))) for path in paths]


def _read_words(spec: dict[str, Any]) -> Iterator[str]:
    yield from (spec["x-model"], spec["title"], *spec.get("x-capabilities", ()))
    for name, rules in spec["properties"].items():
        yield name
        yield from map(str, rules.get("enum", ()))


def measure_search(browser: Browser, site: Path, texts: list[str], rounds: int) -> Figures:
    """Give the milliseconds of the slowest key, and of what has to be made ready before the first one."""
    keys, built = {}, {}
    with tab(browser, site.as_uri()) as ours:
        page = ours.open("index.html")
        built[OURS] = page.evaluate(READY)
        page.evaluate(FOCUS)
        page.wait_for_function(LOADED)
        keys[OURS] = find_slowest([[page.evaluate(KEYS, typed) for typed in TYPED] for _ in range(rounds)])
    for name, (package, make) in PEERS.items():
        library = (PACKAGES / package).read_text(encoding="utf-8")
        taken = [_time_peer(browser, site, f"{library}; null", make, texts) for _ in range(rounds)]
        if not all(one["found"] for one in taken):
            raise RuntimeError(f"{name} finds nothing by {TYPED[0]}")
        keys[name] = find_slowest([one["times"] for one in taken])
        built[name] = statistics.median(one["built"] for one in taken)
    return {"site, a key": keys, "site, ready": built}


def find_slowest(rounds: Sequence[Sequence[Sequence[float]]]) -> float:
    """Find what the slowest key of all words takes, as a rule; given are the rounds, in each the words, of each the keys."""
    keys = zip(*([time for word in one for time in word] for one in rounds), strict=True)
    return max(float(statistics.median(times)) for times in keys)


def _time_peer(browser: Browser, site: Path, library: str, make: str, texts: list[str]) -> dict[str, Any]:
    with tab(browser, site.as_uri()) as opened:
        page = opened.open("index.html")
        page.evaluate(library)
        taken: dict[str, Any] = page.evaluate(f"given => ({TIMED})([{make}, ...given])", [texts, TYPED])
        return taken


def measure_paint(browser: Browser, site: Path, rounds: int) -> float:
    """Give the milliseconds until the catalogue is seen, in a tab that has seen nothing before."""
    times = []
    for _ in range(rounds):
        with tab(browser, site.as_uri()) as opened:
            page = opened.open("index.html")
            page.wait_for_function(f"() => ({PAINT}) !== null")  # no text: the policy lets none become code
            times.append(float(page.evaluate(PAINT)))
    return statistics.median(times)


def measure_page(browser: Browser, site: Path) -> int:
    """Give the compressed bytes of the largest page of a model, with all that it loads."""
    largest = max(site.glob("models/*.html"), key=_compressed)
    with tab(browser, site.as_uri()) as opened:
        opened.open(f"models/{largest.name}")
        loaded = {unquote(urlsplit(url).path) for url in opened.asked}
    return sum(_compressed(Path(path)) for path in loaded)


def _compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))
