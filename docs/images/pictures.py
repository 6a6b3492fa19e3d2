"""Draws the examples' diagrams as SVG files beside this one, with the viewer of `make ui` in a headless Chromium.

    python docs/images/pictures.py

Each picture carries the checksum of the diagram it was drawn from; a test compares. One that is current is left alone.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent
ROOT = IMAGES.parents[1]
VIEWER = ROOT / "api" / "cockpit" / "static" / "vendor" / "bpmn-viewer.js"
CHROMIUM = "/usr/bin/chromium"
MARGIN = 12
DRAW = """async ([source, diagram]) => {
  const url = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
  const { default: Viewer } = await import(url);
  const viewer = new Viewer({ container: document.body.appendChild(document.createElement("div")) });
  await viewer.importXML(diagram);
  return (await viewer.saveSVG()).svg;
}"""


def stamp(diagram: bytes) -> str:
    """The comment that ties a picture to its diagram."""
    return f"<!-- drawn from sha256 {hashlib.sha256(diagram).hexdigest()} -->"


def finished(svg: str, diagram: bytes) -> str:
    """The viewer's picture without what only the viewer needs, on white paper with a margin."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'<rect class="djs-(?:hit|outline)[^>]*/>', "", svg)
    x, y, width, height = (float(number) for number in re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    box = f"{x - MARGIN:g} {y - MARGIN:g} {width + 2 * MARGIN:g} {height + 2 * MARGIN:g}"
    left, top, wide, high = box.split()
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="{box}">'
    paper = f'<rect x="{left}" y="{top}" width="{wide}" height="{high}" rx="8" fill="white"/>'
    return f"{stamp(diagram)}\n{re.sub('<svg[^>]*>', opened + paper, svg, count=1)}\n"


def main() -> None:
    """Draw every example whose picture is not that of its diagram."""
    diagrams = sorted([*ROOT.glob("processes/*/*.bpmn"), *ROOT.glob("docs/tutorial/*.bpmn")])
    old = [path for path in diagrams if not is_current(IMAGES / f"{path.stem}.svg", path.read_bytes())]
    if old:
        draw(old)


def is_current(picture: Path, diagram: bytes) -> bool:
    """Whether the picture was drawn from this diagram."""
    return picture.exists() and stamp(diagram) in picture.read_text("utf-8")


def draw(diagrams: list[Path]) -> None:
    """Draw these."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto("about:blank")
        for path in diagrams:
            diagram = path.read_bytes()
            svg = page.evaluate(DRAW, [VIEWER.read_text("utf-8"), diagram.decode("utf-8")])
            (IMAGES / f"{path.stem}.svg").write_text(finished(svg, diagram), encoding="utf-8")
            print(f"docs/images/{path.stem}.svg")
        browser.close()


if __name__ == "__main__":
    main()
