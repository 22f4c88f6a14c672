// A form from a model's request schema: basic fields first, the rest under "Advanced".

import { element, newId } from "./dom.js";
import { framed } from "./field.js";
import { elements, slot, slots } from "./field-media.js";
import { choice, json, number, text, toggle } from "./field-plain.js";
import { shots } from "./field-shots.js";
import { alternatives, fieldsOf, same, shotsAsPrompt } from "./request.js";

//: What the hub takes of any model; a schema that names one itself comes first.
const SEED = { type: "integer", minimum: 0, maximum: 2 ** 53 - 1, title: "Seed", description: "The same request and seed film the same video." };
const CHOICE_WORDS = { prompt: "One prompt", multi_prompt: "Several shots" };
const TITLES = { cfg_scale: "CFG scale", multi_prompt: "Shots", tail_image_url: "Last frame", start_image_url: "Start frame" };

export class Form {
  #basic;
  #advanced;
  #context;
  #schema = {};
  #fields = new Map();
  /** Given values that a control cannot show as they are: sent all the same until the control is changed. */
  #held = new Map();
  /** Given fields that the model does not have. */
  #others = {};
  #mode = null;

  /** `context` has changed(), upload(file, onProgress), pick(kind, several), picture(url). */
  constructor(basic, advanced, context) {
    this.#basic = basic;
    this.#advanced = advanced;
    this.#context = { ...context, references: () => context.references(this.values()) };
  }

  /** Make the fields of a schema, with these values; `engine` is the schema of a choice of engines, where there is one. */
  show(schema, values, engine = null) {
    this.#schema = { ...schema, properties: { ...schema.properties } };
    this.#mode = null;
    this.#schema.properties.seed ??= { ...SEED, "x-order": 1000 };
    if (engine) this.#schema.properties.engine ??= { ...engine, "x-order": 1001 };
    this.#fields = new Map(fieldsOf(this.#schema).map(([name, part]) => [name, this.#field(name, part)]));
    const first = new Set([...(schema.basic ?? []), ...(schema.required ?? []), ...alternatives(schema)]);
    const all = Array.from(this.#fields.keys());
    this.#fill(this.#basic, all.filter((name) => first.has(name) || !first.size));
    this.#fill(this.#advanced, all.filter((name) => !first.has(name) && first.size));
    this.set(values);
  }

  /** The schema of the fields that there are, the hub's own among them. */
  get schema() {
    return this.#schema;
  }

  /** What is filled in, by name; the body leaves defaults out. */
  values() {
    const found = {};
    for (const [name, field] of this.#fields) {
      if (this.#hidden(name)) continue;
      const value = this.#held.has(name) ? this.#held.get(name) : field.value();
      if (value !== undefined) found[name] = value;
    }
    return { ...found, ...this.#others };
  }

  /** Show these values, and defaults for what is not named. */
  set(values) {
    this.#held.clear();
    this.#others = {};
    for (const [name, field] of this.#fields) {
      const given = values[name];
      field.set(given);
      // A control shows what it can; the request keeps what was given.
      if (given !== undefined && given !== null && !same(field.value(), given)) this.#held.set(name, given);
    }
    for (const [name, value] of Object.entries(values)) if (!this.#fields.has(name) && value !== undefined) this.#others[name] = value;
    const [single, several] = alternatives(this.#schema);
    if (this.#mode) this.#choose(values[several]?.length && values[several] !== "" ? several : single, false);
    this.#count();
  }

  /** Say what the hub says of each field; gives back what belongs to none. */
  problems(found) {
    for (const field of this.#fields.values()) field.problem([], "");
    const rest = [];
    const said = new Map();
    for (const { path, text: words } of found) {
      const field = this.#fields.get(path[0]);
      if (!field) rest.push({ path, text: words });
      else {
        const key = path.join(".");
        said.set(key, said.has(key) ? `${said.get(key)} ${words}` : words);
        field.problem(path.slice(1), said.get(key));
      }
    }
    return rest;
  }

  /** Put the focus on a field; true where there is one. */
  focus(name) {
    const field = this.#fields.get(name);
    if (!field) return false;
    const details = field.node.closest("details");
    if (details) details.open = true;
    field.focus();
    return true;
  }

  /** Whether this is what the field has by itself. */
  isDefault(name, value) {
    return same(value, this.#schema.properties[name]?.default);
  }

  /** What a field is called here. */
  titleOf(name) {
    return this.#fields.get(name)?.title ?? name;
  }

  #field(name, schema) {
    const required = this.#schema.required?.includes(name);
    const title = this.#title(name, schema);
    const context = { ...this.#context, changed: () => this.#changed(name) };
    if (name === "duration" || schema.unit) schema = { ...schema, unit: schema.unit ?? "s" };
    const control = this.#control(name, schema, context, title);
    if (schema.default !== undefined) {
      const { set } = control;
      control.set = (value) => set(value ?? schema.default);
      control.set();
    }
    return { ...framed(control, { title, required, hint: this.#hint(schema) }), title, control };
  }

  #control(name, schema, context, title) {
    if (schema.enum) return choice(schema, context);
    if (schema.format === "uri") {
      const one = slot(context, { kind: /video/.test(name) ? "video" : "image", label: title });
      // The field around it is the group already.
      for (const attribute of ["role", "aria-label"]) one.node.removeAttribute(attribute);
      return one;
    }
    if (schema.type === "boolean") return toggle(schema, context);
    if (schema.type === "integer" || schema.type === "number") return number(schema, context, { title, placeholder: name === "seed" ? "random" : "" });
    if (schema.type === "string") return text(schema, context, { mentions: name !== "negative_prompt" });
    if (schema.type === "array" && schema.items?.format === "uri") return slots(schema, context, { label: title });
    const parts = Object.values(schema.items?.properties ?? {});
    if (schema.type === "array" && schema.items?.properties?.prompt && schema.items.properties.duration) return shots(schema, context);
    if (schema.type === "array" && parts.some((part) => part.format === "uri")) return elements(schema, context, { label: title });
    return json(schema, context);
  }

  #title(name, schema) {
    const fields = this.#schema.properties;
    if (name === "input_image" && schema.type === "array") return "Reference images";
    if (name === "input_image") return "tail_image_url" in fields ? "Start frame" : "Image";
    return TITLES[name] ?? schema.title ?? name.replaceAll("_", " ");
  }

  #hint(schema) {
    const most = schema.type === "array" && schema.maxItems ? ` At most ${schema.maxItems}.` : "";
    return schema.description ? schema.description.replace(/([^.])$/, "$1.") + most : "";
  }

  #fill(place, names) {
    place.replaceChildren();
    const [single, several] = alternatives(this.#schema);
    const frames = ["input_image", "start_image_url", "tail_image_url"].filter((name) => names.includes(name) && this.#schema.properties[name].type !== "array");
    for (const name of names) {
      if (several && name === single) place.append(this.#modes(single, several));
      if (name === frames[1] && frames.length === 2) continue;
      const { node } = this.#fields.get(name);
      // Two frames are one thing to the eye: where the video starts and where it ends.
      if (name === frames[0] && frames.length === 2) place.append(element("div", { className: "frames" }, node, this.#fields.get(frames[1]).node));
      else place.append(node);
    }
  }

  /** The choice between one prompt and several shots. */
  #modes(...names) {
    const group = newId("mode");
    const inputs = names.map((name) => element("input", { type: "radio", name: group, value: name }));
    const labels = inputs.map((input) => element("label", {}, input, element("span", { textContent: CHOICE_WORDS[input.value] ?? this.titleOf(input.value) })));
    inputs.forEach((input) => input.addEventListener("change", () => { this.#choose(input.value, true); this.#context.changed(); }));
    this.#mode = { names, inputs, chosen: names[0] };
    return element("fieldset", { className: "field modes" }, element("legend", { className: "unseen", textContent: "Kind of prompt" }), element("div", { className: "choices joined" }, ...labels));
  }

  /** Show one kind of prompt; what the other held is taken over where this one is empty. */
  #choose(name, carry) {
    const mode = this.#mode;
    const before = mode.chosen;
    mode.chosen = name;
    for (const input of mode.inputs) input.checked = input.value === name;
    const value = this.#fields.get(before).value();
    const target = this.#fields.get(name);
    if (name !== before && carry && target.value() === undefined) {
      const duration = this.#fields.get("duration")?.value();
      if (name === "multi_prompt") target.set([{ ...(value ? { prompt: value } : {}), ...(duration ? { duration } : {}) }]);
      else target.set(shotsAsPrompt(value));
    }
    if (name === "multi_prompt" && target.value() === undefined) target.set([{}]);
    for (const one of this.#fields.keys()) this.#fields.get(one).node.hidden = this.#hidden(one);
  }

  /** Whether a field says nothing now: the other kind of prompt, and the length that each shot has for itself. */
  #hidden(name) {
    if (!this.#mode) return false;
    if (this.#mode.names.includes(name)) return name !== this.#mode.chosen;
    return name === "duration" && this.#mode.chosen === "multi_prompt";
  }

  #changed(name) {
    this.#held.delete(name);
    this.#count();
    this.#context.changed();
  }

  /** How many of the advanced fields differ from their defaults. */
  #count() {
    const details = this.#advanced.closest("details");
    const set = Array.from(this.#fields).filter(([name, field]) => this.#advanced.contains(field.node) && !this.#hidden(name)
      && field.value() !== undefined && !same(field.value(), this.#schema.properties[name].default)
      && !(field.value() === false && this.#schema.properties[name].default === undefined));
    details.hidden = !this.#advanced.children.length;
    const count = details.querySelector(".set");
    if (count) count.textContent = set.length ? `${set.length} set` : "";
    return set.length;
  }

  /** Whether anything under "Advanced" is set. */
  get advancedIsSet() {
    return this.#count() > 0;
  }

  /** What was dropped or pasted beside the slots goes to the first one that is free for it. */
  accept(files) {
    const controls = Array.from(this.#fields, ([name, field]) => (this.#hidden(name) ? {} : field.control));
    for (const file of files) {
      const kind = file.type.startsWith("video/") ? "video" : "image";
      controls.find((one) => one.accept && one.kind === kind && one.vacant())?.accept({ files: [file], address: "" });
    }
  }
}
