// What happens to generations, live: server-sent events through fetch, which can carry the key.
// A lost connection is taken up again where it broke off: `Last-Event-ID` replays the completions between.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
/** The hub sends a comment every 15 s, so a connection that is silent for longer is dead. */
const SILENCE_MS = 45000;

/**
 * Follow the events of the key's namespaces, as long as the page is there and the key is good.
 * `onEvent(kind, data)`; `onState("live" | "reconnecting" | "refused", error)`; `onGap()` after each reconnection,
 * when what is not replayed (progress, cancellations) may have been missed.
 */
export function followEvents(hub, { onEvent, onState, onGap }) {
  let lastId = null;
  let connected = false;
  let failures = 0;
  let hurry = () => {};

  async function listen() {
    for (;;) {
      try {
        await stream(new AbortController());
      } catch (error) {
        if ([401, 403].includes(error.status)) return onState("refused", error);
      }
      onState("reconnecting");
      await rest();
    }
  }

  async function stream(abort) {
    let alarm = 0;
    const alive = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    alive();
    try {
      const headers = { Accept: "text/event-stream" };
      if (lastId !== null) headers["Last-Event-ID"] = lastId;
      const answer = await hub.fetch("/api/events?observe=true", { headers, signal: abort.signal, cache: "no-store" });
      if (!answer.ok) throw Object.assign(new Error(`The hub answered ${answer.status}.`), { status: answer.status });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const take = frames((frame) => {
        if (frame.id) lastId = frame.id;
        if (frame.data) onEvent(frame.event, JSON.parse(frame.data));
      });
      for (let first = true; ; first = false) {
        const { value, done } = await reader.read();
        if (done) return;
        alive();
        if (first) {
          failures = 0;
          onState("live");
          if (connected) onGap();
          connected = true;
        }
        take(value);
      }
    } finally {
      clearTimeout(alarm);
    }
  }

  /** Back off, a little at random so that a hub that comes back is not met by all its pages at once. */
  function rest() {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.75 + Math.random() / 2);
    failures += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      hurry = () => { clearTimeout(timer); resolve(); };
    });
  }

  const look = () => { if (!document.hidden) hurry(); };
  window.addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  listen();
}

/** A function that takes pieces of an event stream and calls `onFrame({event, data, id})` for each whole event. */
export function frames(onFrame) {
  let rest = "";
  let frame = null;
  const accept = (line) => {
    if (line === "") {
      if (frame) onFrame(frame);
      frame = null;
    } else if (!line.startsWith(":")) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
      frame ??= { event: "message", data: "", id: "" };
      frame[name] = name === "data" && frame.data ? `${frame.data}\n${value}` : value;
    }
  };
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) accept(line.replace(/\r$/, ""));
  };
}
