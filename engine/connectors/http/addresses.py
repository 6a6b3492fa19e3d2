"""Which network addresses an HTTP call may reach: public ones, unless the settings allow more."""

from __future__ import annotations

import ipaddress

from .settings import HttpSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# RFC 6052: an IPv6-only network reaches the IPv4 internet under this prefix.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")
# Not public, though not every Python release says so of all of them: IANA's special-purpose registries.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "64:ff9b:1::/48",
        "2001::/23",
        "3fff::/20",
        "5f00::/16",
    )
)
_LOCAL_KINDS = frozenset({"loopback", "private"})


def refusal(text: str, settings: HttpSettings) -> str | None:
    """Why this address must not be called ("loopback", "link-local" ...), None if it may be.

    text: an address as the resolver gives it, IPv6 possibly with a scope ("fe80::1%eth0").
    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is judged as that one.
    """
    address = _carried(ipaddress.ip_address(text))
    kind = _kind(address)
    return None if kind is None or _allowed(address, kind, settings) else kind


def _allowed(address: Address, kind: str, settings: HttpSettings) -> bool:
    if settings.allow_private and kind in _LOCAL_KINDS:
        return True
    return any(address in ipaddress.ip_network(network) for network in settings.allowed_networks)


def _carried(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _kind(address: Address) -> str | None:
    kinds = {
        "unspecified": address.is_unspecified or address in _THIS_NETWORK,
        "loopback": address.is_loopback,
        "link-local": address.is_link_local,
        "multicast": address.is_multicast,
        "special-purpose": any(address in network for network in _SPECIAL),
        "reserved": address.is_reserved,
        "private": address.is_private or getattr(address, "is_site_local", False),
    }
    return next((kind for kind, holds in kinds.items() if holds), None if address.is_global else "not public")
