// The filter of the timeline: severity, provider, model, parameter and text, together, kept in the URL. Without it, all of it can be read.
"use strict";

(() => {
  const form = document.querySelector("[data-filter-changes]");
  const status = document.querySelector("[data-count]");
  const fold = (text) => text.toLowerCase();

  const items = [...document.querySelectorAll("[data-changes] [data-change]")].map((element) => {
    const section = element.closest("[data-changed]");
    const { model = "", provider = "" } = section.dataset;
    const { change, parameter } = element.dataset;
    const release = section.closest(".release");
    return { element, section, release, model, provider, parameter, severities: change.trim().split(" "), text: "" };
  });

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
    q: (item, value) =>
      fold(value)
        .split(/\s+/)
        .every((word) => textOf(item).includes(word)),
  };

  const fields = () =>
    Object.keys(tests)
      .map((name) => [name, form.elements[name].value.trim()])
      .filter(([, value]) => value);

  const around = [...document.querySelectorAll("[data-changed], .release")];

  function show() {
    const wanted = fields();
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
    const left = [...document.querySelectorAll("[data-left]")].reduce((sum, one) => sum + Number(one.dataset.left), 0);
    const older = left ? `; ${left} more on the pages of their versions are not looked through` : "";
    status.textContent = wanted.length ? `${found} of ${items.length} entries${older}` : "";
  }

  function remember() {
    const query = new URLSearchParams(fields()).toString();
    history.replaceState(null, "", `${location.pathname}${query && `?${query}`}${location.hash}`);
  }

  function read() {
    const query = new URLSearchParams(location.search);
    for (const name of Object.keys(tests)) form.elements[name].value = query.get(name) ?? "";
    show();
  }

  const fill = (list, key) => {
    const values = [...new Set(items.map((item) => item[key]))]
      .filter(Boolean)
      .sort((a, b) => a.localeCompare(b, "en"));
    list.append(...values.map((value) => window.site.make("option", { value }, value)));
  };

  fill(form.elements.provider, "provider");
  fill(document.getElementById(":models"), "model");
  fill(document.getElementById(":parameters"), "parameter");
  form.hidden = items.length === 0;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    show();
    remember();
  });
  form.addEventListener("reset", () =>
    setTimeout(() => {
      show();
      remember();
    }),
  );
  addEventListener("popstate", read);
  read();
})();
