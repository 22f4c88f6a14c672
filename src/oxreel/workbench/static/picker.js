// Pick from the assets: the user's repositories and the public samples, with thumbnails.

import { element } from "./dom.js";
import { announce, icon } from "./signs.js";

const $ = (id) => document.getElementById(id);
//: Whose public repositories hold the pictures of the documents' examples.
const SAMPLES = ["ox", "elau"];
const PAGE = 60;
//: Uploads lie in a folder each, named by a digest: what is in them is shown as if it lay outside.
const DIGEST = /^[0-9a-f]{16}$/;

export class Picker {
  #hub;
  #names;
  #pictures;
  #place = null;
  #kind = "image";
  #chosen = [];
  #several = false;
  #turn = 0;

  constructor(hub, names, pictures) {
    this.#hub = hub;
    this.#names = names;
    this.#pictures = pictures;
  }

  /** Addresses of files of that kind; null where the dialog is left without one. */
  async pick(kind, several) {
    const dialog = $("picker");
    this.#kind = kind;
    this.#several = several;
    this.#chosen = [];
    $("picker-title").textContent = kind === "video" ? "Pick a video" : several ? "Pick images" : "Pick an image";
    $("take-picked").hidden = !several;
    this.#mark();
    const closed = new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }); });
    dialog.returnValue = "";
    $("close-picker").onclick = () => dialog.close("");
    $("take-picked").onclick = () => dialog.close("taken");
    $("picker-repository").onchange = () => this.#open(JSON.parse($("picker-repository").value), "");
    dialog.onclick = (event) => { if (event.target === dialog) dialog.close(""); };
    dialog.showModal();
    this.#repositories();
    return (await closed) === "taken" ? this.#chosen : null;
  }

  async #repositories() {
    const listed = await Promise.all([...this.#names, ...SAMPLES].map((name) =>
      this.#hub.get(`/api/repos/${encodeURIComponent(name)}`).then((answer) => answer.repositories, () => [])));
    const own = listed.slice(0, this.#names.length).flat();
    const samples = listed.slice(this.#names.length).flat().filter((one) => !this.#names.includes(one.namespace));
    const group = (label, found) => {
      const node = element("optgroup", { label });
      node.append(...found.map((one) => new Option(`${one.namespace}/${one.name}`, JSON.stringify([one.namespace, one.name]))));
      return found.length ? node : "";
    };
    $("picker-repository").replaceChildren(group("Yours", own), group("Samples", samples));
    const all = [...own, ...samples];
    if (!all.length) return this.#say("There are no repositories yet: upload a file first.");
    const known = all.find((one) => this.#place && one.namespace === this.#place[0] && one.name === this.#place[1]);
    const first = known ?? all.find((one) => one.name === "uploads") ?? samples[0] ?? all[0];
    this.#place = [first.namespace, first.name];
    $("picker-repository").value = JSON.stringify(this.#place);
    return this.#open(this.#place, "");
  }

  #say(text) {
    $("picker-status").textContent = text;
    $("picker-status").hidden = !text;
  }

  async #open(place, path, page = 1) {
    this.#place = place;
    const turn = (this.#turn += 1);
    const base = `/api/repos/${place.map(encodeURIComponent).join("/")}`;
    const list = async (folder, size, number) => {
      const where = folder.split("/").filter(Boolean).map(encodeURIComponent).join("/");
      return this.#hub.get(`${base}/dir/main${where ? `/${where}` : ""}?page=${number}&page_size=${size}`);
    };
    if (page === 1) $("picker-files").replaceChildren();
    this.#crumbs(path);
    this.#say("Looking …");
    try {
      const answer = await list(path, PAGE, page);
      const found = await Promise.all(answer.entries.map(async (one) =>
        (one.is_dir && DIGEST.test(one.filename) ? (await list(one.path, PAGE, 1)).entries : [one])));
      if (turn !== this.#turn) return undefined;
      const entries = found.flat().filter((one) => one.is_dir || one.data_type === this.#kind);
      // A repository whose only thing is a folder begins in it.
      if (page === 1 && answer.total_entries === 1 && entries[0]?.is_dir) return this.#open(place, entries[0].path);
      entries.sort((a, b) => b.is_dir - a.is_dir || (b.last_modified ?? 0) - (a.last_modified ?? 0));
      $("picker-files").append(...entries.map((one) => this.#entry(base, one)));
      this.#say($("picker-files").children.length ? "" : `There is no ${this.#kind} here.`);
      announce(`${entries.length} entries`);
      $("picker-more").hidden = page >= answer.total_pages;
      $("picker-more").onclick = () => this.#open(place, path, page + 1);
      this.#mark();
    } catch (error) {
      if (turn === this.#turn) this.#say(error.message);
    }
    return undefined;
  }

  #crumbs(path) {
    const parts = path.split("/").filter(Boolean);
    $("picker-path").replaceChildren(...[this.#place[1], ...parts].map((name, index) => {
      const button = element("button", { type: "button", className: "crumb", textContent: name });
      button.addEventListener("click", () => this.#open(this.#place, parts.slice(0, index).join("/")));
      if (index === parts.length) button.setAttribute("aria-current", "true");
      return element("li", {}, button);
    }));
  }

  #entry(base, one) {
    const name = element("span", { className: "file-name", textContent: one.filename });
    if (one.is_dir) {
      const button = element("button", { type: "button", className: "asset folder" }, icon("folder"), name);
      button.addEventListener("click", async () => {
        await this.#open(this.#place, one.path);
        ($("picker-files").querySelector("button") ?? $("picker-repository")).focus();
      });
      return element("li", {}, button);
    }
    const address = `${location.origin}${base}/file/main/${one.path.split("/").map(encodeURIComponent).join("/")}`;
    const picture = element("img", { alt: "", loading: "lazy" });
    this.#pictures.of(address).then((source) => { if (source) picture.src = source; });
    const facts = [one.width && `${one.width} × ${one.height}`, one.seconds && `${one.seconds.toFixed(1)} s`].filter(Boolean).join(", ");
    const button = element("button", { type: "button", className: "asset", value: address }, element("span", { className: "thumb" }, picture, icon(this.#kind === "video" ? "video" : "picture")), name, element("span", { className: "hint", textContent: facts }));
    button.addEventListener("click", () => this.#choose(address));
    return element("li", {}, button);
  }

  #choose(address) {
    if (!this.#several) {
      this.#chosen = [address];
      $("picker").close("taken");
      return;
    }
    this.#chosen = this.#chosen.includes(address) ? this.#chosen.filter((one) => one !== address) : [...this.#chosen, address];
    this.#mark();
  }

  #mark() {
    for (const button of $("picker-files").querySelectorAll("button.asset:not(.folder)")) {
      const place = this.#chosen.indexOf(button.value);
      if (this.#several) button.setAttribute("aria-pressed", String(place >= 0));
      button.dataset.place = place >= 0 ? String(place + 1) : "";
    }
    const count = this.#chosen.length;
    $("take-picked").disabled = !count;
    $("take-picked").textContent = count ? `Take ${count}` : "Take";
  }
}
