// Pictures and videos: a slot for one, a list of them, and the elements of reference models.

import { element, newId } from "./dom.js";
import { wrongLine } from "./field.js";
import { announce, icon, iconButton } from "./signs.js";
import { accepted, carried, isKind, nameOf } from "./upload.js";

const WORDS = { image: "an image", video: "a video" };
//: The same length as the catalogue's own rule; the schema of a field comes first.
const MOST_ANGLES = 3;

/** One picture or video: dropped, pasted, chosen, picked from the assets, or named by its address. */
export function slot(context, { kind, label, row = false }) {
  let address = "";
  let taking = 0;
  const file = element("input", { type: "file", accept: accepted(kind), "aria-label": `${label}: choose ${WORDS[kind]} file` });
  const picture = element("img", { alt: "", hidden: true });
  const empty = element("span", { className: "empty" }, icon(kind === "video" ? "video" : "picture"), element("span", { textContent: "Drop, paste or choose" }));
  const name = element("span", { className: "file-name" });
  const progress = element("progress", { max: 1, hidden: true, "aria-label": `${label}: upload` });
  const drop = element("label", { className: "drop" }, file, picture, empty, name, progress);
  const input = element("input", { type: "text", className: "address", placeholder: "https://…", spellcheck: false, autocomplete: "off", "aria-label": `${label}: address`, hidden: !row });
  const status = element("p", { className: "slot-status", role: "status", hidden: true });
  const assets = iconButton("folder", `${label}: pick from the assets`, async () => {
    const [picked] = (await context.pick(kind, false)) ?? [];
    if (picked) put(picked);
    assets.focus();
  });
  const link = row ? null : iconButton("link", `${label}: type an address`, () => {
    input.hidden = !input.hidden;
    if (!input.hidden) input.focus();
  });
  const remove = iconButton("remove", `${label}: remove`, () => {
    put("");
    (control.removed ?? (() => file.focus()))();
  });
  const bar = element("div", { className: "bar" }, assets, link, remove);
  const node = element("div", { className: row ? "slot row" : "slot", role: "group", "aria-label": label }, drop, input, bar, status);

  const say = (text, wrong = false) => {
    status.textContent = text;
    status.hidden = !text;
    status.classList.toggle("bad", wrong);
  };
  const show = (source) => {
    picture.hidden = !source;
    if (source) picture.src = source;
    else picture.removeAttribute("src");
    empty.hidden = Boolean(address) || Boolean(source);
  };
  const look = async () => {
    const looked = address;
    name.textContent = address ? nameOf(address) : "";
    name.title = address.slice(0, 200);
    node.classList.toggle("filled", Boolean(address));
    remove.hidden = !address && !control.removed;
    show(null);
    const source = address ? await context.picture(address) : null;
    if (looked === address && source) show(source);
  };
  const put = (given) => {
    taking += 1;
    address = given;
    input.value = given;
    progress.hidden = true;
    say("");
    look();
    context.changed();
  };
  /** Upload a file; the address is there when it is. */
  const take = async (given) => {
    if (!isKind(given, kind)) return say(`${given.name} is not ${WORDS[kind]}.`, true);
    const turn = (taking += 1);
    const own = URL.createObjectURL(given);
    name.textContent = given.name;
    show(kind === "image" ? own : null);
    say(`Uploading ${given.name}`);
    progress.hidden = false;
    progress.value = 0;
    try {
      const url = await context.upload(given, (part) => { if (turn === taking) progress.value = part; });
      if (turn !== taking) return undefined;
      put(url);
      announce(`${label}: ${given.name} uploaded`);
    } catch (error) {
      if (turn === taking) {
        look();
        say(error.message, true);
      }
    } finally {
      if (turn === taking) progress.hidden = true;
      URL.revokeObjectURL(own);
    }
    return undefined;
  };

  const wrong = wrongLine([input, file]);
  node.append(wrong.node);
  file.addEventListener("change", () => { if (file.files[0]) take(file.files[0]); file.value = ""; });
  input.addEventListener("input", () => { address = input.value.trim(); taking += 1; look(); context.changed(); });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  const control = {
    node, inputs: [input, file], group: true, kind, take,
    value: () => address || undefined,
    set: (value) => { address = typeof value === "string" ? value : ""; input.value = address; taking += 1; progress.hidden = true; say(""); look(); },
    focus: () => (row ? input : file).focus(),
    accept: ({ files, address: given }) => {
      const fitting = files.find((one) => isKind(one, kind));
      if (fitting) take(fitting);
      else if (given) put(given);
      else if (files.length) say(`${files[0].name} is not ${WORDS[kind]}.`, true);
      return Boolean(fitting || given);
    },
    vacant: () => !address && progress.hidden,
    problem: (path, text) => { wrong.show(text); return true; },
  };
  receiving(node, (data) => control.accept(data));
  look();
  return control;
}

/** Lets a node take what is dropped on it or pasted in it; `accept({files, address})`. */
export function receiving(node, accept) {
  node.addEventListener("dragover", (event) => { event.preventDefault(); node.classList.add("over"); });
  node.addEventListener("dragleave", () => node.classList.remove("over"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    node.classList.remove("over");
    accept(carried(event.dataTransfer));
  });
  node.addEventListener("paste", (event) => {
    const data = carried(event.clipboardData);
    // An address pasted where one is typed is typed.
    if (!data.files.length && (!data.address || event.target.matches?.("input.address"))) return;
    event.preventDefault();
    event.stopPropagation();
    accept(data);
  });
}

/** Several pictures, in the order in which prompts name them. */
export function slots(schema, context, { label }) {
  const most = schema.maxItems ?? Infinity;
  let items = [];
  const rows = element("ol", { className: "slots" });
  const file = element("input", { type: "file", accept: accepted("image"), multiple: true, "aria-label": `${label}: choose image files` });
  const drop = element("label", { className: "drop wide" }, file, icon("plus"), element("span", { textContent: "Drop, paste or choose images" }));
  const assets = iconButton("folder", `${label}: pick from the assets`, async () => {
    for (const url of (await context.pick("image", true)) ?? []) add(url);
    assets.focus();
    context.changed();
  });
  const link = iconButton("link", `${label}: type an address`, () => add("")?.focus());
  const more = element("div", { className: "slot row adding", role: "group", "aria-label": `${label}: add` }, drop, element("div", { className: "bar" }, assets, link));
  const node = element("div", {}, rows, more);
  const wrong = wrongLine([file]);
  node.append(wrong.node);

  const layout = () => {
    rows.replaceChildren(...items.map(({ control, up }, index) => {
      up.disabled = index === 0;
      control.node.setAttribute("aria-label", `@Image${index + 1}`);
      return element("li", {}, element("span", { className: "mention", textContent: `@Image${index + 1}` }), control.node);
    }));
    rows.hidden = !items.length;
    more.hidden = items.length >= most;
  };
  const add = (url) => {
    if (items.length >= most) {
      wrong.show(`At most ${most} images.`);
      return null;
    }
    const control = slot(context, { kind: "image", label: "Image", row: true });
    const up = iconButton("up", "Earlier", () => {
      const index = items.findIndex((one) => one.control === control);
      items.splice(index - 1, 0, ...items.splice(index, 1));
      layout();
      up.focus();
      announce(`Now @Image${index}`);
      context.changed();
    });
    control.removed = () => {
      items = items.filter((one) => one.control !== control);
      layout();
      wrong.show("");
      file.focus();
      context.changed();
    };
    control.node.querySelector(".bar").prepend(up);
    items.push({ control, up });
    if (url) control.set(url);
    else control.set("");
    layout();
    return control;
  };
  const accept = ({ files, address }) => {
    const images = files.filter((one) => isKind(one, "image"));
    wrong.show(files.length && !images.length ? `${files[0].name} is not an image.` : "");
    for (const one of images) add("")?.take(one);
    if (!images.length && address && add(address)) context.changed();
    return Boolean(images.length || address);
  };
  file.addEventListener("change", () => { accept({ files: Array.from(file.files), address: "" }); file.value = ""; });
  receiving(more, accept);
  layout();
  return {
    node, inputs: [file], group: true, kind: "image", accept,
    vacant: () => items.length < most,
    value: () => {
      const found = items.map((one) => one.control.value()).filter(Boolean);
      return found.length ? found : undefined;
    },
    set: (value) => {
      items = [];
      wrong.show("");
      for (const url of Array.isArray(value) ? value : []) add(typeof url === "string" ? url : "");
      layout();
    },
    focus: () => (items[0]?.control ?? { focus: () => file.focus() }).focus(),
    problem: (path, text) => {
      if (!path.length) for (const one of items) one.control.problem([], "");
      if (!path.length && !text) wrong.show("");
      return path.length ? Boolean(items[path[0]]?.control.problem([], text)) : false;
    },
  };
}

/** Characters and objects, each by a frontal picture and a few further angles. */
export function elements(schema, context, { label }) {
  const most = schema.maxItems ?? Infinity;
  const fields = schema.items.properties;
  const angleField = Object.keys(fields).find((name) => fields[name].type === "array");
  const frontField = Object.keys(fields).find((name) => fields[name].format === "uri");
  const mostAngles = fields[angleField]?.maxItems ?? MOST_ANGLES;
  let items = [];
  const list = element("ol", { className: "elements" });
  const add = element("button", { type: "button", className: "add" }, icon("plus"), "Add an element");
  const node = element("div", {}, list, add);

  const card = () => {
    const front = slot(context, { kind: "image", label: "Frontal image" });
    const angles = Array.from({ length: mostAngles }, (_, index) => slot(context, { kind: "image", label: `Angle ${index + 1}` }));
    const tile = (control, caption) => element("div", { className: "captioned" }, element("span", { className: "caption", textContent: caption }), control.node);
    const heading = element("b", { id: newId("element") });
    const one = { front, angles, heading };
    const remove = iconButton("remove", "Remove this element", () => {
      items = items.filter((other) => other !== one);
      layout();
      add.focus();
      context.changed();
    });
    const tiles = element("div", { className: "tiles" }, tile(front, "Front"), ...angles.map((angle, index) => tile(angle, `Angle ${index + 1}`)));
    one.node = element("div", { className: "part", role: "group", "aria-labelledby": heading.id }, element("div", { className: "part-head" }, heading, remove), tiles);
    return one;
  };
  const layout = () => {
    items.forEach((one, index) => { one.heading.textContent = `@Element${index + 1}`; });
    list.replaceChildren(...items.map((one) => element("li", {}, one.node)));
    list.hidden = !items.length;
    add.hidden = items.length >= most;
  };
  add.addEventListener("click", () => {
    items.push(card());
    layout();
    items.at(-1).front.focus();
    context.changed();
  });
  layout();
  return {
    node, group: true, kind: "image",
    vacant: () => items.some((one) => one.front.vacant()),
    accept: (data) => items.find((one) => one.front.vacant())?.front.accept(data),
    value: () => {
      const found = items.map(({ front, angles }) => {
        const urls = angles.map((angle) => angle.value()).filter(Boolean);
        return { ...(front.value() ? { [frontField]: front.value() } : {}), ...(urls.length ? { [angleField]: urls } : {}) };
      }).filter((one) => Object.keys(one).length);
      return found.length ? found : undefined;
    },
    set: (value) => {
      items = (Array.isArray(value) ? value : []).map((given) => {
        const one = card();
        one.front.set(given?.[frontField]);
        one.angles.forEach((angle, index) => angle.set(given?.[angleField]?.[index]));
        return one;
      });
      layout();
    },
    focus: () => (items[0] ? items[0].front.focus() : add.focus()),
    problem: (path, text) => {
      if (!path.length) for (const one of items) for (const control of [one.front, ...one.angles]) control.problem([], "");
      const one = items[path[0]];
      if (!path.length || !one) return false;
      return (path[1] === angleField ? one.angles[path[2] ?? 0] ?? one.front : one.front).problem([], text);
    },
  };
}
