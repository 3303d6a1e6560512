// The filter of the timeline: severity, provider, model, parameter and text, together. Without it, all of it can be read.
"use strict";

(() => {
  const { joinList, make, split } = window.site;
  const form = document.querySelector("[data-filter-changes]");
  const status = document.querySelector("[data-count]");
  const nothing = document.querySelector("[data-nothing]");
  const fold = (text) => text.toLowerCase();

  const items = [...document.querySelectorAll("[data-changes] [data-change]")].map((element) => {
    const section = element.closest("[data-changed]");
    const { model = "", provider = "" } = section.dataset;
    const { change, parameter } = element.dataset;
    const release = section.closest(".release");
    const models = model && fold(`${model} ${section.querySelector(".of").firstElementChild.textContent}`);
    return { element, section, release, models, model, provider, parameter, severities: split(change), text: "" };
  });
  const around = [...document.querySelectorAll("[data-changed], .release")];
  const left = [...document.querySelectorAll("[data-left]")].reduce((sum, one) => sum + Number(one.dataset.left), 0);

  /** What the text of the filter is looked for in: made when it is needed first. */
  const textOf = (item) => {
    item.text ||= fold(
      [
        item.release.querySelector("a"), // its version
        item.release.querySelector("time"),
        item.section.firstElementChild,
        item.element.querySelector("summary") ?? item.element,
      ]
        .map((one) => one?.textContent ?? "")
        .join(" "),
    );
    return item.text;
  };

  /** Each test has to hold, where its field says something. */
  const tests = {
    severity: (item, value) => item.severities.includes(value),
    provider: (item, value) => item.provider === value,
    model: (item, value) => item.models.includes(fold(value)),
    parameter: (item, value) => fold(item.parameter).includes(fold(value)),
    q: (item, value) => split(value).every((word) => textOf(item).includes(word)),
  };

  function show(asked) {
    const wanted = Object.entries(asked);
    const filled = new Set(wanted.length ? [] : around);
    let found = 0;
    for (const item of items) {
      const isFound = wanted.every(([name, value]) => tests[name](item, value));
      if (item.element.hidden === isFound) item.element.hidden = !isFound;
      if (!isFound) continue;
      found += 1;
      filled.add(item.section).add(item.release);
    }
    for (const element of around) if (element.hidden === filled.has(element)) element.hidden = !filled.has(element);
    const older = left ? `; ${left} more are on the pages of their versions` : "";
    nothing.hidden = found > 0;
    status.textContent = wanted.length ? `${found} of ${items.length} entries${older}` : "";
  }

  const fill = (list, key) => {
    const values = [...new Set(items.map((item) => item[key]))]
      .filter(Boolean)
      .sort((a, b) => a.localeCompare(b, "en"));
    list.append(...values.map((value) => make("option", { value }, value)));
  };

  fill(form.elements.provider, "provider");
  fill(document.getElementById(":models"), "model");
  fill(document.getElementById(":parameters"), "parameter");
  if (items.length) joinList(form, show, "[data-changes] summary");
})();
