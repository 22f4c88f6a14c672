"""Who is being sent to: no host and no namespace takes all places of a worker, however slowly it answers."""

from collections import Counter


class Crowd:
    """The messages that are being sent, by host and by namespace."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._each_host = max(1, places // 4)
        self._each_namespace = max(1, places // 2)
        self._hosts: Counter[str] = Counter()
        self._namespaces: Counter[int] = Counter()

    @property
    def free(self) -> int:
        """How many more may be sent."""
        return self._places - self._hosts.total()

    @property
    def full_hosts(self) -> list[str]:
        """Hosts that there is no room for now."""
        return [host for host, count in self._hosts.items() if count >= self._each_host]

    @property
    def full_namespaces(self) -> list[int]:
        """Namespaces that there is no room for now."""
        return [one for one, count in self._namespaces.items() if count >= self._each_namespace]

    def copy(self) -> "Crowd":
        """The same, to be changed by itself."""
        other = Crowd(self._places)
        other._hosts, other._namespaces = self._hosts.copy(), self._namespaces.copy()
        return other

    def take(self, host: str, namespace_id: int) -> bool:
        """Whether there was a place for one more message to this host of this namespace, which is taken now."""
        full = self._hosts[host] >= self._each_host or self._namespaces[namespace_id] >= self._each_namespace
        if full or self.free <= 0:
            return False
        self._hosts[host] += 1
        self._namespaces[namespace_id] += 1
        return True

    def leave(self, host: str, namespace_id: int) -> None:
        """Free the place of a message."""
        self._hosts -= Counter([host])
        self._namespaces -= Counter([namespace_id])
