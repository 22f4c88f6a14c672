// What a generation's row says, in the page's words.

const ACTIVE = ["queued", "processing"];
/** Fields that the hub adds to a row or reads itself; all others are the model's parameters, as they were sent. */
const NOT_PARAMETERS = new Set((
  "generation_id model_name media_type status result_url error_message enqueued_at started_at completed_at target_namespace " +
  "target_repo target_directory progress queue_position engine preview priority seed price cost warnings plan retried_from_id user_id " +
  "username user_image model validate num_generations response_format frame_rate deleted").split(" "));
const USUAL_REPOSITORY = "generations";
/** A picture that came inside a request; rows name it, but do not hold it. */
const PUT_AWAY = /^data:.*… \(\d+ characters\)$/s;

export const isActive = (row) => ACTIVE.includes(row.status);

/** Whether there is a video to play; `deleted` is what the page found out, rows do not say it. */
export const isThere = (row) => Boolean(row.result_url) && !row.deleted;

export const GONE = "The file of this video was deleted.";

export const kindOf = (row) => (row.preview ? "preview" : "render");

export const rowPath = (row) => `/api/ai/queue/${encodeURIComponent(row.generation_id)}`;

/** The request that a row came from, with its seed, to be sent or shown in the form again. */
export function requestOf(row, user) {
  const request = { model: row.model_name };
  for (const [name, value] of Object.entries(row)) if (!NOT_PARAMETERS.has(name)) request[name] = value;
  // The row's prompt sums up the shots' own; a row without one says null.
  if (row.multi_prompt || request.prompt === null) delete request.prompt;
  if (user && row.target_namespace !== user) request.target_namespace = row.target_namespace;
  if (row.target_repo && row.target_repo !== USUAL_REPOSITORY) request.target_repo = row.target_repo;
  if (row.target_directory) request.target_directory = row.target_directory;
  request.seed = row.seed;
  return request;
}

/** Whether a request lacks pictures that were sent inside it, so that it cannot be sent again from here. */
export function isIncomplete(value) {
  if (typeof value === "string") return PUT_AWAY.test(value);
  return value !== null && typeof value === "object" && Object.values(value).some(isIncomplete);
}

/** The same for a preview and its render: who, which model, which parameters, which seed. */
export function pairKey(row) {
  return JSON.stringify([row.target_namespace, sorted(requestOf(row))]);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)]);
}

/** Where it stands, for people. */
export function standing(row) {
  if (row.status === "queued") {
    if (!row.queue_position) return "In line";
    return row.queue_position === 1 ? "Next in line" : `In line, ${row.queue_position - 1} before it`;
  }
  if (row.deleted) return "File deleted";
  if (row.status === "processing") return row.progress ? `Filming ${Math.floor(row.progress * 100)} %` : "Getting ready";
  return { succeeded: "Finished", failed: "Failed", cancelled: "Cancelled" }[row.status] ?? row.status;
}

/** Dollars without trailing zeros beyond cents: "$0.672", "$1.12". */
export function money(amount) {
  const [whole, part = ""] = String(amount).split(".");
  return `$${whole}.${part.replace(/0+$/, "").padEnd(2, "0")}`;
}

export const charged = (row) => (row.cost ? `${money(row.cost)} was charged.` : "Nothing was charged.");

export const costOf = (row) => (row.cost ? money(row.cost) : row.status === "succeeded" ? "free" : "not charged");

export function when(seconds) {
  const date = new Date(seconds * 1000);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

/** "9 / 16" for a stage that knows no more than the request. */
export function shapeOf(row) {
  const [, width, height] = /^(\d+):(\d+)$/.exec(row.aspect_ratio ?? "") ?? [];
  return width ? `${width} / ${height}` : undefined;
}

export function posterOf(row, width = 960) {
  return row.result_url ? `${row.result_url}&thumbnail=true&width=${width}` : undefined;
}

/** Where the result lies: {namespace, repository, path, url} of the assets API; null where there is none. */
export function fileOf(row) {
  if (!row.result_url) return null;
  const { pathname } = new URL(row.result_url, location.href);
  const found = /^\/api\/repos\/([^/]+)\/([^/]+)\/files\/main\/(.+)$/.exec(pathname);
  if (!found) return null;
  const [namespace, repository, path] = found.slice(1).map(decodeURIComponent);
  return { namespace, repository, path, url: pathname.replace("/files/main/", "/file/main/") };
}

export function titleOf(row) {
  return row.prompt || row.model_name;
}
