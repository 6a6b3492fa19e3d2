// The page of one instance: the diagram, the tables and the polling, wired together.

import { Tables } from "./history.js";
import { Live } from "./live.js";

const root = document.getElementById("instance");
let diagram = null;
let picture = null;

const tables = new Tables(root, (id, cleared) => pick(cleared ? null : id, false));

function pick(id, filter) {
  const again = id !== null && id === tables.picked && filter === tables.filter;
  const chosen = again ? null : id;
  tables.pick(chosen, chosen === null ? "" : nameOf(chosen), filter);
  diagram?.pick(chosen);
}

function nameOf(id) {
  const button = root.querySelector(`[data-pick="${CSS.escape(id)}"]`);
  return diagram ? diagram.name(id) : button?.textContent ?? id;
}

const live = new Live(root, (fresh) => {
  picture = fresh;
  tables.apply();
  diagram?.show(picture);
});

async function draw() {
  const container = document.getElementById("canvas");
  if (!container || root.dataset.viewer !== "yes") return;
  try {
    const { openDiagram } = await import("./diagram.js");
    const response = await fetch(root.dataset.diagram);
    diagram = await openDiagram(container, await response.text(), (id) => pick(id, true));
    if (picture) diagram.show(picture);
    for (const button of root.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zoom(button.dataset.zoom));
    document.documentElement.dataset.drawn = "yes";
  } catch (error) {
    container.className = "note";
    container.textContent = `The diagram cannot be drawn: ${error.message}. The tables below are complete without it.`;
  }
}

function zoom(how) {
  if (how === "fit") diagram.fit();
  else diagram.zoom(how === "in" ? 1 : -1);
}

// Starting an activity of an ad-hoc sub-process; what it leads to arrives with the next look.
async function activate(button) {
  button.disabled = true;
  const body = JSON.stringify({ elements: [button.dataset.activate], activity: Number(button.dataset.activity) });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(root.dataset.activities, { method: "POST", headers, body });
  if (response.ok) live.lookSoon();
  else refuse(button, (await response.json()).detail);
}

function refuse(button, sentence) {
  button.disabled = false;
  const place = button.parentElement.querySelector(".note") ?? button.parentElement.appendChild(document.createElement("span"));
  place.className = "note";
  place.setAttribute("role", "alert");
  place.textContent = sentence;
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-activate]");
  if (button) activate(button).catch((error) => refuse(button, error.message));
});

live.start();
draw();
