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

live.start();
draw();
