// A form from a model's request schema. Every control is {node, value(), set(value)}; an empty one is undefined.

const LONG_TEXT = 300;
const FEW_CHOICES = 5;
const SLIDER_STEPS = 40;

export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Fields of an object schema in their order: [[name, schema], ...]. */
export function fieldsOf(schema) {
  return Object.entries(schema.properties ?? {}).sort(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0));
}

/** A labelled control for one field. `context` has changed() and upload(file). */
export function field(name, schema, required, context) {
  const title = (schema.title ?? name.replaceAll("_", " ")) + (required ? " *" : "");
  const control = controlFor(schema, context, title);
  const hint = schema.description ? element("p", { className: "hint", textContent: schema.description }) : null;
  if (control.kind === "switch") {
    const label = element("label", { className: "switch" }, control.node, title);
    return { ...control, node: element("div", { className: "field" }, label, hint) };
  }
  const label = element("span", { className: "label" }, element("span", { textContent: title }), control.aside ?? null);
  const outer = control.kind === "group" ? "fieldset" : "label";
  if (outer === "fieldset") {
    const legend = element("legend", { className: "label" }, ...label.childNodes);
    return { ...control, node: element("fieldset", { className: "field" }, legend, control.node, hint) };
  }
  return { ...control, node: element("label", { className: "field" }, label, control.node, hint) };
}

function controlFor(schema, context, title) {
  if (schema.enum) return choice(schema, context);
  switch (schema.type) {
    case "boolean": return toggle(schema, context);
    case "integer":
    case "number": return number(schema, context);
    case "array": return list(schema, context, title);
    case "object": return group(schema, context);
    default: return schema.format === "uri" ? media(schema, context, title) : text(schema, context);
  }
}

function text(schema, { changed }) {
  const long = (schema.maxLength ?? Infinity) > LONG_TEXT;
  const node = long ? element("textarea", { rows: 4 }) : element("input", { type: "text" });
  const aside = schema.maxLength ? element("span", { className: "count" }) : null;
  const count = () => {
    if (!aside) return;
    const length = [...node.value].length;
    aside.textContent = length > schema.maxLength * 0.8 ? `${length} of ${schema.maxLength}` : "";
  };
  node.value = schema.default ?? "";
  node.addEventListener("input", () => { count(); changed(); });
  return { node, aside, value: () => node.value.trim() || undefined, set: (value) => { node.value = value; count(); } };
}

let groups = 0;

function choice(schema, { changed }) {
  const chosen = () => schema.enum.find((one) => String(one) === picked());
  let picked;
  let node;
  if (schema.enum.length <= FEW_CHOICES) {
    const name = `choice-${(groups += 1)}`;
    node = element("div", { className: "choices" }, ...schema.enum.map((one) => {
      const input = element("input", { type: "radio", name, value: String(one), checked: one === schema.default });
      return element("label", {}, input, element("span", { textContent: String(one) }));
    }));
    picked = () => node.querySelector("input:checked")?.value;
    node.addEventListener("change", changed);
    return { node, kind: "group", value: chosen, set: (value) => { for (const input of node.querySelectorAll("input")) input.checked = input.value === String(value); } };
  }
  node = element("select", {}, ...schema.enum.map((one) => new Option(one, one, false, one === schema.default)));
  if (schema.default === undefined) node.prepend(new Option("", "", true, true));
  picked = () => node.value;
  node.addEventListener("change", changed);
  return { node, value: chosen, set: (value) => { node.value = value; } };
}

function toggle(schema, { changed }) {
  const node = element("input", { type: "checkbox", checked: schema.default ?? false });
  node.setAttribute("role", "switch");
  node.addEventListener("change", changed);
  return { node, kind: "switch", value: () => node.checked, set: (value) => { node.checked = value; } };
}

function number(schema, { changed }) {
  const whole = schema.type === "integer";
  const bounded = Number.isFinite(schema.minimum) && Number.isFinite(schema.maximum);
  const slides = bounded && schema.maximum - schema.minimum <= SLIDER_STEPS && schema.default !== undefined;
  const node = element("input", { type: slides ? "range" : "number", step: whole ? 1 : slides ? 0.1 : "any" });
  if (schema.minimum !== undefined) node.min = schema.minimum;
  if (schema.maximum !== undefined) node.max = schema.maximum;
  node.value = schema.default ?? "";
  const aside = slides ? element("output", { textContent: node.value }) : null;
  const show = () => { if (aside) aside.textContent = node.value; };
  node.addEventListener("input", () => { show(); changed(); });
  return {
    node, aside,
    value: () => (node.value === "" ? undefined : Number(node.value)),
    set: (value) => { node.value = value; show(); },
  };
}

/** What this hub itself can show of an address: the page asks no other host for anything. */
function ownPicture(address) {
  if (address.startsWith("data:image/")) return address;
  if (!URL.canParse(address)) return null;
  const { pathname } = new URL(address);
  return pathname.startsWith("/api/repos/") ? `${pathname}?width=128` : null;
}

function media(schema, { changed, upload }, title) {
  const address = element("input", { type: "text", placeholder: "https://… or a file", spellcheck: false });
  address.setAttribute("aria-label", `${title}: address`);
  const picker = element("input", { type: "file", accept: /video/.test(title.toLowerCase()) ? "video/mp4,video/quicktime" : "image/*" });
  picker.setAttribute("aria-label", `${title}: choose a file`);
  const button = element("span", { className: "file" }, "File", picker);
  const thumb = element("img", { alt: "", hidden: true });
  const status = element("span", { className: "status" });
  const node = element("div", { className: "media" }, thumb, address, status, button);

  const look = () => {
    thumb.hidden = true;
    const picture = ownPicture(address.value);
    if (picture) thumb.src = picture;
  };
  thumb.addEventListener("load", () => { thumb.hidden = false; });
  thumb.addEventListener("error", () => { thumb.hidden = true; });
  const take = async (file) => {
    if (!file) return;
    status.textContent = "Uploading…";
    try {
      address.value = await upload(file);
      status.textContent = "";
      if (file.type.startsWith("image/")) {
        thumb.src = URL.createObjectURL(file);
      }
      changed();
    } catch (error) {
      status.textContent = error.message;
    }
  };
  picker.addEventListener("change", () => { take(picker.files[0]); picker.value = ""; });
  address.addEventListener("input", () => { look(); changed(); });
  node.addEventListener("dragover", (event) => { event.preventDefault(); node.classList.add("over"); });
  node.addEventListener("dragleave", () => node.classList.remove("over"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  const set = (value) => { address.value = value; look(); };
  if (schema.default) set(schema.default);
  return { node, kind: "group", value: () => address.value.trim() || undefined, set };
}

function group(schema, context) {
  const parts = fieldsOf(schema).map(([name, part]) => [name, field(name, part, schema.required?.includes(name), context)]);
  const node = element("div", { className: "group" }, ...parts.map(([, part]) => part.node));
  const value = () => {
    const found = parts.map(([name, part]) => [name, part.value()]).filter(([, one]) => one !== undefined);
    return found.length ? Object.fromEntries(found) : undefined;
  };
  const set = (given) => { for (const [name, part] of parts) if (given[name] !== undefined) part.set(given[name]); };
  return { node, kind: "group", value, set };
}

function list(schema, context, title) {
  const node = element("div");
  const add = element("button", { type: "button", className: "quiet", textContent: "Add" });
  add.setAttribute("aria-label", `Add to ${title}`);
  const items = [];
  const check = () => { add.disabled = items.length >= (schema.maxItems ?? Infinity); };
  const append = (given) => {
    const control = controlFor(schema.items ?? {}, context, `${title} ${items.length + 1}`);
    if (given !== undefined) control.set(given);
    const remove = element("button", { type: "button", className: "quiet", textContent: "Remove" });
    const item = element("div", { className: "item" }, control.node, remove);
    remove.addEventListener("click", () => {
      items.splice(items.indexOf(control), 1);
      item.remove();
      check();
      add.focus();
      context.changed();
    });
    items.push(control);
    add.before(item);
    check();
  };
  node.append(add);
  add.addEventListener("click", () => {
    append();
    add.previousSibling.querySelector("input, textarea, select")?.focus();
    context.changed();
  });
  const value = () => {
    const found = items.map((item) => item.value()).filter((one) => one !== undefined);
    return found.length ? found : undefined;
  };
  for (const given of schema.default ?? []) append(given);
  return { node, kind: "group", value, set: (given) => given.forEach(append) };
}
