"""Which addresses of the network are refused: those behind our own walls.

Who can make a server post to an address of his choice must not reach by it what he cannot reach
himself: services of the machine, neighbours, and the metadata that hand out a cloud's keys.
"""

import re
import socket
from collections.abc import Mapping
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED: Mapping[Network, str] = {
    ip_network(network): what
    for network, what in {
        "127.0.0.0/8": "of this machine",
        "::1/128": "of this machine",
        "0.0.0.0/8": "unspecified",
        "::/128": "unspecified",
        "10.0.0.0/8": "private",
        "172.16.0.0/12": "private",
        "192.168.0.0/16": "private",
        "fc00::/7": "private",
        "fec0::/10": "private",
        "169.254.0.0/16": "link-local, as those of a cloud's metadata are",
        "fe80::/10": "link-local",
        "100.64.0.0/10": "of a carrier's own network",
        "168.63.129.16/32": "of Azure's own services",  # a public one, for these alone
        "224.0.0.0/4": "multicast",
        "ff00::/8": "multicast",
        # From IANA's registries of special purposes; what Python knows of them differs by version.
        "192.0.0.0/24": "reserved",  # with Oracle's metadata in it
        "192.0.2.0/24": "reserved",
        "192.88.99.0/24": "reserved",
        "198.18.0.0/15": "reserved",
        "198.51.100.0/24": "reserved",
        "203.0.113.0/24": "reserved",
        "240.0.0.0/4": "reserved",
        "100::/64": "reserved",
        "2001::/23": "reserved",  # with Teredo's tunnels in it
        "2001:db8::/32": "reserved",
        "3fff::/20": "reserved",
        "5f00::/16": "reserved",
        "2002::/16": "of a tunnel, which leads anywhere",  # 6to4
        "64:ff9b:1::/48": "private",  # a network's own NAT64
    }.items()
}
# In these an IPv4 address goes on, at its end.
_IN_IPV6 = (
    ip_network("::ffff:0:0/96"),  # mapped
    ip_network("::ffff:0:0:0/96"),  # translated
    ip_network("64:ff9b::/96"),  # NAT64; public ones in networks that have IPv6 alone
    ip_network("::/96"),  # compatible, long out of use
)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def refusal(address: Address) -> str:
    """Return what is wrong with posting to an address; empty: nothing."""
    meant = _meant(address)
    for network, what in _REFUSED.items():
        if meant in network:
            return what
    return "" if meant.is_global else "reserved"


def literal(host: str) -> Address | None:
    """Return the address that a host is written as; None: it is a name.

    Also as systems read it beside the usual way: 2130706433, 0x7f000001, 0177.1 and 127.1 are
    127.0.0.1. Raises ValueError for what looks like an address and is none.
    """
    try:
        return ip_address(host)
    except ValueError:
        pass
    last = host.rstrip(".").rpartition(".")[2]
    if ":" not in host and not _NUMBER.fullmatch(last):
        return None
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        raise ValueError(host) from None


def _meant(address: Address) -> Address:
    """Return the address that is connected to in the end."""
    is_inside = any(address in network for network in _IN_IPV6)
    if is_inside and int(address) > 1:  # `::` and `::1` are no addresses of IPv4
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
