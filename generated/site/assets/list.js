// A list that a form searches: what is asked stands in the URL, and keys lead through the list.
"use strict";

/**
 * Join a form to the list that it searches: `show` shows what the form asks for, and `links` gives the links of what is shown.
 * Returns what puts the form into the URL and shows it, for changes that no person has typed.
 */
window.site.joinList = (form, { show, links }) => {
  const input = form.elements.q;
  const fields = [...form.elements].filter((field) => field.name);

  const update = () => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", asked.size ? `?${asked}` : location.pathname);
    show();
  };

  const readQuery = () => {
    const asked = new URLSearchParams(location.search);
    for (const field of fields) {
      field.value = asked.get(field.name) ?? "";
      if (field.selectedIndex < 0) field.value = ""; // a choice that there is not
    }
    show();
  };

  const moveFocus = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = step ? links() : [];
    const at = all.indexOf(document.activeElement);
    if (!step || (at < 0 && document.activeElement !== input)) return;
    event.preventDefault();
    (at + step < 0 ? input : all[Math.min(at + step, all.length - 1)])?.focus();
  };

  form.hidden = false;
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    links()[0]?.click();
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
