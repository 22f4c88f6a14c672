// The hub's API: one client for the whole page. Errors carry the hub's own sentence.

export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const AWAY = "The hub does not answer. Is it still running?";

export class Hub {
  #key;

  constructor(key) {
    this.#key = key;
  }

  get(path) { return this.#ask("GET", path); }

  post(path, body, headers = {}) { return this.#ask("POST", path, body, headers); }

  delete(path) { return this.#ask("DELETE", path); }

  /** The bare response of a request that carries the key. Throws Refusal, status 0, where the hub is away. */
  async fetch(path, { headers = {}, ...rest } = {}) {
    try {
      // The page's policy lets scripts read from the hub alone, not from a bucket that it would send them to.
      const always = { Authorization: `Bearer ${this.#key}`, "OxReel-Through-Hub": "1" };
      return await fetch(path, { ...rest, headers: { ...always, ...headers } });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(AWAY, 0);
    }
  }

  async #ask(method, path, body, headers = {}) {
    if (body !== undefined) headers = { "Content-Type": "application/json", ...headers };
    const answer = await this.fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return read(await answer.text().catch(() => ""), answer.status);
  }

  /**
   * Store a file in a repository, which the first upload makes, and give its URL.
   * `onProgress` is told how much of it has gone, 0 to 1; `signal` aborts.
   */
  upload(namespace, repository, path, file, onProgress = () => {}, signal = undefined) {
    const parts = [namespace, repository, "file", "main", ...path.split("/")];
    const place = `/api/repos/${parts.map(encodeURIComponent).join("/")}`;
    const form = new FormData();
    form.append("file", file, path.split("/").at(-1));
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", place);
      request.setRequestHeader("Authorization", `Bearer ${this.#key}`);
      request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
      request.onerror = () => reject(new Refusal(AWAY, 0));
      request.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
      request.onload = () => {
        try {
          read(request.responseText, request.status);
          onProgress(1);
          resolve(location.origin + place);
        } catch (error) {
          reject(error);
        }
      };
      signal?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }
}

/** The JSON of an answer. Throws Refusal for an error, with the hub's sentence. */
export function read(text, status) {
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    if (status < 400) throw new Refusal("The hub's answer is not JSON.", status);
  }
  if (status >= 400) throw new Refusal(value?.error?.message ?? `The hub answered ${status}.`, status);
  return value;
}
