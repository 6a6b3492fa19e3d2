"""The pages of user tasks: people see, take, give back and complete what names them, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.api.test_people_do_the_tasks_that_name_them import Office


@pytest.fixture
def office(engine, client):
    return Office(engine, client)


@pytest.fixture
def browser(office):
    """Log in as somebody; returns their browser."""

    def logged_in(who):
        one = office.client.application.test_client()
        answer = one.post("/login", data={"key": office.headers[who]["Authorization"].partition(" ")[2]})
        one.first = answer.headers["Location"]
        return one

    return logged_in


def text(answer):
    return answer.get_data(as_text=True)


def test_a_person_without_roles_does_a_task_from_login_to_the_end(office, browser):
    own, others = office.task(groups="clerks"), office.task(assignee="max")
    # When somebody logs in who only does tasks, then the first page are those,
    lea = browser("lea")
    assert lea.first == "/tasks"
    listed = text(lea.get("/tasks"))
    assert f"/tasks/{own}" in listed
    assert others not in listed
    # there is no way to pages that are closed,
    assert 'href="/instances"' not in listed
    assert lea.get("/instances").status_code == 403
    # and a task is taken, given back, taken again and completed.
    for deed, assignee in (("claim", "lea"), ("give back", None), ("claim", "lea")):
        assert f'value="{deed}"' in text(lea.get(f"/tasks/{own}"))
        assert lea.post(f"/tasks/{own}", data={"do": deed}).status_code == 303
        assert office.engine.task(own).assignee == assignee
    done = lea.post(f"/tasks/{own}", data={"do": "complete", "variables": '{"approved": true}'})
    assert (done.status_code, done.headers["Location"]) == (303, "/tasks")
    instance = office.engine.instance(own.rpartition(".")[0], variables=True)
    assert (instance.status, instance.variables) == ("completed", {"approved": True})
    assert "No tasks" in text(lea.get("/tasks"))


WHO = [("lea", "complete"), ("otto", "complete"), ("vera", ""), ("tom", None)]


@pytest.mark.parametrize("who, offered", WHO)
def test_the_page_offers_what_may_be_done(office, browser, who, offered):
    task = office.task(groups="clerks")
    page = browser(who).get(f"/tasks/{task}")
    assert page.status_code == (403 if offered is None else 200)
    assert ('value="complete"' in text(page)) is bool(offered)
    # What is not offered is not done either.
    if not offered:
        for form in ({"do": "complete", "variables": "{}"}, {"do": "claim"}, {"do": "give back"}):
            assert browser(who).post(f"/tasks/{task}", data=form).status_code == 403
        assert office.engine.task(task).state == "created"


def test_the_list_has_open_ones_and_ones_own(office, browser):
    done, free, others = office.task(groups="clerks"), office.task(groups="clerks"), office.task(assignee="max")
    office.engine.complete_task(done)
    otto = browser("otto")
    office.engine.claim_task(free, "otto")
    assert re.findall(r'href="/tasks/([^"?]+)"', text(otto.get("/tasks"))) == [free, others]
    assert re.findall(r'href="/tasks/([^"?]+)"', text(otto.get("/tasks?mine=yes"))) == [free]


WRONG = ["x", "[]", '"a"', "1", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": "\\u0000"}', "[" * 5_000, "{"]


@pytest.mark.parametrize("given", WRONG, ids=range(len(WRONG)))
def test_what_is_no_object_is_said_and_kept_in_the_form(office, browser, given):
    task = office.task(assignee="lea")
    answer = browser("lea").post(f"/tasks/{task}", data={"do": "complete", "variables": given})
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)
    assert office.engine.task(task).state == "claimed"


FORMS = [{}, {"do": "x"}, {"do": "complete", "more": "1"}, {"do": ["claim", "complete"]}]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_another_form_is_refused(office, browser, form):
    task = office.task(assignee="lea")
    assert browser("lea").post(f"/tasks/{task}", data=form).status_code == 400
    assert office.engine.task(task).assignee == "lea"


def test_another_sites_form_does_nothing(office, browser):
    task = office.task(assignee="lea")
    answer = browser("lea").post(f"/tasks/{task}", data={"do": "complete"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert office.engine.task(task).state == "claimed"


def test_names_stay_text(office, browser):
    task = office.task(assignee="lea")
    office.engine.claim_task(task, "<script>x</script>", force=True)
    page = text(browser("otto").get(f"/tasks/{task}")) + text(browser("otto").get("/tasks"))
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_without_keys_tasks_are_completed_by_whoever_is_at_the_machine(client, front, engine):
    from tests.api.front import user_task

    engine.deploy({"p.bpmn": user_task().xml()})
    engine.start("p")
    (task,) = engine.tasks().items
    page = text(client.get(f"/tasks/{task.id}"))
    assert 'value="claim"' not in page
    assert client.post(f"/tasks/{task.id}", data={"do": "complete", "variables": "{}"}).status_code == 303
    assert engine.task(task.id).state == "completed"
