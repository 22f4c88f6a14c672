// Tabs for code that says the same in several languages, copy buttons, colours, and where one is on the page.
// Without it every language is shown, one below the other.

const NAMES = { bash: "cURL", python: "Python", javascript: "JavaScript" };
const MEMORY = "oxreel.language";
const COPIED_MS = 1500;
const language = (block) => block.firstElementChild?.className.replace("language-", "") ?? "";
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

const voice = make("p", { className: "unseen" });
voice.setAttribute("role", "status");
document.body.append(voice);

// Blocks that follow one another in different languages belong together.
const groups = [];
for (const block of document.querySelectorAll(".body > pre")) {
  const last = groups.at(-1);
  const follows = last?.at(-1).nextElementSibling === block && !last.some((one) => language(one) === language(block));
  if (follows && language(block)) last.push(block);
  else groups.push([block]);
}
groups.forEach(dress);
choose(remembered());
colour();
follow();

/** Put a bar with tabs and a copy button above the blocks of a group. */
function dress(group, index) {
  const box = make("div", { className: group.length > 1 ? "code tabbed" : "code" });
  const bar = make("div", { className: "bar" });
  group[0].before(box);
  box.append(bar, ...group);
  const where = headingOf(box);
  for (const block of group) block.tabIndex = 0;
  if (group.length > 1) {
    const tabs = make("div", {});
    tabs.setAttribute("role", "tablist");
    tabs.setAttribute("aria-label", `Language${where}`);
    tabs.append(...group.map((block) => tab(block, group, index)));
    bar.append(tabs);
  } else {
    group[0].setAttribute("role", "group");
    group[0].setAttribute("aria-label", `${NAMES[language(group[0])] ?? "Code"}${where}`);
  }
  const copy = make("button", { type: "button", className: "copy", textContent: "Copy" });
  copy.setAttribute("aria-label", `Copy the code${where}`);
  copy.addEventListener("click", () => copyText(group.find((block) => !block.hidden), copy));
  bar.append(copy);
}

function headingOf(box) {
  let before = box;
  while ((before = before.previousElementSibling)) {
    if (/^H[2-4]$/.test(before.tagName)) return `: ${before.firstChild.textContent.trim()}`;
  }
  return "";
}

/** The tab of one block of a group. */
function tab(block, group, index) {
  block.id = `code-${index}-${language(block)}`;
  block.setAttribute("role", "tabpanel");
  const button = make("button", { type: "button", id: `${block.id}-tab`, textContent: NAMES[language(block)] ?? language(block) });
  button.setAttribute("role", "tab");
  button.setAttribute("aria-controls", block.id);
  block.setAttribute("aria-labelledby", button.id);
  block.tab = button;
  const turn = (to) => {
    // All groups change together: what is pressed must not move on the screen.
    const before = button.getBoundingClientRect().top;
    sessionStorage.setItem(MEMORY, language(to));
    choose(language(to));
    window.scrollBy(0, button.getBoundingClientRect().top - before);
    to.tab.focus({ preventScroll: true });
  };
  button.addEventListener("click", () => turn(block));
  button.addEventListener("keydown", (event) => {
    const here = group.indexOf(block);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: group.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    turn(group[(next + group.length) % group.length]);
  });
  return button;
}

/** Show that language in every group that has it, the first of a group elsewhere. */
function choose(name) {
  for (const group of groups) {
    if (group.length < 2) continue;
    const wanted = group.find((one) => language(one) === name) ?? group.find((one) => !one.hidden);
    for (const one of group) {
      const chosen = one === wanted;
      one.hidden = !chosen;
      one.tab.setAttribute("aria-selected", String(chosen));
      one.tab.tabIndex = chosen ? 0 : -1;
    }
  }
}

function remembered() {
  return sessionStorage.getItem(MEMORY) ?? "bash";
}

async function copyText(block, button) {
  const text = block.textContent.replace(/\n$/, "");
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers hide the clipboard from pages that came over plain HTTP from another machine.
    getSelection().selectAllChildren(block);
    if (!document.execCommand("copy")) return;
  }
  button.textContent = "Copied";
  voice.textContent = "Copied";
  setTimeout(() => {
    button.textContent = "Copy";
    voice.textContent = "";
  }, COPIED_MS);
}

/** Comments, texts and words of the language, where the browser can paint them without changing the page. */
function colour() {
  if (!globalThis.Highlight || !CSS.highlights) return;
  const words = /\b(?:import|from|with|as|while|for|in|if|elif|else|break|not|and|or|const|let|new|await|of|continue|do|then|case|esac|done|export|throw)\b/;
  const comment = { bash: "(?:^|\\s)#[^\\n]*", python: "#[^\\n]*", javascript: "//[^\\n]*" };
  const found = { comment: new Highlight(), string: new Highlight(), word: new Highlight() };
  for (const block of groups.flat()) {
    const text = block.firstElementChild?.firstChild;
    const kind = language(block);
    if (!comment[kind] || text?.nodeType !== Node.TEXT_NODE) continue;
    const strings = kind === "bash" ? `'[^']*'|"(?:\\\\.|[^"\\\\])*"` : "\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'|`(?:\\\\.|[^`\\\\])*`";
    const tokens = new RegExp(`(?<string>${strings})|(?<comment>${comment[kind]})|(?<word>${words.source})`, "gm");
    for (const match of text.data.matchAll(tokens)) {
      const [name] = Object.entries(match.groups).find(([, value]) => value !== undefined);
      const range = new Range();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      found[name].add(range);
    }
  }
  for (const [name, ranges] of Object.entries(found)) CSS.highlights.set(name, ranges);
}

/** Mark in the list of contents what is being read. */
function follow() {
  const links = new Map(Array.from(document.querySelectorAll(".contents a"), (link) => [link.hash.slice(1), link]));
  if (!links.size) return;
  const headings = Array.from(links.keys(), (id) => document.getElementById(id));
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4);
    const here = passed.at(-1)?.id;
    for (const [id, link] of links) {
      if (id === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
  mark();
}
