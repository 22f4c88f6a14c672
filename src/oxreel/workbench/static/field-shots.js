// The shots of a video: a prompt and seconds each, and a bar that shows them within what a video may be.

import { element, newId } from "./dom.js";
import { framed, wrongLine } from "./field.js";
import { stepper, text } from "./field-plain.js";
import { announce, icon, iconButton } from "./signs.js";

//: Seconds of the whole video (the documents' own rule, which no schema can say).
const LEAST = 3;

export function shots(schema, context) {
  const { prompt, duration } = schema.items.properties;
  const most = duration.maximum ?? 15;
  let items = [];
  const track = element("div", { className: "track" });
  const least = element("i", { className: "least", "aria-hidden": "true" });
  least.style.left = `${(100 * LEAST) / most}%`;
  const total = element("span", { className: "total" });
  const bar = element("div", { className: "shot-line", role: "img" }, track, least);
  const scale = element("div", { className: "scale", "aria-hidden": "true" }, element("span", { textContent: "0" }), total, element("span", { textContent: `${most} s` }));
  const list = element("ol", { className: "shots" });
  const add = element("button", { type: "button", className: "add" }, icon("plus"), "Add a shot");
  const wrong = wrongLine([]);
  const node = element("div", {}, bar, scale, wrong.node, list, add);

  const sum = () => items.reduce((all, one) => all + (one.seconds.value() ?? 0), 0);
  const draw = () => {
    const seconds = sum();
    const bad = seconds < LEAST || seconds > most;
    track.replaceChildren(...items.map((one, index) => {
      const part = element("span", { textContent: String(index + 1) });
      // Beyond the end the bar is full, and each part takes its share.
      part.style.width = `${(100 * (one.seconds.value() ?? 0)) / Math.max(most, seconds)}%`;
      return part;
    }));
    bar.classList.toggle("bad", bad);
    total.textContent = `${seconds} s${seconds < LEAST ? `, at least ${LEAST}` : seconds > most ? `, at most ${most}` : ""}`;
    total.classList.toggle("bad", bad);
    const parts = items.map((one, index) => `shot ${index + 1} ${one.seconds.value() ?? 0} s`).join(", ");
    bar.setAttribute("aria-label", `Timeline: ${parts || "no shots"}; ${seconds} s in all, of ${LEAST} to ${most} s`);
  };
  const changed = () => { draw(); context.changed(); };
  const card = () => {
    const words = framed(text(prompt, { ...context, changed }, { rows: 2 }), { title: "Prompt" });
    const seconds = stepper({ least: duration.minimum ?? 1, most, value: duration.default ?? 5, label: "Seconds", changed });
    const heading = element("b", { id: newId("shot") });
    const secondsWrong = wrongLine([seconds.input]);
    const one = { words, seconds, heading, secondsWrong };
    const move = (by) => {
      const index = items.indexOf(one);
      items.splice(index + by, 0, ...items.splice(index, 1));
      layout();
      announce(`Now shot ${index + by + 1}`);
      changed();
      (by < 0 && !one.up.disabled ? one.up : one.down.disabled ? one.up : one.down).focus();
    };
    one.up = iconButton("up", "Move this shot earlier", () => move(-1));
    one.down = iconButton("down", "Move this shot later", () => move(1));
    one.remove = iconButton("remove", "Remove this shot", () => {
      items = items.filter((other) => other !== one);
      layout();
      add.focus();
      changed();
    });
    const head = element("div", { className: "part-head" }, heading, seconds.node, element("span", { className: "unit", textContent: "s" }), element("span", { className: "spring" }), one.up, one.down, one.remove);
    one.node = element("div", { className: "part", role: "group", "aria-labelledby": heading.id }, head, secondsWrong.node, words.node);
    return one;
  };
  const layout = () => {
    list.replaceChildren(...items.map((one, index) => {
      one.heading.textContent = `Shot ${index + 1}`;
      one.up.disabled = index === 0;
      one.down.disabled = index === items.length - 1;
      one.remove.disabled = items.length === 1;
      return element("li", {}, one.node);
    }));
    for (const one of items) one.words.set(one.words.value());
    draw();
  };
  add.addEventListener("click", () => {
    const one = card();
    one.seconds.set(Math.max(1, Math.min(duration.default ?? 5, most - sum())));
    items.push(one);
    layout();
    one.words.focus();
    changed();
  });
  layout();
  return {
    node, group: true,
    // Also a shot without words is one: the hub says that its prompt is missing.
    value: () => (items.length
      ? items.map((one) => ({ ...(one.words.value() ? { prompt: one.words.value() } : {}), duration: one.seconds.value() ?? 0 }))
      : undefined),
    set: (value) => {
      items = (Array.isArray(value) ? value : []).map((given) => {
        const one = card();
        one.words.set(given?.prompt);
        one.seconds.set(given?.duration ?? duration.default);
        return one;
      });
      layout();
    },
    focus: () => (items[0] ? items[0].words.focus() : add.focus()),
    problem: (path, words) => {
      const one = items[path[0]];
      if (!path.length) for (const each of items) { each.words.problem([], ""); each.secondsWrong.show(""); }
      if (!path.length) wrong.show(words);
      else if (!one) return false;
      else if (path[1] === "duration") one.secondsWrong.show(words);
      else one.words.problem([], words);
      return true;
    },
  };
}
