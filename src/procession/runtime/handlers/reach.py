"""Reach: which hosts and addresses handlers may call.

A host must be named by the operator, and what its name leads to is looked up and checked before a
connection is made to that very address, so that no name can lead somewhere else in between. An
address that is not public (this machine, the local network, a cloud's metadata service) is called
only if it is itself named as a host, or lies in one of the networks the operator allowed.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from procession.errors import Invalid
from procession.runtime.work_items import WorkFailed

Address = IPv4Address | IPv6Address

NOT_ALLOWED: Final = "HOST_NOT_ALLOWED"
UNREACHABLE: Final = "HTTP_UNREACHABLE"
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")


class Reach:
    """The hosts (``host``, ``host:port``, ``*.domain``, ``*``) and networks that may be called."""

    def __init__(self, hosts: Collection[str], networks: Collection[str] = ()) -> None:
        self._hosts = frozenset(host.lower().rstrip(".") for host in hosts)
        self._suffixes = tuple(host[1:] for host in self._hosts if host.startswith("*."))
        try:
            self._networks = tuple(ip_network(network) for network in networks)
        except ValueError as error:
            raise Invalid(f"wrong setting: allowed_networks: {error}") from error

    def address(self, host: str, port: int) -> str:
        """An address of the host that may be called. Raises :class:`WorkFailed`."""
        host = host.lower().rstrip(".")
        if not self._names(host, port):
            raise WorkFailed(
                f"host {host} is not allowed; add it to the setting allowed_hosts",
                NOT_ALLOWED,
                is_final=True,
            )
        found = _look_up(host, port)
        for address in found:
            if self._may_call(address, host, port):
                return str(address)
        raise WorkFailed(
            f"host {host} leads to an address that is not public; "
            "allow its network with the setting allowed_networks",
            NOT_ALLOWED,
            is_final=True,
        )

    def _names(self, host: str, port: int) -> bool:
        if self._hosts & {"*", host, _with_port(host, port)}:
            return True
        return host.endswith(self._suffixes) if self._suffixes else False

    def _may_call(self, address: Address, host: str, port: int) -> bool:
        """Whether the address is public, in an allowed network, or named as the host itself."""
        inner = _inner(address)
        if is_public(inner):
            return True
        if any(inner in network or address in network for network in self._networks):
            return True
        is_own_name = host == "localhost" or _literal(host) is not None
        return is_own_name and bool(self._hosts & {host, _with_port(host, port)})


def is_public(address: Address) -> bool:
    """Whether an address belongs to anybody's public host."""
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _with_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _look_up(host: str, port: int) -> list[Address]:
    literal = _literal(host)
    if literal is not None:
        return [literal]
    import socket

    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WorkFailed(
            f"host {host} could not be found", UNREACHABLE, "java.net.UnknownHostException"
        ) from error
    return [ip_address(str(place[4][0]).partition("%")[0]) for place in found]
