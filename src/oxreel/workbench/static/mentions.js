// "@" in a prompt offers the references of the request, with what they look like.

import { element, newId } from "./dom.js";
import { announce } from "./signs.js";

const MOST_SHOWN = 8;

/** A text area around which "@" opens a list. The area keeps the focus; the list is named by aria-activedescendant. */
export function mentioning(area, context) {
  const list = element("ul", { role: "listbox", id: newId("mentions"), className: "mentions", hidden: true, "aria-label": "References" });
  for (const [name, value] of [["aria-autocomplete", "list"], ["aria-haspopup", "listbox"], ["aria-controls", list.id]]) area.setAttribute(name, value);
  let found = [];
  let chosen = 0;

  const close = () => {
    list.hidden = true;
    found = [];
    area.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    chosen = (index + found.length) % found.length;
    Array.from(list.children).forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    area.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const insert = (name) => {
    const start = begun(area);
    if (start === null) return;
    const after = area.value.slice(area.selectionStart);
    const space = /^[\s,.;:!?)]/.test(after) ? "" : " ";
    area.setRangeText(`@${name}${space}`, start, area.selectionStart, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  };
  const option = (one) => {
    const picture = element("img", { alt: "", width: 40, height: 40 });
    context.picture(one.url).then((source) => { if (source) picture.src = source; });
    const node = element("li", { role: "option", id: newId("mention"), "aria-selected": "false" }, picture,
      element("b", { textContent: `@${one.name}` }), element("span", { textContent: one.note ?? "" }));
    // Before the area loses the focus.
    node.addEventListener("pointerdown", (event) => { event.preventDefault(); insert(one.name); });
    return node;
  };
  const look = () => {
    const start = begun(area);
    const typed = start === null ? "" : area.value.slice(start + 1, area.selectionStart).toLowerCase();
    const all = start === null ? [] : context.references();
    const fitting = all.filter((one) => one.name.toLowerCase().startsWith(typed)).slice(0, MOST_SHOWN);
    // A name that stands there whole needs no help.
    if (!fitting.length || (fitting.length === 1 && fitting[0].name.toLowerCase() === typed)) return close();
    if (found.map((one) => one.name).join() !== fitting.map((one) => one.name).join() || list.hidden) {
      found = fitting;
      list.replaceChildren(...found.map(option));
      list.hidden = false;
      announce(`${found.length} ${found.length === 1 ? "reference" : "references"}: arrow keys choose, Enter takes`);
      mark(0);
    }
    return undefined;
  };

  area.addEventListener("input", look);
  area.addEventListener("click", look);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const keys = {
      ArrowDown: () => mark(chosen + 1),
      ArrowUp: () => mark(chosen - 1),
      Enter: () => insert(found[chosen].name),
      Tab: () => insert(found[chosen].name),
      Escape: close,
    };
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  return element("div", { className: "mentioning" }, area, list);
}

/** Where the mention that is being typed begins, null where none is; "a@b" is a mail address. */
function begun(area) {
  const before = area.value.slice(0, area.selectionStart);
  const typed = /(?<![0-9A-Za-z_.])@[A-Za-z]{0,7}[0-9]{0,2}$/.exec(before);
  return typed && area.selectionStart === area.selectionEnd ? typed.index : null;
}
