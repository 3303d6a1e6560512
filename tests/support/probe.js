// Tries, from within a page of the site, all that its policy refuses; each line says how it ended.
"use strict";

(async () => {
  const asked = new URLSearchParams(location.search);
  const host = `http://${asked.get("elsewhere")}/`;
  const element = (name) => document.createElement(name);
  const added = (made) => {
    document.body.append(made);
    return new Promise((done) => {
      made.addEventListener("error", () => done("refused"));
      made.addEventListener("load", () => done("loaded"));
      setTimeout(() => done("nothing"), 300);
    });
  };
  const ran = () => (window.hasRun ? "ran" : "refused");
  const TRIES = {
    innerHTML: () => (element("p").innerHTML = "<b>x</b>"),
    outerHTML: () => (document.body.appendChild(element("p")).outerHTML = "<b>x</b>"),
    insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>"),
    "document.write": () => document.write("<b>x</b>"),
    DOMParser: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
    Range: () => document.createRange().createContextualFragment("<b>x</b>"),
    srcdoc: () => (element("iframe").srcdoc = "<b>x</b>"),
    "another policy": () => trustedTypes.createPolicy("other", { createHTML: (text) => text }),
    eval: () => eval("window.hasRun = true"),
    Function: () => new Function("window.hasRun = true")(),
    "a timer of text": () => setTimeout("window.hasRun = true"),
    "a script of text": () => {
      const script = element("script");
      script.append("window.hasRun = true");
      document.body.append(script);
      return ran();
    },
    "a script from elsewhere": () => (element("script").src = host),
    "a handler": () => {
      const button = element("button");
      button.setAttribute("onclick", "window.hasRun = true");
      button.click();
      return ran();
    },
    "a link of script": async () => {
      const link = element("a");
      link.href = "javascript:window.hasRun=true";
      document.body.append(link);
      link.click();
      await new Promise((done) => setTimeout(done, 100));
      return ran();
    },
    fetch: () => fetch(host),
    XMLHttpRequest: () => {
      const request = new XMLHttpRequest();
      request.open("GET", host, false);
      request.send();
    },
    WebSocket: () =>
      new Promise((_, fail) => new WebSocket(`ws://${asked.get("elsewhere")}/`).addEventListener("error", fail)),
    EventSource: () => new Promise((_, fail) => new EventSource(host).addEventListener("error", fail)),
    Worker: () => new Promise((_, fail) => new Worker("assets/site.js").addEventListener("error", fail)),
    import: () => import(`${host}x.js`),
    "an image": () => added(Object.assign(element("img"), { src: `${host}x.png` })),
    "a style sheet": () => added(Object.assign(element("link"), { rel: "stylesheet", href: `${host}x.css` })),
    "a frame": () => added(Object.assign(element("iframe"), { src: host })).then(() => "refused"), // it is empty
    "a style": () => {
      const style = element("style");
      style.append("body { display: none }");
      document.head.append(style);
      const text = element("p");
      text.setAttribute("style", "display: none");
      document.body.append(text);
      return [document.body, text].some((one) => getComputedStyle(one).display === "none") ? "shown" : "refused";
    },
    "a form": () => {
      const form = Object.assign(element("form"), { action: host, method: "post" });
      document.body.append(form);
      form.submit();
      return "refused"; // or the page is another one
    },
    "another base": () => {
      document.head.append(Object.assign(element("base"), { href: host }));
      return document.baseURI.startsWith(host) ? "moved" : "refused";
    },
  };
  const ends = {};
  for (const [name, attempt] of Object.entries(TRIES)) {
    try {
      const end = await attempt();
      ends[name] = typeof end === "string" ? end : "done";
    } catch {
      ends[name] = "refused";
    }
  }
  ends["what stands in the page"] = ran();
  ends["a POST to this machine"] = await fetch(asked.get("loopback"), {
    method: "POST",
    body: "x",
    mode: "no-cors",
  }).then(() => "sent", String);
  window.ends = ends;
})();
