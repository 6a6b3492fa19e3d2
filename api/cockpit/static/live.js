// Keeps a page of a running instance up to date: told by server-sent events, or polling where there is no seat for them.

const EVERY_MS = 2000;
const AT_MOST_EVERY_MS = 300;

export class Live {
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.revision = -1;
    this.seen = 0;
  }

  async start() {
    await this.look();
    if (!this.ended) this.listen();
  }

  // Each event only says that there is something new; the page's own answer says what, once for many events.
  listen() {
    const url = new URL(this.root.dataset.events, location.href);
    url.searchParams.set("after", this.seen);
    const events = new EventSource(url);
    document.documentElement.dataset.live = "events";
    events.onmessage = () => this.lookSoon();
    events.addEventListener("end", () => {
      events.close();
      this.lookSoon();
    });
    // The browser itself comes again after a stream that broke off; a refusal closes it for good.
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED && !this.ended) this.poll();
    };
  }

  // An event that arrives while the page is being asked may be too late for that answer: then it is asked once more.
  lookSoon() {
    this.again = true;
    if (this.looking) return;
    this.looking = true;
    setTimeout(async () => {
      this.again = false;
      await this.look();
      this.looking = false;
      if (this.again) this.lookSoon();
    }, AT_MOST_EVERY_MS);
  }

  async poll() {
    document.documentElement.dataset.live = "polling";
    await this.look();
    if (!this.ended) setTimeout(() => this.poll(), document.hidden ? 5 * EVERY_MS : EVERY_MS);
  }

  async look() {
    const url = new URL(this.root.dataset.live, location.href);
    url.searchParams.set("revision", this.revision);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (response.status === 200) this.change(await response.json());
    } catch {
      // The server is away for a moment; the page stays as it is and asks again.
    }
  }

  change({ revision, ended, picture, sections }) {
    if (this.revision >= 0) this.replace(sections);
    Object.assign(this, { revision, ended, seen: picture.last });
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
