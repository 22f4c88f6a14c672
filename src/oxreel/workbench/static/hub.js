// The hub's API, with the key that is kept in this tab.

const KEY = "oxreel.api-key";

export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function rememberKey(key) {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

/** The kept key, or the one that the hub hands to its own user on its own machine; "" where there is none. */
export async function knownKey() {
  const kept = sessionStorage.getItem(KEY);
  if (kept) return kept;
  const answer = await fetch("/ai/workbench/session").catch(() => null);
  if (!answer?.ok) return "";
  const { api_key } = await answer.json();
  rememberKey(api_key);
  return api_key;
}

/** The JSON that the hub answers. Throws Refusal with the hub's own sentence. */
export async function ask(method, path, body) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ""}` };
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: isForm ? body : body && JSON.stringify(body) });
  } catch {
    throw new Refusal("The hub does not answer. Is it still running?", 0);
  }
  const text = await answer.text();
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    if (answer.ok) throw new Refusal("The hub's answer is not JSON.", answer.status);
  }
  if (!answer.ok) throw new Refusal(value?.error?.message ?? `The hub answered ${answer.status}.`, answer.status);
  return value;
}

/** The URL of a local file, in a private repository of the user, which the first upload makes. */
export async function upload(file, user) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const folder = Array.from(digest.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const name = file.name.replace(/[^\p{L}\p{N}._-]/gu, "-");
  const path = `/api/repos/${encodeURIComponent(user)}/uploads/file/main/${folder}/${encodeURIComponent(name)}`;
  const form = new FormData();
  form.append("file", file, name);
  await ask("PUT", path, form);
  return location.origin + path;
}
