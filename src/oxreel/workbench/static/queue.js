// The queue: everything of the caller's namespaces that is on its way, and what just ended without a video.

import { kindOf, tellProgress } from "./card.js";
import { busy, button, element, newId, say } from "./dom.js";
import { charged, isActive, titleOf } from "./row.js";

/** Lines that are shown; the rest is a number. */
const MOST = 20;

/** `page` is {cancel(row), retry(row)}, which change rows and give them. */
export class QueuePanel {
  constructor(page) {
    this.page = page;
    this.lines = new Map();
    this.title = element("h3", { id: newId("queue") });
    this.list = element("ul");
    this.more = element("p", { className: "soft", hidden: true });
    this.tidy = button("Clear", () => this.#clear(), { "aria-label": "Clear what has ended from the queue" });
    this.node = element("section", { className: "queue", hidden: true, tabIndex: -1, "aria-labelledby": this.title.id },
      element("header", {}, this.title, this.tidy), this.list, this.more);
  }

  /** All active rows as the hub lists them, the newest first, and how many there are. */
  show(rows, count) {
    const known = new Set(rows.map((row) => row.generation_id));
    for (const [id, line] of this.lines) if (!known.has(id) && isActive(line.row)) this.#drop(id);
    for (const row of rows.slice(-MOST).reverse()) this.update(row, true);
    this.hidden = Math.max(0, count - MOST);
    this.#count();
  }

  /** A row has changed; one that is not listed enters only where `enter` says so. */
  update(row, enter = false) {
    const line = this.lines.get(row.generation_id);
    if (!line && !(enter && isActive(row))) return;
    if (row.status === "succeeded") this.#drop(row.generation_id);
    else if (line && isActive(line.row) === isActive(row)) this.#tell(line, row);
    else this.#draw(line, row);
    this.#count();
  }

  #draw(old, row) {
    const label = element("span", { className: "label-line", id: newId("standing") });
    const name = element("span", { className: "name", textContent: titleOf(row), title: titleOf(row) });
    const kind = element("span", { className: "kind", textContent: kindOf(row) });
    const problem = element("span", { className: "problem", role: "alert" });
    const act = isActive(row)
      ? button("Cancel", (event) => this.#run(event.target, line, this.page.cancel), { "aria-label": `Cancel ${titleOf(row)}` })
      : button("Retry", (event) => this.#run(event.target, line, this.page.retry), { "aria-label": `Retry ${titleOf(row)}` });
    const node = element("li", { className: `line ${row.status}` }, kind, name, label,
      isActive(row) ? element("progress", { max: 1, "aria-labelledby": label.id }) : null, act, problem);
    const line = { node, row, problem };
    const focused = old?.node.contains(document.activeElement);
    if (old) old.node.replaceWith(node);
    else this.list.append(node);
    this.lines.set(row.generation_id, line);
    this.#tell(line, row);
    if (focused) act.focus();
  }

  #tell(line, row) {
    line.row = row;
    if (isActive(row)) tellProgress(line.node, row, "");
    else say(line.node.querySelector(".label-line"), `${row.status === "failed" ? "Failed" : "Cancelled"}. ${charged(row)}`);
  }

  async #run(pressed, line, act) {
    say(line.problem, "");
    try {
      await busy(pressed, async () => {
        const { generation_id } = line.row;
        const row = await act(line.row);
        if (row.generation_id !== generation_id) this.#drop(generation_id);
      });
    } catch (error) {
      say(line.problem, error.message);
    }
  }

  #drop(id) {
    const { node } = this.lines.get(id) ?? {};
    if (!node) return;
    const focused = node.contains(document.activeElement);
    node.remove();
    this.lines.delete(id);
    if (focused) (this.list.querySelector("button") ?? this.node).focus();
    this.#count();
  }

  #clear() {
    for (const [id, { row }] of this.lines) if (!isActive(row)) this.#drop(id);
  }

  #count() {
    const rows = [...this.lines.values()].map((line) => line.row);
    const active = rows.filter(isActive).length + (this.hidden ?? 0);
    this.node.hidden = !rows.length;
    this.tidy.hidden = rows.every(isActive);
    say(this.title, active ? `Queue · ${active}` : "Queue");
    this.more.hidden = !this.hidden;
    say(this.more, `and ${this.hidden} more`);
  }
}
