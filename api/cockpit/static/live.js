// Keeps a page of a running instance up to date: polls, and replaces only the sections that changed.

const EVERY_MS = 2000;

export class Live {
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.revision = -1;
  }

  async start() {
    try {
      await this.poll();
    } catch {
      // The server is away for a moment; the page stays as it is and asks again.
      setTimeout(() => this.start(), EVERY_MS);
    }
  }

  async poll() {
    const url = new URL(this.root.dataset.live, location.href);
    url.searchParams.set("revision", this.revision);
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (response.status === 200) this.change(await response.json());
    if (!this.ended) setTimeout(() => this.start(), document.hidden ? 5 * EVERY_MS : EVERY_MS);
  }

  change({ revision, ended, picture, sections }) {
    if (this.revision >= 0) this.replace(sections);
    Object.assign(this, { revision, ended });
    this.onChange(picture);
  }

  // The sections come from the same template as the page; the diagram keeps its zoom and is marked anew instead.
  replace(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const section of fresh.querySelectorAll("[data-section]:not([data-keep])")) {
      const old = this.root.querySelector(`[data-section="${section.dataset.section}"]`);
      for (const open of old.querySelectorAll("details[open][id]")) section.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
      if (old.innerHTML !== section.innerHTML) old.innerHTML = section.innerHTML;
    }
  }
}
