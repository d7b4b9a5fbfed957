// The search of a place: what is typed is looked up on the server, and the places found are links below the box.
const PAUSE = 250; // [ms] after the last key

/** Let the search box answer while typing; `chosen` is told the query of the place that the reader takes. */
export function startSearch(chosen) {
  const form = document.getElementById("search-form");
  const found = document.getElementById("search-found");
  const status = document.getElementById("search-status");
  const input = document.getElementById("search");
  let timer = null;
  let turn = 0;

  async function look() {
    const text = input.value.trim();
    const mine = ++turn;
    if (text.length < 2) return show(null, text);
    const query = new URLSearchParams(new FormData(form));
    let page;
    try {
      const answer = await fetch(`/search?${query}`);
      if (!answer.ok) return undefined; // the data are away: nobody knows whether there is such a place
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (error) {
      if (error instanceof TypeError) return undefined; // the network is away
      throw error;
    }
    return mine === turn ? show(page.querySelector("#found .places"), text) : undefined;
  }

  function show(list, text) {
    found.replaceChildren(...(list ? [list] : []));
    found.hidden = !list;
    const count = list?.querySelectorAll("a").length ?? 0;
    if (text.length < 2) status.textContent = "";
    else status.textContent = list ? status.dataset.text.replace("{n}", count) : status.dataset.none.replace("{text}", () => text);
    status.classList.toggle("hidden-text", Boolean(list) || text.length < 2);
    return list;
  }

  function take(link) {
    found.hidden = true;
    input.value = link.textContent;
    chosen(new URL(link.href).searchParams);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    await look();
    const first = found.querySelector("a");
    if (first) take(first); // one step: Enter goes to the best
  });
  found.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    take(link);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") found.hidden = true;
  });
}
