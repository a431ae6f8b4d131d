//! Makes definitions, operations and expressions from a seed, asks the oracle, writes both as recorded cases: `node generate.mjs FOLDER [COUNT] [SEED]`.
import { mkdirSync, writeFileSync } from "node:fs";
import { evaluate, trace } from "./oracle.mjs";

const [folder, count = "2000", given] = process.argv.slice(2);
const seed = given === undefined ? Math.floor(performance.timeOrigin) % 1_000_000_007 : Number(given);
let state = seed >>> 0;

function chance() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const pick = (list) => list[Math.floor(chance() * list.length)];
const maybe = (part) => chance() < part;
const upTo = (most) => Math.floor(chance() * (most + 1));
const some = (list) => list.filter(() => maybe(0.5));

const KINDS = ["text", "text", "text", "comment", "radiogroup", "checkbox", "dropdown", "boolean", "rating", "ranking", "matrix", "multipletext", "expression", "html"];
const CHOICES = ["a", "b", "c", "d", "e"];

/** An operand that reads one of the names. */
function read(names) {
  return `{${pick(names)}}`;
}

function condition(names, depth = 0) {
  if (depth < 2 && maybe(0.3)) return `${condition(names, depth + 1)} ${pick(["and", "or"])} ${condition(names, depth + 1)}`;
  if (maybe(0.1)) return `!(${condition(names, depth + 1)})`;
  return pick([
    () => `${read(names)} ${pick(["=", "<>"])} ${pick(["1", "2", "'a'", "'b'", "true", "'x'"])}`,
    () => `${read(names)} ${pick(["<", "<=", ">", ">="])} ${pick(["1", "3", "5"])}`,
    () => `${read(names)} ${pick(["empty", "notempty"])}`,
    () => `${read(names)} ${pick(["contains", "notcontains"])} ${pick(["'a'", "'b'", "1"])}`,
    () => `${read(names)} ${pick(["anyof", "allof", "noneof"])} ['a', 'b']`,
    () => `${read(names)} = ${read(names)}`,
    () => `${formula(names)} > ${upTo(6)}`,
  ])();
}

function formula(names) {
  return pick([
    () => `${read(names)} + ${read(names)}`,
    () => `sum(${read(names)}, ${read(names)}, 1)`,
    () => `iif(${condition(names, 2)}, 1, 2)`,
    () => `iif(${condition(names, 2)}, 'yes', '')`,
    () => `round(${read(names)} / 3, 2)`,
    () => `count(${read(names)})`,
    () => `${read(names)} * 2 - 1`,
    () => `max(${read(names)}, 2)`,
    () => read(names),
  ])();
}

function choices(names, hides) {
  return CHOICES.slice(0, 2 + upTo(3)).map((value, at) => {
    const item = { value, text: `Choice ${at}` };
    if (hides && maybe(0.15)) item.visibleIf = condition(names);
    if (maybe(0.1)) item.enableIf = condition(names);
    return maybe(0.4) && Object.keys(item).length === 2 ? value : item;
  });
}

function validators(kind, names) {
  const text = maybe(0.5) ? { text: `wrong in ${read(names)}` } : {};
  const all = [{ type: "expression", expression: condition(names), ...text }];
  if (kind === "text") all.push({ type: "numeric", minValue: 1, maxValue: 5, ...text }, { type: "text", minLength: 2, maxLength: 4, ...text }, { type: "regex", regex: "^[a-z]+$", ...text }, { type: "email", ...text });
  if (kind === "checkbox") all.push({ type: "answercount", minCount: 1, maxCount: 2, ...text });
  return [pick(all)];
}

/** What is special about a question of a kind. */
function special(kind, names, earlier, made) {
  if (kind === "text") {
    if (maybe(0.3)) made.inputType = pick(["number", "date", "email"]);
    if (made.inputType === "number" && maybe(0.5)) Object.assign(made, { min: 1, max: 5 });
    if (made.inputType === "date" && maybe(0.5)) made.min = "2025-01-01";
    if (maybe(0.12)) made.setValueExpression = formula(earlier);
    else if (maybe(0.12)) made.defaultValueExpression = formula(earlier);
    if (maybe(0.08)) made.resetValueIf = condition(earlier);
    if (made.setValueExpression && maybe(0.4)) made.setValueIf = condition(earlier);
  }
  if (["radiogroup", "checkbox", "dropdown", "ranking"].includes(kind)) {
    made.choices = choices(names, kind !== "ranking");
    if (kind !== "ranking" && maybe(0.2)) made.choicesVisibleIf = pick(["{item} != 'a'", `${read(names)} notempty or {item} = 'b'`, `${read(names)} contains {item}`]);
    if (maybe(0.1)) made.choicesEnableIf = `${read(names)} empty or {item} = 'a'`;
    if (kind !== "ranking" && maybe(0.25)) made.showOtherItem = true;
    if (kind !== "ranking" && maybe(0.2)) made.showNoneItem = true;
  }
  if (kind === "checkbox" && maybe(0.2)) Object.assign(made, { minSelectedChoices: 1 + upTo(1), maxSelectedChoices: 2 });
  if (kind === "checkbox" && maybe(0.2)) made.showSelectAllItem = true;
  if (kind === "rating" && maybe(0.5)) Object.assign(made, { rateMin: 0, rateMax: 10 });
  if (kind === "matrix") {
    Object.assign(made, { columns: ["a", "b", { value: "c", text: "C" }], rows: ["r1", "r2", { value: "r3", text: "R", ...(maybe(0.4) ? { visibleIf: condition(names) } : {}) }] });
    if (maybe(0.3)) made.eachRowRequired = true;
    if (maybe(0.2)) made.eachRowUnique = true;
  }
  if (kind === "multipletext") made.items = [{ name: "i1", isRequired: maybe(0.4) }, { name: "i2", title: `of ${read(names)}` }];
  if (kind === "expression") made.expression = formula(earlier);
  if (kind === "html") made.html = "words";
}

/** Formulas that give answers read earlier names only: nothing goes round in circles. */
function question(name, at, all) {
  const names = all.filter((one) => one !== name);
  const earlier = at > 0 ? all.slice(0, at) : ["outside"];
  const kind = pick(KINDS);
  const made = { type: kind, name };
  if (maybe(0.25)) made.title = `Title ${read(names)} end`;
  if (maybe(0.35)) made.visibleIf = condition(names);
  if (maybe(0.1)) made.enableIf = condition(names);
  if (maybe(0.25)) made.isRequired = true;
  else if (maybe(0.15)) made.requiredIf = condition(names);
  if (maybe(0.04)) made.visible = false;
  if (maybe(0.04)) made.readOnly = true;
  special(kind, names, earlier, made);
  const first = maybe(0.15) && !made.defaultValueExpression ? value(made) : undefined;
  if (first !== undefined && !["expression", "html", "multipletext"].includes(kind)) made.defaultValue = first;
  if (!["html", "expression"].includes(kind) && maybe(0.2)) made.validators = validators(kind, names);
  return made;
}

/** An answer to a question: mostly a sensible one. */
function value(of) {
  const odd = maybe(0.08);
  switch (of.type) {
    case "text":
      if (of.inputType === "date") return pick(["2024-12-31", "2025-06-01", "2026-01-15"]);
      return pick([1, 2, 3, 7, "a", "b", "abc", "abcde", "5", "me@town.it", 0]);
    case "radiogroup":
    case "dropdown":
      return odd ? "odd" : pick([...CHOICES, ...(of.showOtherItem ? ["other"] : []), ...(of.showNoneItem ? ["none"] : [])]);
    case "checkbox":
      return odd ? ["a", "odd"] : some([...CHOICES.slice(0, 3), ...(of.showOtherItem ? ["other"] : [])]);
    case "ranking":
      return pick([["b", "a"], ["c", "a", "b"], ["a"]]);
    case "boolean":
      return maybe(0.5);
    case "rating":
      return upTo(6);
    case "matrix":
      return Object.fromEntries(some(["r1", "r2", "r3"]).map((row) => [row, pick(["a", "b", "c"])]));
    case "multipletext":
      return Object.fromEntries(some(["i1", "i2"]).map((item) => [item, pick(["x", 1, 2])]));
    default:
      return pick([1, "a"]);
  }
}

function definition() {
  const total = 3 + upTo(7);
  const names = Array.from({ length: total }, (_, at) => `q${at + 1}`);
  const readable = [...names, ...(maybe(0.3) ? ["sum1"] : [])];
  const questions = names.map((name, at) => question(name, at, readable));
  const pages = [];
  for (let at = 0; at < total; ) {
    const elements = questions.slice(at, (at += 1 + upTo(3)));
    if (elements.length > 1 && maybe(0.3)) {
      const panel = { type: "panel", name: `p${at}`, elements: elements.splice(0, 1 + upTo(1)) };
      if (maybe(0.5)) panel.visibleIf = condition(readable);
      if (maybe(0.15)) panel.isRequired = true;
      if (maybe(0.1)) panel.enableIf = condition(readable);
      elements.push(panel);
    }
    pages.push({ name: `page${pages.length + 1}`, elements, ...(maybe(0.2) ? { visibleIf: condition(readable) } : {}) });
  }
  const made = { pages };
  if (readable.length > total) made.calculatedValues = [{ name: "sum1", expression: formula(names), includeIntoResult: maybe(0.5) }];
  if (maybe(0.3)) made.clearInvisibleValues = pick(["none", "onHidden", "onHiddenContainer"]);
  if (maybe(0.2)) made.checkErrorsMode = pick(["onValueChanged", "onComplete"]);
  if (maybe(0.25)) made.triggers = [trigger(names)];
  return { made, questions };
}

function trigger(names) {
  const expression = condition(names);
  return pick([
    { type: "complete", expression },
    { type: "setvalue", expression, setToName: pick(names), setValue: pick([1, "a"]) },
    { type: "copyvalue", expression, fromName: pick(names), setToName: pick(names) },
    { type: "runexpression", expression, setToName: pick(names), runExpression: formula(names) },
    { type: "skip", expression, gotoName: pick(names) },
  ]);
}

function operation(questions) {
  const of = pick(questions);
  if (maybe(0.66)) return ["setValue", of.name, maybe(0.1) ? { $: "undefined" } : value(of)];
  if (maybe(0.5)) return [pick(["nextPage", "nextPage", "prevPage", "tryComplete", "validate"])];
  if (of.showOtherItem) return ["setComment", of.name, pick(["words", ""])];
  return maybe(0.15) ? ["=data", Object.fromEntries(some(questions).map((one) => [one.name, value(one)]))] : ["nextPage"];
}

/** What the oracle says; nothing where it falls over itself, as it does when it rounds a text. */
function ask(what, given) {
  try {
    return [what(given)];
  } catch {
    return [];
  }
}

/** Nobody answers a questionnaire that is completed. */
function untilTheEnd(found) {
  const end = found.steps.findIndex((step) => step.s.state === "completed");
  return end < 0 ? found : { ...found, steps: found.steps.slice(0, end + 1) };
}

const cases = [];
for (let at = 0; cases.length < Number(count); at += 1) {
  const { made, questions } = definition();
  const ops = Array.from({ length: 3 + upTo(9) }, () => operation(questions));
  if (maybe(0.4)) ops.push([pick(["tryComplete", "doComplete"])]);
  const [found] = ask(trace, { id: `${seed}-${at}`, json: made, ops });
  if (found) cases.push(untilTheEnd(found));
}
const values = { q1: 1, q2: "a", q3: ["a", "b"], q4: true, q5: { i1: 2 }, q6: "2025-06-01", q7: "5", q8: 0 };
const names = [...Object.keys(values), "q9", "q5.i1", "q3.length"];
const expressions = [];
for (let at = 0; expressions.length < Number(count); at += 1) {
  const [kind, expr] = maybe(0.6) ? ["condition", condition(names)] : ["value", formula(names)];
  expressions.push(...ask(evaluate, { id: `${seed}-e${at}`, kind, expr, values }));
}
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/survey-traces.json`, JSON.stringify({ seed, cases }));
writeFileSync(`${folder}/expr-cases.json`, JSON.stringify({ seed, cases: expressions }));
console.log(`seed ${seed}: ${count} definitions, ${count} expressions in ${folder}`);
