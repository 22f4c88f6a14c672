// The plain kinds of field: text, choices, numbers, switches, and JSON for what is none of the known kinds.

import { element, newId } from "./dom.js";
import { describe } from "./field.js";
import { announce, iconButton } from "./signs.js";
import { mentioning } from "./mentions.js";

const LONG_TEXT = 300;
const FEW_CHOICES = 5;
const SLIDER_STEPS = 150;

/** Text with what is used of its limit; long ones offer the references that "@" names. */
export function text(schema, context, { mentions = true, rows = mentions ? 4 : 2 }) {
  const limit = schema.maxLength;
  const long = (limit ?? Infinity) > LONG_TEXT;
  const input = long ? element("textarea", { rows }) : element("input", { type: "text" });
  const count = limit ? element("span", { className: "count", id: newId("count") }) : null;
  if (count) describe(input, count.id);
  const measure = () => {
    if (!count) return;
    // As the hub counts: characters, not UTF-16 units.
    const length = [...input.value].length;
    count.textContent = `${length} / ${limit}`;
    count.classList.toggle("over", length > limit);
  };
  const fit = () => {
    if (!long || !input.isConnected) return;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight + 2, 420)}px`;
  };
  const look = () => { measure(); fit(); };
  input.value = schema.default ?? "";
  input.addEventListener("input", () => { look(); context.changed(); });
  measure();
  return {
    input, aside: count,
    node: long && mentions ? mentioning(input, context) : input,
    // An emptied field that has a default says so: left out, the default would come back.
    value: () => input.value.trim() || (schema.default ? "" : undefined),
    set: (value) => { input.value = value ?? schema.default ?? ""; look(); },
  };
}

/** One of a few values as buttons, one of many as a list; `schema.none` says what it means to choose none of them. */
export function choice(schema, context) {
  return schema.enum.length <= FEW_CHOICES && !schema.none ? buttons(schema, context) : select(schema, context);
}

function buttons(schema, context) {
  const name = newId("choice");
  const inputs = schema.enum.map((one) => element("input", { type: "radio", name, value: String(one) }));
  const node = element("div", { className: "choices" }, ...inputs.map((input, index) => {
    const one = schema.enum[index];
    return element("label", {}, input, element("span", {}, shape(one), schema.unit ? `${one} ${schema.unit}` : String(one)));
  }));
  node.addEventListener("change", context.changed);
  const set = (value) => { inputs.forEach((input, index) => { input.checked = schema.enum[index] === (value ?? schema.default); }); };
  set();
  return { inputs, node, group: true, set, value: () => schema.enum[inputs.findIndex((input) => input.checked)] };
}

/** A picture's shape drawn to scale: "16:9" is easier seen than read. */
function shape(value) {
  const parts = /^(\d+):(\d+)$/.exec(value);
  if (!parts) return null;
  const drawn = element("i", { className: "shape", "aria-hidden": "true" });
  drawn.style.aspectRatio = `${parts[1]} / ${parts[2]}`;
  drawn.style[Number(parts[1]) < Number(parts[2]) ? "height" : "width"] = "1rem";
  return drawn;
}

function select(schema, context) {
  const input = element("select", {}, ...schema.enum.map((one) => new Option(one, one)));
  if (schema.default === undefined) input.prepend(new Option(schema.none ?? "", ""));
  const set = (value) => { input.value = String(value ?? schema.default ?? ""); };
  input.addEventListener("change", context.changed);
  set();
  return { input, node: input, set, value: () => schema.enum.find((one) => String(one) === input.value) };
}

export function toggle(schema, context) {
  const input = element("input", { type: "checkbox", role: "switch" });
  const set = (value) => { input.checked = value ?? schema.default ?? false; };
  input.addEventListener("change", context.changed);
  set();
  return { input, node: input, kind: "switch", set, value: () => input.checked };
}

/** A number; between two bounds also a slider beside it. */
export function number(schema, context, { title, placeholder }) {
  const whole = schema.type === "integer";
  const step = whole ? 1 : 0.1;
  const slides = Number.isFinite(schema.minimum) && Number.isFinite(schema.maximum) && (schema.maximum - schema.minimum) / step <= SLIDER_STEPS;
  const input = element("input", { type: "number", step: whole ? 1 : "any", inputMode: whole ? "numeric" : "decimal", placeholder: placeholder ?? "" });
  for (const [bound, value] of [["min", schema.minimum], ["max", schema.maximum]]) if (value !== undefined) input[bound] = value;
  const slider = slides ? element("input", { type: "range", min: schema.minimum, max: schema.maximum, step, "aria-label": `${title}, slider` }) : null;
  const follow = () => { if (slider) slider.value = input.value === "" ? (schema.default ?? schema.minimum) : input.value; };
  const set = (value) => { input.value = value ?? schema.default ?? ""; follow(); };
  input.addEventListener("input", () => { follow(); context.changed(); });
  slider?.addEventListener("input", () => { input.value = slider.value; context.changed(); });
  set();
  const unit = schema.unit ? element("span", { className: "unit", textContent: schema.unit }) : null;
  const node = slider ? element("div", { className: "range" }, slider, input, unit) : input;
  return { input, node, set, value: () => (input.value === "" || !Number.isFinite(input.valueAsNumber) ? undefined : input.valueAsNumber) };
}

/** A small whole number between two buttons: {node, input, value(), set(value)}. */
export function stepper({ least, most, value, label, changed }) {
  const input = element("input", { type: "number", min: least, max: most, step: 1, value, inputMode: "numeric", "aria-label": label });
  const current = () => (Number.isInteger(input.valueAsNumber) ? input.valueAsNumber : undefined);
  const move = (by) => {
    input.value = Math.min(most, Math.max(least, (current() ?? least) + by));
    show();
    announce(`${label}: ${input.value}`);
    changed();
  };
  const less = iconButton("minus", `${label}: one less`, () => move(-1));
  const more = iconButton("plus", `${label}: one more`, () => move(1));
  const show = () => {
    less.disabled = (current() ?? least) <= least;
    more.disabled = (current() ?? least) >= most;
  };
  input.addEventListener("input", () => { show(); changed(); });
  show();
  return { node: element("div", { className: "stepper" }, less, input, more), input, value: current, set: (given) => { input.value = given ?? ""; show(); } };
}

/** What is none of the known kinds, as the JSON that it is. */
export function json(schema, context) {
  const input = element("textarea", { rows: 3, className: "code", spellcheck: false });
  const value = () => {
    if (!input.value.trim()) return undefined;
    try {
      return JSON.parse(input.value);
    } catch {
      return input.value;
    }
  };
  const set = (given) => { input.value = (given ?? schema.default) === undefined ? "" : JSON.stringify(given ?? schema.default, null, 2); };
  input.addEventListener("input", context.changed);
  set();
  return { input, node: input, set, value };
}
