"""One exact HTTP request: how it is sent, shown, and changed by a redirect."""

from __future__ import annotations

import re

import httpx
import msgspec

from ..masking import Mask, mask_of
from .headers import is_secret, secret_values

SHOWN_URL_CHARACTERS = 200

_HOST = re.compile(r"[A-Za-z0-9._:-]+")


class RequestRefused(Exception):
    """The inputs, or a redirect, make no request that may be sent: one sentence and a hint."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class HttpRequest(msgspec.Struct, frozen=True):
    """Method, checked URL, headers by name as they are sent, and the body's bytes (None: no body).

    secrets: values in them that the diagram has by name, which go to this origin only.
    """

    method: str
    url: httpx.URL
    headers: dict[str, str]
    body: bytes | None
    secrets: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Method and URL for messages, without query and fragment, which may hold secrets."""
        return f"{self.method} {shown_url(self.url, mask_of(self.secrets))}"

    def redacted(self, text: str) -> str:
        """The text without the values of secret headers, which a service may echo."""
        for secret in secret_values(self.headers):
            text = text.replace(secret, "***")
        return mask_of(self.secrets).text(text)


def checked_url(text: str) -> httpx.URL:
    """The URL that a text spells; raises RequestRefused for one that must not be called.

    Addresses are judged later, when the name is resolved: the spelling of a host proves nothing.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise RequestRefused(f"Expected a URL but {str(error).rstrip('.')}") from error
    flaw = _url_flaw(url)
    if flaw:
        raise RequestRefused(f"Expected a URL like http://host/path but {flaw}")
    return url.copy_with(fragment=None)


def shown_url(url: httpx.URL, mask: Mask | None = None) -> str:
    """The URL as messages show it, without secrets before it is cut."""
    shown = str(url.copy_with(query=None, fragment=None))
    shown = shown if mask is None else mask.text(shown)
    return shown if len(shown) <= SHOWN_URL_CHARACTERS else shown[: SHOWN_URL_CHARACTERS - 1] + "…"


def redirected(request: HttpRequest, status: int, location: str) -> HttpRequest:
    """The request that follows a redirect (RFC 9110, 15.4); raises RequestRefused if it must not be followed.

    Secrets do not go to another origin, and no https request goes on as http.
    """
    try:
        joined = str(request.url.join(location))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise RequestRefused(f"Expected a URL in the redirect of {request.shown} but {error}") from error
    url = checked_url(joined)
    if request.url.scheme == "https" and url.scheme == "http":
        raise RequestRefused(f"Expected an https URL in the redirect of {request.shown} but got {shown_url(url)}")
    same_origin = (url.scheme, url.raw_host, url.port) == (request.url.scheme, request.url.raw_host, request.url.port)
    headers = {name: value for name, value in request.headers.items() if same_origin or not _tells(request, name)}
    if status in (307, 308) or request.method in ("GET", "HEAD"):
        if not same_origin and _body_tells(request):
            sentence = f"Expected a body without secrets to repeat for {shown_url(url)} but it holds some"
            raise RequestRefused(sentence, "Call the new address")
        return HttpRequest(request.method, url, headers, request.body, request.secrets)
    bodiless = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
    return HttpRequest("GET", url, bodiless, None, request.secrets)


def _tells(request: HttpRequest, header: str) -> bool:
    """Whether the header holds a secret, by its name or by what was put into it."""
    return is_secret(header) or mask_of(request.secrets).text(request.headers[header]) != request.headers[header]


def _body_tells(request: HttpRequest) -> bool:
    text = (request.body or b"").decode("utf-8", "replace")
    return mask_of(request.secrets).text(text) != text


def _url_flaw(url: httpx.URL) -> str | None:
    if url.scheme not in ("http", "https"):
        return f"its scheme is {url.scheme!r}" if url.scheme else "it has no scheme"
    if url.userinfo:
        return "it holds credentials; send them in a header"
    if not _HOST.fullmatch(url.raw_host.decode("ascii")):
        return "it has no valid host"
    if url.port is not None and not 0 < url.port < 65_536:
        return f"its port is {url.port}"
    return None
