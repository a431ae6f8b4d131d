//! Asks survey-core what it shows after every operation, in the form of the recorded traces.
import "./clock.mjs";
import { createRequire } from "node:module";

const survey = createRequire(import.meta.url)("survey-core");

/** JSON has no undefined, no date and no NaN: they travel as objects with a key `$`. */
export function encode(value) {
  if (value === undefined) return { $: "undefined" };
  if (value instanceof Date) return { $: "date", v: Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString() };
  if (typeof value === "number" && !Number.isFinite(value)) return { $: "number", v: String(value) };
  if (Array.isArray(value)) return value.map(encode);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, encode(one)]));
  return value;
}

export function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (!value || typeof value !== "object") return value;
  if (value.$ === "undefined") return undefined;
  if (value.$ === "date") return new Date(value.v);
  if (value.$ === "number") return Number(value.v);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one)]));
}

function question(one) {
  const seen = { v: one.isVisible && one.isParentVisible };
  if (one.isReadOnly) seen.ro = true;
  if (one.isRequired) seen.req = true;
  if (!seen.v) return seen;
  const title = one.locTitle.renderedHtml;
  if (title !== one.name) seen.title = title;
  const kind = one.getType();
  if (["radiogroup", "checkbox", "dropdown", "ranking", "tagbox"].includes(kind)) {
    const choices = one.visibleChoices;
    seen.choices = encode(choices.map((item) => item.value));
    const off = choices.filter((item) => !item.isEnabled);
    if (off.length) seen.disabled = encode(off.map((item) => item.value));
  }
  if (kind === "rating") seen.choices = encode(one.visibleRateValues.map((item) => item.value));
  if (kind === "matrix") seen.rows = encode(one.visibleRows.map((row) => row.name));
  if (!one.isEmpty()) seen.value = encode(one.value);
  if (one.errors.length) seen.errors = one.errors.map((error) => `${error.getErrorType()}: ${error.locText.renderedHtml}`);
  return seen;
}

function snapshot(model) {
  const seen = { state: model.state, page: model.currentPage?.name ?? null, pages: model.visiblePages.map((page) => page.name) };
  seen.data = encode(model.data);
  seen.q = Object.fromEntries(model.getAllQuestions().map((one) => [one.name, question(one)]));
  if (model.calculatedValues.length) seen.calc = Object.fromEntries(model.calculatedValues.map((one) => [one.name, encode(one.value)]));
  const hidden = model.getAllPanels().filter((panel) => !panel.isVisible).map((panel) => panel.name);
  if (hidden.length) seen.hiddenPanels = hidden;
  return seen;
}

function perform(model, [what, ...given]) {
  const values = given.map(decode);
  if (what.startsWith("=")) model[what.slice(1)] = values[0];
  else if (what === "clearValue") model.clearValue(values[0]);
  else model[what](...values);
}

/** One definition and its operations, with what the library shows before the first and after each. */
export function trace({ id, test, json, ops }) {
  const model = new survey.Model(json);
  const steps = [{ op: null, s: snapshot(model) }];
  for (const op of ops) {
    perform(model, op);
    steps.push({ op, s: snapshot(model) });
  }
  return { id, file: "generated", test: test ?? id, json, steps };
}

/** One expression over its values; `kind` is `value` or `condition`. */
export function evaluate({ id, kind, expr, values }) {
  const context = decode(values);
  const Runner = kind === "condition" ? survey.ConditionRunner : survey.ExpressionRunner;
  const runner = new Runner(expr);
  const result = runner.runValues ? runner.runValues(context) : runner.run(context);
  return { id, test: id, kind, expr, values, result: encode(result) };
}
