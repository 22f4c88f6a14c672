// What a request would cost and give, asked of the hub while it is written.

import { element, say } from "./dom.js";

const AFTER_MS = 300;

export class Estimate {
  #hub;
  #shown;
  #timer = 0;
  #asking = new AbortController();

  /** `shown(answer, message)` gets the estimate or the hub's sentence against it. */
  constructor(hub, shown) {
    this.#hub = hub;
    this.#shown = shown;
  }

  /** Ask about this body once it has not changed for a moment; what was asked before no longer matters. */
  ask(body, after = AFTER_MS) {
    this.stop();
    this.#timer = setTimeout(() => this.#now(body), after);
  }

  /** Nothing that was asked matters any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#asking.abort();
  }

  async #now(body) {
    const asking = (this.#asking = new AbortController());
    try {
      const answer = await this.#hub.fetch("/api/ai/estimate", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: asking.signal,
      });
      const value = await answer.json();
      if (asking.signal.aborted) return;
      if (answer.ok) this.#shown(value, "");
      else this.#shown(null, value.error?.message ?? `The hub answered ${answer.status}.`);
    } catch (error) {
      if (!asking.signal.aborted) this.#shown(null, error.message, true);
    }
  }
}

/** The facts of an estimate, the understood plan as chips, and what had no effect. */
export function drawEstimate(place, answer) {
  const facts = [
    `${answer.seconds} s`, `${answer.width} × ${answer.height}`, `${answer.frame_rate} fps`, `filmed by ${answer.engine}`,
    answer.enough_credits ? `$${answer.credits_left} left after` : `$${answer.credits_left.replace("-", "")} short`,
  ];
  const line = element("ul", { className: "facts" }, ...facts.map((fact, index) => element("li", { textContent: fact, className: index === facts.length - 1 && !answer.enough_credits ? "bad" : "" })));
  const shots = answer.plan?.shots ?? [];
  const plan = shots.map((shot, index) => planLine(shot, shots.length > 1 ? `Shot ${index + 1}` : "Understood")).filter(Boolean);
  const warnings = answer.warnings.length
    ? element("details", { className: "warnings" },
      element("summary", { textContent: answer.warnings.length === 1 ? "1 note" : `${answer.warnings.length} notes` }),
      element("ul", {}, ...answer.warnings.map((warning) => element("li", { textContent: warning }))))
    : null;
  const before = place.querySelector(".warnings");
  if (before?.open && warnings) warnings.open = true;
  place.replaceChildren(line, ...plan, warnings ?? "");
}

function planLine(shot, name) {
  const chips = (shot.chips ?? []).map((chip) => element("li", { className: "chip", textContent: chip }));
  const idle = (shot.without_effect ?? []).map((word) => element("li", { className: "chip idle", title: "No effect in a preview" }, element("span", { className: "unseen", textContent: "no effect: " }), word));
  if (!chips.length && !idle.length) return null;
  return element("div", { className: "plan" }, element("span", { className: "plan-name", textContent: name }),
    element("ul", { className: "plan-chips", "aria-label": name }, ...chips, ...idle));
}

/** What the buttons say: what a render costs, and which engine films it where there are several. */
export function drawPrice(node, answer, several = false) {
  const many = answer && answer.num_generations > 1 ? ` for ${answer.num_generations}` : "";
  say(node, answer ? `$${answer.total_price}${many}${several ? ` · ${answer.engine}` : ""}` : "");
}
