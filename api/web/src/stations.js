// The stations of a view, as the columns that the server sends.
import { breathe } from "./breathe.js";
import { addressOf } from "./state.js";

/** Fetch the stations of the view in the page's address, or of another; null while they cannot be had. */
export async function fetchStations(address = addressOf("/map/stations")) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const columns = await answer.json();
    await breathe();
    return unpack(columns);
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null; // the network is away
    throw error;
  }
}

function unpack({ id, longitude, latitude, number, band, look, official, degree, looks }) {
  return id.map((name, place) => ({
    id: name,
    position: [longitude[place] / degree, latitude[place] / degree],
    number: number[place],
    band: Number(band[place]),
    look: looks[look[place]],
    kind: official[place] === "1" ? "reference" : "station",
  }));
}
