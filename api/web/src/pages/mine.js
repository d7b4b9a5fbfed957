// The page of an owner: keeps station and token for this tab where the owner asks for it, and nowhere else.
import { startCopying } from "../copy.js";
import { wake } from "../list.js";

const KEPT = "luchtbrug-owner";
wake();
startCopying();

const door = document.getElementById("door");
const owner = document.getElementById("owner");
if (door) enter(door);
if (owner && sessionStorage.getItem(KEPT)) keep(owner.dataset.station, owner.dataset.token);
document.getElementById("leave")?.addEventListener("click", () => sessionStorage.removeItem(KEPT));

function enter(form) {
  const remember = document.getElementById("remember");
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (kept) {
    form.elements.station.value = kept.station;
    form.elements.token.value = kept.token;
    remember.checked = true;
  }
  form.addEventListener("submit", () => {
    if (remember.checked) keep(form.elements.station.value, form.elements.token.value);
    else sessionStorage.removeItem(KEPT);
  });
}

function keep(station, token) {
  sessionStorage.setItem(KEPT, JSON.stringify({ station, token }));
}
