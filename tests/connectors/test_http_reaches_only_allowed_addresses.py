"""HTTP tasks reach public addresses only: however an address is spelled, resolved, changed or redirected to."""

import socket
import threading

import pytest

from engine.connectors import Completed, Failed, HttpSettings
from engine.connectors.http.addresses import refusal


@pytest.mark.parametrize(
    "address,kind",
    [
        ("127.0.0.1", "loopback"),
        ("127.8.9.1", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("::", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("fd00::1", "private"),
        ("fec0::1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("100.64.0.1", "special-purpose"),
        ("192.0.0.8", "special-purpose"),
        ("198.18.0.1", "special-purpose"),
        ("2001::1", "special-purpose"),
        ("64:ff9b:1::7f00:1", "special-purpose"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("192.0.2.1", "private"),
        ("2001:db8::1", "private"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "link-local"),
        ("::127.0.0.1", "reserved"),
        ("2002:7f00:1::1", "loopback"),
        ("2002:a00:1::", "private"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("93.184.216.34", None),
        ("2606:2800:220:1:248:1893:25c8:1946", None),
        ("::ffff:93.184.216.34", None),
        ("64:ff9b::5db8:d822", None),
    ],
)
def test_each_kind_of_address_is_known(address, kind):
    assert refusal(address, HttpSettings()) == kind


@pytest.mark.parametrize(
    "settings,address,allowed",
    [
        ({"allow_private": True}, "10.1.2.3", True),
        ({"allow_private": True}, "::1", True),
        ({"allow_private": True}, "::ffff:10.1.2.3", True),
        ({"allow_private": True}, "169.254.169.254", False),
        ({"allow_private": True}, "0.0.0.0", False),
        ({"allow_private": True}, "224.0.0.1", False),
        ({"allowed_networks": ("10.1.0.0/16",)}, "10.1.2.3", True),
        ({"allowed_networks": ("10.1.0.0/16",)}, "::ffff:10.1.2.3", True),
        ({"allowed_networks": ("10.1.0.0/16",)}, "10.2.2.3", False),
        ({"allowed_networks": ("169.254.169.254/32",)}, "169.254.169.254", True),
        ({"allowed_networks": ("::1/128",)}, "::1", True),
    ],
)
def test_settings_allow_what_they_name_and_nothing_else(settings, address, allowed):
    assert (refusal(address, HttpSettings(**settings)) is None) is allowed


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0x7f000001", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]",
     "localhost"],
)  # fmt: skip
def test_every_spelling_of_loopback_is_refused_and_nothing_arrives(service, connectors, call, host):
    # Given a connector with the settings of a first run
    service.answers("/a", 200)
    connector = connectors(allow_private=False)
    # When a diagram calls loopback in disguise
    outcome = connector.run(call(url=f"http://{host}:{service.port}/a"))
    # Then the job fails for good, with the address that was found, and no request was made
    assert isinstance(outcome, Failed)
    assert not outcome.retryable
    assert "Expected a public address for GET" in outcome.message
    assert "loopback" in outcome.message
    assert "operator" in outcome.detail["hint"]
    assert service.requests == []


@pytest.mark.parametrize(
    "settings,allowed",
    [
        (("shop.example",), True),
        (("SHOP.example",), True),
        (("shop.example:PORT",), True),
        (("shop.example:1",), False),
        (("example",), False),
        (("evil-shop.example",), False),
    ],
)
def test_a_named_host_may_have_any_address(service, connectors, call, settings, allowed):
    service.answers("/a", 200)
    hosts = tuple(entry.replace("PORT", str(service.port)) for entry in settings)
    connector = connectors(allowed_hosts=hosts, resolver=lambda host, port: ["127.0.0.1"])
    outcome = connector.run(call(url=f"http://shop.example:{service.port}/a"))
    assert isinstance(outcome, Completed) is allowed


def test_one_private_address_among_public_ones_refuses_them_all(service, connectors, call):
    connector = connectors(allow_private=False, resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    outcome = connector.run(call(url="http://shop.example/a"))
    assert "shop.example:80 resolves to 10.0.0.1 (private)" in outcome.message


def test_a_name_is_resolved_once_and_the_checked_address_is_the_connected_one(service, connectors, call):
    # Given a name that answers an allowed address first and another one later (DNS rebinding)
    service.answers("/a", 200, headers={"Connection": "close"})
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    def resolver(host, port):
        asked.append(host)
        return answers[len(asked) - 1]

    connector = connectors(allowed_networks=("127.0.0.1/32",), resolver=resolver)
    url = f"http://shop.example:{service.port}/a"
    # When it is called, Then one question was asked and the service saw the name
    assert isinstance(connector.run(call(url=url)), Completed)
    assert asked == ["shop.example"]
    assert service.requests[0][2]["host"] == f"shop.example:{service.port}"
    # And a later connection is checked by its own answer
    outcome = connector.run(call(url=url))
    assert "10.0.0.1 (private)" in outcome.message
    assert len(service.requests) == 1


def test_a_redirect_to_a_private_address_is_refused(service, connectors, call):
    # Given a public service (by permission) that redirects to the metadata address of a cloud
    service.answers("/a", 302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    connector = connectors(allowed_hosts=("shop.example",), resolver=lambda host, port: [
        "127.0.0.1" if host == "shop.example" else host
    ])  # fmt: skip
    # When the diagram follows redirects
    given = call(url=f"http://shop.example:{service.port}/a", _properties={"http.redirects": "follow"})
    outcome = connector.run(given)
    # Then the hop is refused
    assert isinstance(outcome, Failed)
    assert not outcome.retryable
    assert "169.254.169.254 (link-local)" in outcome.message


def test_the_next_address_is_tried_when_one_does_not_answer(service, connectors, call):
    service.answers("/a", 200)
    with socket.socket() as closed:
        closed.bind(("127.0.0.2", service.port))  # bound, not listening: connections are refused
        connector = connectors(allow_private=True, resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"])
        assert isinstance(connector.run(call(url=f"http://shop.example:{service.port}/a")), Completed)


def test_tls_asks_for_the_name_not_for_the_address(connectors, call):
    # Given a listener that keeps the first words of a TLS client
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen():
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(4096))

        thread = threading.Thread(target=listen)
        thread.start()
        # When an https URL is called
        connector = connectors(allow_private=True, resolver=lambda host, port: ["127.0.0.1"])
        outcome = connector.run(call(url=f"https://shop.example:{listener.getsockname()[1]}/a"))
        thread.join()
    # Then the name is in the greeting (SNI), and the broken handshake may be retried
    assert b"shop.example" in heard[0]
    assert outcome.retryable


def test_proxies_of_the_environment_are_ignored(service, connectors, call, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    service.answers("/a", 200)
    assert isinstance(connectors().run(call(url=f"{service.url}/a")), Completed)


@pytest.mark.parametrize(
    "settings", [{"allowed_networks": ("10.0.0.1/8",)}, {"timeout": 0}, {"response_limit_bytes": -1}]
)
def test_settings_that_cannot_work_are_refused(settings):
    with pytest.raises(ValueError, match=r"host bits set|Expected .* above 0"):
        HttpSettings(**settings)
