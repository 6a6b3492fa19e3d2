"""The script task that is a job: a worker runs its script, and the process goes on meanwhile (BPMN 2.0.2, 10.3.3)."""

from __future__ import annotations

from ...model import FlowNode
from .reading import Reading
from .service_task import ServiceTask
from .tasks import read_script


class ScriptJob(ServiceTask):
    """A script task with a job type: "script" for Baton's own workers, or any other type for one elsewhere."""

    element_types = ("scriptTask:job",)
    summary = "a script task with the property job.type=script: its script runs as a job, beside the process"
    clause = "10.3.3"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        formal = read_script(node, reading)
        reading.script(formal, node, "script")
        self.properties |= {"script.source": formal.source, "script.syntax": formal.syntax}


ELEMENTS = (ScriptJob,)
