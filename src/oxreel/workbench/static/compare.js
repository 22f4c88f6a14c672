// Two results beside each other: a switch of layouts, a tray that holds the first until the second is picked, a dialog.

import { openDialog } from "./dialog.js";
import { button, element } from "./dom.js";
import { Player, playSoftly } from "./player.js";
import { costOf, posterOf, requestOf, rowPath, shapeOf, titleOf, when } from "./row.js";

/** A track of the player for a row that succeeded; `page` learns when its file turns out to be gone. */
export function trackOf(page, row, label) {
  return {
    label, url: row.result_url, poster: posterOf(row), shape: shapeOf(row), rate: page.rateOf(row),
    async fresh() {
      const url = await freshUrl(page.hub, row);
      if (url === null) page.lose(row);
      return url;
    },
  };
}

/** The result's URL signed anew, null when its file is gone, undefined when that cannot be told. */
export async function freshUrl(hub, row) {
  try {
    const { result_url } = await hub.get(rowPath(row));
    const { pathname, search } = new URL(result_url, location.href);
    const { ok, status } = await hub.fetch(pathname + search, { method: "HEAD", cache: "no-store" });
    return ok ? result_url : status === 404 ? null : undefined;
  } catch {
    return undefined;
  }
}

/** Buttons that choose how a player shows its two tracks. */
export function layoutSwitch(player, names, onChange = () => {}) {
  const layouts = [["0", names[0]], ["1", names[1]], ["side", "Side by side"], ["wipe", "Wipe"]];
  const choose = (layout) => {
    player.setLayout(layout);
    for (const one of node.children) one.setAttribute("aria-pressed", String(one.dataset.layout === layout));
    onChange(layout);
  };
  const node = element("div", { className: "switches", role: "group", "aria-label": "Layout" },
    ...layouts.map(([layout, text]) => button(text, () => choose(layout), {
      "data-layout": layout, "aria-pressed": String(layout === player.layout),
    })));
  return node;
}

/** Holds up to two rows that were picked; `onChange()` after each pick. */
export class Tray {
  constructor(page, onChange) {
    this.picked = [];
    this.onChange = onChange;
    this.names = element("p", { className: "names" });
    this.go = button("Compare", () => openCompare(page, ...this.picked), { className: "render" });
    this.node = element("aside", { className: "tray", hidden: true, "aria-label": "Compare two results" },
      this.names, this.go, button("Clear", () => this.#set([])));
  }

  has(row) { return this.picked.some((one) => one.generation_id === row.generation_id); }

  /** Pick a row or put it back; a third takes the second's place. */
  toggle(row) {
    const others = this.picked.filter((one) => one.generation_id !== row.generation_id);
    this.#set(others.length < this.picked.length ? others : [...others.slice(0, 1), row]);
  }

  /** Put a row back that cannot be played any more. */
  drop(row) {
    if (this.has(row)) this.#set(this.picked.filter((one) => one.generation_id !== row.generation_id));
  }

  #set(rows) {
    this.picked = rows;
    this.node.hidden = !rows.length;
    this.go.disabled = rows.length < 2;
    this.names.replaceChildren(...rows.map((row, index) => element("span", { className: "name" },
      element("b", { textContent: "AB"[index] }), ` ${titleOf(row)}`)));
    if (rows.length === 1) this.names.append(element("span", { className: "soft", textContent: "Pick another result to compare it with." }));
    this.onChange();
    if (rows.length < 2) return;
    // Picked in a dialog, behind which the tray cannot be reached.
    if (document.querySelector("dialog[open]")) this.go.click();
    else this.go.focus();
  }
}

function openCompare(page, a, b) {
  const layout = matchMedia("(min-width: 48rem)").matches ? "side" : "wipe";
  const player = new Player([trackOf(page, a, "A"), trackOf(page, b, "B")], { label: "A and B", layout });
  const content = element("div", { className: "compare" }, layoutSwitch(player, ["A", "B"]), player.node, differences(a, b));
  openDialog("Compare", content, { className: "wide", onClose: () => player.destroy() });
  player.start.focus();
  playSoftly(player);
}

/** A table of what the two have not in common. */
function differences(a, b) {
  const facts = [a, b].map((row) => ({
    prompt: titleOf(row), ...requestOf(row), kind: row.preview ? "preview" : "render", engine: row.engine, cost: costOf(row), made: when(row.enqueued_at),
  }));
  const names = Object.keys({ ...facts[0], ...facts[1] });
  const text = (value) => (value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value));
  const unlike = names.filter((name) => text(facts[0][name]) !== text(facts[1][name]));
  const cell = (tag, content, scope) => element(tag, { textContent: content, scope });
  return element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Differences" },
    element("table", {},
      element("caption", { textContent: "What differs" }),
      element("thead", {}, element("tr", {}, cell("td", ""), cell("th", "A", "col"), cell("th", "B", "col"))),
      element("tbody", {}, ...unlike.map((name) => element("tr", {}, cell("th", name.replaceAll("_", " "), "row"),
        ...facts.map((fact) => cell("td", text(fact[name]))))))));
}
