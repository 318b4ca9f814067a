"""Which addresses may be read: the form of a URL, and the numbers that a name leads to.

The numbers are judged where a connection is made, after every spelling of them has been read and every name looked
up, so that nothing has to be guessed from the spelling.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from yarl import URL

from bot.errors import FetchError

LONGEST = 2000  # code points of an address; what browsers and caches in common take
PORTS = frozenset({80, 443, 3000, 5000, 8000, 8008, 8080, 8081, 8088, 8443, 8888})  # that news is served from

# IANA IPv4 Special-Purpose Address Registry, with multicast, the reserved class, and Azure's host of metadata
_PRIVATE_4 = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
            *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
# IANA IPv6 Special-Purpose Address Registry, as far as it lies in 2000::/3; all else but NAT64 is refused whole
_UNICAST_6 = ip_network("2000::/3")
_PRIVATE_6 = tuple(
    map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"))
)
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052, how networks without IPv4 reach it
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # RFC 5214: an IPv4 address in the last 32 bits


def is_public(number: str) -> bool:
    """Whether an IP address, as a socket is given it, lies in the public internet and nowhere else."""
    try:
        address = ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_4)
    return _is_public_6(address)


def _is_public_6(address: IPv6Address) -> bool:
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64:
        return is_public(str(last))
    if address not in _UNICAST_6 or any(address in network for network in _PRIVATE_6):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP or is_public(str(last))


def is_allowed(url: URL, allow: Collection[str]) -> bool:
    """Whether the operator lets the host of `url`, or its host and port, be reached wherever it is."""
    host = (url.host or "").rstrip(".").lower()
    return host in allow or f"{host}:{url.port}" in allow or f"[{host}]:{url.port}" in allow


def checked(address: str, allow: Collection[str] = ()) -> URL:
    """`address` as a URL that may be asked for, without its fragment; raises FetchError."""
    if len(address) > LONGEST:
        raise FetchError(f"its address is longer than {LONGEST} characters", for_good=True)
    try:
        url = URL(address.strip()).with_fragment(None)
        host, port = url.raw_host or "", url.port
    except (ValueError, UnicodeError):
        raise FetchError("its address cannot be read", for_good=True) from None
    if url.scheme not in {"http", "https"}:
        raise FetchError("its address does not begin with http:// or https://", for_good=True)
    if url.raw_user is not None or url.raw_password is not None:
        raise FetchError("its address holds a user name or a password, which would be shown to others", for_good=True)
    if not host or not _is_host(host):
        raise FetchError("its address names no server", for_good=True)
    if port not in PORTS and not is_allowed(url, allow):
        raise FetchError(f"its address asks for port {port}, where no news is served", for_good=True)
    return url


def _is_host(host: str) -> bool:
    """Whether a resolver can be asked for `host`: RFC 1035, section 2.3.4, and no character that ends a name."""
    if ":" in host:
        return True  # IPv6, read by yarl
    labels = host.rstrip(".").split(".")
    fits = len(host) <= 254 and all(0 < len(label) <= 63 for label in labels)
    return fits and host.isascii() and host.isprintable() and not set(host) & set(" /\\@#?%[]<>^|")
