/** Where this code runs: in a page, or on a machine of one's own. */

interface Globals {
  readonly window?: unknown;
  readonly document?: unknown;
  readonly WorkerGlobalScope?: unknown;
  readonly navigator?: { readonly userAgent?: string };
  readonly Deno?: { readonly version?: { readonly deno?: string } };
  readonly Bun?: { readonly version?: string };
  readonly process?: { readonly versions?: { readonly node?: string } };
}

/**
 * Tell whether this is a page or a worker of one, also a simulated page (jsdom) or a window of Electron: whoever opens it can read what it
 * holds. Deno and workers of a server have some globals of pages, but no document, and another `userAgent`.
 */
export function isBrowser(): boolean {
  const { window, document, WorkerGlobalScope, navigator } = globalThis as Globals;
  if (window !== undefined && document !== undefined) return true;
  return WorkerGlobalScope !== undefined && /^Mozilla\//.test(navigator?.userAgent ?? "");
}

/** Name the runtime, such as `node 20.3.1`; empty in a page, and where it is not known. */
export function nameRuntime(): string {
  if (isBrowser()) return "";
  const { Deno, Bun, process, navigator } = globalThis as Globals;
  const [name, version] = Deno
    ? ["deno", Deno.version?.deno]
    : Bun
      ? ["bun", Bun.version]
      : navigator?.userAgent === "Cloudflare-Workers"
        ? ["workers", ""]
        : ["node", process?.versions?.node];
  return version === undefined ? "" : `${name} ${version}`.trim();
}

/** Tell whether an error means that Deno denies something; which is not even asked for where nobody sits at a terminal. */
export function isDenied(error: unknown): boolean {
  const { name, cause } = Object(error) as { name?: unknown; cause?: { name?: unknown } };
  return [name, cause?.name].some((one) => one === "NotCapable" || one === "PermissionDenied"); // of Deno 2, and before
}
