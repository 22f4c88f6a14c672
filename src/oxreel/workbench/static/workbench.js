// The page: sign in, choose a model, keep the form, the JSON and the address in step, submit.

import { openDrawer } from "./drawer.js";
import { drawEstimate, drawPrice, Estimate } from "./estimate.js";
import { stepper } from "./field-plain.js";
import { Form } from "./form.js";
import { Picker } from "./picker.js";
import { bodyOf, explain, fitting, fromFragment, isMissing, references, same, toFragment, withoutSwitches } from "./request.js";
import { startResults } from "./results.js";
import { signIn, signOut } from "./session.js";
import { announce, copyText } from "./signs.js";
import { Pictures, settled, upload } from "./upload.js";

const $ = (id) => document.getElementById(id);
const ADDRESS_AFTER_MS = 400;
const MOST_VIDEOS = 4;

let hub;
let account;
let models = [];
let model;
let form;
let count;
let results;
let estimate;
let pictures;
/** What a model chosen since could not take: it comes back with one that does. */
let waiting = {};
/** The request as typed, while the JSON is what is seen and can be read. */
let typed = null;
/** Whether it was tried to submit this: only then is what is missing a mistake. */
let attempted = false;
let addressTimer = 0;
/** What was wrong with the link that led here: said until the request is changed. */
let notice = "";

// The request

const inJson = () => !$("json-view").hidden;
const payer = () => $("namespace").value || account.user.name;

/** The body that Render sends, with how many and who pays. */
function body() {
  return inJson() && typed ? typed : formBody();
}

function formBody() {
  const made = bodyOf(model.id, form.schema, form.values());
  if (count.value() !== 1) made.num_generations = count.value() ?? 0;
  if (payer() !== account.user.name) made.target_namespace = payer();
  return made;
}

/** The parameters in a body, without what has a place of its own. */
function valuesIn({ model: _, num_generations: __, target_namespace: ___, ...rest }) {
  return withoutSwitches(rest);
}

function changed() {
  const now = body();
  const blank = !Object.keys(now).some((name) => now[name] !== undefined && name !== "model" && !form.isDefault(name, now[name]));
  $("clear").hidden = inJson() || blank;
  notice = "";
  showProblem("");
  estimate.ask(now);
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeAddress, ADDRESS_AFTER_MS);
}

// The address

const address = () => {
  const fragment = toFragment(body());
  return `?model=${encodeURIComponent(model.id)}${fragment ? `#${fragment}` : ""}`;
};

function writeAddress() {
  clearTimeout(addressTimer);
  if (address() !== location.search + location.hash) history.replaceState(null, "", address());
}

function readAddress() {
  const id = new URLSearchParams(location.search).get("model");
  const known = models.find((one) => one.id === id);
  choose((known ?? models[0]).id, fromFragment(location.hash));
  notice = id && !known ? `Model not found: ${id}` : "";
  showProblem("");
}

// The engine

/** The engines that the payer's requests may name, of those that can film the model. */
const nameable = () => account.namespaces.find((one) => one.name === payer()).engines.filter((name) => model.engines.includes(name));

/** The choice of an engine as a field's schema; null where there is nothing to choose. */
function engineChoice() {
  const routed = [...new Set(Object.values(model.routes))];
  const named = nameable();
  if (new Set([...routed, ...named]).size < 2 || !named.length) return null;
  return { type: "string", enum: named, title: "Engine", none: `As this hub routes it (${routed.join(" or ")})`,
    description: "What films the render. A preview is always an animatic." };
}

/** Whether this hub has more than one engine. */
const hasSeveral = () => new Set(models.flatMap((one) => [...one.engines, ...Object.values(one.routes)])).size > 1;

// The model

/** Show a model with these values. */
function choose(id, values) {
  model = models.find((one) => one.id === id);
  $("model").value = id;
  const { cost_per_second: price, published } = model.pricing;
  $("summary").textContent = [model.summary ?? model.description, `$${price} per second${published ? "" : " (set by this hub)"}`].filter(Boolean).join(". ");
  $("model-docs").href = `/docs/models/${encodeURIComponent(id)}`;
  document.title = `${model.display_name ?? id} · OxReel`;
  attempted = false;
  form.show(model.request_schema, values, engineChoice());
  form.problems([]);
  $("advanced").open = form.advancedIsSet;
  say("");
  results.setModel(id);
  if (inJson()) writeJson();
  changed();
}

/** Another model, with what fits it of what was filled in; the rest waits for one that it fits. */
function switchModel() {
  writeAddress();
  const next = models.find((one) => one.id === $("model").value);
  const active = valuesIn(body());
  const now = fitting(active, next.request_schema);
  const free = Object.fromEntries(Object.entries(waiting).filter(([name]) => !(name in active)));
  const back = fitting(free, next.request_schema);
  const left = now.left.map((name) => form.titleOf(name).toLowerCase()).join(", ");
  choose(next.id, { ...back.values, ...now.values });
  waiting = Object.fromEntries([...back.left, ...now.left].map((name) => [name, active[name] ?? free[name]]));
  say(left ? `Not for this model, kept for one that takes it: ${left}.` : "");
  history.pushState(null, "", address());
}

function say(text) {
  $("kept").textContent = text;
  $("kept").hidden = !text;
}

/** A request from elsewhere, such as that of a result. */
function take(request) {
  writeAddress();
  const known = models.find((one) => one.id === (request.model ?? request.model_name)) ?? model;
  showView("form");
  choose(known.id, valuesIn({ ...request, model: known.id }));
  if (request.num_generations) count.set(request.num_generations);
  history.pushState(null, "", address());
  $("request").scrollIntoView({ block: "start" });
  $("request").focus({ preventScroll: true });
  announce("The parameters are in the form.");
}

// Form and JSON

function showView(name) {
  const json = name === "json";
  $("view-json").checked = json;
  $("view-form").checked = !json;
  if (json === inJson()) return;
  if (json) writeJson();
  $("json-view").hidden = !json;
  $("form-view").hidden = json;
  typed = null;
  jsonError("");
  $("json").removeAttribute("aria-invalid");
  changed();
}

function writeJson() {
  typed = null;
  $("json").value = JSON.stringify(formBody(), null, 2);
  jsonError("");
}

function readJson() {
  let value;
  try {
    value = JSON.parse($("json").value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("The request must be a JSON object.");
  } catch (error) {
    typed = null;
    estimate.stop();
    showEstimate(null);
    return jsonError(error.message);
  }
  typed = withoutSwitches(value);
  jsonError("");
  const known = models.find((one) => one.id === typed.model);
  if (known && known !== model) {
    const text = $("json").value;
    const as = typed;
    choose(known.id, valuesIn(typed));
    $("json").value = text;
    typed = as;
  } else form.set(valuesIn(typed));
  count.set(typed.num_generations ?? 1);
  if (account.namespaces.some((one) => one.name === typed.target_namespace)) $("namespace").value = typed.target_namespace;
  return changed();
}

function jsonError(text) {
  $("json-error").textContent = text;
  $("json-error").hidden = !text;
  if (text) $("json").setAttribute("aria-invalid", "true");
  else $("json").removeAttribute("aria-invalid");
}

/** What is wrong, each with the line of the JSON where it stands. */
function jsonProblems(found) {
  return found.map(({ path, text }) => {
    const line = lineOf(path);
    const name = line || !text.includes(`'${path[0]}'`) ? path.join(".") : "";
    return [line && `Line ${line}`, name, text].filter(Boolean).join(": ");
  }).join("\n");
}

/** The line in which the field of that path stands, 0 where it stands in none. */
function lineOf(path) {
  const text = $("json").value;
  let at = 0;
  let turns = 0;
  for (const part of path) {
    if (/^\d+$/.test(part)) turns = Number(part);
    else for (let turn = 0; turn <= turns; turn += 1) {
      const next = text.indexOf(`"${part}"`, at);
      if (next < 0) break;
      at = next + 1;
    }
  }
  return at ? text.slice(0, at).split("\n").length : 0;
}

// What the hub says

function showProblem(text) {
  const said = [notice, text].filter(Boolean).join(". ");
  $("problem").textContent = said;
  $("problem").hidden = !said;
}

/** The hub's words, each where it belongs: at its field, in its line of the JSON, or above the buttons. */
function showProblems(found) {
  const rest = form.problems(found);
  if (inJson()) jsonError(jsonProblems(found));
  else showProblem(rest.map(({ path, text }) => [path.join("."), text].filter(Boolean).join(": ")).join(" "));
  return found.find((one) => !rest.includes(one));
}

function showEstimate(answer, message = "", away = false) {
  drawPrice($("price"), answer, hasSeveral());
  const found = message && !away ? explain(message) : [];
  showProblems(attempted || inJson() ? found : found.filter((one) => !isMissing(one)));
  if (answer) {
    attempted = false;
    return drawEstimate($("estimate"), answer);
  }
  const missing = [...new Set(found.filter(isMissing).map((one) => form.titleOf(one.path[0]).toLowerCase()))];
  $("estimate").textContent = away ? message : missing.length ? `Still needed: ${missing.join(", ")}` : "";
  return undefined;
}

async function submit(event) {
  event.preventDefault();
  const preview = event.submitter?.value !== "render";
  if (inJson() && !typed && !$("json-error").hidden) return $("json").focus();
  attempted = true;
  showProblem("");
  const buttons = $("form").querySelectorAll(".buttons button[type=submit]");
  for (const button of buttons) button.disabled = true;
  try {
    await settled();
    const { num_generations: many, ...request } = body();
    await results.submit(request, { preview, count: many ?? 1 });
    attempted = false;
    await refreshAccount();
  } catch (error) {
    if (error.status === 401) return signOut();
    refused(error.message);
  } finally {
    for (const button of buttons) button.disabled = false;
    if (document.activeElement === document.body) event.submitter?.focus();
  }
  return undefined;
}

/** The hub's sentence at the fields that it names, and the focus on the first of them. */
function refused(message) {
  const found = explain(message);
  const first = showProblems(found);
  if (inJson()) $("json").focus();
  else if (first) form.focus(first.path[0]);
  announce(found.map(({ path, text }) => (path.length ? `${form.titleOf(path[0])}: ${text}` : text)).join(". "));
}

// The account

async function refreshAccount() {
  account = await hub.get("/api/account");
  showAccount();
}

function showAccount() {
  const chosen = payer();
  if (!same(Array.from($("namespace").options, (one) => one.value), account.namespaces.map((one) => one.name))) {
    $("namespace").replaceChildren(...account.namespaces.map((one) => new Option(one.display_name, one.name)));
  }
  $("namespace").value = account.namespaces.some((one) => one.name === chosen) ? chosen : account.user.name;
  const { balance } = account.namespaces.find((one) => one.name === payer());
  $("namespace").hidden = account.namespaces.length === 1;
  $("user-name").textContent = account.namespaces.length === 1 ? account.user.display_name : "";
  $("balance").textContent = `$${balance.available}`;
  $("balance").title = `$${balance.held} more are set aside for what is being made`;
  $("account").hidden = false;
}

// The start

async function start() {
  ({ hub, account } = await signIn());
  const names = account.namespaces.map((one) => one.name);
  pictures = new Pictures(hub);
  const picker = new Picker(hub, names, pictures);
  estimate = new Estimate(hub, showEstimate);
  form = new Form($("fields"), $("advanced-fields"), {
    changed,
    references,
    upload: (file, onProgress) => upload(hub, account.user.name, file, onProgress),
    pick: (kind, several) => picker.pick(kind, several),
    picture: (url) => pictures.of(url),
  });
  count = stepper({ least: 1, most: MOST_VIDEOS, value: 1, label: "Videos", changed: fromControl });
  $("count").append(count.node);
  results = startResults({ root: $("results"), hub, onCopy: take });
  showAccount();
  models = (await hub.get("/api/ai/models")).data.filter((one) => one.request_schema);
  $("model").replaceChildren(...models.map((one) => new Option(one.display_name ?? one.id, one.id)));
  listen();
  readAddress();
}

/** Stepper and namespace are seen beside the JSON too, so it follows them. */
function fromControl() {
  if (inJson()) writeJson();
  changed();
}

function listen() {
  $("model").addEventListener("change", switchModel);
  $("form").addEventListener("submit", submit);
  $("json").addEventListener("input", readJson);
  $("sign-out").addEventListener("click", signOut);
  $("view-form").addEventListener("change", () => showView("form"));
  $("view-json").addEventListener("change", () => showView("json"));
  $("namespace").addEventListener("change", () => {
    showAccount();
    // Another payer may name other engines.
    if (!inJson() && !same(engineChoice()?.enum, form.schema.properties.engine?.enum)) choose(model.id, valuesIn(body()));
    else fromControl();
  });
  $("clear").addEventListener("click", () => {
    waiting = {};
    take({ model: model.id });
  });
  $("open-api").addEventListener("click", () => openDrawer(hub, body));
  $("copy-link").addEventListener("click", () => { writeAddress(); copyText(location.href, $("copy-link")); });
  window.addEventListener("popstate", readAddress);
  $("results").addEventListener("generation-ended", () => refreshAccount().catch(() => {}));
  window.addEventListener("focus", () => refreshAccount().catch(() => {}));
  document.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    form.accept(Array.from(event.dataTransfer.files));
  });
  document.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData?.files ?? []);
    if (!files.length || inJson()) return;
    event.preventDefault();
    form.accept(files);
  });
}

start().catch((error) => showProblem(error.message));
