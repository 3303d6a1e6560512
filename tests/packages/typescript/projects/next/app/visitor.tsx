"use client";

import { useEffect } from "react";

/** Picks a file and sends the form, as a visitor does, and tells an address in the query what stands there in the end. */
export function Visitor() {
  useEffect(() => {
    const address = new URLSearchParams(location.search).get("tell");
    const form = document.querySelector("form");
    if (!address || !form) return;
    const files = new DataTransfer();
    files.items.add(new File(["a video"], "talk.mp4", { type: "video/mp4" }));
    form.querySelector<HTMLInputElement>("[type=file]")!.files = files.files;
    form.requestSubmit();
    const looking = setInterval(() => {
      const said = form.querySelector("output")!.textContent;
      if (!/^$|upload|queue|run$/.test(said)) {
        clearInterval(looking);
        void fetch(address, { method: "POST", mode: "no-cors", body: JSON.stringify(said) });
      }
    }, 100);
  }, []);
  return null;
}
