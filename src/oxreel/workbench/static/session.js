// Who is signed in: the key of this tab, or the hub's own user at the hub's own machine.

import { Hub } from "./hub.js";

const KEY = "oxreel.api-key";
//: Set by signing out, so that the hub's own user is not signed in again at once.
const LEFT = "oxreel.signed-out";
const $ = (id) => document.getElementById(id);

/** The key of this tab, "" where nobody is signed in. */
export function currentKey() {
  return sessionStorage.getItem(KEY) ?? "";
}

/** Forget the key, and ask for one. */
export function signOut() {
  sessionStorage.removeItem(KEY);
  sessionStorage.setItem(LEFT, "yes");
  location.reload();
}

/** {hub, account} once somebody is signed in; asks for a key where none is known or the known one is refused. */
export async function signIn() {
  let problem = "";
  const kept = currentKey();
  const key = kept || (sessionStorage.getItem(LEFT) ? "" : await ownKey());
  if (key) {
    const answer = await attempt(key);
    if (answer.account) return answer;
    problem = kept && answer.status === 401 ? "The key of this tab is no longer known to the hub." : answer.message;
  }
  sessionStorage.removeItem(KEY);
  return askForKey(problem);
}

/** The key that the hub hands to its own user on its own machine; "" for everybody else. */
async function ownKey() {
  const answer = await fetch("/ai/workbench/session").catch(() => null);
  return answer?.ok ? (await answer.json()).api_key : "";
}

async function attempt(key) {
  const hub = new Hub(key);
  try {
    const account = await hub.get("/api/account");
    sessionStorage.setItem(KEY, key);
    sessionStorage.removeItem(LEFT);
    return { hub, account };
  } catch (error) {
    return { status: error.status, message: error.message };
  }
}

function askForKey(problem) {
  const dialog = $("sign-in");
  const wrong = (message) => {
    $("sign-in-error").textContent = message;
    $("sign-in-error").hidden = !message;
  };
  wrong(problem);
  if (!dialog.open) dialog.showModal();
  $("key").focus();
  return new Promise((done) => {
    const enter = async (key) => {
      const answer = await attempt(key);
      if (!answer.account) return wrong(answer.message);
      $("key").value = "";
      dialog.close();
      return done(answer);
    };
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    $("sign-in-form").addEventListener("submit", (event) => {
      event.preventDefault();
      // What a header cannot carry is no key; the browser would refuse to send it.
      const key = $("key").value.trim();
      enter(/^[\x21-\x7e]+$/.test(key) ? key : "none");
    });
    ownKey().then((key) => {
      $("own-user").hidden = !key;
      $("own-user").addEventListener("click", () => enter(key));
    });
  });
}
