// The search of the catalogue: each word of the query stands somewhere in what is known of a model, and each filter holds.
"use strict";

(() => {
  const { joinList, make, split } = window.site;
  const form = document.querySelector("[data-search]");
  const table = document.querySelector("[data-models]");
  const status = document.querySelector("[data-count]");
  const namesFound = document.querySelector("[data-names-found]");
  const nothing = document.querySelector("[data-nothing]");
  const input = form.elements.q;
  const SHOWN_REASONS = 50; // hits of which it says why they are there
  const AT_ONCE = 100; // rows that are shown at once; the rest follow after so many milliseconds
  const DRAWN = 50;
  const PAUSE = 150; // in typing, after which nearest words are looked for
  const MOST_WORDS = 8; // for which they are, and the letters of one
  const MOST_LETTERS = 40;
  let filling = 0;
  let suggesting = 0;
  let explained = [];
  let isLoading = false;
  let isDescribed = false;
  const FILTERS = {
    provider: (one) => [one.provider],
    capability: (one) => one.capabilities,
    input: (one) => one.inputs,
    output: (one) => one.outputs,
  };
  const ORDERS = {
    name: (one, other) => one.title.localeCompare(other.title, "en", { numeric: true }),
    provider: (one, other) => one.provider.localeCompare(other.provider) || ORDERS.name(one, other),
    changed: (one, other) => other.changed.localeCompare(one.changed) || ORDERS.name(one, other),
    parameters: (one, other) => other.parameters.length - one.parameters.length || ORDERS.name(one, other),
  };

  const rows = [...table.querySelectorAll("[data-row]")];
  const models = window.catalogue.map(
    ([title, id, provider, capabilities, inputs, outputs, changed, ...lines], index) => {
      const parameters = lines.map(readParameter);
      const head = [title, id, provider, ...capabilities].join("\n").toLowerCase();
      const words = parameters.map((one) => one.words).join("\n");
      const facts = { title, id, provider, capabilities, inputs, outputs, changed, parameters };
      return { ...facts, row: rows[index], index, head, words, described: "", rank: 0 };
    },
  );

  function readParameter([name, place, ...choices]) {
    return { name, place: place || name, choices, words: [name, ...choices].join(" ").toLowerCase() };
  }

  /** Rank a model: 0 where all words stand in its title, 3 where some stand in descriptions only, -1 where one is missing. */
  function rank(model, words) {
    let rank = 0;
    for (const word of words) {
      const at = model.head.indexOf(word);
      if (at >= 0 && at < model.title.length) continue;
      if (at >= 0) rank = Math.max(rank, 1);
      else if (model.words.includes(word)) rank = Math.max(rank, 2);
      else if (model.described.includes(word)) rank = Math.max(rank, 3);
      else return -1;
    }
    return rank;
  }

  function find({ q = "", sort = "", ...chosen }) {
    const words = split(q);
    const found = [];
    for (const model of models) {
      if (!Object.entries(FILTERS).every(([name, of]) => !chosen[name] || of(model).includes(chosen[name]))) continue;
      model.rank = rank(model, words);
      if (model.rank >= 0) found.push(model);
    }
    const order = ORDERS[sort];
    return found.sort((one, other) => one.rank - other.rank || (order ? order(one, other) : one.index - other.index));
  }

  function show(asked) {
    const found = find(asked);
    const words = split(asked.q);
    if (words.length) loadDescriptions();
    fill(found.map((model) => model.row));
    for (const model of explained) model.row.querySelector("[data-why]").replaceChildren();
    explained = found.slice(0, SHOWN_REASONS).filter((model) => explain(model, words));
    mark(found.slice(0, SHOWN_REASONS), words);
    nameParameters(words);
    status.textContent =
      found.length === models.length ? `${models.length} models` : `${found.length} of ${models.length} models`;
    const isNothing = !found.length && models.length > 0 && (isDescribed || !words.length);
    nothing.hidden = !isNothing;
    nothing.replaceChildren("No matches. ");
    clearTimeout(suggesting);
    if (isNothing) suggesting = setTimeout(() => suggest(words, asked), PAUSE);
  }

  /** Link the names of parameters that have all words of the query in them, those of most models first. */
  function nameParameters(words) {
    const has = ([name, , , ...others]) =>
      [name, ...others].some((one) => words.every((word) => one.toLowerCase().includes(word)));
    const found = words.length ? window.names.filter(has).sort((one, other) => other[2] - one[2]) : [];
    const links = found.slice(0, 6).map(([name, slug, number]) => {
      const link = make("a", { href: `parameters/${slug}.html` });
      link.append(make("code", {}, name), ` in ${number} model${number === 1 ? "" : "s"}`);
      return link;
    });
    namesFound.replaceChildren(...(links.length ? ["Parameters: ", ...links.flatMap((link) => [link, " "])] : []));
  }

  /** Fill the table with rows: those that are seen at once, and the rest when these have been drawn. */
  function fill(found) {
    const [first, rest] = [found.slice(0, AT_ONCE), found.slice(AT_ONCE)];
    clearTimeout(filling);
    if (found.length === table.childElementCount - 1 && found.every((row, index) => row === table.children[index + 1]))
      return;
    table.replaceChildren(table.firstElementChild, ...first);
    if (rest.length) filling = setTimeout(() => table.append(...rest), DRAWN);
  }

  /** Say which parameters and choices a model was found by, where its title and its id do not show it. */
  function explain(model, words) {
    const hidden = words.filter((word) => !model.head.includes(word));
    if (!hidden.length) return false;
    const reasons = model.parameters.filter((one) => count(one, hidden));
    const best = reasons.sort((one, other) => count(other, hidden) - count(one, hidden)).slice(0, 3);
    model.row.querySelector("[data-why]").append(...best.map((one) => tell(model, one, hidden)));
    return true;
  }

  const count = (parameter, words) => words.filter((word) => parameter.words.includes(word)).length;

  function tell(model, { name, place, choices }, words) {
    const link = make("a", { href: `${model.row.querySelector("a").getAttribute("href")}#${place}` }, name);
    const named = choices.filter((one) => words.some((word) => String(one).toLowerCase().includes(word))).slice(0, 4);
    if (named.length) link.append(`: ${named.join(", ")}`);
    return link;
  }

  /** Mark the words in the titles, without a change of the page. */
  function mark(found, words) {
    if (!window.Highlight) return;
    const ranges = [];
    for (const model of found) {
      const text = model.row.querySelector("a").firstChild;
      const lower = text.data.toLowerCase();
      for (const word of words) {
        const at = lower.indexOf(word);
        if (at < 0 || lower.length !== text.length) continue; // some letters are two in small
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + word.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  /** Where nothing is found, offer the query with the nearest words, its single words, and all of it without filters. */
  function suggest(all, asked) {
    const words = all.slice(0, MOST_WORDS);
    const isKnown = (word) => models.some((one) => rank(one, [word]) >= 0);
    const nearest = words.map((word) => (isKnown(word) ? word : findNearest(word))).filter(Boolean);
    const queries = [...new Set([nearest.join(" "), ...words])];
    const offers = queries.filter((query) => query && find({ ...asked, q: query }).length).slice(0, 3);
    for (const query of offers)
      nothing.append(
        makeOffer(query, () => (input.value = query)),
        " ",
      );
    if (words.length && !offers.length) nothing.append("Try fewer or other words. ");
    if (Object.keys(FILTERS).some((name) => asked[name]))
      nothing.append(
        makeOffer("without filters", () => Object.keys(FILTERS).forEach((name) => (form.elements[name].value = ""))),
      );
  }

  function makeOffer(text, act) {
    const button = make("button", { type: "button", class: "button" }, text);
    button.addEventListener("click", () => {
      act();
      update();
      input.focus();
    });
    return button;
  }

  let known;
  const listKnown = () =>
    (known ??= [...new Set(models.flatMap((one) => `${one.head}\n${one.words}`.split(/[^\p{L}\p{N}.]+/u)))]);

  function findNearest(word) {
    if (word.length > MOST_LETTERS) return "";
    let best = "";
    let least = Math.floor(word.length / 3) + 1;
    for (const one of listKnown()) {
      if (Math.abs(one.length - word.length) >= least) continue;
      const distance = measure(word, one, least);
      if (distance < least) [best, least] = [one, distance];
    }
    return best;
  }

  /** Count the letters to change, add, leave out or swap, up to a number. */
  function measure(one, other, most) {
    let before = [];
    let last = Array.from({ length: other.length + 1 }, (_, at) => at);
    for (let row = 1; row <= one.length; row++) {
      const next = [row];
      for (let at = 1; at <= other.length; at++) {
        const isSame = one[row - 1] === other[at - 1];
        next[at] = Math.min(last[at] + 1, next[at - 1] + 1, last[at - 1] + (isSame ? 0 : 1));
        const isSwapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
        if (isSwapped) next[at] = Math.min(next[at], before[at - 2] + 1);
      }
      if (Math.min(...next) >= most) return most;
      [before, last] = [last, next];
    }
    return last[other.length];
  }

  /** Load what the documentation says in words, once somebody searches. */
  function loadDescriptions() {
    if (isLoading) return;
    isLoading = true;
    const path = "assets/descriptions.js";
    const policy = window.trustedTypes?.createPolicy("site", { createScriptURL: () => path });
    const script = document.createElement("script");
    script.src = policy ? policy.createScriptURL(path) : path;
    const end = () => {
      isDescribed = true;
      if (input.value) update();
    };
    script.addEventListener("error", end);
    script.addEventListener("load", () => {
      models.forEach((model, index) => (model.described = window.descriptions[index].join("\n").toLowerCase()));
      end();
    });
    document.head.append(script);
  }

  function fillFilters() {
    for (const [name, of] of Object.entries(FILTERS)) {
      const counts = new Map();
      for (const model of models) for (const one of of(model)) counts.set(one, (counts.get(one) ?? 0) + 1);
      const sorted = [...counts].sort(([one], [other]) => one.localeCompare(other));
      form.elements[name].append(...sorted.map(([value, number]) => make("option", { value }, `${value} (${number})`)));
      form.elements[name].closest("label").hidden = sorted.length < 2;
    }
  }

  fillFilters();
  input.addEventListener("focus", loadDescriptions);
  const update = joinList(form, show);
})();
