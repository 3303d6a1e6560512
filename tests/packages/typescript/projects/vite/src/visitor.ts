/** Pick a file and send the form, as a visitor does. */
export function pick(form: HTMLFormElement) {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(9_000_000)], "talk.mp4", { type: "video/mp4" }));
  form.querySelector<HTMLInputElement>("[type=file]")!.files = files.files;
  form.requestSubmit();
}

/** Tell the server how it went. */
export async function tell(done: Promise<unknown>) {
  const told = await done.catch((error: unknown) => ({ error: String(error) }));
  await fetch("/done", { method: "POST", body: JSON.stringify(told) });
}
