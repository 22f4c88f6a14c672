// The request as code: sync, async or with events, in three languages, as it stands now.

import { currentKey } from "./session.js";
import { copyText } from "./signs.js";

const $ = (id) => document.getElementById(id);

/** Open the drawer with `body()`, the request as the form has it; asks the hub's own generator. */
export function openDrawer(hub, body) {
  const dialog = $("drawer");
  let codes = null;
  let turn = 0;
  const picked = (name) => dialog.querySelector(`input[name=${name}]:checked`).value;
  const key = currentKey();

  const show = () => {
    $("code").textContent = codes?.[picked("way")]?.[picked("language")] ?? "";
  };
  const load = async () => {
    const { num_generations: count, preview, validate, ...rest } = body();
    const asked = { ...rest, ...(count > 1 ? { num_generations: count } : {}), ...($("drawer-preview").checked ? { preview: true } : {}) };
    $("drawer-error").hidden = true;
    const now = (turn += 1);
    try {
      const answer = await hub.post("/docs/snippets", asked);
      // Only what was asked for last is shown.
      if (now !== turn) return;
      codes = answer;
    } catch (error) {
      if (now !== turn) return;
      codes = null;
      $("drawer-error").textContent = error.message;
      $("drawer-error").hidden = false;
    }
    $("copy-code").disabled = !codes;
    show();
  };

  $("masked-key").textContent = `export OXREEL_API_KEY=${key.slice(0, 6)}${"•".repeat(12)}`;
  $("copy-key").onclick = () => copyText(`export OXREEL_API_KEY='${key.replaceAll("'", "'\\''")}'`, $("copy-key"));
  $("copy-code").onclick = () => copyText($("code").textContent, $("copy-code"));
  $("drawer-preview").onchange = load;
  $("close-drawer").onclick = () => dialog.close();
  for (const input of dialog.querySelectorAll("input[type=radio]")) input.onchange = show;
  // A press on what lies behind closes it.
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.showModal();
  return load();
}
