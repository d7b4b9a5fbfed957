// The table of stations is made on the server: this fetches another part of it without leaving the map.
import { state } from "./state.js";

let asked = 0;

/** Show what only works with a script, hide what only serves without. */
export function wake(root = document) {
  for (const element of root.querySelectorAll("[data-with-script]")) element.hidden = false;
  for (const element of root.querySelectorAll("[data-without-script]")) element.hidden = true;
}

/** Fetch the page of the address again, and take over its table and legend. */
export async function refreshList() {
  const turn = ++asked;
  let page;
  try {
    const answer = await fetch(`${location.pathname}?${state()}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return; // the shown values keep their age; the next minute tries again
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error instanceof TypeError) return; // the network is away
    throw error;
  }
  if (turn !== asked) return; // an older answer that was overtaken
  wake(page);
  const opened = Boolean(document.querySelector("#legend details[open]"));
  const focused = document.activeElement?.closest("#list-body, #legend") ? keyOf(document.activeElement) : null;
  for (const place of ["list-body", "legend"]) {
    document.getElementById(place).replaceChildren(...page.getElementById(place).childNodes);
  }
  if (opened) document.querySelector("#legend details").open = true;
  if (focused) document.querySelector(focused)?.focus();
}

/** Name the focused thing so that it can be found again after the table was drawn anew. */
function keyOf(element) {
  if (element.id) return `#${element.id}`;
  const row = element.closest("tr[id]");
  if (row) return `#${CSS.escape(row.id)} ${element.matches("[data-show]") ? "[data-show]" : "a:not([data-show])"}`;
  const column = element.closest("th[data-column]");
  if (column) return `th[data-column="${column.dataset.column}"] a`;
  return element.rel ? `#list-body a[rel="${element.rel}"]` : "#list-body .scroll";
}
