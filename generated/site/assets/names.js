// The search of the names of parameters: each word stands somewhere in a row, which also has the other spellings, the types and what means the same.
"use strict";

(() => {
  const { joinList, split } = window.site;
  const body = document.querySelector("[data-names] tbody");
  const status = document.querySelector("[data-count]");
  const nothing = document.querySelector("[data-nothing]");
  const letters = document.querySelector(".letters");
  const rows = [...body.rows].map((row, index) => {
    const [models, variants] = row.dataset.row.split(" ").map(Number);
    const name = row.querySelector("a").textContent.toLowerCase();
    return { row, index, models, variants, name, words: row.textContent.toLowerCase(), rank: 0 };
  });
  const ORDERS = {
    models: (one, other) => other.models - one.models || one.index - other.index,
    variants: (one, other) => other.variants - one.variants || one.index - other.index,
  };

  /** Rank a row: 0 where a name begins with the word, 1 where it has it in it, 2 where another column does. */
  function rank(one, words) {
    if (!words.every((word) => one.words.includes(word))) return -1;
    return Math.max(0, ...words.map((word) => (one.name.startsWith(word) ? 0 : one.name.includes(word) ? 1 : 2)));
  }

  function show({ q = "", sort }) {
    const words = split(q);
    for (const one of rows) one.rank = rank(one, words);
    const found = rows.filter((one) => one.rank >= 0);
    if (words.length || sort)
      found.sort((one, other) => one.rank - other.rank || (ORDERS[sort]?.(one, other) ?? one.index - other.index));
    body.replaceChildren(...found.map((one) => one.row));
    status.textContent =
      found.length === rows.length ? `${rows.length} names` : `${found.length} of ${rows.length} names`;
    nothing.hidden = found.length > 0 || !rows.length;
    nothing.querySelector("a").href = `index.html?${new URLSearchParams({ q })}`;
    if (letters) letters.hidden = words.length > 0 || Boolean(sort);
  }

  joinList(document.querySelector("[data-names-search]"), show);
})();
