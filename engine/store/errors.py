"""What can go wrong between the engine and its database.

StoreError
├── StoreLocked     another process has this database
├── StoreUnavailable the database cannot be reached now
├── Unstorable      a text holds the character U+0000, which this database cannot even look for
├── Conflict        somebody else moved these instances on; run the commands again on fresh state
├── DuplicateKey    an idempotency key is already taken
├── AlreadyApplied  a message or signal has reached its receiver before
├── VersionTaken    a definition was to be stored under a version that is there already
├── DuplicateName   a key that is not revoked has this name already
├── BadCursor       a page was asked for with a cursor that is none of ours
└── HistoryDamaged  a stored history cannot be read back
"""

from __future__ import annotations


class StoreError(Exception):
    """The base of all errors of the store; the text is a sentence for people."""


class StoreLocked(StoreError):
    """A second process asked for an embedded database that has room for one."""

    def __init__(self, database: str, holder: str) -> None:
        by = f" (process {holder})" if holder else ""
        super().__init__(f"Expected {database} to be free but another Baton has it open{by}")
        self.database, self.holder = database, holder


class StoreUnavailable(StoreError):
    """The server of the database cannot be reached, or is too busy; what was asked is not done, trying again helps."""

    def __init__(self, because: str) -> None:
        super().__init__(f"Expected the database to answer but it does not: {because}")


class Unstorable(StoreError):
    """A text was to be stored or looked for that this database has no place for; nothing of it is there."""

    def __init__(self) -> None:
        super().__init__("Expected texts without the character U+0000 but got one with it")


class Conflict(StoreError):
    """The stored revision of these roots is not the one that the steps were computed from; nothing was stored."""

    def __init__(self, roots: list[str]) -> None:
        super().__init__(f"Expected unchanged instances but {', '.join(roots)} moved on meanwhile")
        self.roots = roots


class DuplicateKey(StoreError):
    """The idempotency key was used before, for the instance (None for none) given here; nothing was stored."""

    def __init__(self, key: str, instance: str | None, fingerprint: str) -> None:
        super().__init__(f"Expected a new idempotency key but {key!r} was used for {instance or 'another request'}")
        self.key, self.instance, self.fingerprint = key, instance, fingerprint


class AlreadyApplied(StoreError):
    """A message was delivered, or a signal reached an instance, a moment ago by somebody else; nothing was stored."""

    def __init__(self) -> None:
        super().__init__("Expected a message or signal that is still to be applied but it has been")


class VersionTaken(StoreError):
    """A definition of a deployment has a version that is there already; nothing was stored."""

    def __init__(self, definitions: list[str]) -> None:
        super().__init__(f"Expected new versions but one of {', '.join(definitions)} is there already")
        self.definitions = definitions


class DuplicateName(StoreError):
    """Names of keys are unique among those that are not revoked, because the history names them."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Expected a new name but {name!r} is that of a key already")


class BadCursor(StoreError):
    """A cursor is only good for the list that gave it out."""

    def __init__(self, cursor: str) -> None:
        super().__init__(f"Expected a cursor of this list but got {cursor[:80]!r}")


class HistoryDamaged(StoreError):
    """The stored history of a root cannot be decoded or folded; `baton verify` names the first damaged step."""

    def __init__(self, root: str, detail: str) -> None:
        super().__init__(f"Expected a readable history of instance {root} but {detail}")
        self.root = root
