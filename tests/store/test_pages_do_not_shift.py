"""Lists are paged by key: nothing is seen twice or missed when rows are added meanwhile."""

from __future__ import annotations

import pytest

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import BadCursor, Store
from engine.store.paging import MAX_PAGE, page_size

from .scenes import Story, deploy, describe, root_id


def start(store: Store, *numbers: int) -> None:
    store.commit([Story(root_id(number)).start_with_task() for number in numbers], describe)


def test_instances_started_while_paging_shift_nothing(store: Store):
    # Given five instances and the first page of two, newest first
    start(store, 2, 3, 4, 5, 6)
    page = store.queries.instances(limit=2)
    assert [one.id for one in page.items] == [root_id(6), root_id(5)]
    # When others are started before and behind the place of the cursor
    start(store, 1, 7)
    # Then the next pages go on where the first one ended
    page = store.queries.instances(limit=2, cursor=page.next_cursor)
    assert [one.id for one in page.items] == [root_id(4), root_id(3)]
    page = store.queries.instances(limit=2, cursor=page.next_cursor)
    assert [one.id for one in page.items] == [root_id(2), root_id(1)]
    assert page.next_cursor is None


def test_filters_hold_on_every_page(store: Store):
    start(store, 1, 2, 3)
    story = Story(root_id(4))
    store.commit([story.start_with_job(), story.complete_job()], describe)
    found = store.queries.instances(status="waiting", process="order", business_key="B-1", limit=2)
    rest = store.queries.instances(status="waiting", limit=2, cursor=found.next_cursor)
    assert [one.id for one in found.items + rest.items] == [root_id(3), root_id(2), root_id(1)]
    assert [one.id for one in store.queries.instances(status="completed").items] == [root_id(4)]
    assert store.queries.instances(process="other").items == []
    assert store.queries.instances(business_key="B-2").items == []


def test_activities_tasks_jobs_and_incidents_page_in_order(store: Store):
    start(store, 1, 2, 3)
    story = Story(root_id(4))
    raised = [e.IncidentRaised(key, "stuck", "why", ROOT) for key in (5, 6, 7)]
    store.commit([story.start_with_job(), story.tell(*raised)], describe)

    def walk(read, **filters):
        cursor, found = None, []
        while True:
            page = read(limit=2, cursor=cursor, **filters)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

    assert [one.key for one in walk(store.queries.activities, instance=root_id(4))] == [2, 3]
    assert [one.instance_id for one in walk(store.queries.tasks)] == [root_id(1), root_id(2), root_id(3)]
    assert [one.id for one in walk(store.queries.incidents)] == [f"{root_id(4)}.{key}" for key in (5, 6, 7)]
    assert len(walk(store.jobs.page)) == 1


def test_definitions_page_with_the_newest_version_of_each_first(empty: Store):
    for version in (1, 2, 10):
        deploy(empty, version)
    deploy(empty, 1, "billing")
    first = empty.deployments.page(limit=2)
    assert [one.id for one in first.items] == ["billing:1", "order:10"]
    deploy(empty, 11)
    second = empty.deployments.page(limit=2, cursor=first.next_cursor)
    assert [one.id for one in second.items] == ["order:2", "order:1"]


@pytest.mark.parametrize("cursor", ["", "nonsense", "!!!", "W10", "WyJvdGhlciIsIngiXQ", "WyJpbnN0YW5jZXMiLDVd"])
def test_a_cursor_of_another_list_is_refused(store: Store, cursor: str):
    with pytest.raises(BadCursor, match="cursor of this list"):
        store.queries.instances(cursor=cursor)


@pytest.mark.parametrize("limit, size", [(-5, 1), (0, 1), (7, 7), (10**9, MAX_PAGE)])
def test_a_page_has_a_bounded_size(limit: int, size: int):
    assert page_size(limit) == size
