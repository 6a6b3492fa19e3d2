"""An off-the-shelf generator makes a working client of the interface's description, without a word by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from api.app import create_app
from engine import Engine, Settings
from tests.edge.routed import answering, routed
from tests.support.event_drawings import process
from tests.support.packages import node, node_modules_of, python_of

from .serving import served

HOME = Path(__file__).parent / "generated_client"
TYPESCRIPT = Path(__file__).parent / "generated_typescript"


@pytest.fixture
def baton():
    with Engine("sqlite://", settings=Settings(workers=0)) as engine:
        engine.start_workers()
        yield engine


def order() -> bytes:
    diagram = process("order").start().user("approve").service("pack", "ship", inputs={"sum": "total"})
    return diagram.catch("payment", "message:paid", message__correlation="'o-1'").end("done").xml()


def generated(app, folder: Path, path: str = "/api/openapi.json") -> Path:
    """The folder that has the generated package `made`. path: of the description."""
    description = folder / "openapi.json"
    description.write_bytes(app.test_client().get(path).data)
    command = [python_of(HOME).with_name("openapi-python-client"), "generate", "--meta", "none"]
    command += ["--path", str(description), "--output-path", str(folder / "made")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    # What the generator cannot read it says, and leaves out: diagrams in bodies that are XML, which forms carry too.
    assert {line for line in done.stdout.splitlines() if line.startswith(("WARNING", "ERROR"))} <= {
        "WARNING parsing GET /api/definitions/{definition_id}/xml within definitions.",
        "WARNING parsing POST /api/deployments within deployments.",
    }
    return folder


def printed(script: str, folder: Path, *arguments: str):
    """What the script prints that uses the package."""
    command = [python_of(HOME), str(HOME / script), *arguments]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_route_of_a_diagram_is_called_by_a_generated_client(baton, tmp_path):
    # Given a published route with a schema
    schema = {
        "type": "object",
        "required": ["item"],
        "properties": {"item": {"type": "string"}, "n": {"type": "integer"}},
    }
    diagram = routed("POST /orders/{region}", id="routed", input__schema=json.dumps(schema))
    baton.deploy({"routed.bpmn": answering(diagram, "201", "{'item': item, 'region': region}").xml()})
    app = create_app(baton)
    # When a client is made of the edge's description and used, Then it gets the diagram's answer, and the refusal
    folder = generated(app, tmp_path, "/edge/openapi.json")
    with served(app) as address:
        assert printed("use_edge.py", folder, address) == [201, {"item": "book", "region": "eu"}, 422, "/item"]


def test_it_deploys_starts_works_and_is_told_of_refusals(baton, tmp_path):
    # Given a generated client, and a server that wants a key
    app = create_app(baton)
    folder = generated(app, tmp_path)
    key = baton.api_keys.create("generated", ["admin", "operator", "deployer"])[1]
    diagram = tmp_path / "order.bpmn"
    diagram.write_bytes(order())
    # When it is used against the live server
    with served(app) as address:
        told = printed("use.py", folder, address, str(diagram), key)
    # Then it understands every answer
    assert told == {
        "health": "ok",
        "deployed": ["order:1"],
        "broken": [422, "deployment-refused", "", True],
        "pages": [1],
        "once": True,
        "conflict": [422, "idempotency-conflict", ""],
        "unknown": [404, "not-found", ""],
        "task": ["waiting", "approve", None],
        "claimed": "lea",
        "taken": [409, "command-rejected", "task-claimed"],
        "completed": "running",
        "job": ["ship", {"sum": 120}, "w"],
        "failed": 204,
        "resolved": "resolved",
        "done": 204,
        "late": [409, "command-rejected", "job-not-open"],
        "variables": ["approved", "note", "parcel", "total"],
        "sent": "continued",
        "message": "continued",
        "ended": ["completed", ["done"]],
        "events": ["process-started", "process-completed"],
        "gone": [404, "not-found", ""],
    }


def run(*command: object, folder: Path, given: bytes = b"") -> str:
    """What the command says, which has to be content."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, input=given, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def test_a_typescript_client_of_generated_types_works_and_its_types_fit(baton, tmp_path):
    # Given types made of the description, and a program that uses them
    packages = node_modules_of(TYPESCRIPT)
    app = create_app(baton)
    (tmp_path / "openapi.json").write_bytes(app.test_client().get("/api/openapi.json").data)
    (tmp_path / "node_modules").symlink_to(packages, target_is_directory=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in ("use.ts", "node.d.ts"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    generate = ("openapi.json", "-o", "api.d.ts", "--default-non-nullable=false")
    run(node(), packages / "openapi-typescript" / "bin" / "cli.js", *generate, folder=tmp_path)
    # When the program is compiled, Then its types fit
    options = ("--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions")
    places = ("--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom,dom.asynciterable")
    run(node(), packages / "typescript" / "bin" / "tsc", *options, *places, "use.ts", "node.d.ts", folder=tmp_path)
    # And when it runs against the live server, Then it understands the answers
    diagram = process("order").start().user("approve").end("done").xml()
    with served(app) as address:
        told = json.loads(run(node(), "use.ts", address, folder=tmp_path, given=diagram))
    assert told == {
        "deployed": ["order:1"],
        "once": True,
        "waited": ["approve"],
        "done": "completed",
        "twice": [409, "instance-ended"],
        "ended": "process-completed",
        "gone": "Not Found",
    }
