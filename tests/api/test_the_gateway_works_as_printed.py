"""The nginx of docs/howto/behind-a-gateway.md, run as printed but for ports and paths, in front of `baton serve`."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.support.diagrams import process

from .serving import baton_serve

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "behind-a-gateway.md"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")

if not NGINX and os.environ.get("CI"):
    raise AssertionError("Expected nginx in CI but it is not installed")
pytestmark = pytest.mark.skipif(not NGINX, reason="needs nginx (apt-get install nginx-light)")

SHOP = {"Authorization": "Bearer the-token-of-the-shop"}
HEAD = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {printed}
}}
"""


def printed() -> str:
    """The configuration as the page has it."""
    return re.search(r"```nginx\n(# Whom.*?)```", PAGE.read_text(), re.DOTALL)[1]


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """The text with something else in each place; each of them is in it once."""
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Catalogue(BaseHTTPRequestHandler):
    """A service of its own: says what it was asked, and remembers the headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.got.append({name.lower(): value for name, value in self.headers.items()})
        content = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Tests read `got` instead."""


@pytest.fixture(scope="module")
def catalogue():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Catalogue)
    server.daemon_threads = True
    server.got = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def key(folder):
    """The key that Baton has for the shop."""
    roles = ["--role", "starter", "--role", "deployer"]
    command = [sys.executable, "-m", "api", "keys", "create", "--name", "shop", *roles]
    kept = ["--database", str(folder / "baton.db")]
    done = subprocess.run([*command, *kept], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def baton(folder, key):
    with baton_serve(folder) as (_, address):
        yield address


@pytest.fixture(scope="module")
def certificate(folder):
    """A certificate for shop.example, which its clients trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example"), x509.DNSName("localhost")]), False)
        .sign(secret, hashes.SHA256())
    )
    (folder / "shop.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "shop.key").write_bytes(secret.private_bytes(serialization.Encoding.PEM, *form))
    return folder / "shop.pem"


def running(folder: Path, configuration: str) -> tuple[subprocess.Popen[bytes], int]:
    """Nginx with that configuration, and its port; another port when somebody took that one meanwhile."""
    for _ in range(10):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        user = "user root;" if os.geteuid() == 0 else ""
        text = replaced(configuration, ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"))
        (folder / "nginx.conf").write_text(HEAD.format(user=user, folder=folder, printed=text))
        command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", "daemon off;"]
        started = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        if listens(started, port):
            return started, port
        started.kill()
        started.wait()
    raise AssertionError((folder / "error.log").read_text())


def listens(started: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until it listens; false when it ends instead, as it does after its port was taken."""
    deadline = time.monotonic() + 30
    while started.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return started.poll() is None
    return False


@pytest.fixture(scope="module")
def gateway(folder, baton, key, catalogue, certificate):
    """Opens a client of a running gateway; rate: how many requests a client may make."""
    started = []

    def open_gateway(rate: str = "1000r/s"):
        home = folder / f"nginx-{len(started)}"
        home.mkdir()
        (home / "keys.map").write_text(f'"{SHOP["Authorization"]}" "Bearer {key}";\n')
        configuration = replaced(
            printed(),
            ("/etc/nginx/baton-keys.map", str(home / "keys.map")),
            ("/etc/ssl/shop.pem", str(certificate)),
            ("/etc/ssl/shop.key", str(folder / "shop.key")),
            ("127.0.0.1:8080", baton.removeprefix("http://")),
            ("127.0.0.1:9001", f"127.0.0.1:{catalogue.server_address[1]}"),
            ("rate=20r/s", f"rate={rate}"),
            ("rate=100r/s", "rate=1000r/s"),
        )
        running_one, port = running(home, configuration)
        started.append(running_one)
        trusting = ssl.create_default_context(cafile=str(certificate))
        return httpx.Client(base_url=f"https://localhost:{port}", verify=trusting, timeout=60)

    yield open_gateway
    for one in started:
        one.terminate()
        one.wait(30)


@pytest.fixture(scope="module")
def client(gateway):
    with gateway() as client:
        yield client


def deploy(client):
    xml = process("p").start().user("u").end().xml()
    answer = client.post("/api/deployments", headers=SHOP, files={"files": ("p.bpmn", xml, "application/xml")})
    assert answer.status_code == 201, answer.text


def start(client, **headers):
    return client.post("/api/instances", headers=SHOP | headers, json={"process": "p"})


def test_who_it_knows_is_let_in_as_the_key_that_belongs_to_them(client, baton, key):
    deploy(client)
    # When the shop starts an instance, pretending to be others as well
    forged = {"Baton-Actor": "boss", "X-Remote-User": "admin", "X-Forwarded-User": "admin", "Forwarded": "for=8.8.8.8"}
    answer = start(client, **forged, **{"X-Forwarded-For": "8.8.8.8"})
    # Then it is the shop's, and carries the proxy's words only
    assert answer.status_code == 201, answer.text
    assert answer.json()["started_by"] == "shop"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer another-token"},
        {"Authorization": "Bearer the-token-of-the-shop2"},
        {"Authorization": ""},
        {"X-Remote-User": "shop"},
    ],
)
@pytest.mark.parametrize("path", ["/api/instances", "/orders", "/catalogue/1"])
def test_nobody_else_is(client, headers, path):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


def test_a_key_of_baton_opens_nothing_from_outside(client, key):
    assert client.get("/api/instances", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_the_key_says_what_they_may(client):
    answer = client.get("/api/incidents", headers=SHOP)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_published_route_is_answered_by_its_diagram(client):
    # Given a diagram that answers POST /orders
    ending = '<baton:properties><baton:property name="http.response.status" value="201"/></baton:properties>'
    route = '<baton:properties><baton:property name="http.route" value="POST /orders"/></baton:properties>'
    drawn = process("ordering").node("startEvent", "start", extensions=route, connect=False)
    xml = drawn.node("endEvent", "end", extensions=ending).xml()
    answer = client.post("/api/deployments", headers=SHOP, files={"files": ("o.bpmn", xml, "application/xml")})
    assert answer.status_code == 201, answer.text
    # When the shop calls it, and somebody else does
    assert client.post("/orders", headers=SHOP, json={"item": 1}).status_code == 201
    assert client.post("/orders", json={"item": 1}).status_code == 401


def test_plain_requests_go_straight_to_their_service_without_any_key(client, catalogue):
    catalogue.got.clear()
    answer = client.get("/catalogue/books?page=2", headers=SHOP | {"X-Forwarded-For": "8.8.8.8"})
    assert (answer.status_code, answer.text) == (200, "/books?page=2")
    (headers,) = catalogue.got
    assert "authorization" not in headers
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"


def test_a_repeat_with_its_key_is_the_same_instance(client):
    deploy(client)
    first, second = (start(client, **{"Idempotency-Key": "order-1"}) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]


@pytest.mark.parametrize("path", ["/", "/login", "/static/a.js", "/engine-rest/version", "/ordersx", "/apis", "//a"])
def test_other_paths_are_not_for_this_door(client, path):
    assert client.get(path, headers=SHOP).status_code == 404


@pytest.mark.parametrize("path", ["/api/../login", "/api/%2e%2e/login", "/catalogue/../login", "/api/%2e%2e%2flogin"])
def test_no_path_leads_around_it(client, certificate, path):
    context = ssl.create_default_context(cafile=str(certificate))
    raw = socket.create_connection(("127.0.0.1", client.base_url.port))
    with context.wrap_socket(raw, server_hostname="localhost") as secure:
        request = f"GET {path} HTTP/1.1\r\nHost: shop.example\r\nAuthorization: {SHOP['Authorization']}\r\n"
        secure.sendall(f"{request}Connection: close\r\n\r\n".encode())
        answer = b""
        while part := secure.recv(65_536):
            answer += part
    assert answer.split()[1] in (b"404", b"400")


def test_plain_http_is_refused(client):
    assert httpx.get(f"http://localhost:{client.base_url.port}/api/instances", headers=SHOP).status_code == 400


def test_an_upload_that_is_too_large_is_refused_by_the_gateway(client):
    answer = client.post("/api/deployments", headers=SHOP, content=b"x" * 18_000_000)
    assert answer.status_code == 413


def test_who_asks_too_often_is_told_to_wait(gateway, baton):
    # Given a gateway that gives a client 6 requests a minute, and 40 at once
    with gateway("6r/m") as client:
        answers = [client.get("/api/definitions", headers=SHOP) for _ in range(60)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(refused) >= 10
    assert refused[0].headers["retry-after"] == "1"
    assert refused[0].headers["content-type"] == "application/problem+json"


def test_who_tries_tokens_is_told_to_wait(gateway):
    with gateway("6r/m") as client:
        guess = {"Authorization": "Bearer a-guess"}
        assert client.post("/orders", headers=guess, json={}).status_code == 401
        answers = [client.get("/api/definitions", headers=guess).status_code for _ in range(60)]
    assert set(answers) == {401, 429}


def test_requests_that_wait_do_so_through_it(client):
    deploy(client)
    asked = {"process": "p", "wait_seconds": 20, "wait_for": "user_task"}
    answer = client.post("/api/instances", headers=SHOP, json=asked)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "waiting"
