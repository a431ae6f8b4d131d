//! The clock that stands still: every run of the oracle happens on 15 January 2026, 10:00 UTC.
process.env.TZ = "UTC";
const NOW = Date.parse("2026-01-15T10:00:00Z");
const Real = globalThis.Date;
globalThis.Date = class Date extends Real {
  constructor(...given) {
    super(...(given.length ? given : [NOW]));
  }
  static now() {
    return NOW;
  }
};
for (const level of ["warn", "error"]) console[level] = () => {};
