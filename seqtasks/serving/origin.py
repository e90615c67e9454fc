"""Whose request it is: by which name the server is called, and which site's page asks.

A browser says it in ``Sec-Fetch-Site``, but only to servers that it trusts: over HTTPS, or on its
own machine. Elsewhere ``Origin`` says it, of all requests but plain GETs.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from seqtasks.serving.refusal import Refusal

READING = ("GET", "HEAD")

FOREIGN = "a page of another site asks; open the one of this server"


def check_host(headers: Headers, names: Collection[str]) -> None:
    """Refuse a name that is not the server's: of a site whose name leads here (DNS rebinding).

    No site has an address for its name, and every browser names whom it calls.
    """
    name = host_of(headers.get("host", ""))
    if "host" in headers and name not in names and not is_address(name):
        raise Refusal(421, f"this server is not called {name!r}; start it with --allow-host")


def check_site(method: str, path: str, headers: Headers) -> None:
    """Refuse what a page of another site asks.

    A link to a page may lead here, but makes the model write nothing.
    """
    if "websocket" in headers.get("upgrade", "").lower():
        raise Refusal(400, "there are no web sockets here; ask by POST")
    reads = method in READING and path != "/generate"
    follows = headers.get("sec-fetch-mode") == "navigate" and reads
    if is_foreign(headers) and not follows:
        raise Refusal(403, FOREIGN)
    browser = headers.get("user-agent", "").startswith("Mozilla/")
    untold = "sec-fetch-site" not in headers and "origin" not in headers
    if browser and untold and not reads and method in READING:  # an <img> of any site
        raise Refusal(403, f"a browser does not say whose page asks; ask by POST {path}")


def is_foreign(headers: Headers) -> bool:
    """Whether a page of another site asks, as far as a browser says so.

    >>> own = {"host": "localhost:8000"}
    >>> is_foreign(Headers({**own, "origin": "http://localhost:8000"})), is_foreign(Headers(own))
    (False, False)
    >>> is_foreign(Headers({**own, "origin": "http://localhost:3000"}))
    True
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site in ("same-origin", "none"):
        return False
    if site not in (None, "same-site"):
        return True
    if origin is None:
        return site is not None
    return origin.lower().rpartition("://")[2] != headers.get("host", "").lower()


def host_of(header: str) -> str:
    """The name or address in a ``Host`` header.

    >>> host_of("localhost:8000"), host_of("[::1]:8000"), host_of("Example.org")
    ('localhost', '::1', 'example.org')
    """
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def is_address(name: str) -> bool:
    """Whether a name is an address.

    >>> is_address("192.168.1.5"), is_address("::1"), is_address("localhost")
    (True, True, False)
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether an address to listen at can be reached from this machine alone."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def own_names(host: str) -> set[str]:
    """The names by which a server that listens at an address is called."""
    if is_loopback(host):
        return {"localhost"}
    machine = socket.gethostname().lower()
    names = {machine, machine.partition(".")[0], socket.getfqdn().lower(), host.lower()}
    return {"localhost", *names, *(f"{name}.local" for name in names if "." not in name)}
