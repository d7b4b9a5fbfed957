// Buttons that copy what stands in a field, and tell that they did.
const SAID = 2000; // [ms]

/** Let all buttons of the page copy, also those that come later. */
export function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy]");
    if (button) copy(button);
  });
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch (error) {
    console.info(`no clipboard: ${error.message}`); // a page that came without TLS has none, and some readers forbid it
    document.execCommand("copy");
  }
  const before = (button.dataset.before ??= button.textContent);
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = before), SAID);
}
