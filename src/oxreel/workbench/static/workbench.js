// The page: model picker, form, buttons, result, recent generations.

import { ask, knownKey, rememberKey, upload } from "./hub.js";
import { element, field, fieldsOf } from "./form.js";
import { body, curl, overruled, whole } from "./request.js";
import { follow, showError } from "./result.js";

const $ = (id) => document.getElementById(id);
const RECENT = 8;
const ESTIMATE_AFTER_MS = 350;

let user = "";
let models = [];
let model = null;
let schema = {};
let controls = new Map();
let estimateTimer = 0;

function choose(id, write) {
  model = models.find((one) => one.id === id) ?? models[0];
  schema = model.request_schema ?? {};
  $("model").value = model.id;
  $("summary").textContent = model.summary ?? model.description ?? "";
  document.title = `${model.display_name ?? model.id} · OxReel`;
  if (write) history.pushState(null, "", `?model=${encodeURIComponent(model.id)}`);
  const context = { changed: refresh, upload: (file) => upload(file, user) };
  const first = new Set([...(schema.basic ?? []), ...(schema.required ?? [])]);
  controls = new Map();
  $("fields").replaceChildren();
  $("more-fields").replaceChildren();
  for (const [name, part] of fieldsOf(schema)) {
    const control = field(name, part, schema.required?.includes(name), context);
    controls.set(name, control);
    (first.has(name) || first.size === 0 ? $("fields") : $("more-fields")).append(control.node);
  }
  const seedSchema = { type: "integer", minimum: 0, title: "Seed", description: "The same request and seed film the same video." };
  if (!controls.has("seed")) {
    schema = { ...schema, properties: { ...schema.properties, seed: seedSchema } };
    controls.set("seed", field("seed", seedSchema, false, context));
    $("more-fields").append(controls.get("seed").node);
  }
  $("more").hidden = !$("more-fields").children.length;
  refresh();
}

function refresh() {
  const gone = overruled(controls, schema);
  for (const name of (schema.oneOf ?? []).flatMap((branch) => branch.required ?? [])) {
    for (const input of controls.get(name)?.node.querySelectorAll("input, textarea") ?? []) input.disabled = gone.has(name);
  }
  $("price").textContent = $("estimate").textContent = "";
  $("curl").textContent = curl(body(model.id, controls, schema));
  clearTimeout(estimateTimer);
  estimateTimer = setTimeout(estimate, ESTIMATE_AFTER_MS);
}

/** What Render would cost; a request that is not whole yet, or not right, simply has no price. */
async function estimate() {
  const asked = body(model.id, controls, schema);
  const text = JSON.stringify(asked);
  const answer = whole(asked, schema) ? await ask("POST", "/api/ai/estimate", asked).catch(() => null) : null;
  if (text !== JSON.stringify(body(model.id, controls, schema))) return;
  $("price").textContent = answer ? `$${answer.price}` : "";
  const size = answer && `${answer.width}×${answer.height}, ${answer.seconds} s.`;
  $("estimate").textContent = answer ? [size, ...answer.warnings].join(" ") : "";
}

async function submit(event) {
  event.preventDefault();
  const how = event.submitter?.value ?? "preview";
  const request = { ...body(model.id, controls, schema), validate: true };
  if (how === "preview") request.preview = true;
  showError("");
  for (const button of event.target.querySelectorAll(".actions button")) button.disabled = true;
  try {
    const { generations } = await ask("POST", "/api/ai/queue", request);
    $("waiting").hidden = false;
    $("stage").scrollIntoView({ block: "nearest", behavior: "smooth" });
    follow(generations[0].generation_id, () => { account(); recent(); });
  } catch (error) {
    showError(error.message);
    $("error").scrollIntoView({ block: "nearest" });
    if (error.status === 401) signIn();
  } finally {
    for (const button of event.target.querySelectorAll(".actions button")) button.disabled = false;
  }
}

async function account() {
  const who = (await ask("GET", "/api/account")).user;
  user = who.name;
  $("account").textContent = `${who.display_name} · $${who.balance.available}`;
}

async function recent() {
  const { generations } = await ask("GET", `/api/ai/generations?page_size=${RECENT}`);
  $("recent-title").hidden = !generations.length;
  $("recent").replaceChildren(...generations.map((row) => {
    const when = new Date(row.enqueued_at * 1000).toLocaleString([], { dateStyle: "short", timeStyle: "short" });
    const button = element("button", { type: "button" },
      element("span", { className: `status ${row.status}`, textContent: row.status }),
      element("span", { className: "prompt", textContent: row.prompt || row.model_name }),
      element("span", { className: "when", textContent: when }));
    button.addEventListener("click", () => follow(row.generation_id, () => {}));
    return element("li", {}, button);
  }));
}

function signIn(message = "") {
  $("sign-in-error").textContent = message;
  $("sign-in-error").hidden = !message;
  if (!$("sign-in").open) $("sign-in").showModal();
}

async function start() {
  if (!(await knownKey())) return signIn();
  try {
    await account();
    models = (await ask("GET", "/api/ai/models")).data.filter((one) => one.request_schema);
  } catch (error) {
    if (error.status === 401) {
      rememberKey("");
      return signIn(error.message);
    }
    return showError(error.message);
  }
  $("model").replaceChildren(...models.map((one) => new Option(one.display_name ?? one.id, one.id)));
  choose(new URLSearchParams(location.search).get("model"), false);
  return recent().catch((error) => showError(error.message));
}

$("model").addEventListener("change", () => choose($("model").value, true));
$("form").addEventListener("submit", submit);
$("change-key").addEventListener("click", () => signIn());
$("sign-in-form").addEventListener("submit", () => { rememberKey($("key").value.trim()); $("key").value = ""; start(); });
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("curl").textContent);
  $("copy").textContent = "Copied";
  setTimeout(() => { $("copy").textContent = "Copy"; }, 1500);
});
window.addEventListener("popstate", () => choose(new URLSearchParams(location.search).get("model"), false));
start();
