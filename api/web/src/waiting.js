// The wait for a station's first message: Server-Sent Events over fetch, as EventSource sends no token.
const AGAIN = 3000; // [ms]

export async function watch(panel, token) {
  const state = document.getElementById("watch-state");
  for (;;) {
    const answer = await listen(panel, token, state);
    if (answer !== "again") return;
    state.textContent = panel.dataset.away;
    await new Promise((done) => setTimeout(done, AGAIN));
  }
}

async function listen(panel, token, state) {
  let answer;
  try {
    answer = await fetch(`/v1/stations/${panel.dataset.station}/first-message`, {
      headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream" },
    });
    if (!answer.ok) return answer.status >= 500 || answer.status === 429 ? "again" : "over";
    return await read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), panel, state);
  } catch (error) {
    if (error instanceof TypeError) return "again"; // the connection broke
    throw error;
  }
}

async function read(reader, panel, state) {
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return "again";
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      if (tell(event, panel, state)) return "over";
    }
  }
}

/** Show one event; true when the wait is over. */
function tell(event, panel, state) {
  const name = /^event: (.*)$/m.exec(event)?.[1];
  const data = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "{}");
  if (name === "quarantined") {
    const [reason, fix] = JSON.parse(panel.dataset.reasons)[data.reason] ?? [data.reason, data.fix ?? ""];
    state.textContent = panel.dataset.quarantined.replace("{reason}", reason.replace(/\.$/, "")).replace("{fix}", fix);
  }
  if (name === "stored") show(data.readings, panel, state);
  if (name === "end" && !panel.dataset.arrived) state.textContent = panel.dataset.ended;
  return name === "stored" || name === "end";
}

function show(readings, panel, state) {
  panel.dataset.arrived = "true";
  state.textContent = panel.dataset.stored;
  const body = document.querySelector("#watch-readings tbody");
  for (const one of readings) {
    const row = body.insertRow();
    for (const text of [one.sensorName, one.observedProperty, `${one.raw} ${one.unit}`]) row.insertCell().textContent = text;
  }
  document.getElementById("watch-frame").hidden = false;
}
