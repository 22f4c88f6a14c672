// Icons, buttons that are one, what a screen reader is told, and copying.

import { element } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  video: "M3 6h12v12H3zM15 10l6-3v10l-6-3z",
  folder: "M3 6h6l2 2h10v11H3z",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  remove: "M6 6l12 12M18 6L6 18",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  play: "M8 5.5v13l10-6.5z",
  pause: "M9 6v12M15 6v12",
  back: "M7 6v12M18 6v12l-8-6z",
  forward: "M17 6v12M6 6v12l8-6z",
  loop: "M17 3l3 3-3 3M20 6H8a4 4 0 0 0-4 4v1M7 21l-3-3 3-3M4 18h12a4 4 0 0 0 4-4v-1",
  sound: "M4 10v4h4l5 4V6L8 10zM16.5 9a4 4 0 0 1 0 6M18.5 6a8 8 0 0 1 0 12",
  muted: "M4 10v4h4l5 4V6L8 10zM17 10l4 4M21 10l-4 4",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  grid: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
  list: "M4 6h16M4 12h16M4 18h16",
};

/** A small drawing that says nothing to a screen reader: its button has the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" })) svg.setAttribute(key, value);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon and is called by its label. */
export function iconButton(name, label, pressed) {
  const node = element("button", { type: "button", className: "icon-button", title: label, "aria-label": label }, icon(name));
  node.addEventListener("click", pressed);
  return node;
}

/** A place that screen readers listen to. Behind a modal dialog nothing is heard, so each dialog has its own. */
export const voiceOf = () => element("p", { className: "voice unseen", role: "status" });

/** Tell a screen reader, once what it says now is over. */
export function announce(text) {
  const voice = [...document.querySelectorAll("dialog[open] .voice")].at(-1) ?? document.getElementById("voice");
  if (voice) voice.textContent = voice.textContent === text ? `${text}\u00a0` : text;
}

/** Copy a text; the button says for a moment that it did. */
export async function copyText(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http on another machine has no clipboard: the old way still works there.
    const area = element("textarea", { value: text, className: "unseen" });
    (button.closest("dialog") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  if (before === "Copied") return;
  button.textContent = "Copied";
  announce("Copied");
  setTimeout(() => { button.textContent = before; }, 1500);
}
