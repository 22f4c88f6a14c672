// Elements without markup: text is always text.

/** An element: properties are set as such, `aria-*`, `data-*` and `role` as attributes; null children are left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (/^(aria-|data-)|^(role|for|list)$/.test(name)) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button of this page; `properties` as of `element`. */
export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", className: "quiet", textContent: text, onclick, ...properties });
}

/** Do what a button says, not twice at a time. The button keeps the focus, which a disabled one would lose. */
export async function busy(pressed, act) {
  if (pressed.getAttribute("aria-disabled") === "true") return;
  pressed.setAttribute("aria-disabled", "true");
  try {
    await act();
  } finally {
    pressed.removeAttribute("aria-disabled");
  }
}

let ids = 0;

/** An id that no other element of the page has. */
export function newId(word) {
  ids += 1;
  return `${word}-${ids}`;
}

/** Set a text only where it differs, so that a screen reader is not told the same again. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
