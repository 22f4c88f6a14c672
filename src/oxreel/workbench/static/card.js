// A card: one request, its preview and its render together, and what can be done with them.

import { layoutSwitch, trackOf } from "./compare.js";
import { agreed } from "./dialog.js";
import { busy, button, element, newId, say } from "./dom.js";
import { icon } from "./icons.js";
import { Player, playSoftly } from "./player.js";
import { charged, costOf, fileOf, isActive, isIncomplete, money, requestOf, rowPath, standing, titleOf, when } from "./row.js";

const KINDS = ["preview", "render"];
const NAMES = { preview: "Preview", render: "Render" };
/** From this width on, in pixels, two videos fit beside each other. */
const WIDE = 560;

/**
 * `page` is what the results give to their cards: {hub, user, tray, onCopy(body), enqueue(body, preview), learn(row),
 * announce(text), close(card), bodies}.
 */
export class Card {
  constructor(page, rows, { closeable = true } = {}) {
    this.page = page;
    this.takes = { preview: null, render: null };
    this.price = null;
    this.chosen = null;
    this.#build(closeable);
    for (const row of rows) this.takes[kindOf(row)] = row;
    this.show();
    this.#quote();
  }

  get rows() { return KINDS.map((kind) => this.takes[kind]).filter(Boolean); }

  has(id) { return this.rows.some((row) => row.generation_id === id); }

  get isActive() { return this.rows.some(isActive); }

  /** Put a row on the card, in place of an older one of its kind. */
  put(row) {
    this.takes[kindOf(row)] = row;
    this.show();
    this.#quote();
  }

  destroy() {
    this.player?.destroy();
    this.node.remove();
  }

  /** The take that the buttons mean: the one that is shown, the render where both are. */
  get current() {
    const { preview, render } = this.takes;
    if (!preview || !render) return render ?? preview;
    if (this.player?.videos.length === 2) return this.player.layout === "0" ? preview : render;
    return render.status === "succeeded" || preview.status !== "succeeded" ? render : preview;
  }

  #build(closeable) {
    this.title = element("h3", { id: newId("card") });
    this.meta = element("p", { className: "meta" });
    this.close = closeable
      ? button("", () => this.page.close(this), { className: "control", "aria-label": "Put away; it stays in the history", title: "Put away; it stays in the history" }) : null;
    this.close?.append(icon("close"));
    this.switches = element("div");
    this.stage = element("div", { className: "stage" });
    this.lines = element("div", { className: "lines" });
    this.problem = element("p", { className: "error", role: "alert", hidden: true });
    this.chips = element("ul", { className: "chips", "aria-label": "What the animatic understood" });
    this.without = element("p", { className: "without" });
    this.notes = element("details", { className: "notes" }, element("summary"), element("ul"));
    this.deeds = element("div", { className: "deeds" });
    this.node = element("article", { className: "card", tabIndex: -1, "aria-labelledby": this.title.id },
      element("header", {}, element("div", {}, this.title, this.meta), this.close),
      this.switches, this.stage, this.lines, this.problem, this.chips, this.without, this.notes, this.deeds);
  }

  /** Bring everything up to date with the rows. */
  show() {
    const one = this.current;
    say(this.title, titleOf(one));
    this.title.title = titleOf(one);
    const paid = this.rows.filter((row) => row.status === "succeeded");
    const facts = [one.model_name, one.enqueued_at && when(one.enqueued_at), one.seed !== undefined && `seed ${one.seed}`,
      ...paid.map((row) => `${NAMES[kindOf(row)].toLowerCase()} by ${row.engine}, ${costOf(row)}`)];
    say(this.meta, facts.filter(Boolean).join(" · "));
    this.#showVideos();
    this.#showLines();
    this.#showWords(one);
    this.#showDeeds(one);
  }

  #showVideos() {
    const ready = this.rows.filter((row) => row.status === "succeeded" && row.result_url);
    const shown = ready.map((row) => row.generation_id + (row.deleted ? "-" : "")).join();
    if (shown === this.shown) return;
    const arrived = this.shown !== undefined;
    this.shown = shown;
    this.player?.destroy();
    this.player = null;
    this.switches.replaceChildren();
    this.node.classList.toggle("filmed", ready.length > 0);
    if (ready.length && ready.every((row) => row.deleted)) {
      this.stage.replaceChildren(element("p", { className: "nothing", textContent: "The video was deleted." }));
      return;
    }
    const kept = ready.filter((row) => !row.deleted);
    if (!kept.length) return this.stage.replaceChildren();
    const names = kept.map((row) => NAMES[kindOf(row)]);
    const wide = (this.node.clientWidth || innerWidth) >= WIDE;
    const layout = kept.length < 2 ? "0" : wide ? "side" : "wipe";
    this.player = new Player(kept.map((row, index) => trackOf(this.page.hub, row, names[index])), { label: names.join(" and "), layout });
    this.player.node.classList.toggle("pair", kept.length > 1);
    if (kept.length > 1) this.switches.replaceChildren(layoutSwitch(this.player, names, () => this.show()));
    this.stage.replaceChildren(this.player.node);
    if (arrived) playSoftly(this.player);
  }

  /** A line for each take that is on its way, or that ended without a video. */
  #showLines() {
    for (const kind of KINDS) {
      const row = this.takes[kind];
      const old = this.lines.querySelector(`[data-kind="${kind}"]`);
      if (!row || row.status === "succeeded") {
        old?.remove();
        continue;
      }
      const line = old?.dataset.id === row.generation_id && old.dataset.active === String(isActive(row)) ? old : this.#line(row, kind);
      if (line !== old) {
        const focused = old?.contains(document.activeElement);
        if (old) old.replaceWith(line);
        else this.lines.append(line);
        if (focused) line.querySelector("button")?.focus();
      }
      if (isActive(row)) tellProgress(line, row);
    }
  }

  #line(row, kind) {
    const label = element("span", { className: "label-line", id: newId("doing") });
    const line = element("div", { className: `line ${row.status}`, "data-kind": kind, "data-id": row.generation_id, "data-active": String(isActive(row)) });
    if (isActive(row)) {
      line.append(label, element("progress", { max: 1, "aria-labelledby": label.id }), button("Cancel", (event) => this.#run(event.currentTarget, () => this.#cancel(row))));
    } else {
      const said = row.status === "failed" ? `${row.error_message || "It failed."} ${charged(row)}` : `Cancelled. ${charged(row)}`;
      label.textContent = said.replace(/(Nothing was charged\.).*\1/, "$1");
      line.append(element("b", { textContent: NAMES[kind] }), label, button("Retry", (event) => this.#run(event.currentTarget, () => this.page.retry(row))));
    }
    return line;
  }

  #showWords(row) {
    const shots = row.plan?.shots ?? [];
    const chips = shots.map((shot) => shot.chips ?? []);
    const several = shots.length > 1;
    const items = chips.flatMap((texts, index) => (several && texts.length ? [[`Shot ${index + 1}`, "shot"]] : []).concat(texts.map((text) => [text, ""])));
    const without = [...new Set(shots.flatMap((shot) => shot.without_effect ?? []))];
    const warnings = row.warnings ?? [];
    const words = JSON.stringify([items, without, warnings]);
    if (words === this.words) return;
    this.words = words;
    this.chips.hidden = !items.length;
    this.chips.replaceChildren(...items.map(([text, className]) => element("li", { className, textContent: text })));
    this.without.hidden = !without.length;
    this.without.textContent = without.length ? `Without effect on the animatic: ${without.join(", ")}` : "";
    this.notes.hidden = !warnings.length;
    this.notes.firstChild.textContent = warnings.length === 1 ? "1 note" : `${warnings.length} notes`;
    this.notes.lastChild.replaceChildren(...warnings.map((text) => element("li", { textContent: text })));
  }

  #showDeeds(row) {
    const done = row.status === "succeeded" && !row.deleted;
    const both = this.takes.preview && this.takes.render;
    const of = both ? ` ${kindOf(row)}` : "";
    const again = Number(row.price) > 0 ? ` ${money(row.price)}` : "";
    const wanted = [
      this.#canRender() && ["render", this.price ? `Render ${money(this.price.price)}` : "Render", () => this.#render()],
      ["copy", "Copy parameters", () => this.#copy()],
      !isActive(row) && ["rerun", `Rerun${again}`, () => this.#rerun()],
      done && ["compare", "Compare", () => this.page.tray.toggle(this.current)],
      done && ["download", `Download${of}`, null],
      done && ["delete", `Delete${of}`, () => this.#delete()],
    ].filter(Boolean);
    const drawn = JSON.stringify([wanted, row.result_url]);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      const focused = this.deeds.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
      this.deeds.replaceChildren(...wanted.map(([name, text, act]) => (act ? this.#deed(name, text, act) : downloadLink(row, text, (link) => this.#run(link, () => this.#save(row))))));
      if (focused) (this.deeds.querySelector(`[data-deed="${focused}"]`) ?? this.node).focus();
    }
    this.deeds.querySelector('[data-deed="compare"]')?.setAttribute("aria-pressed", String(this.page.tray.has(row)));
  }

  #deed(name, text, act) {
    const titles = { rerun: "The same request once more, with another seed", copy: "Put this request into the form" };
    return button(text, (event) => this.#run(event.currentTarget, act), { className: name === "render" ? "render" : "quiet", "data-deed": name, title: titles[name] });
  }

  #canRender() {
    const { preview, render } = this.takes;
    return preview && preview.status === "succeeded" && (!render || ["failed", "cancelled"].includes(render.status));
  }

  #wrong(message) {
    say(this.problem, message);
    this.problem.hidden = !message;
  }

  /** What the render would cost; without an answer the button stands there without a price. */
  async #quote() {
    const { preview, render } = this.takes;
    if (!preview || preview.seed === undefined || render || this.price || this.quoting) return;
    this.quoting = true;
    try {
      this.price = await this.page.hub.post("/api/ai/estimate", this.#request(preview));
      if (!this.price.enough_credits) this.#wrong(`Rendering costs ${money(this.price.price)}, more than ${this.price.namespace} can spend.`);
    } catch {
      this.price = null;
    }
    this.quoting = false;
    this.show();
  }

  #request(row) {
    const known = this.page.bodies.get(row.generation_id);
    const request = known ? { ...known, seed: row.seed } : requestOf(row, this.page.user);
    if (isIncomplete(request)) throw new Error("This request held a picture that only its sender has. Put it together anew in the form.");
    return request;
  }

  async #render() {
    await this.page.enqueue(this.#request(this.takes.preview), false, this);
  }

  #copy() {
    const known = this.page.bodies.get(this.current.generation_id);
    this.page.onCopy(known ?? requestOf(this.current, this.page.user));
    this.page.announce("The request is in the form.");
  }

  async #rerun() {
    const row = this.current;
    const { seed, ...request } = this.#request(row);
    await this.page.enqueue(request, row.preview, null);
  }

  async #cancel(row) {
    const now = await this.page.cancel(row);
    if (now.status === "succeeded") this.#wrong(`It had finished already. ${charged(now)}`);
  }

  /** Do it, and say on the card what went wrong. */
  async #run(pressed, act) {
    this.#wrong("");
    try {
      await busy(pressed, act);
    } catch (error) {
      this.#wrong(error.message);
    }
  }

  /** Save the video; the hub's own name for it, video.mp4, would be the same for all. */
  async #save(row) {
    const { pathname, search } = new URL(row.result_url, location.href);
    const answer = await this.page.hub.fetch(pathname + search);
    if (!answer.ok) throw new Error(answer.status === 404 ? "The file of this video was deleted." : `The hub answered ${answer.status}.`);
    const href = URL.createObjectURL(await answer.blob());
    element("a", { href, download: `${row.generation_id}.mp4` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }

  async #delete() {
    const row = this.current;
    const file = fileOf(row);
    const sure = await agreed(`Delete the ${kindOf(row)}?`, [
      `The file ${file.path} is removed from the repository ${file.namespace}/${file.repository}, for everybody and for good. Links to it stop working.`,
      `The entry stays in the history with its parameters and its cost. What was charged is not given back.`,
    ], "Delete the file");
    if (!sure) return;
    try {
      await this.page.hub.delete(file.url);
    } catch (error) {
      if (error.status !== 404) throw error;
    }
    this.page.learn({ generation_id: row.generation_id, deleted: true });
    this.page.announce("The video was deleted.");
    this.node.focus();
  }
}

export function kindOf(row) {
  return row.preview ? "preview" : "render";
}

/** Write where an active row stands into its line: text and bar. */
export function tellProgress(line, row, prefix = `${NAMES[kindOf(row)]}: `) {
  const text = standing(row);
  say(line.querySelector(".label-line"), prefix ? `${prefix}${text[0].toLowerCase()}${text.slice(1)}` : text);
  const bar = line.querySelector("progress");
  if (row.progress) bar.value = row.progress;
  else bar.removeAttribute("value");
}

/** A real link, so that it can be opened and copied; a click saves the file under the generation's own name. */
function downloadLink(row, text, save) {
  const link = element("a", { className: "button", href: row.result_url, textContent: text, "data-deed": "download" });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    save(link);
  });
  return link;
}
