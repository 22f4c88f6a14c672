// One generation on the stage: progress while it is filmed, then the video and what made it.

import { ask } from "./hub.js";
import { element } from "./form.js";

const LOOK_EVERY_MS = 400;
const $ = (id) => document.getElementById(id);
let shown = null;

export function showError(message) {
  $("error").textContent = message;
  $("error").hidden = !message;
}

/** Show a generation from its row on, until it ends. `ended` is called then, unless another one took the stage. */
export async function follow(id, ended) {
  shown = id;
  showError("");
  $("nothing").hidden = true;
  $("caption").replaceChildren();
  $("notes").replaceChildren();
  $("cancel").onclick = () => ask("DELETE", `/api/ai/queue/${id}`).catch((error) => showError(error.message));
  while (shown === id) {
    let row;
    try {
      row = await ask("GET", `/api/ai/queue/${id}`);
    } catch (error) {
      if (error.status) {
        $("waiting").hidden = true;
        return showError(error.message);
      }
      // The hub is away for a moment: the generation goes on when it is back.
      $("doing").textContent = "Waiting for the hub";
    }
    if (shown !== id) return undefined;
    if (row) show(row);
    if (row && !["queued", "processing"].includes(row.status)) return ended(row);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return undefined;
}

function show(row) {
  const active = ["queued", "processing"].includes(row.status);
  $("waiting").hidden = !active;
  if (active) {
    $("doing").textContent = row.status === "queued"
      ? row.queue_position > 1 ? `In the queue, ${row.queue_position - 1} before it` : "In the queue"
      : row.progress ? `Filming ${Math.round(row.progress * 100)} %` : "Getting ready";
    if (row.progress) $("progress").value = row.progress;
    else $("progress").removeAttribute("value");
    return;
  }
  if (row.status === "failed") showError(row.error_message || "The generation failed.");
  if (row.status === "cancelled") showError("Cancelled. Nothing was charged.");
  const video = $("video");
  video.hidden = row.status !== "succeeded";
  $("nothing").hidden = row.status === "succeeded";
  if (row.status !== "succeeded") {
    video.removeAttribute("src");
    video.load();
    return;
  }
  video.src = row.result_url;
  video.muted = true;
  video.play().catch(() => {});
  const facts = [
    row.engine && ["Filmed by ", element("b", { textContent: row.engine })],
    [row.model_name],
    row.seed !== undefined && row.seed !== null && [`seed ${row.seed}`],
    [row.cost ? `$${row.cost}` : "free"],
    [element("a", { href: row.result_url, download: `${row.generation_id}.mp4`, textContent: "Download" })],
  ].filter(Boolean);
  $("caption").replaceChildren(...facts.flatMap((fact, index) => (index ? [" · ", ...fact] : fact)));
  $("notes").replaceChildren(...(row.warnings ?? []).map((note) => element("li", { textContent: note })));
}
