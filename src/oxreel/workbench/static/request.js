// The request as a value: what the form stands for, as a link, and what the hub says of it.

//: What any model takes beside its own parameters; the page has a place of its own for the first two.
const COMMON = ["num_generations", "target_namespace", "seed", "preview", "priority", "validate", "response_format", "target_repo", "target_directory", "engine", "webhook_url"];
const OPENING = /^Getting model response error: 422 - /;
//: A value that is longer (a picture inside its address) would break the link in most places that take one.
const LONGEST_IN_LINK = 4000;

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Fields of an object schema in their order: [[name, schema], ...]. */
export function fieldsOf(schema) {
  return Object.entries(schema.properties ?? {}).sort(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0));
}

/** The fields of which a model takes exactly one: ["prompt", "multi_prompt"], or none. */
export function alternatives(schema) {
  return (schema.oneOf ?? []).flatMap((branch) => branch.required ?? []);
}

/** The body: what differs from the model's defaults and what it requires, in the schema's order, the rest behind. */
export function bodyOf(model, schema, values) {
  const body = { model };
  for (const [name, part] of fieldsOf(schema)) {
    const value = values[name];
    if (value === undefined) continue;
    if (schema.required?.includes(name) || !same(value, part.default)) body[name] = value;
  }
  for (const [name, value] of Object.entries(values)) {
    if (!(name in (schema.properties ?? {})) && value !== undefined) body[name] = value;
  }
  return body;
}

/** The same without the hub's own switches, which the buttons set. */
export function withoutSwitches({ preview, validate, ...body }) {
  return body;
}

/**
 * The values that another model can take, of those that were there: a start frame stays one under either of its names,
 * one picture becomes a list of one, text stays text. Returns {values, left: [names]}.
 */
export function fitting(values, schema) {
  const fields = schema.properties ?? {};
  const fit = {};
  const left = [];
  for (const [name, value] of Object.entries(values)) {
    const [place, fitted] = placeFor(name, value, fields, values);
    if (place === undefined) left.push(name);
    else fit[place] ??= fitted;
  }
  const [single, several] = alternatives(schema);
  if (several && fit[several]) delete fit[single];
  return { values: fit, left };
}

function placeFor(name, value, fields, values) {
  if (COMMON.includes(name)) return [name, value];
  const list = fields.input_image?.type === "array";
  const tries = {
    input_image: [["input_image", list && !Array.isArray(value) ? [value] : !list && Array.isArray(value) ? value[0] : value],
      ["start_image_url", Array.isArray(value) ? value[0] : value]],
    start_image_url: [["start_image_url", value], ["input_image", list ? [value] : value]],
    multi_prompt: [["multi_prompt", value], ["prompt", values.prompt ?? shotsAsPrompt(value)]],
  };
  for (const [place, fitted] of tries[name] ?? [[name, value]]) {
    if (place in fields && isTaken(fitted, fields[place])) return [place, fitted];
  }
  return [];
}

/** Whether a field's kind can hold it at all; how long a text may be is for the hub to say. */
function isTaken(value, schema) {
  if (schema.enum) return schema.enum.includes(value);
  if (schema.type === "array") return Array.isArray(value) && (!schema.items || value.every((one) => isTaken(one, schema.items)));
  if (schema.type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (schema.type === "integer" || schema.type === "number") {
    return typeof value === "number" && value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  }
  return schema.type === undefined || typeof value === schema.type;
}

export function shotsAsPrompt(shots) {
  return (Array.isArray(shots) ? shots : []).map((shot) => shot?.prompt).filter(Boolean).join(" ");
}

/** What prompts may name, as the hub reads them: [{name: "Image1", url, kind}]. */
export function references(values) {
  const found = [];
  const image = values.input_image;
  if (typeof image === "string") {
    found.push({ name: "Image1", url: image, kind: "image", note: "start frame" });
    if (values.tail_image_url) found.push({ name: "Image2", url: values.tail_image_url, kind: "image", note: "last frame" });
  } else (image ?? []).forEach((url, index) => found.push({ name: `Image${index + 1}`, url, kind: "image" }));
  (values.elements ?? []).forEach((one, index) => found.push({ name: `Element${index + 1}`, url: one?.frontal_image_url ?? "", kind: "image" }));
  if (values.input_video) found.push({ name: "Video1", url: values.input_video, kind: "video" });
  return found;
}

/** The hub's sentence taken apart: [{path: ["multi_prompt", "0", "prompt"], text}], the path empty where none is named. */
export function explain(message) {
  // A sentence may hold "; " itself: what goes on in small letters without a field's name belongs to the one before.
  const pieces = [];
  for (const piece of message.replace(OPENING, "").split("; ")) {
    const named = /^([a-z_]+(?:\[\d+\]|\.[a-z_]+)*): /.exec(piece);
    if (pieces.length && !named && /^[a-z@]/.test(piece)) pieces[pieces.length - 1].text += `; ${piece}`;
    else if (named) pieces.push({ path: named[1].split(/[[\].]+/).filter(Boolean), text: piece.slice(named[0].length) });
    else pieces.push({ path: pathOf(piece), text: piece });
  }
  return pieces;
}

/** Rules for the whole request name no field, but a person looks for them at one. */
function pathOf(sentence) {
  if (/^duration value/.test(sentence)) return ["duration"];
  if (/^Total shot duration/.test(sentence)) return ["multi_prompt"];
  if (/'prompt'/.test(sentence)) return ["prompt"];
  if (/^Too many references/.test(sentence)) return ["input_image"];
  if (/^num_generations/.test(sentence)) return ["num_generations"];
  return [];
}

/** Whether it only says that something has not been filled in yet. */
export function isMissing({ text }) {
  return text === "Field required" || /must be provided\.$/.test(text);
}

/** The part of a link behind "#": parameters by name, addresses of this hub without its host. */
export function toFragment(body) {
  const parts = new URLSearchParams();
  for (const [name, given] of Object.entries(withoutSwitches(body))) {
    if (name === "model" || name === "num_generations" || name === "target_namespace") continue;
    const value = each(given, shortened);
    // A text that would be read back as something else goes in quotes, as JSON.
    const plain = typeof value === "string" && same(readValue(value), value);
    const text = plain ? value : JSON.stringify(value);
    if (text.length <= LONGEST_IN_LINK) parts.set(name, text);
  }
  // What an address may hold as it is, is easier to read so.
  return parts.toString().replace(/%(7E|2F|3A|2C|40)/g, decodeURIComponent);
}

/** The parameters of a link. */
export function fromFragment(fragment) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  return Object.fromEntries(Array.from(parts, ([name, text]) => [name, each(readValue(text), lengthened)]));
}

const home = () => `${location.origin}/api/repos/`;
const shortened = (text) => (text.startsWith(home()) ? `~/${text.slice(home().length)}` : text.startsWith("~") ? `~${text}` : text);
const lengthened = (text) => (text.startsWith("~/") ? home() + text.slice(2) : text.startsWith("~~") ? text.slice(1) : text);

/** The value with every text in it changed. */
function each(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => each(one, change));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, each(part, change)]));
  return value;
}

function readValue(text) {
  if (!/^(["[{]|-?\d|true$|false$|null$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
