/** Checks of what callers give: a wrong type is a TypeError, a wrong value a RangeError, and each says what to write. */

import { isObject, show } from "../values.js";
import type { ModelRequest } from "../requests.js";
import { nearest } from "../vocabulary.js";
import { InvalidUrl } from "./errors.js";
import { BASE_URL, UNITS } from "./facts.js";
import { isSafe } from "./responses.js";

/** The names of all options of calls: one object of options may serve several calls. */
const CALL_OPTIONS = ["timeout", "signal", "onProgress", "cancelIfAborted", "concurrency", "kind"];

/** The names of further options, of calls for many requests and of lists of jobs. */
const MANY_OPTIONS = ["stopOn", "inOrder"];
const RUN_MANY_OPTIONS = ["maxCost", ...MANY_OPTIONS];
const JOB_FILTERS = ["status", "createdAfter", "updatedAfter", "modelId", "type", "workflowId", "authorId"];

/** Check the options of `runMany`. */
export function checkRunManyOptions(options: unknown): void {
  checkManyOptions(options, RUN_MANY_OPTIONS);
  checkNumber("maxCost", UNITS, (options as Record<string, unknown>)["maxCost"]);
}

/** Check the options of `estimateMany`, which spends nothing. */
export function checkEstimateManyOptions(options: unknown): void {
  checkManyOptions(options, MANY_OPTIONS);
}

function checkManyOptions(options: unknown, names: readonly string[]): void {
  checkOptions(options, names);
  const { stopOn = [], inOrder } = options as Record<string, unknown>;
  for (const one of [stopOn].flat())
    if (typeof one !== "function" || !("message" in Object(one.prototype)))
      throw new TypeError(`stopOn must be a class of errors, such as JobFailed, or an array of some, not ${show(one)}`);
  checkFlag("inOrder", inOrder);
}

/** Check the options of a list of jobs, but for what its filters are. */
export function checkListOptions(options: unknown): void {
  checkOptions(options, JOB_FILTERS);
}

/** Check the options of a call, which may have others `beside`. */
export function checkOptions(options: unknown, beside: readonly string[] = []): void {
  const many = RUN_MANY_OPTIONS.find(
    (name) => !beside.includes(name) && isObject(options) && options[name] !== undefined,
  );
  if (many) throw new TypeError(`${many} is an option of runMany: this call does not take it`);
  checkNames(options, [...CALL_OPTIONS, ...beside], "{ timeout: 60_000 }");
  const { timeout, signal, onProgress, concurrency } = options as Record<string, unknown>;
  checkNumber("timeout", "milliseconds", timeout, ", or Infinity for no limit");
  checkFunction("onProgress", onProgress);
  if (signal !== undefined && !isSignal(signal))
    throw new TypeError(`signal must be the signal of an AbortController, not ${show(signal)}`);
  checkCount("concurrency", concurrency, 1);
}

/** Check that an object has no names but these. */
export function checkNames(options: unknown, names: readonly string[], example: string): void {
  const shown = typeof options === "string" ? "a string" : show(options); // which may be a key
  if (!isObject(options)) throw new TypeError(`options must be an object such as ${example}, not ${shown}`);
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !names.includes(name))
      throw new TypeError(`there is no option ${show(name)}${nearest(name, names) || `, only ${names.join(", ")}`}`);
}

/** Check a number of something, such as milliseconds; undefined is none, as for all options. */
export function checkNumber(name: string, unit: string, value: unknown, more = ""): void {
  if (value !== undefined && !(typeof value === "number" && value >= 0))
    throw wrongNumber(`${name} must be a number of ${unit}, 0 or more${more}`, value);
}

/** Check a whole number that is not less than another one. */
export function checkCount(name: string, value: unknown, least: number): void {
  if (value !== undefined && !(typeof value === "number" && Number.isInteger(value) && value >= least))
    throw wrongNumber(`${name} must be a whole number, ${least} or more`, value);
}

export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function")
    throw new TypeError(`${name} must be a function, not ${show(value)}`);
}

export function checkFlag(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new TypeError(`${name} must be true or false, not ${show(value)}`);
}

/** Check how many jobs to list. */
export function checkLimit(limit: unknown): void {
  if (isObject(limit))
    throw new TypeError("limit must be a whole number, 0 or more, not an object; write jobs(20, { … })");
  checkCount("limit", limit, 0);
}

/** Check that a request is given. */
export function checkRequest(given: unknown): asserts given is ModelRequest {
  if (isRequest(given)) return;
  const hints: Record<string, string> = {
    string: `anyModel(${show(given)}, {…}), or call the function of the model`,
    function: "call this function with parameters",
  };
  const hint = Array.isArray(given) ? hintFor(given) : hints[typeof given];
  throw new TypeError(
    `this is not a request but ${show(given)}: ${hint ?? "make one by the function of a model, or by anyModel"}`,
  );
}

/** Say what to write in place of an array: it may be meant as an id and parameters. */
function hintFor([first]: readonly unknown[]): string {
  if (typeof first !== "string") return "for several requests there is runMany";
  return `for an id and parameters, call the function that loadModel(${show(first)}) gives`;
}

/** Check that several requests are given, and not one; `verb` is what is done with one. */
export function checkRequests(given: unknown, verb: "run" | "estimate"): void {
  if (isRequest(given))
    throw new TypeError(
      `${verb}Many needs several requests, not one: write ${verb}Many([request]), or ${verb}(request)`,
    );
  const isIterable = isObject(given) || Array.isArray(given);
  if (!isIterable || !(Symbol.iterator in given || Symbol.asyncIterator in given))
    throw new TypeError(`${verb}Many needs several requests, such as an array, not ${show(given)}`);
}

/** Check that an id is given; `what` is `a job` or `an asset`. */
export function checkId(what: string, id: unknown): void {
  const example = `${what.split(" ")[1]}_123`;
  const hint = isObject(id) && isSafe(id["id"]) ? "; give its id" : "";
  if (typeof id !== "string")
    throw new TypeError(`the id of ${what} is a string such as "${example}", not ${show(id)}${hint}`);
  if (!isSafe(id)) throw new RangeError(`${show(id)} is not the id of ${what}, such as ${example}`);
}

/** Check a URL of the API; return it without a slash at its end. Only an option, in a page, may begin with a slash. */
export function checkUrl(url: string, source: string, page: string | undefined): string {
  const shown = show(redacted(url));
  const wrong = (problem: string) => new InvalidUrl(`${source} is ${shown}, which ${problem}`);
  const isRelative = page !== undefined && /^\.{0,2}\/(?!\/)/.test(url);
  if (!isRelative && !/^https?:\/\//i.test(url)) {
    const rest =
      redacted(url)
        .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
        .replace(/^\/+/, "") || "HOST/v1";
    if (/^\.{0,2}\/(?!\/)/.test(url))
      throw wrong(
        `is a path: only the option baseUrl may be one, in a page; write https://HOST/${rest.replace(/^\.+\//, "")}`,
      );
    const scheme = /^(localhost\b|127\.|\[|0\.0\.0\.0\b|host\.docker\.internal\b)/i.test(rest) ? "http" : "https";
    throw wrong(`does not begin with https:// or http://; write ${scheme}://${rest}`);
  }
  if (/[?#]/.test(url)) throw wrong(`has a query or a fragment, after ? or #; write ${redacted(url)}`);
  try {
    const { protocol, username, password, hostname, href } = new URL(url, isRelative ? page : undefined);
    const isWhole = /^https?:$/.test(protocol) && hostname && (isRelative || /^https?:\/\/[^/]/i.test(url));
    if (username || password) throw wrong("holds a password, which fetch does not send; give a key");
    if (isWhole && !/[\s\\]/.test(url)) return href.replace(/\/+$/, "");
  } catch (error) {
    if (error instanceof InvalidUrl) throw error;
  }
  throw wrong(`is not a valid URL; write one such as ${BASE_URL}`);
}

/** Return a URL without what it must not show: a user, a password and a query. */
function redacted(url: string): string {
  return url
    .replace(/[?#].*$/s, "")
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1…@")
    .replace(/(?<=[^/:])\/+$/, "");
}

function isRequest(given: unknown): given is ModelRequest {
  return isObject(given) && typeof given["body"] === "function" && typeof given["modelId"] === "string";
}

/** Tell whether a value is a signal, of whatever realm. */
function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value["aborted"] === "boolean" && typeof value["addEventListener"] === "function";
}

function wrongNumber(wanted: string, value: unknown): Error {
  const Kind = typeof value === "number" ? RangeError : TypeError;
  return new Kind(`${wanted}, not ${show(value)}`);
}
