"""`baton deploy`: send diagrams to the server."""

from __future__ import annotations

from pathlib import Path

import click

from ..client import ApiProblem
from ..problems import FoundProblem
from ..wire import to_wire
from .output import Output, answers


@click.command()
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--name", default="", help="What to call the deployment.")
@click.pass_obj
@answers
def deploy(output: Output, paths: tuple[Path, ...], name: str) -> None:
    """Deploy diagrams: all of them, or none when one has an error."""
    with output.client() as client:
        try:
            deployment = client.deployments.deploy({path.name: path.read_bytes() for path in paths}, name=name)
        except ApiProblem as problem:
            _print_problems(output, _problems(problem))
            raise
    if output.as_json:
        output.json(deployment)
        return
    rows = [(item.id, item.name, str(item.version), item.file_name) for item in deployment.definitions]
    output.table(["definition", "name", "version", "file"], rows, empty="The files hold no processes.")
    _print_problems(output, deployment.problems)


def _problems(refusal: ApiProblem) -> list[FoundProblem]:
    """What is wrong with the diagrams, when that is why they were refused."""
    from ..client.records import record

    return record(refusal.body.get("problems", []), list[FoundProblem])


def _print_problems(output: Output, problems: list[FoundProblem]) -> None:
    if not problems:
        return
    if output.as_json:
        output.json({"problems": to_wire(problems)})
        return
    rows = [
        (
            item.severity,
            item.file or "",
            str(item.line or ""),
            item.element_id or "",
            item.sentence,
        )
        for item in problems
    ]
    output.table(["severity", "file", "line", "element", "problem"], rows, empty="")


COMMANDS = (deploy,)
