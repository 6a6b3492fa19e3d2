"""Does what a user does: installs Baton into an empty environment without Node, plays the demos, opens the pages.

Run as `python -m tools.check_install dist/baton-X.whl dist/baton-X.tar.gz`, after `make wheel`. The source archive must
build into the very same wheel, so that `pip install .` gives what the wheel gives.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "lock.txt"
EXAMPLE = "api/processes/approval/approval.bpmn"
SECONDS_AT_MOST = 600
_PIN = re.compile(r"^([\w.-]+==[^\s;\\]+)", re.MULTILINE)
_LINK = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_IMPORT = re.compile(r'(?:from|import\()\s*"(\./[^"]+)"')
_BUNDLE = "/static/vendor/bpmn-viewer.js"
_DEMOS = "from api.demo.stories import DEMOS; print(*(demo.name for demo in DEMOS))"
_HELD = re.compile(r"All \d+ checks held")
_READY = re.compile(r"ready at (http://\S+)")


class Unfit(Exception):
    """What was built is not what a user needs; the message says what was expected."""


class EmptyEnvironment:
    """A new environment in `folder` that holds nothing of the checkout and finds no program of this machine."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
        self.folder = folder / "empty"
        self.folder.mkdir()
        venv.create(folder / "environment", with_pip=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        self.variables = {**kept, "PATH": str(self.programs), "PYTHONUNBUFFERED": "1"}
        if found := shutil.which("node", path=self.variables["PATH"]):
            raise Unfit(f"Expected an environment without Node but found {found}")

    def install(self, wheel: Path) -> None:
        """Install the wheel with the versions that the lock file names."""
        versions = self.folder.parent / "versions.txt"
        versions.write_text("\n".join(_PIN.findall(LOCK.read_text("utf-8"))), encoding="utf-8")
        self.run("python", "-m", "pip", "install", "--quiet", "--constraint", str(versions), str(wheel.resolve()))
        self.run("python", "-m", "pip", "check")

    def run(self, program: str, *arguments: str) -> str:
        """Run an installed program in the empty folder and return what it printed; raises Unfit when it fails."""
        command = [str(self.programs / program), *arguments]
        return _run(command, cwd=self.folder, env=self.variables)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`baton serve` without any other option: its address while it runs; it must end well on SIGTERM."""
        command = [str(self.programs / "baton"), "serve", "--port", "0"]
        server = subprocess.Popen(command, cwd=self.folder, env=self.variables, stdout=subprocess.PIPE, text=True)
        try:
            line = server.stdout.readline() if server.stdout else ""
            ready = _READY.search(line)
            if ready is None:
                raise Unfit(f"Expected a server that says where it is but it said {line!r}")
            yield ready[1]
        finally:
            server.terminate()
            code = server.wait(60)
        if code:
            raise Unfit(f"Expected a server that ends with exit code 0 but got {code}")


def check_installed(wheel: Path, folder: Path) -> None:
    """Install the wheel, play its demos, and open every page and file that a browser would. Raises Unfit."""
    environment = EmptyEnvironment(folder)
    environment.install(wheel)
    for name in environment.run("python", "-c", _DEMOS).split():
        said = environment.run("baton", "demo", name)
        print(f"baton demo {name}: {next(line for line in said.splitlines() if _HELD.match(line))}")
    with environment.serving() as address, httpx.Client(base_url=address, timeout=30, trust_env=False) as browser:
        _opened(browser, "/instances")
        loaded = _loaded(browser, f"/instances/{_one_instance(browser, wheel)}")
    if _BUNDLE not in loaded:
        raise Unfit(f"Expected a page that loads {_BUNDLE} but it loads only {', '.join(sorted(loaded))}")
    print(f"The installed pages load: /instances, an instance, and {len(loaded)} files beside them.")


def _loaded(browser: httpx.Client, page: str) -> set[str]:
    """Every file that a page loads, and that its own scripts import."""
    loaded: set[str] = set()
    waiting = _LINK.findall(_opened(browser, page).text)
    while waiting:
        path = waiting.pop()
        if path not in loaded:
            loaded.add(path)
            script = _opened(browser, path).text if path.endswith(".js") and path != _BUNDLE else ""
            waiting += [urljoin(path, name) for name in _IMPORT.findall(script)]
    for path in loaded:
        _opened(browser, path)
    return loaded


def _one_instance(browser: httpx.Client, wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        diagram = archive.read(EXAMPLE)
    deployed = browser.post("/api/deployments", content=diagram, headers={"Content-Type": "application/xml"})
    key = deployed.raise_for_status().json()["definitions"][0]["key"]
    variables = {"category": "books", "amount": 80, "requested_by": "ada"}
    started = browser.post("/api/instances", json={"process": key, "variables": variables, "wait_seconds": 10})
    return str(started.raise_for_status().json()["id"])


def _opened(browser: httpx.Client, path: str) -> httpx.Response:
    answer = browser.get(path)
    if answer.status_code != httpx.codes.OK or not answer.content:
        raise Unfit(f"Expected {path} from the installed server but got {answer.status_code}: {answer.text[:200]}")
    return answer


def check_source(archive: Path, wheel: Path, folder: Path) -> None:
    """Build a wheel from the source archive as pip does, with its own tools, and compare. Raises Unfit."""
    made = folder / "made"
    _run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(made), str(archive)])
    (built,) = made.glob("*.whl")
    ours, theirs = _contents(wheel), _contents(built)
    if ours != theirs:
        different = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        raise Unfit("Expected the same wheel from the source archive but these differ: " + ", ".join(different))
    print(f"The source archive builds into the same wheel of {len(ours)} files.")


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def _run(command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_AT_MOST,
    )
    if done.returncode:
        raise Unfit(f"{' '.join(command)} ended with exit code {done.returncode}:\n{done.stdout}")
    return done.stdout


def main(arguments: list[str]) -> int:
    """Check a wheel and the source archive it belongs to."""
    wheel, archive = map(Path, arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="baton-install-") as name:
            check_source(archive, wheel, Path(name))
            check_installed(wheel, Path(name))
    except Unfit as unfit:
        print(unfit, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
