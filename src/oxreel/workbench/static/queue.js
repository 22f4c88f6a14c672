// The queue: everything of the caller's namespaces that is on its way, and what just ended without a video.

import { button, element, newId, say } from "./dom.js";
import { Line } from "./line.js";
import { isActive } from "./row.js";

/** Lines that are shown; the rest is a number. */
const MOST = 20;

export class QueuePanel {
  constructor(page) {
    this.page = page;
    this.lines = new Map();
    this.hidden = 0;
    this.title = element("h3", { id: newId("queue") });
    this.list = element("ul");
    this.more = element("p", { className: "soft" });
    this.tidy = button("Clear", () => this.#drop((row) => !isActive(row)), { "aria-label": "Clear what has ended from the queue" });
    this.node = element("section", { className: "queue", hidden: true, tabIndex: -1, "aria-labelledby": this.title.id },
      element("header", {}, this.title, this.tidy), this.list, this.more);
  }

  /** All active rows as the hub lists them, the newest first, and how many there are. */
  show(rows, count) {
    this.hidden = Math.max(0, count - MOST);
    for (const row of rows.slice(-MOST).reverse()) this.update(row, true);
    this.#drop(() => false);
  }

  /** A row has changed; one that is not listed enters only where `enter` says so. */
  update(row, enter = false) {
    if (enter && isActive(row) && !this.lines.has(row.generation_id)) {
      const line = new Line(this.page, element("li"));
      this.lines.set(row.generation_id, line);
      this.list.append(line.node);
    }
    this.lines.get(row.generation_id)?.show(row);
    // What was retried is in line anew.
    this.#drop((one) => one.status === "succeeded" || one.generation_id === row.retried_from_id);
  }

  #drop(unwanted) {
    const focused = this.node.contains(document.activeElement);
    for (const [id, { row, node }] of this.lines) {
      if (!unwanted(row)) continue;
      node.remove();
      this.lines.delete(id);
    }
    const rows = [...this.lines.values()].map((line) => line.row);
    const active = rows.filter(isActive).length + this.hidden;
    this.node.hidden = !rows.length;
    this.tidy.hidden = rows.every(isActive);
    say(this.title, active ? `Queue · ${active}` : "Queue");
    say(this.more, this.hidden ? `and ${this.hidden} more` : "");
    if (focused && !this.node.contains(document.activeElement)) (this.list.querySelector("button") ?? this.node).focus();
  }
}
