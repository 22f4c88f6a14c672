// A card: one request, its preview and its render together, and what can be done with them.

import { layoutSwitch, trackOf } from "./compare.js";
import { agreed } from "./dialog.js";
import { busy, button, element, newId, say } from "./dom.js";
import { Line } from "./line.js";
import { Player, playSoftly } from "./player.js";
import { costOf, fileOf, GONE, isActive, isIncomplete, isThere, kindOf, money, requestOf, titleOf, when } from "./row.js";
import { announce, iconButton } from "./signs.js";

const KINDS = ["preview", "render"];
const NAMES = { preview: "Preview", render: "Render" };
/** From this width on, in pixels, two videos fit beside each other. */
const WIDE = 560;

/** `page` is what startResults makes for its parts. */
export class Card {
  constructor(page, rows, { closeable = true } = {}) {
    this.page = page;
    this.takes = { preview: null, render: null };
    this.lines = {};
    this.price = null;
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
    return isThere(render) || !isThere(preview) ? render : preview;
  }

  #build(closeable) {
    this.title = element("h3", { id: newId("card") });
    this.meta = element("p", { className: "meta" });
    this.switches = element("div");
    this.stage = element("div", { className: "stage" });
    this.under = element("div", { className: "lines" });
    this.problem = element("p", { className: "error", role: "alert", hidden: true });
    this.chips = element("ul", { className: "chips", "aria-label": "What the animatic understood" });
    this.without = element("p", { className: "without" });
    this.notes = element("details", { className: "notes" }, element("summary"), element("ul"));
    this.deeds = element("div", { className: "deeds" });
    this.node = element("article", { className: "card", tabIndex: -1, "aria-labelledby": this.title.id },
      element("header", {}, element("div", {}, this.title, this.meta),
        closeable && iconButton("remove", "Put away; it stays in the history", () => this.page.close(this))),
      this.switches, this.stage, this.under, this.problem, this.chips, this.without, this.notes, this.deeds);
  }

  /** Bring everything up to date with the rows. */
  show() {
    const one = this.current;
    say(this.title, titleOf(one));
    this.title.title = titleOf(one);
    const facts = [one.model_name, one.enqueued_at && when(one.enqueued_at), one.seed !== undefined && `seed ${one.seed}`,
      ...this.rows.map((row) => row.result_url && `${kindOf(row)} by ${row.engine}, ${costOf(row)}`)];
    say(this.meta, facts.filter(Boolean).join(" · "));
    this.#showVideos();
    this.#showLines();
    this.#showWords(one);
    this.#showDeeds(one);
  }

  #showVideos() {
    const ready = this.rows.filter((row) => row.result_url);
    const kept = ready.filter(isThere);
    const shown = ready.map((row) => row.generation_id + isThere(row)).join();
    if (shown === this.shown) return;
    const arrived = this.shown !== undefined;
    this.shown = shown;
    this.player?.destroy();
    this.player = null;
    this.switches.replaceChildren();
    this.node.classList.toggle("filmed", ready.length > 0);
    if (!kept.length) {
      this.stage.replaceChildren(...(ready.length ? [element("p", { className: "nothing", textContent: `${GONE} Rerun films the request once more.` })] : []));
      return;
    }
    const names = kept.map((row) => NAMES[kindOf(row)]);
    const wide = (this.node.clientWidth || innerWidth) >= WIDE;
    const layout = kept.length < 2 ? "0" : wide ? "side" : "wipe";
    this.player = new Player(kept.map((row, index) => trackOf(this.page, row, names[index])), { label: names.join(" and "), layout });
    this.player.node.classList.toggle("pair", kept.length > 1);
    if (kept.length > 1) this.switches.replaceChildren(layoutSwitch(this.player, names, () => this.show()));
    this.stage.replaceChildren(this.player.node);
    if (arrived) playSoftly(this.player);
  }

  /** A line for each take that is on its way, or that ended without a video. */
  #showLines() {
    for (const kind of KINDS) {
      const row = this.takes[kind];
      const shown = row && row.status !== "succeeded";
      if (shown && !this.lines[kind]) {
        this.lines[kind] = new Line(this.page, element("div", { "data-kind": kind }));
        this.under.append(this.lines[kind].node);
      }
      if (shown) this.lines[kind].show(row);
      else this.#dropLine(kind);
    }
  }

  #dropLine(kind) {
    if (this.lines[kind]?.node.contains(document.activeElement)) this.node.focus();
    this.lines[kind]?.node.remove();
    delete this.lines[kind];
  }

  #showWords(row) {
    const shots = row.plan?.shots ?? [];
    const items = shots.flatMap(({ chips = [] }, index) => [
      ...(shots.length > 1 && chips.length ? [[`Shot ${index + 1}`, "shot"]] : []), ...chips.map((text) => [text, ""])]);
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
    const done = isThere(row);
    const of = this.rows.length > 1 ? ` ${kindOf(row)}` : "";
    const wanted = [
      this.#canRender() && ["render", this.price ? `Render ${money(this.price.price)}${this.#by()}` : "Render", () => this.#render()],
      ["copy", "Copy parameters", () => this.#copy()],
      !isActive(row) && ["rerun", `Rerun${Number(row.price) > 0 ? ` ${money(row.price)}` : ""}`, () => this.#rerun()],
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
      this.player?.setRate(this.page.rateOf(preview, this.price.frame_rate));
      if (!this.price.enough_credits) this.#wrong(`Rendering costs ${money(this.price.price)}, more than ${this.price.namespace} can spend.`);
    } catch {
      this.price = null;
    }
    this.quoting = false;
    this.show();
  }

  /** Which engine the render is for, where it is not that of the preview. */
  #by() {
    return this.price.engine === this.takes.preview.engine ? "" : ` · ${this.price.engine}`;
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
    announce("The request is in the form.");
  }

  async #rerun() {
    const row = this.current;
    const { seed, ...request } = this.#request(row);
    await this.page.enqueue(request, row.preview, null);
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
    if (!answer.ok) throw new Error(answer.status === 404 ? GONE : `The hub answered ${answer.status}.`);
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
    this.page.lose(row);
    announce("The video was deleted.");
    this.node.focus();
  }
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
