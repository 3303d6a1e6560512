// The filter of the timeline: severity, provider, model, parameter and text, together. Without it, all of it can be read.
"use strict";

(() => {
  const { joinList, make, split } = window.site;
  const form = document.querySelector("[data-filter-changes]");
  const status = document.querySelector("[data-count]");
  const fold = (text) => text.toLowerCase();

  const items = [...document.querySelectorAll("[data-changes] [data-change]")].map((element) => {
    const section = element.closest("[data-changed]");
    const { model = "", provider = "" } = section.dataset;
    const { change, parameter } = element.dataset;
    const release = section.closest(".release");
    return { element, section, release, model, provider, parameter, severities: split(change), text: "" };
  });
  const around = [...document.querySelectorAll("[data-changed], .release")];
  const left = [...document.querySelectorAll("[data-left]")].reduce((sum, one) => sum + Number(one.dataset.left), 0);

  /** What the text of the filter is looked for in: made when it is needed first. */
  const textOf = (item) => {
    item.text ||= fold(
      `${item.section.firstElementChild.textContent} ${(item.element.querySelector("summary") ?? item.element).textContent}`,
    );
    return item.text;
  };

  /** Each test has to hold, where its field says something; of an object, also what is inside it. */
  const tests = {
    severity: (item, value) => item.severities.includes(value),
    provider: (item, value) => item.provider === value,
    model: (item, value) => fold(item.model).includes(fold(value)),
    parameter: (item, value) => fold(item.parameter).split("/").includes(fold(value)),
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
