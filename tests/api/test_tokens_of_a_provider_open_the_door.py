"""Tokens of an OpenID Connect provider: a good one names who acts and what they may; every other one opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

import httpx
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization

from api.app import create_app
from api.cli import main
from api.hosting import web_settings
from api.oidc.provider import FRESH_SECONDS, LONGEST_SECONDS, PAUSE_SECONDS
from api.oidc.settings import OidcSettings
from api.settings import WebSettings
from engine import InvalidRequest

from .front import user_task
from .provider import AUDIENCE, EC, ED, OTHER_RSA, RSA, Provider, public
from .serving import baton_serve

SECOND = 1_000_000


@pytest.fixture
def provider(engine):
    opened = Provider()
    opened.now = engine.now() // SECOND
    yield opened
    opened.close()


@pytest.fixture
def serve(engine, provider):
    """A client of a server that trusts the provider, with these settings more."""

    def made(**more):
        oidc = OidcSettings(issuer=provider.issuer, audience=AUDIENCE, **more)
        return create_app(engine, WebSettings(oidc=oidc)).test_client()

    return made


@pytest.fixture
def ticks(monkeypatch):
    """The seconds by which keys get old; a list of one number."""
    now = [1_000.0]
    monkeypatch.setattr("api.oidc.provider.seconds", lambda: now[0])
    return now


def ask(client, token, path="/api/instances", **more):
    return client.get(path, headers={"Authorization": f"Bearer {token}"}, **more)


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


# -- good ones --------------------------------------------------------------------------------------------------------

GOOD = {
    "RS256": {},
    "ES256": {"key": EC, "algorithm": "ES256", "kid": "ec"},
    "EdDSA": {"key": ED, "algorithm": "EdDSA", "kid": "ed"},
    "without the id of its key, where there is one of the kind": {"kid": None},
    "an access token": {"header": {"typ": "at+jwt"}},
    "several audiences": {"aud": ["account", AUDIENCE]},
    "a clock a little ahead": {"iat": 29, "nbf": 29},
    "a clock a little behind": {"exp": -29},
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token_opens_what_its_roles_allow(serve, provider, name):
    given = dict(GOOD[name])
    for claim in ("iat", "nbf", "exp"):
        if claim in given:
            given[claim] += provider.now
    client = serve()
    assert ask(client, provider.token(**given)).status_code == 200
    assert ask(client, provider.token(**given, roles=[])).status_code == 403
    # The description and the keys were asked for once.
    assert set(provider.asked.values()) == {1}


def test_the_token_may_be_the_password_of_basic(serve, provider):
    pair = base64.b64encode(f"lea:{provider.token()}".encode()).decode()
    assert serve().get("/api/instances", headers={"Authorization": f"Basic {pair}"}).status_code == 200


def test_without_a_token_nobody_comes_in_although_there_is_no_key(serve):
    client = serve()
    assert client.get("/api/instances").status_code == 401
    assert client.get("/instances").status_code == 303
    assert client.get("/health").status_code == 200


def test_keys_go_on_beside_it(serve, engine, provider):
    _, token = engine.api_keys.create("shop", ["viewer"])
    provider.down = True
    assert ask(serve(), token).status_code == 200
    assert provider.asked == {}


NAMES = [
    ({}, "lea"),
    ({"preferred_username": None, "email": "lea@example.org"}, "lea@example.org"),
    ({"preferred_username": None, "email": "lea@example.org", "email_verified": False}, "0b7e"),
    ({"preferred_username": None, "email": "lea@example.org", "email_verified": "false"}, "0b7e"),
    ({"preferred_username": None, "email": "lea@example.org", "email_verified": None}, "lea@example.org"),
    ({"preferred_username": None, "email": "lea@example.org", "email_verified": "true"}, "lea@example.org"),
    ({"preferred_username": None, "email": "lea@example.org", "email_verified": 0}, "0b7e"),
    ({"preferred_username": None}, "0b7e"),
    ({"preferred_username": None, "sub": "a\x00" * 500}, "sub:" + hashlib.sha256(b"a\x00" * 500).hexdigest()),
    ({"preferred_username": "a\nb"}, "0b7e"),
    ({"preferred_username": " lea"}, "0b7e"),
    ({"preferred_username": ""}, "0b7e"),
    ({"preferred_username": "x" * 256}, "0b7e"),
    ({"preferred_username": ["lea"]}, "0b7e"),
    ({"preferred_username": "L\u00e9a \u4e2d"}, "L\u00e9a \u4e2d"),
    ({"preferred_username": None, "sub": "a\u202eb"}, "sub:61e280ae62"),
]


@pytest.mark.parametrize("claims, name", NAMES)
def test_the_history_names_whom_the_token_names(serve, engine, provider, claims, name):
    engine.deploy({"p.bpmn": user_task().xml()})
    headers = {"Authorization": f"Bearer {provider.token(roles=['baton:starter'], **claims)}", "Baton-Actor": "otto"}
    made = serve().post("/api/instances", json={"process": "p"}, headers=headers)
    assert (made.status_code, made.get_json()["started_by"]) == (201, name)


ROLES = [
    # settings, claims                                                              -> may read, may start
    ({}, {"roles": ["baton:viewer"]}, (200, 403)),
    ({}, {"roles": ["baton:starter", "other"]}, (403, 404)),
    ({}, {"roles": "baton:viewer baton:starter"}, (200, 404)),
    ({}, {"roles": ["viewer", "admin", "xbaton:admin", "BATON:admin", "baton:Admin", "baton:\u0430dmin"]}, (403, 403)),
    ({}, {"roles": ["baton:king", "baton:", "baton:*"]}, (403, 403)),
    ({}, {"roles": {"baton:admin": True}}, (403, 403)),
    ({}, {"roles": [["baton:admin"], 1, None]}, (403, 403)),
    ({}, {"roles": None}, (403, 403)),
    ({"roles_claim": "realm_access.roles"}, {"realm_access": {"roles": ["baton:viewer"]}}, (200, 403)),
    ({"roles_claim": "realm_access.roles"}, {"realm_access": ["baton:viewer"]}, (403, 403)),
    ({"roles_claim": "https://x.org/roles"}, {"https://x.org/roles": ["baton:viewer"]}, (200, 403)),
    ({"roles_claim": "scope"}, {"scope": "openid baton:viewer"}, (200, 403)),
    ({"role_prefix": ""}, {"roles": ["viewer"]}, (200, 403)),
]


@pytest.mark.parametrize("settings, claims, statuses", ROLES)
def test_roles_are_those_of_the_claim_behind_the_prefix(serve, provider, settings, claims, statuses):
    client, token = serve(**settings), provider.token(**claims)
    started = client.post("/api/instances", json={"process": "p"}, headers={"Authorization": f"Bearer {token}"})
    assert (ask(client, token).status_code, started.status_code) == statuses


PROCESSES = [
    (["p"], 200),
    ("p q", 200),
    (["p*"], 200),
    (["*"], 200),
    (["q"], 404),
    ([], 404),
    (None, 404),
    ({"p": 1}, 404),
    ([f"q{number}" for number in range(1_100)], 404),
    (["p*", *(f"q{number}*" for number in range(990))], 200),
]


@pytest.mark.parametrize("claim, status", PROCESSES, ids=[str(claim)[:40] for claim, _ in PROCESSES])
def test_a_token_may_be_restricted_to_processes(serve, engine, provider, claim, status):
    engine.deploy({"p.bpmn": user_task().xml()})
    instance, client = engine.start("p").id, serve(processes_claim="processes")
    token = provider.token(processes=claim)
    assert ask(client, token, f"/api/instances/{instance}").status_code == status
    assert len(ask(client, token).get_json()["items"]) == (status == 200)


def test_a_person_in_many_groups_has_a_list_of_tasks(serve, engine, provider):
    token = provider.token(roles=[], groups=[f"g{number}" for number in range(600)])
    assert ask(serve(), token, "/api/tasks").get_json()["items"] == []


def test_groups_are_those_of_the_user_tasks(serve, engine, provider):
    drawn = user_task().attribute("ask", "camunda:candidateGroups", "clerks")
    drawn.raw("<bpmn:definitions", '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn"')
    engine.deploy({"p.bpmn": drawn.xml()})
    task = engine.tasks(instance=engine.start("p").id).items[0].id
    client = serve()
    for groups, status in ((["drivers"], 403), ("clerks", 200), (["/clerks"], 200)):
        token = provider.token(roles=[], groups=groups)
        assert ask(client, token, f"/api/tasks/{task}").status_code == status


# -- bad ones ---------------------------------------------------------------------------------------------------------


def unsigned(provider, algorithm):
    return f"{encoded({'alg': algorithm, 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(provider.claims())}."


def with_shared_secret(provider):
    """The public key as the secret of a symmetric signature, which careless readers accept."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    secret = RSA.public_key().public_bytes(serialization.Encoding.PEM, spki)
    signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(provider.claims())}"
    return f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def signed_text(header, claims, key=RSA):
    """A token whose JSON is written by hand, with the provider's own signature."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def changed(token, at, text):
    parts = token.split(".")
    parts[at] = text
    return ".".join(parts)


HEADER = {"alg": "RS256", "kid": "rsa"}
NUMBERS = (None, "tomorrow", True, -1, [1], {})
BAD = {
    "an empty one": lambda p: ".",
    "two parts": lambda p: p.token().rpartition(".")[0],
    "four parts": lambda p: p.token() + ".x",
    "no signature": lambda p: unsigned(p, "RS256"),
    "none": lambda p: unsigned(p, "none"),
    "None": lambda p: unsigned(p, "None") + "AA",
    "a shared secret": with_shared_secret,
    "another key": lambda p: p.token(OTHER_RSA),
    "another kind of signature with the same key": lambda p: p.token(algorithm="PS256"),
    "one that is not allowed": lambda p: p.token(algorithm="RS512"),
    "a key of another kind": lambda p: p.token(EC, "ES256", "rsa"),
    "an unknown key": lambda p: p.token(kid="other"),
    "a path as the id of the key": lambda p: p.token(kid="../../../../dev/null"),
    "SQL as the id of the key": lambda p: p.token(kid="x' UNION SELECT 'secret"),
    "a long id of the key": lambda p: p.token(kid="x" * 256),
    "a number as the id of the key": lambda p: signed_text({**HEADER, "kid": 1}, p.claims()),
    "a key inside": lambda p: p.token(OTHER_RSA, header={"jwk": public(OTHER_RSA, "rsa", "RS256")}),
    "the address of a key": lambda p: p.token(OTHER_RSA, kid="o", header={"jku": p.issuer + "/evil"}),
    "a certificate": lambda p: p.token(OTHER_RSA, header={"x5u": p.issuer + "/evil", "x5c": ["AAAA"]}),
    "an extension": lambda p: p.token(header={"crit": ["x"], "x": 1}),
    "a payload that is not encoded": lambda p: signed_text({**HEADER, "b64": False}, p.claims()),
    "a token of another kind": lambda p: p.token(header={"typ": "logout+jwt"}),
    "a list as header": lambda p: signed_text([HEADER], p.claims()),
    "no JSON": lambda p: signed_text(b"x", p.claims()),
    "two algorithms": lambda p: signed_text(b'{"alg":"RS256","alg":"none","kid":"rsa"}', p.claims()),
    "a claim twice": lambda p: signed_text(HEADER, json.dumps(p.claims()).encode()[:-1] + b',"roles":["baton:admin"]}'),
    "a list of claims": lambda p: signed_text(HEADER, [p.claims()]),
    "deep claims": lambda p: signed_text(HEADER, b'{"x":' + b"[" * 900 + b"]" * 900 + b"}"),
    "claims that are no UTF-8": lambda p: signed_text(HEADER, b'{"sub":"\xff"}'),
    "half a surrogate pair": lambda p: signed_text(HEADER, {**p.claims(), "iss": "\ud800"}),
    "NaN": lambda p: signed_text(HEADER, json.dumps({**p.claims(), "exp": float("nan")}).encode()),
    "changed claims": lambda p: changed(p.token(), 1, encoded(p.claims(roles=["baton:admin"]))),
    "a changed header": lambda p: changed(p.token(), 0, encoded({**HEADER, "typ": "JWT", "x": 1})),
    "padding": lambda p: p.token() + "==",
    "spaces": lambda p: p.token().replace(".", " . "),
    "a huge one": lambda p: p.token(x="x" * 9_500),
    "expired": lambda p: p.token(exp=p.now - 31),
    "not valid yet": lambda p: p.token(nbf=p.now + 31),
    "made in the future": lambda p: p.token(iat=p.now + 3_600),
    "another issuer": lambda p: p.token(iss="https://evil.example"),
    "another realm": lambda p: p.token(iss=p.issuer + "/"),
    "no issuer": lambda p: p.token(iss=None),
    "another audience": lambda p: p.token(aud="shop"),
    "no audience": lambda p: p.token(aud=None),
    "an audience within another": lambda p: p.token(aud="baton-other"),
    "an audience as a key": lambda p: signed_text(HEADER, p.claims(aud={AUDIENCE: 1})),
    "an audience as a number": lambda p: signed_text(HEADER, p.claims(aud=1)),
    "nobody": lambda p: p.token(sub=None),
    "nobody at all": lambda p: p.token(sub=""),
    "somebody as a number": lambda p: signed_text(HEADER, p.claims(sub=1)),
} | {
    f"{claim} is {value!r}": lambda p, claim=claim, value=value: signed_text(HEADER, {**p.claims(), claim: value})
    for claim in ("exp", "nbf", "iat")
    for value in NUMBERS
    if not (claim != "exp" and value is None)
}


@pytest.mark.parametrize("name", BAD)
def test_every_other_token_is_401(serve, provider, stored, name):
    client = serve()
    # Given that a good token opens the door
    assert ask(client, provider.token()).status_code == 200
    # When this one is shown
    answer = client.post(
        "/api/instances", json={"process": "p"}, headers={"Authorization": f"Bearer {BAD[name](provider)}"}
    )
    # Then it opens nothing, the challenge says so, and the sentence tells nothing of the inside.
    assert answer.status_code == 401, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "Traceback" not in answer.get_data(as_text=True)
    assert provider.asked["/evil"] == 0
    assert stored() == (0, 0)


KEYS = {
    "a symmetric one": {"kty": "oct", "kid": "rsa", "k": "AAAA", "alg": "RS256"},
    "one for encryption": public(RSA, "rsa", "RS256", use="enc"),
    "one for another algorithm": public(RSA, "rsa", "RS512"),
    "one for other operations": public(RSA, "rsa", "RS256", key_ops=["encrypt"]),
    "a short one": {**public(RSA, "rsa", "RS256"), "n": "sXch"},
    "one whose operations are no list": public(RSA, "rsa", "RS256", key_ops=5),
    "one whose operations are a text": public(RSA, "rsa", "RS256", key_ops="verify"),
    "one of a kind that is no text": public(RSA, "rsa", "RS256", kty=["RSA"], use=[]),
    "half of one": {"kty": "RSA", "kid": "rsa", "alg": "RS256"},
    "no key": "rsa",
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_not_for_this_signs_nothing(serve, provider, name):
    provider.keys = [KEYS[name]]
    assert ask(serve(), provider.token()).status_code == 401


def test_two_keys_with_one_id_are_no_key(serve, provider):
    provider.keys = [public(RSA, "rsa", "RS256"), public(OTHER_RSA, "rsa", "RS256")]
    assert ask(serve(), provider.token()).status_code == 401


# -- keys change, and the provider is down ----------------------------------------------------------------------------


def test_a_new_key_is_fetched_once_a_minute_at_most(serve, provider, ticks):
    client = serve()
    assert ask(client, provider.token()).status_code == 200
    # When the provider signs with a new key, and before that many tokens name keys that nobody knows
    new = {"key": OTHER_RSA, "kid": "new"}
    for _ in range(5):
        assert ask(client, provider.token(**new)).status_code == 401
    assert provider.asked["/keys"] == 1
    provider.keys.append(public(OTHER_RSA, "new", "RS256"))
    ticks[0] += PAUSE_SECONDS
    # Then it counts from the next minute on, and the old one as long as it is published.
    assert ask(client, provider.token(**new)).status_code == 200
    assert ask(client, provider.token()).status_code == 200
    provider.keys = provider.keys[-1:]
    ticks[0] += FRESH_SECONDS + 1
    assert ask(client, provider.token(**new)).status_code == 200
    assert ask(client, provider.token()).status_code == 401


def test_known_keys_are_served_while_the_provider_is_down(serve, provider, ticks):
    client = serve()
    assert ask(client, provider.token()).status_code == 200
    provider.down = True
    ticks[0] += FRESH_SECONDS + 1
    # Then who has a token goes on; whether an unknown key is the provider's nobody can say,
    assert ask(client, provider.token()).status_code == 200
    unknown = ask(client, provider.token(kid="new"))
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "60")
    # and what is a day old counts no longer.
    ticks[0] += LONGEST_SECONDS
    assert ask(client, provider.token()).status_code == 503


def test_who_comes_before_the_provider_answers_waits(serve, provider, ticks):
    provider.down = True
    client = serve()
    for _ in range(3):
        assert ask(client, provider.token()).status_code == 503
    assert provider.asked.total() == 1
    provider.down = False
    ticks[0] += PAUSE_SECONDS
    assert ask(client, provider.token()).status_code == 200


DESCRIPTIONS = {
    "of another issuer": {"issuer": "https://evil.example"},
    "without an address of keys": {"jwks_uri": None},
    "with an address elsewhere in plain text": {"jwks_uri": "http://evil.example/keys"},
    "with an address that is a file": {"jwks_uri": "file:///etc/passwd"},
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_wrong_description_is_no_provider(serve, provider, name):
    provider.description = DESCRIPTIONS[name]
    assert ask(serve(), provider.token()).status_code == 503


@pytest.mark.parametrize("body", [b"x", b"[]", b'{"keys": 1}', b'{"keys": [], "keys": []}', b" " * 1_100_000])
def test_wrong_keys_are_none(serve, provider, monkeypatch, body):
    plain = provider.answer
    monkeypatch.setattr(provider, "answer", lambda path, *more: (200, body) if path == "/keys" else plain(path, *more))
    assert ask(serve(), provider.token()).status_code == 503


# -- settings ---------------------------------------------------------------------------------------------------------

ISSUER = {"BATON_OIDC_ISSUER": "https://login.example/realm", "BATON_OIDC_AUDIENCE": "baton"}
REFUSED = [
    ({"BATON_OIDC_AUDIENCE": "baton"}, "BATON_OIDC_ISSUER"),
    ({"BATON_OIDC_ISSUER": "https://x"}, "BATON_OIDC_AUDIENCE"),
    ({**ISSUER, "BATON_OIDC_ISSUER": "http://login.example"}, "https://"),
    ({**ISSUER, "BATON_OIDC_ISSUER": "https://me:pw@login.example"}, "https://"),
    ({**ISSUER, "BATON_OIDC_ISSUER": "login.example"}, "https://"),
    ({**ISSUER, "BATON_OIDC_JWKS_URL": "file:///keys"}, "https://"),
    ({**ISSUER, "BATON_OIDC_ALGORITHMS": "RS256,none"}, "none"),
    ({**ISSUER, "BATON_OIDC_ALGORITHMS": "HS256"}, "HS256"),
    ({**ISSUER, "BATON_OIDC_ALGORITHMS": " , "}, "none"),
    ({**ISSUER, "BATON_OIDC_SKEW_SECONDS": "3600"}, "600"),
    ({**ISSUER, "BATON_OIDC_SKEW_SECONDS": "-1"}, "600"),
]


@pytest.mark.parametrize("environment, said", REFUSED)
def test_a_wrong_setting_is_refused_with_a_sentence(environment, said):
    with pytest.raises(ValueError, match=said):
        WebSettings.from_environment(environment)


def test_settings_are_read_from_the_environment():
    assert WebSettings.from_environment({}).oidc is None
    more = {"BATON_OIDC_ALGORITHMS": "ES256, EdDSA", "BATON_OIDC_SKEW_SECONDS": "5", "BATON_OIDC_CLIENT_ID": "pages"}
    oidc = WebSettings.from_environment(ISSUER | more).oidc
    assert (oidc.issuer, oidc.algorithms, oidc.skew_seconds) == ("https://login.example/realm", ("ES256", "EdDSA"), 5)
    assert oidc.client_id == "pages"


def test_with_a_provider_other_machines_may_be_served_without_a_key(tmp_path, monkeypatch):
    database = f"sqlite:///{tmp_path / 'none.db'}"
    with pytest.raises(InvalidRequest, match="without keys Baton serves this machine only"):
        web_settings(database, "0.0.0.0", open_loopback=False)
    # What the command line says goes before the environment,
    monkeypatch.setenv("BATON_OIDC_ISSUER", "https://other.example")
    said = {**ISSUER, "BATON_OIDC_CLIENT_ID": None}
    settings = web_settings(database, "0.0.0.0", open_loopback=False, oidc=said)
    assert settings.always_keys
    assert (settings.oidc.issuer, settings.oidc.client_id) == (ISSUER["BATON_OIDC_ISSUER"], "")
    # and what cannot be is refused before anything listens.
    with pytest.raises(InvalidRequest, match="BATON_OIDC_AUDIENCE"):
        web_settings(database, "127.0.0.1", open_loopback=False)


def test_the_command_line_says_who_the_provider_is(tmp_path):
    words = ["serve", "--database", str(tmp_path / "x.db"), "--oidc-issuer", "ftp://x", "--oidc-audience", "baton"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "Expected BATON_OIDC_ISSUER to begin with https:// but got 'ftp://x'" in result.output


def test_baton_serve_takes_tokens_of_the_provider(tmp_path, provider):
    provider.now = int(time.time())
    said = ("--oidc-issuer", provider.issuer, "--oidc-audience", AUDIENCE, "--workers", "0")
    with baton_serve(tmp_path, *said) as (_, address):
        headers = {"Authorization": f"Bearer {provider.token()}"}
        assert httpx.get(f"{address}/api/instances", headers=headers).status_code == 200
        assert httpx.get(f"{address}/api/instances").status_code == 401


def test_without_the_extra_the_server_says_what_to_install(engine, provider, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "api.oidc.gate", None)
    oidc = OidcSettings(issuer=provider.issuer, audience=AUDIENCE)
    with pytest.raises(InvalidRequest, match=r"baton\[auth\]"):
        create_app(engine, WebSettings(oidc=oidc))
