// Dialogs of the results: one to read, one to be asked before something is done.

import { button, element, newId } from "./dom.js";
import { iconButton, voiceOf } from "./signs.js";

/** Open a dialog with this content; it leaves the page when it closes, and `onClose` is called. */
export function openDialog(title, content, { className = "", onClose = () => {} } = {}) {
  const heading = element("h2", { id: newId("title"), textContent: title });
  const dialog = element("dialog", { className: `panel ${className}`, "aria-labelledby": heading.id },
    element("div", { className: "panel-head" }, heading, iconButton("remove", "Close", () => dialog.close())), content, voiceOf());
  // A click beside the dialog, on its backdrop, closes it.
  dialog.addEventListener("pointerdown", (event) => { if (event.target === dialog && isBeside(event, dialog)) dialog.close(); });
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
    if (opener?.isConnected) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Whether the user said yes. */
export function agreed(title, sentences, yes) {
  return new Promise((resolve) => {
    let answer = false;
    const no = button("Keep it", () => dialog.close(), { autofocus: true, className: "" });
    const agree = button(yes, () => { answer = true; dialog.close(); }, { className: "danger" });
    const dialog = openDialog(title, element("div", {},
      ...sentences.map((sentence) => element("p", { textContent: sentence })),
      element("div", { className: "deeds" }, no, agree)), { onClose: () => resolve(answer) });
    no.focus();
  });
}

function isBeside({ clientX, clientY }, dialog) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
