// What scripts add to pages that work without them: hints of the look, and the focus on an error summary.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

for (const each of document.querySelectorAll("[data-print]")) each.addEventListener("click", () => window.print());

// Before what this browser keeps ends, say so; going on is asked for beside the page, so that nothing typed is lost.
const warning = document.querySelector("[data-stay]");
const SOON = 300;
let soon;
const wait = (until) => {
  clearTimeout(soon);
  warning.hidden = true;
  soon = setTimeout(() => { warning.hidden = false; }, Math.max(until - SOON - Date.now() / 1000, 0) * 1000);
};
if (warning) {
  wait(Number(warning.dataset.stay));
  warning.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers });
    if (answer.ok) wait(Number((await answer.json()).until));
    else form.submit();
  });
}

// Keys of the desk: "/" goes to the search, j and k go through the rows of a queue, the
// others to what is marked with data-key; /desk/keys/ tells them. Not while something is typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search], [data-search-page]");
  if (event.key === "/" && search) {
    event.preventDefault();
    if (search.matches("a")) location.assign(search.href);
    else search.focus();
  }
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (marked) {
    event.preventDefault();
    // Giving a command stays a press of its own: the key goes to its button.
    if (event.key === "e") marked.focus();
    else marked.click();
    return;
  }
  const rows = [...document.querySelectorAll("[data-queue] td a")];
  if (event.key === "x" && rows.includes(document.activeElement)) {
    document.activeElement.closest("tr").querySelector("input[name=row]")?.click();
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  if (!step || !rows.length) return;
  const now = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(now < 0 ? 0 : now + step, 0), rows.length - 1)].focus();
});

// All rows of this page of a queue are chosen, or none. Without scripts each is chosen by itself.
const chooseAll = document.querySelector("[data-choose-all]");
if (chooseAll) {
  chooseAll.hidden = false;
  chooseAll.addEventListener("change", (event) => {
    for (const row of document.querySelectorAll("input[name=row]")) row.checked = event.target.checked;
  });
}
