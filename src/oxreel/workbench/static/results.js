// The results side of the page: queue, cards and history, kept up to date by the hub's events.
// When a generation ends, `root` dispatches "generation-ended" with its row, for whoever shows the balance.

import { Card } from "./card.js";
import { freshUrl, Tray } from "./compare.js";
import { openDialog } from "./dialog.js";
import { element, newId, say } from "./dom.js";
import { followEvents } from "./events.js";
import { History } from "./history.js";
import { QueuePanel } from "./queue.js";
import { charged, isActive, isThere, kindOf, pairKey, rowPath } from "./row.js";
import { announce } from "./signs.js";

/** Rows that are looked at when the page opens, and cards that are made of those which hold a video. */
const FIRST_ROWS = 24;
const FIRST_CARDS = 1;
const MOST_CARDS = 12;
/** The line is asked for once where many things happen together. */
const GATHER_MS = 200;
/** No event tells of what another client cancelled: while something is on its way, the line is looked at again. */
const LOOK_MS = 30_000;
/** An event is an occasion to look, but many come at once. */
const EVENT_LOOK_MS = 10_000;
/** A connection that is back sooner was never missed. */
const CALM_MS = 700;

/** Fill `root` with the results of `hub`; `onCopy(body)` puts a request back into the form. */
export function startResults({ root, hub, onCopy }) {
  const rows = new Map();
  const bodies = new Map();
  const rates = new Map();
  const cards = [];
  let dialogCard = null;
  let user = "";

  const connection = element("p", { className: "connection", role: "status", hidden: true });
  const page = {
    hub, bodies, learn, lose, rateOf, enqueue, cancel, retry, open, close,
    get user() { return user; },
    onCopy: (body) => {
      dialogCard?.node.closest("dialog").close();
      onCopy(body);
    },
  };
  page.tray = new Tray(page, () => {
    for (const card of allCards()) card.show();
    past.showPicked();
  });
  const queue = new QueuePanel(page);
  const past = new History(page);
  const shelf = element("div", { className: "cards" });
  const empty = element("div", { className: "first" },
    element("p", { className: "nothing" },
      "Preview films an animatic of your request, free of charge: framing, timing and cuts.", element("br"),
      "Render then films it with the engine that the model is set to. Both stay together here."));
  const present = element("div", {}, empty, shelf);
  const { node: tabs, choose } = makeTabs([["Results", present], ["History", past.node]], (index) => { if (index === 1) past.open(); });
  root.classList.add("results");
  root.replaceChildren(tabs, connection, queue.node, present, past.node, page.tray.node);

  /** What is known of a row by now, everywhere. */
  function learn(row) {
    const before = rows.get(row.generation_id);
    // What has ended stays so: an answer that says otherwise was overtaken on its way.
    if (before && !isActive(before) && row.status && isActive(row)) return before;
    const known = { ...before, ...row };
    rows.set(row.generation_id, known);
    queue.update(known);
    for (const card of allCards()) if (card.has(known.generation_id)) card.put(known);
    return known;
  }

  /** The row's file turned out to be gone. */
  function lose(row) {
    const known = learn({ generation_id: row.generation_id, deleted: true });
    page.tray.drop(known);
    past.update(known);
  }

  /** Frames a second of the row's video, undefined where the hub has not said it; `said` is what an estimate says. */
  function rateOf({ model_name: model, frame_rate: own }, said = undefined) {
    if (said) rates.set(model, said);
    return own ?? rates.get(model);
  }

  function allCards() { return dialogCard ? [...cards, dialogCard] : cards; }

  async function fetchRow(id) {
    return learn(await hub.get(rowPath({ generation_id: id })));
  }

  let gathering = 0;
  let looked = 0;
  let watch = 0;
  function refreshQueue() {
    gathering ||= setTimeout(async () => {
      gathering = 0;
      looked = Date.now();
      try {
        const { generations, count } = await hub.get("/api/ai/queue");
        if (generations.some((row) => !rows.has(row.generation_id))) past.refresh();
        for (const row of generations) learn(row);
        queue.show(generations, count);
        // What is not in line any more has ended in a way that no event told.
        const listed = new Set(generations.map((row) => row.generation_id));
        const lost = [...rows.values()].filter((row) => isActive(row) && !listed.has(row.generation_id));
        if (lost.length) past.refresh();
        for (const { generation_id } of lost) {
          const now = await fetchRow(generation_id);
          past.update(now);
          if (now.status === "cancelled") tellEnded(now);
        }
      } catch {
        // The hub is away: everything is asked for again when the events are back.
      }
      clearTimeout(watch);
      if ([...rows.values()].some(isActive)) watch = setTimeout(look, LOOK_MS);
    }, GATHER_MS);
  }

  /** A page that nobody sees asks nothing; it looks when it is seen again. */
  function look() { if (!document.hidden) refreshQueue(); }

  function tellEnded(row) { root.dispatchEvent(new CustomEvent("generation-ended", { bubbles: true, detail: row })); }

  async function onEvent(kind, data) {
    if (Date.now() - looked > EVENT_LOOK_MS) look();
    const known = rows.get(data.generation_id);
    if (kind === "media_generation_progress") {
      if (known && !isActive(known)) return;
      const begins = known?.status !== "processing";
      if (known) past.update(learn({ generation_id: data.generation_id, status: "processing", progress: data.progress, queue_position: null }));
      if (begins) {
        refreshQueue();
        if (known) fetchRow(data.generation_id).catch(() => {});
      }
    } else if (kind === "media_generation_completed") {
      refreshQueue();
      past.refresh();
      const row = await fetchRow(data.generation_id).catch(() => null);
      if (!row) return;
      if (cards.some((card) => card.has(row.generation_id))) {
        const name = kindOf(row) === "preview" ? "The preview" : "The render";
        announce(row.status === "succeeded" ? `${name} is finished.` : `${name} failed: ${row.error_message}`);
      }
      tellEnded(row);
    }
  }

  let calm = 0;
  followEvents(hub, {
    onEvent,
    onState(state, error) {
      clearTimeout(calm);
      if (state === "live") {
        if (!connection.hidden) announce("Connected again.");
        connection.hidden = true;
        return;
      }
      calm = setTimeout(() => {
        connection.hidden = false;
        say(connection, state === "refused" ? error.message : "Reconnecting to the hub…");
      }, connection.hidden ? CALM_MS : 0);
    },
    onGap() {
      refreshQueue();
      past.refresh();
    },
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);

  async function enqueue(body, preview, card = null, count = 1) {
    const request = { ...body, preview: undefined };
    const { generations } = await hub.post("/api/ai/queue", { ...request, preview: preview || undefined, num_generations: count, validate: true });
    const prompt = body.prompt ?? body.multi_prompt?.map((shot) => shot.prompt).join(" / ");
    for (const [index, made] of generations.entries()) {
      bodies.set(made.generation_id, request);
      const row = learn({ ...request, seed: undefined, prompt, warnings: [], model_name: body.model, preview, progress: 0, ...made });
      if (card && index === 0) card.put(row);
      else addCard([row]);
    }
    announce(`${preview ? "Preview" : "Render"} is in line.`);
    choose(0);
    refreshQueue();
    past.refresh();
    await Promise.all(generations.map((made) => fetchRow(made.generation_id).catch(() => {})));
    return generations;
  }

  /** The row as it stands after it was cancelled. */
  async function cancel(row) {
    await hub.delete(rowPath(row));
    const now = await fetchRow(row.generation_id);
    announce(now.status === "cancelled" ? `Cancelled. ${charged(now)}` : `It had ended already. ${charged(now)}`);
    past.update(now);
    refreshQueue();
    tellEnded(now);
    return now;
  }

  /** The new row of the same request. */
  async function retry(row) {
    const now = learn(await hub.post(`${rowPath(row)}/retry`));
    if (bodies.has(row.generation_id)) bodies.set(now.generation_id, bodies.get(row.generation_id));
    const holding = allCards().filter((card) => card.has(row.generation_id));
    for (const card of holding) card.put(now);
    if (!holding.length) addCard([now]);
    announce("It is in line again.");
    refreshQueue();
    past.refresh();
    return now;
  }

  function addCard(of, { last = false } = {}) {
    const card = new Card(page, of);
    if (last) cards.push(card);
    else cards.unshift(card);
    shelf[last ? "append" : "prepend"](card.node);
    const spare = cards.length > MOST_CARDS ? cards.findLast((one) => !one.isActive && one !== card) : null;
    if (spare) close(spare);
    empty.hidden = true;
    return card;
  }

  function close(card) {
    const place = cards.indexOf(card);
    const focused = card.node.contains(document.activeElement);
    cards.splice(place, 1);
    card.destroy();
    empty.hidden = cards.length > 0;
    if (focused) (cards[Math.min(place, cards.length - 1)]?.node ?? tabs.firstChild).focus();
  }

  /** A generation of the history, with its preview or render where that is known, in a dialog. */
  function open(row) {
    const mate = [...rows.values()].find((one) => one.preview !== row.preview && one.seed === row.seed && pairKey(one) === pairKey(row));
    const card = new Card(page, mate ? [row, mate] : [row], { closeable: false });
    openDialog(row.preview ? "Preview" : "Render", card.node, {
      className: "wide",
      onClose() {
        card.destroy();
        if (dialogCard === card) dialogCard = null;
      },
    });
    dialogCard = card;
    // A browser plays what it has kept, whether the hub still has it or not.
    if (isThere(row)) freshUrl(hub, row).then((url) => { if (url === null) lose(row); });
  }

  async function begin() {
    try {
      const [account, { generations }] = await Promise.all([
        hub.get("/api/account"), hub.get(`/api/ai/generations?page_size=${FIRST_ROWS}`)]);
      user = account.user.name;
      const fresh = generations.filter((row) => !rows.has(row.generation_id));
      let ended = 0;
      for (const group of groups(fresh.map(learn)).reverse()) {
        const shows = group.some(isActive) || (group.some((row) => row.status === "succeeded") && (ended += 1) <= FIRST_CARDS);
        if (shows) addCard(group, { last: true });
      }
    } catch {
      // Without the past the page still does its work; the history says what is wrong when it is opened.
    }
    refreshQueue();
  }
  begin();

  return {
    /** Enqueue a request and show its cards at once. Throws the hub's sentence. */
    async submit(body, { preview = false, count = 1 } = {}) {
      const made = await enqueue(body, preview, null, count);
      cards[0]?.node.scrollIntoView({ block: "nearest" });
      return made;
    },
    setModel: (id) => past.setModel(id),
  };
}

/** Rows, the newest first, as [preview], [render] or [preview, render], the oldest first. */
export function groups(newestFirst) {
  const made = [];
  const open = new Map();
  for (const row of [...newestFirst].reverse()) {
    const key = pairKey(row);
    const waiting = open.get(key);
    if (!row.preview && waiting) {
      waiting.push(row);
      open.delete(key);
      continue;
    }
    const group = [row];
    made.push(group);
    if (row.preview) open.set(key, group);
  }
  return made;
}

/** Tabs over panels; `choose(index)` turns to one, `onChoose(index)` is told. */
function makeTabs(pairs, onChoose) {
  const buttons = pairs.map(([text, panel]) => {
    panel.id ||= newId("panel");
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-label", text);
    return element("button", { type: "button", role: "tab", textContent: text, id: newId("tab"), "aria-controls": panel.id });
  });
  const choose = (index) => {
    for (const [place, one] of buttons.entries()) {
      one.setAttribute("aria-selected", String(place === index));
      one.tabIndex = place === index ? 0 : -1;
      pairs[place][1].hidden = place !== index;
    }
    onChoose(index);
  };
  const node = element("div", { className: "tabs", role: "tablist", "aria-label": "Results and history" }, ...buttons);
  for (const [index, one] of buttons.entries()) one.addEventListener("click", () => choose(index));
  node.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const next = (buttons.indexOf(document.activeElement) + by + buttons.length) % buttons.length;
    choose(next);
    buttons[next].focus();
  });
  choose(0);
  return { node, choose };
}
