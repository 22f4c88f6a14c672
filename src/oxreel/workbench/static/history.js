// The history: search, filters, pages, as a grid or a list.

import { freshUrl } from "./compare.js";
import { button, element, newId, say } from "./dom.js";
import { costOf, isThere, money, posterOf, standing, titleOf, when } from "./row.js";
import { iconButton } from "./signs.js";

const PAGE_SIZE = 24;
const SEARCH_AFTER_MS = 300;
const FRESH_AFTER_MS = 400;
const VIEW = "oxreel.history-view";
const HERE = "here";
const ANY_MODEL = [["", "Any model"], [HERE, "The form's model"]];
const STATUSES = [["", "Any status"], ["succeeded", "Finished"], ["queued", "In line"], ["processing", "Filming"], ["failed", "Failed"], ["cancelled", "Cancelled"]];

/** `page` is what startResults makes for its parts. */
export class History {
  constructor(page) {
    this.page = page;
    this.number = 1;
    this.rows = [];
    this.model = "";
    this.#build();
    this.#view(localStorage.getItem(VIEW) === "list" ? "list" : "grid");
  }

  /** The history is looked at: fill it, once. */
  async open() {
    if (this.opened) return;
    this.opened = true;
    this.#choices().catch(() => {});
    await this.load();
  }

  /** Something ended or was enqueued: look again soon, where anybody sees it. */
  refresh() {
    if (!this.opened) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), FRESH_AFTER_MS);
  }

  /** The model of the form, which the filter can name. */
  setModel(id) {
    this.model = id;
    if (this.#field("model").value === HERE) this.#search();
  }

  /** A row changed that may be shown. */
  update(row) {
    const item = [...this.list.children].find((one) => one.dataset.id === row.generation_id);
    if (!item) return;
    const deed = item.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
    const drawn = this.#item(row);
    item.replaceWith(drawn);
    if (deed) (drawn.querySelector(`[data-deed="${deed}"]`) ?? drawn.firstChild).focus();
  }

  async load() {
    const asked = (this.asked = Symbol("asked"));
    clearTimeout(this.timer);
    let found;
    try {
      found = await this.page.hub.get(`/api/ai/generations?${this.#query()}`);
    } catch (error) {
      if (asked === this.asked) this.#wrong(error.status ? error.message : "The hub does not answer.");
      return;
    }
    if (asked !== this.asked) return;
    if (this.number > Math.max(1, found.total_pages)) {
      this.number = Math.max(1, found.total_pages);
      return void this.load();
    }
    this.#wrong("");
    this.rows = found.generations.map((row) => this.page.learn(row));
    this.#show(found);
  }

  #build() {
    const input = (name, label, properties = null) => {
      const id = newId(name);
      return element("label", { className: `filter ${name}`, htmlFor: id }, element("span", { textContent: label }),
        element(properties ? "input" : "select", { ...properties, id, name }));
    };
    const model = input("model", "Model");
    const status = input("status", "Status");
    const namespace = input("namespace", "Namespace");
    namespace.hidden = true;
    this.form = element("form", { className: "filters", role: "search", "aria-label": "History" },
      input("search", "Search prompts", { type: "search", placeholder: "Words of the prompt, or an id", maxLength: 500 }),
      model, status, namespace,
      input("since", "From", { type: "date" }), input("until", "To", { type: "date" }));
    this.#options("status", STATUSES);
    this.#options("model", ANY_MODEL);
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#search(); });
    this.form.addEventListener("input", (event) => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.#search(), event.target.name === "search" ? SEARCH_AFTER_MS : 0);
    });
    this.count = element("p", { className: "count", role: "status" });
    const view = (name, text) => {
      const made = iconButton(name, text, () => this.#view(name));
      made.dataset.view = name;
      return made;
    };
    this.views = element("div", { className: "views", role: "group", "aria-label": "View" }, view("grid", "Grid"), view("list", "List"));
    this.problem = element("p", { className: "error", role: "alert", hidden: true });
    this.list = element("ul", { className: "entries", tabIndex: -1, "aria-label": "Generations" });
    this.newer = button("Newer", () => this.#turn(-1));
    this.older = button("Older", () => this.#turn(1));
    this.place = element("span", { className: "soft" });
    this.pages = element("nav", { className: "pages", "aria-label": "Pages of the history", hidden: true }, this.newer, this.place, this.older);
    this.node = element("div", { className: "history" }, this.form,
      element("div", { className: "found" }, this.count, this.views), this.problem, this.list, this.pages);
  }

  #field(name) { return this.form.elements.namedItem(name); }

  #options(name, pairs) {
    this.#field(name).replaceChildren(...pairs.map(([value, text]) => element("option", { value, textContent: text })));
  }

  /** The models and namespaces to choose from. */
  async #choices() {
    const [models, account] = await Promise.all([this.page.hub.get("/api/ai/models"), this.page.hub.get("/api/account")]);
    const { value } = this.#field("model");
    this.#options("model", [...ANY_MODEL, ...models.data.map((one) => [one.id, one.display_name ?? one.id])]);
    this.#field("model").value = value;
    this.#options("namespace", [["", "Any namespace"], ...account.namespaces.map((one) => [one.name, one.display_name])]);
    this.#field("namespace").parentElement.hidden = account.namespaces.length < 2;
  }

  #query() {
    const query = new URLSearchParams({ page: this.number, page_size: PAGE_SIZE });
    const set = (name, value) => { if (value) query.set(name, value); };
    for (const name of ["search", "status", "namespace"]) set(name, this.#field(name).value.trim());
    const model = this.#field("model").value;
    set("model", model === HERE ? this.model : model);
    set("since", day(this.#field("since").value, 0));
    set("until", day(this.#field("until").value, 1));
    return query;
  }

  #search() {
    this.number = 1;
    this.load();
  }

  async #turn(by) {
    this.number = Math.max(1, this.number + by);
    await this.load();
    this.list.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "start" });
  }

  #view(name) {
    localStorage.setItem(VIEW, name);
    this.list.dataset.view = name;
    for (const one of this.views.children) one.setAttribute("aria-pressed", String(one.dataset.view === name));
  }

  #wrong(message) {
    say(this.problem, message);
    this.problem.hidden = !message;
  }

  #show(found) {
    const entries = found.total_entries;
    const cost = found.total_cost ? ` · ${money(found.total_cost)} charged` : "";
    say(this.count, `${entries === 1 ? "1 generation" : `${entries} generations`}${cost}`);
    const focused = document.activeElement?.closest(".entry")?.dataset.id;
    const deed = document.activeElement?.dataset.deed;
    this.list.replaceChildren(...this.rows.map((row) => this.#item(row)));
    if (!entries) this.list.append(element("li", { className: "nothing", textContent: this.#narrowed() ? "Nothing fits these filters." : "Nothing yet. What you generate is kept here." }));
    if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"] [data-deed="${deed}"]`)?.focus();
    this.pages.hidden = found.total_pages < 2;
    this.newer.disabled = this.number <= 1;
    this.older.disabled = this.number >= found.total_pages;
    say(this.place, `Page ${this.number} of ${found.total_pages}`);
  }

  #narrowed() { return [...this.form.elements].some((one) => one.value); }

  #item(row) {
    const done = row.status === "succeeded" && isThere(row);
    const frame = element("span", { className: "frame" });
    const unseen = async () => {
      frame.replaceChildren(element("span", { className: "soft", textContent: "No picture" }));
      if (await freshUrl(this.page.hub, row) === null) this.page.lose(row);
    };
    if (done) frame.append(element("img", { loading: "lazy", decoding: "async", alt: "", src: posterOf(row, 480), onerror: unseen }));
    else frame.append(element("span", { className: `soft ${row.status}`, textContent: standing(row) }));
    const open = element("button", { type: "button", className: "open", "data-deed": "open", onclick: () => this.page.open(row) },
      frame,
      element("span", { className: "prompt", textContent: titleOf(row) }),
      element("span", { className: "about" },
        element("span", { className: `status ${row.status}`, textContent: row.preview ? `Preview · ${standing(row).toLowerCase()}` : standing(row) }),
        element("span", { textContent: costOf(row) }),
        element("span", { className: "of", textContent: row.model_name }),
        element("time", { textContent: when(row.enqueued_at), dateTime: new Date(row.enqueued_at * 1000).toISOString() })));
    const pick = done ? button("Compare", () => this.page.tray.toggle(row), {
      "data-deed": "compare", "aria-pressed": String(this.page.tray.has(row)), "aria-label": `Compare: ${titleOf(row)}`,
    }) : null;
    return element("li", { className: "entry", "data-id": row.generation_id }, open, pick);
  }

  /** The tray changed: press and release its buttons. */
  showPicked() {
    for (const row of this.rows) {
      const pick = this.list.querySelector(`[data-id="${CSS.escape(row.generation_id)}"] [data-deed="compare"]`);
      pick?.setAttribute("aria-pressed", String(this.page.tray.has(row)));
    }
  }
}

/** UNIX seconds of the local midnight at which this date begins, or of one some days later; null without a date. */
function day(date, later) {
  const [year, month, of] = date.split("-").map(Number);
  return of ? Math.floor(new Date(year, month - 1, of + later).getTime() / 1000) : null;
}
