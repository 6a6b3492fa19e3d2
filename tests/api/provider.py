"""A real little OpenID Connect provider on a port of its own: it describes itself, publishes keys and gives tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
AUDIENCE, CLIENT, SECRET = "baton", "baton-pages", "s3cret/+"


def public(key: Any, kid: str, algorithm: str, **more: Any) -> dict[str, Any]:
    """The public half as a JSON Web Key."""
    kind = jwt.get_algorithm_by_name(algorithm)
    return {**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "alg": algorithm, "use": "sig", **more}


class Provider:
    """Running until it is closed. keys: what it publishes; down: whether it answers nothing but 503."""

    def __init__(self) -> None:
        self.keys = [public(RSA, "rsa", "RS256"), public(EC, "ec", "ES256"), public(ED, "ed", "EdDSA")]
        self.asked: Counter[str] = Counter()
        self.down, self.description, self.who = False, {}, {}
        self.codes: dict[str, dict[str, str]] = {}
        self.now = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realm"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def claims(self, **more: Any) -> dict[str, Any]:
        """Good claims of lea, changed; a claim that is None is left out."""
        given = {"iss": self.issuer, "aud": AUDIENCE, "sub": "0b7e", "preferred_username": "lea", "iat": self.now}
        given |= {"exp": self.now + 300, "roles": ["baton:operator"], **more}
        return {name: value for name, value in given.items() if value is not None}

    def token(self, key: Any = RSA, algorithm: str = "RS256", kid: str | None = "rsa", **more: Any) -> str:
        """A token with such claims; header: further members of it."""
        header = {**({"kid": kid} if kid else {}), **more.pop("header", {})}
        return jwt.encode(self.claims(**more), key, algorithm=algorithm, headers=header)

    # -- what it answers ---------------------------------------------------------------------------------------------

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *given: Any) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _answer(self, form: str) -> None:
                address = urlsplit(self.path)
                path = address.path.removeprefix("/realm")
                provider.asked[path] += 1
                asked = (503, {}) if provider.down else provider.answer(path, form or address.query, self.headers)
                status, value = asked
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler

    def answer(self, path: str, form: str, headers: Any) -> tuple[int, Any]:
        """Status and body of the answer."""
        if path == "/.well-known/openid-configuration":
            addresses = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
            described = {name: self.issuer + address for name, address in addresses.items()}
            return 200, {"issuer": self.issuer, **described, **self.description}
        if path == "/keys":
            return 200, {"keys": self.keys}
        if path == "/auth":
            return 302, self.log_in(f"?{form}")
        if path == "/token":
            return self._give({name: values[0] for name, values in parse_qs(form).items()}, headers)
        return 404, {}

    def log_in(self, address: str, **claims: Any) -> str:
        """What a person does in the browser: log in at the address, and be led to the one that this returns."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        self.who = {"aud": asked["client_id"], "nonce": asked["nonce"], **claims}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def _give(self, form: dict[str, str], headers: Any) -> tuple[int, Any]:
        """A token for a code: once, for the client that asked, with the verifier of its challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        pair = base64.b64encode(f"{CLIENT}:s3cret%2F%2B".encode()).decode()
        good = (
            asked is not None and asked["code_challenge"] == challenge and headers["Authorization"] == f"Basic {pair}"
        )
        if asked is None or not good or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.token(**self.who)}
