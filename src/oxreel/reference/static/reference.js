// Tabs for code blocks that say the same in several languages, and a button that copies. Without it all are shown.

const NAMES = { bash: "cURL", python: "Python", javascript: "JavaScript" };
const language = (block) => block.firstElementChild?.className.replace("language-", "") ?? "";

for (const table of document.querySelectorAll("main table")) {
  const scroll = Object.assign(document.createElement("div"), { className: "scroll", tabIndex: 0 });
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "Table");
  table.replaceWith(scroll);
  scroll.append(table);
}

const blocks = [...document.querySelectorAll("main > pre")];
const groups = [];
for (const block of blocks) {
  const last = groups.at(-1);
  const follows = last && last.at(-1).nextElementSibling === block && !last.some((one) => language(one) === language(block));
  if (follows) last.push(block);
  else groups.push([block]);
}

let count = 0;
for (const group of groups) {
  const box = Object.assign(document.createElement("div"), { className: "code" });
  const bar = document.createElement("div");
  group[0].before(box);
  box.append(bar, ...group);
  if (group.length > 1) bar.setAttribute("role", "tablist");
  const tabs = group.length > 1 ? group.map((block) => tab(block, group)) : [];
  const copy = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(group.find((block) => !block.hidden).innerText);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  bar.append(...tabs);
  box.prepend(bar);
  bar.after(copy);
  if (tabs.length) select(preferred(group), group);
}

/** The tab of one block of a group. */
function tab(block, group) {
  const id = `code-${(count += 1)}`;
  block.id = id;
  block.tabIndex = 0;
  block.setAttribute("role", "tabpanel");
  const button = Object.assign(document.createElement("button"), { type: "button", id: `${id}-tab` });
  button.textContent = NAMES[language(block)] ?? language(block);
  button.setAttribute("role", "tab");
  button.setAttribute("aria-controls", id);
  block.setAttribute("aria-labelledby", button.id);
  block.tab = button;
  button.addEventListener("click", () => choose(language(block)));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = group[(group.indexOf(block) + step + group.length) % group.length];
    choose(language(next));
    next.tab.focus();
  });
  return button;
}

/** Show that language in every group that has it, now and on the next page. */
function choose(name) {
  sessionStorage.setItem("language", name);
  for (const group of groups) {
    const block = group.find((one) => language(one) === name);
    if (block?.tab) select(block, group);
  }
}

function select(block, group) {
  for (const one of group) {
    const chosen = one === block;
    one.hidden = !chosen;
    one.tab.setAttribute("aria-selected", String(chosen));
    one.tab.tabIndex = chosen ? 0 : -1;
  }
}

function preferred(group) {
  const name = sessionStorage.getItem("language");
  return group.find((block) => language(block) === name) ?? group[0];
}
