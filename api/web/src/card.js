// The card of one station on the map: the cells of its row, said again beside its marker.
const words = document.getElementById("card-words").dataset;
let opener = null;

/** Fill and show the card; `focus` moves the reader there, and back to `from` when it closes. */
export function openCard(station, { from = null, closed }) {
  const card = document.getElementById("card");
  if (from) opener = from;
  card.replaceChildren(closeButton(closed), ...head(station), facts(station), ...details(station));
  card.hidden = false;
  if (from) card.focus();
}

/** Hide the card and give the focus back. */
export function closeCard() {
  const card = document.getElementById("card");
  const held = card.contains(document.activeElement);
  card.hidden = true;
  if (held) opener?.focus();
  opener = null;
}

function closeButton(closed) {
  const button = element("button", "×", "close");
  button.type = "button";
  button.setAttribute("aria-label", words.close);
  button.addEventListener("click", closed);
  return button;
}

function head({ row, name }) {
  const title = element("h2");
  title.id = "card-title";
  title.append(row.querySelector("svg.swatch").cloneNode(true), name);
  return [title, element("p", row.querySelector("small").textContent, "kind note")];
}

function facts({ row }) {
  const list = element("dl");
  for (const cell of row.querySelectorAll("td[data-label]")) {
    const fact = element("dd");
    fact.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
    list.append(element("dt", cell.dataset.label), fact);
  }
  return list;
}

function details({ row }) {
  const link = row.querySelector("a");
  if (!link) return [];
  const button = element("a", words.details, "button");
  button.href = link.href;
  return [button];
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
