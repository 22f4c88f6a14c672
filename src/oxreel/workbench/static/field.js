// What every field has around its control: a label, a hint, and the place where the hub's words about it stand.

import { element, newId } from "./dom.js";

/** A line for what is wrong: {node, show(text)}; `inputs` are marked and described by it. */
export function wrongLine(inputs) {
  const node = element("p", { className: "wrong", id: newId("wrong"), hidden: true });
  return {
    node,
    show(text) {
      node.textContent = text;
      node.hidden = !text;
      for (const input of inputs) {
        const ids = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== node.id);
        if (text) ids.push(node.id);
        if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
        else input.removeAttribute("aria-describedby");
        if (text) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    },
  };
}

/**
 * A whole field of a control {input?, node, aside?, group?, value(), set(value), problem?(path, text) -> boolean}.
 * Returns the control with its node, focus() and problem(path, text); an empty text takes back what was said.
 */
export function framed(control, { title, hint, required }) {
  const name = element("span", { className: "name", textContent: title });
  const inputs = control.inputs ?? (control.input ? [control.input] : []);
  const must = required ? element("span", { className: "required", "aria-hidden": "true", textContent: "required" }) : null;
  if (required && !control.group) control.input.setAttribute("aria-required", "true");
  const help = hint ? element("p", { className: "hint", id: newId("hint"), textContent: hint }) : null;
  if (help) for (const input of inputs) describe(input, help.id);
  const wrong = wrongLine(inputs);
  let node;
  if (control.kind === "switch") {
    control.input.id ||= newId("field");
    const label = element("label", { className: "switch" }, control.node, name);
    node = element("div", { className: "field" }, label, help, wrong.node);
  } else if (control.group) {
    const legend = element("legend", { className: "label" }, element("span", {}, name, must), control.aside ?? null);
    node = element("fieldset", { className: "field" }, legend, control.node, help, wrong.node);
  } else {
    control.input.id ||= newId("field");
    const label = element("div", { className: "label" }, element("span", {}, element("label", { for: control.input.id }, name), must), control.aside ?? null);
    node = element("div", { className: "field" }, label, control.node, help, wrong.node);
  }
  return {
    ...control,
    node,
    focus: () => (control.focus ? control.focus() : node.querySelector("input, textarea, select, button")?.focus()),
    problem(path, text) {
      if (!text) {
        wrong.show("");
        control.problem?.([], "");
      } else if (!path.length || !control.problem?.(path, text)) wrong.show([path.join("."), text].filter(Boolean).join(": "));
    },
  };
}

/** Add to what describes an input. */
export function describe(input, id) {
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
}
