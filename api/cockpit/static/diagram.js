// Draws the diagram and what an instance did in it; texts of diagrams and instances only ever become text nodes.

const ARROW = "baton-arrow";
const MARGIN = 0.94;
const WIDE_MARGIN = 0.8;
const EVENT_WIDTH = 50;
const LARGEST = 1.25;
const MARKS = ["baton-done", "baton-failed", "baton-undo", "baton-undone", "baton-active", "baton-stuck", "baton-taken"];

export async function openDiagram(container, xml, onPick) {
  const { default: Viewer } = await import("./vendor/bpmn-viewer.js");
  const viewer = new Viewer({
    container,
    zoomScroll: { enabled: false },
    bpmnRenderer: { defaultFillColor: "var(--shape)", defaultStrokeColor: "var(--stroke)", defaultLabelColor: "var(--stroke)" },
  });
  await viewer.importXML(xml);
  const diagram = new Diagram(viewer);
  diagram.fit();
  viewer.on("element.click", ({ element }) => onPick(element.parent ? element.labelTarget?.id ?? element.id : null));
  container.addEventListener("wheel", (event) => diagram.wheel(event), { passive: false });
  return diagram;
}

class Diagram {
  constructor(viewer) {
    this.canvas = viewer.get("canvas");
    this.overlays = viewer.get("overlays");
    this.registry = viewer.get("elementRegistry");
    this.zoomer = viewer.get("zoomScroll");
    this.marked = [];
    this.picked = null;
    this.margin = MARGIN;
    this.shown = false;
  }

  fit() {
    const fitting = this.canvas.zoom("fit-viewport", "auto");
    this.canvas.zoom(Math.min(this.margin * fitting, LARGEST), "auto");
  }

  zoom(step) {
    this.zoomer.stepZoom(step);
  }

  // The wheel scrolls the page, as everywhere; with Ctrl it zooms.
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1 : -1);
  }

  pick(id) {
    if (this.picked && this.registry.get(this.picked)) this.canvas.removeMarker(this.picked, "baton-picked");
    this.picked = id;
    if (id && this.registry.get(id)) this.canvas.addMarker(id, "baton-picked");
  }

  name(id) {
    return this.registry.get(id)?.businessObject.name || id;
  }

  show(picture) {
    this.clear();
    this.margin = picture.incidents.length ? WIDE_MARGIN : MARGIN;
    document.getElementById("partial").hidden = picture.whole;
    if (!this.shown) this.fit();
    this.shown = true;
    for (const id of Object.keys(picture.completed)) this.mark(id, "baton-done");
    for (const id of Object.keys(picture.flows)) this.take(id);
    for (const id of Object.keys(picture.failed)) this.mark(id, "baton-failed");
    for (const id of Object.keys(picture.undoing)) this.undo(id);
    for (const [id, times] of Object.entries(picture.completed)) if (times > 1) this.badge(id, "count", `${times}×`, { top: -10, right: 14 });
    for (const token of picture.tokens) this.token(token);
    for (const incident of picture.incidents) {
      this.mark(incident.element_id, "baton-stuck");
      this.badge(incident.element_id, "stuck", `! ${incident.text}`, this.beside(incident.element_id));
    }
  }

  // Above an activity, whose border events hang below; under an event or gateway and the name it has there.
  beside(id) {
    const { width = 0, height = 0 } = this.registry.get(id) ?? {};
    return { top: width > EVENT_WIDTH ? -8 : height + 24, left: width / 2 };
  }

  clear() {
    for (const [id, name] of this.marked) this.canvas.removeMarker(id, name);
    this.marked = [];
    this.overlays.clear();
  }

  mark(id, name) {
    if (!this.registry.get(id)) return;
    for (const other of MARKS) this.canvas.removeMarker(id, other);
    this.canvas.addMarker(id, name);
    this.marked.push([id, name]);
  }

  token({ element_id: id, count, text }) {
    const element = this.registry.get(id);
    if (!element) return;
    if (!element.waypoints) this.mark(id, "baton-active");
    this.badge(id, "token", String(count), { top: -12, left: -12 }, text);
  }

  // A handler that ran is marked, and what it undid: its boundary event's host.
  undo(id) {
    this.mark(id, "baton-undo");
    for (const { source } of this.registry.get(id)?.incoming ?? []) if (source.host) this.mark(source.host.id, "baton-undone");
  }

  take(id) {
    const gfx = this.registry.getGraphics(id);
    if (!gfx) return;
    this.mark(id, "baton-taken");
    for (const path of gfx.querySelectorAll(".djs-visual > path")) colourArrow(path);
  }

  badge(id, kind, text, position, title = text) {
    if (!this.registry.get(id)) return;
    const html = document.createElement("div");
    html.className = `mark ${kind}${kind === "stuck" && position.top < 0 ? " above" : ""}`;
    html.textContent = text;
    html.title = title;
    this.overlays.add(id, `baton-${kind}`, { position, html });
  }
}

// Arrowheads are shared definitions, so a taken flow gets a coloured copy of its own.
function colourArrow(path) {
  const id = /#([^")]+)/.exec(path.style.markerEnd || path.getAttribute("marker-end") || "")?.[1];
  if (!id || id.endsWith(ARROW)) return;
  const copyId = `${id}-${ARROW}`;
  if (!document.getElementById(copyId)) {
    const original = document.getElementById(id);
    if (!original) return;
    const copy = original.cloneNode(true);
    copy.id = copyId;
    copy.classList.add(ARROW);
    original.after(copy);
  }
  path.style.markerEnd = `url("#${copyId}")`;
}
