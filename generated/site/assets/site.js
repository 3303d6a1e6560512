// What each page does: the theme, tabs that remember, buttons that copy, and days since a date. Without it, all of the page can be read.
"use strict";

(() => {
  /** What the reader chose before; a page from the disk may have no storage. */
  const store = {
    get(key) {
      try {
        return localStorage.getItem(`paramsync.${key}`);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(`paramsync.${key}`, value);
      } catch {
        // it is remembered until the page is left
      }
    },
  };

  const page = document.documentElement.dataset;
  page.theme = store.get("theme") ?? "auto"; // before anything is shown

  const make = (tag, facts = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(facts)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  function addThemeSwitch() {
    const choice = document.querySelector("[data-theme-switch]");
    choice.closest("label").hidden = false;
    choice.value = page.theme;
    choice.addEventListener("change", () => {
      page.theme = choice.value;
      store.set("theme", page.theme);
    });
  }

  /** Make tabs of sections, of which the one that the reader chose last is shown on every page. */
  function addTabs(group) {
    const key = group.dataset.tabs;
    const panels = [...group.querySelectorAll("[data-tab]")];
    const list = make("div", { role: "tablist", class: "tablist", "aria-label": "Languages" });
    const buttons = panels.map((panel, index) => {
      const button = make(
        "button",
        { role: "tab", type: "button", id: `:${key}-${index}`, "aria-controls": `:${key}-panel-${index}` },
        panel.dataset.tab,
      );
      panel.id = `:${key}-panel-${index}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      panel.querySelector("h3").hidden = true;
      button.addEventListener("click", () => choose(index));
      panel.addEventListener("beforematch", () => choose(index)); // found by the search of the browser
      return button;
    });
    const choose = (chosen) => {
      panels.forEach((panel, index) => {
        if (index === chosen) panel.removeAttribute("hidden");
        else panel.setAttribute("hidden", "until-found");
        buttons[index].setAttribute("aria-selected", String(index === chosen));
        buttons[index].tabIndex = index === chosen ? 0 : -1;
      });
      store.set(key, panels[chosen].dataset.tab);
    };
    list.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const next = (to + buttons.length) % buttons.length;
      choose(next);
      buttons[next].focus();
    });
    list.append(...buttons);
    group.prepend(list);
    const last = panels.findIndex((panel) => panel.dataset.tab === store.get(key));
    choose(Math.max(last, 0));
  }

  /** Make a button that copies what `read` gives; where nobody may, the element is selected, so that it is copied by hand. */
  function makeCopyButton(element, read, [label, done], facts = {}) {
    const button = make("button", { type: "button", class: "button copy", ...facts }, label);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(read());
        button.textContent = done;
      } catch {
        getSelection().selectAllChildren(element);
      }
    });
    button.addEventListener("blur", () => {
      button.textContent = label;
    });
    return button;
  }

  function addCopyButtons() {
    /** @type {[string, string]} */
    const words = ["Copy", "Copied"];
    for (const code of document.querySelectorAll(".tab pre"))
      code.after(makeCopyButton(code, () => code.textContent, words));
    for (const text of document.querySelectorAll("[data-copy]"))
      text.after(
        " ",
        makeCopyButton(text, () => text.textContent, words),
      );
    for (const anchor of document.querySelectorAll("a.anchor")) {
      const facts = { class: "button copy link", "aria-label": `Copy the link to ${anchor.textContent}` };
      const tools = anchor.closest("tr").querySelector(".tools");
      tools.append(makeCopyButton(anchor, () => anchor.href, ["#", "✓"], facts));
    }
  }

  /** Say how many days ago the dates are that are marked so, by the calendar of the reader; a date is a day, and none is to come. */
  function addDays(time) {
    const now = new Date();
    const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
    const days = Math.max((today - Date.parse(time.dateTime)) / 86_400_000, 0);
    if (!Number.isInteger(days)) return;
    const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-days, "day");
    time.append(" ", make("span", { class: "ago" }, `(${ago})`));
  }

  /** Open the box of a button under the mouse and on focus, too, until both have been left for a moment; a tap opens and closes it. */
  function addHover(button) {
    const box = button.popoverTargetElement;
    const open = () => box.togglePopover({ force: true, source: button });
    const close = () =>
      setTimeout(() => [button, box].some((one) => one.matches(":hover, :focus-visible")) || box.hidePopover(), 200);
    for (const one of [button, box]) {
      one.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && open());
      one.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && close());
    }
    button.addEventListener("pointerdown", (event) => {
      button.popoverTargetAction = event.pointerType === "mouse" ? "show" : "toggle";
    });
    button.addEventListener("focus", () => button.matches(":focus-visible") && open());
    button.addEventListener("blur", close);
  }

  document.addEventListener("DOMContentLoaded", () => {
    addThemeSwitch();
    if ("popover" in HTMLElement.prototype) document.querySelectorAll("button.origin").forEach(addHover);
    document.querySelectorAll("[data-tabs]").forEach(addTabs);
    addCopyButtons();
    document.querySelectorAll("time[data-days]").forEach(addDays);
  });

  window.site = { make };
})();
