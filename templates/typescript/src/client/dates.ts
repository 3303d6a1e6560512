/** Dates as texts: read strictly, since one without a zone would be read as local time, and written as the API writes them. */

const ZONED = /\d:\d\d.*(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i; // a date with a time and its zone

/** Read a date, as milliseconds; NaN if it is invalid, or has no time or no zone. */
export function readDate(text: string): number {
  return ZONED.test(text) ? Date.parse(text) : NaN;
}

/** Write a moment: ISO 8601, in UTC, with milliseconds. Throws a RangeError if it is beyond all dates. */
export function writeDate(moment: number): string {
  return new Date(moment).toISOString();
}
