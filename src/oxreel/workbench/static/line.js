// A line for a generation that is on its way, or that ended without a video: where it stands, cancel, retry.

import { busy, button, element, newId, say } from "./dom.js";
import { charged, isActive, kindOf, standing, titleOf } from "./row.js";

export class Line {
  /** `page` is {cancel(row), retry(row)}; the line is drawn into `node` by `show`. */
  constructor(page, node) {
    this.page = page;
    this.node = node;
  }

  /** Bring the line up to date with its row. */
  show(row) {
    const drawn = row.generation_id + row.status.replace("queued", "processing");
    if (drawn !== this.drawn) this.#draw(row);
    this.drawn = drawn;
    this.row = row;
    this.node.className = `line ${row.status}`;
    say(this.label, isActive(row) ? standing(row) : `${row.error_message ?? standing(row)}. ${charged(row)}`.replace(/\.\./g, ".")
      .replace(/(Nothing was charged\.).*\1/, "$1"));
    if (row.progress) this.bar.value = row.progress;
  }

  #draw(row) {
    const focused = this.node.contains(document.activeElement);
    const [word, act] = isActive(row) ? ["Cancel", this.page.cancel] : ["Retry", this.page.retry];
    this.label = element("span", { className: "standing", id: newId("standing") });
    this.bar = element("progress", { max: 1, "aria-labelledby": this.label.id, hidden: !isActive(row) });
    const wrong = element("span", { className: "problem", role: "alert" });
    const run = (event) => busy(event.currentTarget, () => act(this.row)).then(() => say(wrong, ""), (error) => say(wrong, error.message));
    const deed = button(word, run, { "aria-label": `${word} ${titleOf(row)}` });
    this.node.replaceChildren(element("b", { textContent: kindOf(row) }),
      element("span", { className: "name", textContent: titleOf(row), title: titleOf(row) }), this.label, this.bar, deed, wrong);
    if (focused) deed.focus();
  }
}
