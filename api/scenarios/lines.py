"""YAML as plain JSON values that remember on which line each of them stands."""

from __future__ import annotations

import re
from typing import Any

import yaml

MAX_CHARACTERS = 1_000_000
MAX_VALUES = 100_000
MAX_DEPTH = 50


class ScenarioProblem(Exception):
    """A scenario file is not what it should be. line: 1-based, None when it concerns the whole file."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        self.sentence = sentence
        self.line = line
        super().__init__(f"line {line}: {sentence}" if line else sentence)


class _Loader(yaml.SafeLoader):
    """YAML without its traps: no dates, and only `true` and `false` are booleans."""


_TAG = "tag:yaml.org,2002:"
_KINDS = frozenset({"map", "seq", "str", "int", "float", "bool", "null"})
_TRAPS = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TRAPS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class Lines:
    """The line of every value by its path, written as in `$.scenarios[0].expect.status`."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}

    def note(self, path: str, line: int) -> None:
        """Remember where a value, or the key that leads to it, stands."""
        self._lines.setdefault(path, line)

    def of(self, path: str, key: str = "") -> int | None:
        """The line of the key below the path, else of the nearest value around it; `[...]` stands for any key."""
        wanted = f"{path}.{key}" if key else path
        if wanted in self._lines:
            return self._lines[wanted]
        pattern = re.compile(re.escape(wanted).replace(r"\[\.\.\.\]", r"\.[^.\[]+"))
        found = next((line for known, line in self._lines.items() if pattern.fullmatch(known)), None)
        if found is not None or wanted == "$":
            return found
        return self.of(re.sub(r"(\.[^.\[\]]*|\[[^\]]*\])$", "", wanted) or "$")


def load(text: str) -> tuple[Any, Lines]:
    """The document's value and the lines of its parts; raises ScenarioProblem when it is no YAML or too large."""
    if len(text) > MAX_CHARACTERS:
        raise ScenarioProblem(f"Expected at most {MAX_CHARACTERS} characters but got {len(text)}")
    try:
        return _read(_Loader(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise ScenarioProblem(f"Expected YAML but {problem}", mark.line + 1 if mark else None) from None
    except RecursionError:
        raise ScenarioProblem(f"Expected at most {MAX_DEPTH} levels but got far more") from None


def _read(loader: _Loader) -> tuple[Any, Lines]:
    try:
        node = loader.get_single_node()
        if node is None:
            raise ScenarioProblem("A scenario file needs content but is empty")
        reader = _Reader(loader)
        return reader.value(node, "$", 0), reader.lines
    finally:
        loader.dispose()


class _Reader:
    def __init__(self, loader: _Loader) -> None:
        self.lines = Lines()
        self._loader = loader
        self._count = 0

    def value(self, node: yaml.Node, path: str, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.lines.note(path, line)
        self._count += 1
        if self._count > MAX_VALUES or depth > MAX_DEPTH:
            raise ScenarioProblem(f"Expected at most {MAX_VALUES} values and {MAX_DEPTH} levels but got more", line)
        if node.tag.removeprefix(_TAG) not in _KINDS:
            raise ScenarioProblem(f"Expected plain values but got one of the kind {node.tag}", line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value)]
        return self._loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ScenarioProblem("Expected a text as key but got a list or a mapping", line)
            if key.value in seen:
                raise ScenarioProblem(f'Expected each key once but got "{key.value}" again', line)
            seen.add(key.value)
        self._loader.flatten_mapping(node)
        mapping: dict[str, Any] = {}
        for key, item in node.value:
            self.lines.note(f"{path}.{key.value}", key.start_mark.line + 1)
            mapping[str(key.value)] = self.value(item, f"{path}.{key.value}", depth + 1)
        return mapping
