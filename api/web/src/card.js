// The card of one station on the map, as the server writes it.
import { addressOf } from "./state.js";

const card = document.getElementById("card");
let opener = null;
let wanted = null;

/** Fill and show the card of a station; `from` is who gets the focus back when it closes. False: there is no such card. */
export async function openCard(id, from = null) {
  wanted = id;
  let answer;
  try {
    answer = await fetch(addressOf(`/map/cards/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error instanceof TypeError) return false; // the network is away
    throw error;
  }
  if (wanted !== id) return true; // another one was asked for meanwhile
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  card.replaceChildren(...fresh.body.childNodes);
  card.hidden = false;
  if (from) {
    opener = from;
    card.focus();
  }
  return true;
}

/** Hide the card and give the focus back. */
export function closeCard() {
  wanted = null;
  const held = card.contains(document.activeElement);
  card.hidden = true;
  if (held && opener?.isConnected) opener.focus();
  else if (held && opener) document.getElementById("filter").focus(); // the row has been drawn anew
  opener = null;
}
