// A list that a form searches: what is asked stands in the URL, and keys lead through the list.
"use strict";

/** Give the words of a query. */
window.site.split = (query = "") => query.toLowerCase().split(/\s+/).filter(Boolean);

/**
 * Join a form to the list that it searches: `show` shows what the form asks for, given by the names of the fields that say something;
 * `links` selects what keys lead to. Returns what puts the form into the URL and shows it, for changes that no person has typed.
 */
window.site.joinList = (form, show, links = "[data-row] > :first-child > a") => {
  const input = form.elements.q;
  const fields = [...form.elements].filter((field) => field.name);

  const read = () =>
    Object.fromEntries(fields.map(({ name, value }) => [name, value.trim()]).filter(([, value]) => value));
  const listLinks = () => [...document.querySelectorAll(links)].filter((one) => !one.closest("[hidden]"));

  const update = () => {
    const asked = new URLSearchParams(read());
    history.replaceState(null, "", `${location.pathname}${asked.size ? "?" : ""}${asked}${location.hash}`);
    show(read());
  };

  const readQuery = () => {
    const asked = new URLSearchParams(location.search);
    for (const field of fields) {
      field.value = asked.get(field.name) ?? "";
      if (field.selectedIndex < 0) field.value = ""; // a choice that there is not
    }
    show(read());
  };

  const moveFocus = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = step ? listLinks() : [];
    const at = all.indexOf(document.activeElement);
    if (!step || (at < 0 && document.activeElement !== input)) return;
    event.preventDefault();
    (at + step < 0 ? input : all[Math.min(at + step, all.length - 1)])?.focus();
  };

  form.hidden = false;
  form.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(update)); // when the fields are empty
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    listLinks()[0]?.click();
  });
  addEventListener("popstate", readQuery);
  document.addEventListener("keydown", (event) => {
    const isTyping = document.activeElement.matches("input, select, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape" && document.activeElement === input && input.value) {
      input.value = "";
      update();
    } else moveFocus(event);
  });
  readQuery();
  return update;
};
