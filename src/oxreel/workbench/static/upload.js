// Files on their way into the assets, and what addresses look like.

const KINDS = { image: /^image\//, video: /^video\// };
const OWN = "/api/repos/";
const ENDS = { image: "image/png,image/jpeg,image/webp,image/gif", video: "video/mp4,video/quicktime" };
const underway = new Set();

/** The `accept` of a file input. */
export const accepted = (kind) => ENDS[kind];

/** Whether a file can be what a field takes. */
export const isKind = (file, kind) => KINDS[kind].test(file.type) || (kind === "video" && /\.(mp4|mov)$/i.test(file.name));

/** Once no upload is under way any more. */
export async function settled() {
  while (underway.size) await Promise.allSettled(underway);
}

/** The URL of a local file, in a private repository of the user; the same bytes get the same URL. */
export function upload(hub, user, file, onProgress) {
  const going = (async () => {
    const name = file.name.replace(/[^\p{L}\p{N}._-]/gu, "-") || "file";
    return hub.upload(user, "uploads", `${await fingerprint(file)}/${name}`, file, onProgress);
  })();
  underway.add(going);
  going.catch(() => {}).finally(() => underway.delete(going));
  return going;
}

async function fingerprint(file) {
  // Over plain http from another machine a browser has no digests: such uploads are simply never the same.
  const bytes = crypto.subtle
    ? new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()))
    : crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The files and the address in what was dropped or pasted: {files, address}. */
export function carried(data) {
  const files = Array.from(data?.files ?? []);
  const text = (data?.getData("text/uri-list") || data?.getData("text/plain") || "").trim().split(/\r?\n/)[0];
  return { files, address: /^(https?:\/\/|data:(image|video)\/)\S+$/.test(text) ? text : "" };
}

/** Pictures of addresses; private ones are fetched with the key. The page asks no other host for anything. */
export class Pictures {
  #hub;
  #known = new Map();

  constructor(hub) {
    this.#hub = hub;
  }

  /** A picture that the page may show, null where there is none. */
  of(address, width = 320) {
    if (/^data:image\//.test(address)) return Promise.resolve(address);
    const path = ownPath(address);
    if (!path) return Promise.resolve(null);
    const wanted = `${path}?thumbnail=true&width=${width}`;
    if (!this.#known.has(wanted)) this.#known.set(wanted, this.#fetched(wanted));
    return this.#known.get(wanted);
  }

  async #fetched(path) {
    const answer = await this.#hub.fetch(path).catch(() => null);
    if (answer?.ok) return URL.createObjectURL(await answer.blob());
    // Not there yet is not never there.
    setTimeout(() => this.#known.delete(path), 2000);
    return null;
  }
}

/** The path of a file of this hub, or of the hub whose addresses it takes for its own; null for all others. */
function ownPath(address) {
  if (!URL.canParse(address, location.origin)) return null;
  const { pathname, protocol } = new URL(address, location.origin);
  return /^https?:$/.test(protocol) && pathname.startsWith(OWN) ? pathname : null;
}

/** What a person calls the file at an address. */
export function nameOf(address) {
  if (address.startsWith("data:")) return "inline data";
  const parts = address.split(/[?#]/)[0].split("/").filter(Boolean);
  const name = parts.at(-1) ?? address;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
