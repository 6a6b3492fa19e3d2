// The tables beside the diagram: which rows show, and which element is picked.

export class Tables {
  constructor(root, onPick) {
    this.root = root;
    this.picked = null;
    this.minor = false;
    root.addEventListener("click", (event) => this.clicked(event, onPick));
    root.addEventListener("change", (event) => {
      if (event.target.id === "minor") this.showMinor(event.target.checked);
    });
  }

  clicked(event, onPick) {
    const button = event.target.closest("[data-pick]");
    if (button) return onPick(button.dataset.pick, false);
    if (event.target.closest("#chosen button")) return onPick(null, true);
    if (event.target.closest("a, button, summary, pre, input, label")) return;
    const row = event.target.closest(".history tr[data-element]");
    if (row && !String(getSelection())) onPick(row.dataset.element, false);
  }

  showMinor(minor) {
    this.minor = minor;
    this.apply();
  }

  // filter: leave only the element's rows in the history; otherwise they are only highlighted.
  pick(id, name, filter) {
    Object.assign(this, { picked: id, name, filter });
    this.apply();
  }

  apply() {
    const history = this.root.querySelector(".history");
    history.classList.toggle("all", this.minor);
    history.querySelector("#minor").checked = this.minor;
    for (const row of this.root.querySelectorAll("tbody tr")) {
      const own = this.picked !== null && row.dataset.element === this.picked;
      row.classList.toggle("picked", own);
      row.classList.toggle("away", Boolean(this.picked && this.filter && row.closest(".history") && !own));
    }
    const chip = history.querySelector("#chosen");
    chip.hidden = this.picked === null;
    chip.firstElementChild.textContent = this.filter ? `Only ${this.name}` : this.name ?? "";
  }
}
