"""Who the client is and how it calls us, also behind proxies that we trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from procession.errors import Invalid


class Forwarding:
    """Reads ``X-Forwarded-For``, ``-Proto`` and ``-Host``, but only when a trusted proxy says so.

    From anybody else these headers mean nothing: a client could write what it likes there.
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = []
        self._names: set[str] = set()
        self._judged: dict[str, bool] = {}
        for entry in trusted:
            try:
                self._networks.append(ip_network(entry, strict=False))
            except ValueError as error:
                if entry != "unix":
                    raise Invalid(f"{entry} is not an address or network of a proxy") from error
                self._names.add("")

    def trusts(self, address: str) -> bool:
        """Whether that peer is one of our proxies (``unix``: a socket without an address)."""
        if not self._networks and not self._names:
            return False
        judged = self._judged.get(address)
        if judged is None:
            judged = self._judge(address)
            if len(self._judged) < 1_024:
                self._judged[address] = judged
        return judged

    def _judge(self, address: str) -> bool:
        if address in self._names:
            return True
        try:
            number = ip_address(address)
        except ValueError:
            return False
        return any(number in network for network in self._networks)

    def read(self, peer: str, scheme: str, headers: Mapping[str, str]) -> tuple[str, str, str]:
        """Client address, scheme and host as the client sees them."""
        host = headers.get("host", "")
        if not self.trusts(peer):
            return peer, scheme, host
        client = peer
        for hop in reversed(headers.get("x-forwarded-for", "").split(",")):
            if hop := hop.strip():
                client = hop
                if not self.trusts(hop):
                    break
        said = headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
        host = headers.get("x-forwarded-host", "").split(",")[0].strip() or host
        return client, said if said in {"http", "https"} else scheme, host
