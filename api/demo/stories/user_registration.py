"""The registrations: all or nothing while the caller waits, each answered by the diagram."""

from __future__ import annotations

from typing import Any

import httpx

from ..logs import calls, effects, one_after_the_other
from ..script import Demo
from ..world import World

ACCOUNT, PROFILE, CUSTOMER, MAIL = "/accounts", "/profiles", "/customers", "/mails"
NO_PROFILE, NO_ACCOUNT = "/profile-deletions", "/account-deletions"
ADA, TAKEN, BOB, EVE, MAE = "ada@example.org", "taken@example.org", "bob@unbillable.example", "eve", "mae@example.org"


def _registered(world: World) -> None:
    about = "Accounts, profiles and billing are called while the caller waits; the welcome mail is not his to wait for."
    world.act("A registration", about)
    world.hold("mail")
    answer = _register(world, ADA, "Ada")
    world.found(ADA, "registered", "user-registration")
    world.check_status(answer, 201)
    world.await_held("mail", 1)
    world.check_effects(ADA, [ACCOUNT, PROFILE, CUSTOMER], "Account, profile and billing were there before the answer")
    world.release("mail")
    world.to_the_end(ADA, quiet=True)
    world.check_ended(ADA, "registered")
    world.check_effects(ADA, [ACCOUNT, PROFILE, CUSTOMER, MAIL], "The mail was sent after it")


def _taken(world: World) -> None:
    world.act("An address that is taken", "The accounts service answers 409, and so does the diagram.")
    answer = _register(world, TAKEN, "Ada too")
    world.found(TAKEN, "address taken", "user-registration")
    world.check_status(answer, 409)
    world.check_effects(TAKEN, [], "Nothing was done anywhere")


def _all_or_nothing(world: World) -> None:
    about = "Billing answers 503 to three attempts. What was done is undone in reverse, and only then is it answered."
    world.act("A registration that fails halfway", about)
    answer = _register(world, BOB, "Bob")
    log = world.logs(BOB)
    world.found(BOB, "billing down", "user-registration")
    world.check_status(answer, 502)
    claim = "By then the profile was deleted first, then the account, one after the other"
    world.stage.check(one_after_the_other(log, [NO_PROFILE, NO_ACCOUNT]), claim, ", ".join(effects(log)))
    made, gone = calls(log, ACCOUNT), calls(log, NO_ACCOUNT)
    same = [call["answer"]["account"] for call in made] == [call["body"]["account"] for call in gone]
    world.stage.check(same, "The very account that was created was deleted")
    world.stage.check(len(calls(log, CUSTOMER)) == 3, "Billing was asked 3 times", f"{len(calls(log, CUSTOMER))}")


def _repeated(world: World) -> None:
    about = "The caller lost the answer and asks again, with the same Idempotency-Key: he gets it, and nothing happens."
    world.act("The first registration, sent again", about)
    first, again = (_register(world, MAE, "Mae", key="mae-1") for _ in range(2))
    world.found(MAE, "sent twice", "user-registration")
    world.stage.check(first.json() == again.json(), "Both answers are the same", f"{first.text} and {again.text}")
    world.to_the_end(MAE, quiet=True)
    world.check_effects(MAE, [ACCOUNT, PROFILE, CUSTOMER, MAIL], "There is one account, one profile, one customer")


def _nonsense(world: World) -> None:
    world.act("A request that makes no sense", "The diagram's JSON Schema says what a registration is.")
    answer = _register(world, EVE, "Eve")
    world.check_status(answer, 422)
    world.stage.check("/email" in answer.text, "It names the field that is wrong", answer.text)
    world.stage.check(not world.logs(EVE), "No service heard of it")


def _slow(world: World) -> None:
    about = (
        "Profiles do not answer within the five seconds that the diagram gives the caller. He is told where to look."
    )
    world.act("A registration that takes too long", about)
    lin = "lin@example.org"
    world.hold("profiles")
    answer = _register(world, lin, "Lin")
    world.found(lin, "took too long", "user-registration")
    world.check_status(answer, 202)
    world.release("profiles")
    world.to_the_end(lin, quiet=True)
    later = world.edge("GET", httpx.URL(answer.headers["location"]).raw_path.decode(), "where he was told to look")
    world.check_status(later, 201)
    world.check_effects(lin, [ACCOUNT, PROFILE, CUSTOMER, MAIL], "Nothing was lost, and nothing was done twice")


def _register(world: World, email: str, name: str, *, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    options: dict[str, Any] = {"json": {"email": email, "name": name}, "headers": headers}
    return world.edge("POST", "/registrations", email, **options)


DEMO = Demo(
    name="user-registration",
    title="Baton: a registration, all or nothing",
    summary="POST /registrations: several services while the caller waits; 201, 409, 502 undone in reverse, 202",
    about="""A diagram answers POST /registrations: an account, a profile and a billing customer in three services, all
of them or none. Each service is a process of its own with a log of every call; each claim below is checked in those
logs.""",
    services=("accounts", "profiles", "billing", "mail"),
    acts=(_registered, _taken, _all_or_nothing, _repeated, _nonsense, _slow),
    subject="email",
    noun="registrations",
    told=BOB,
)
