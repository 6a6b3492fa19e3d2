"""The questions to the services' logs answer no as well as yes."""

from __future__ import annotations

from typing import Any

import pytest

from api.demo import logs


def call(path: str, *, key: str = "", at: int = 0, took: int = 1, **more: Any) -> dict[str, Any]:
    entry = {
        "service": "any",
        "path": path,
        "key": key or path,
        "sha256": "a",
        "body": {"order_id": "o-1"},
        "kind": "undo" if path in ("/refunds", "/releases") else "do",
        "effect": True,
        "repeat": False,
        "received_at": at,
        "answered_at": at + took,
    }
    return entry | more


RELEASE, REFUND = "/releases", "/refunds"


@pytest.mark.parametrize(
    "entries,right",
    [
        ([call(RELEASE, at=0), call(REFUND, at=1)], True),  # released at 0..1, refund asked at 1
        ([call(REFUND, at=0), call(RELEASE, at=1)], False),  # the wrong order
        ([call(RELEASE, at=0, took=5), call(REFUND, at=4, took=5)], False),  # side by side from 4 to 5
        ([call(RELEASE, at=0)], False),  # one is missing
        ([call(RELEASE, at=0), call(REFUND, at=1), call(REFUND, at=2)], False),  # one too many
        ([call("/payments", at=0), call(RELEASE, at=0), call(REFUND, at=1)], True),  # doing does not count
    ],
)
def test_undoing_one_after_the_other(entries: list[dict[str, Any]], right: bool) -> None:
    assert logs.one_after_the_other(entries, [RELEASE, REFUND]) is right


def test_keys_with_several_bodies_are_found() -> None:
    good = [call("/a", key="k"), call("/a", key="k"), call("/b", key="other")]
    assert logs.keys_with_several_bodies(good) == []
    assert logs.keys_with_several_bodies([*good, call("/a", key="k", sha256="b")]) == ["k"]
    assert logs.keys_with_several_bodies([*good, call("/b", key="k")]) == ["k"]


def test_keys_with_several_effects_are_found() -> None:
    good = [call("/a", key="k"), call("/a", key="k", effect=False)]
    assert logs.keys_with_several_effects(good) == []
    assert logs.keys_with_several_effects([*good, call("/a", key="k")]) == ["k"]


def test_calls_of_one_order_and_path() -> None:
    mine, other = call("/a"), call("/a", body={"order_id": "o-2"})
    assert logs.of_subject([mine, other], "order_id", "o-1") == [mine]
    assert logs.calls([mine, call("/b")], "/a") == [mine]


def test_what_is_only_read_may_be_asked_in_any_way() -> None:
    reads = [call("/a", key=" ", kind="read", effect=False), call("/b", key=" ", kind="read", effect=False)]
    assert logs.keys_with_several_bodies(reads) == []
