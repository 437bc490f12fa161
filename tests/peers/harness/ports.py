"""Ports of one's own, so that several runs can go at once.

A block is claimed by listening on its first port for as long as the block is in use; whoever finds that port taken
goes to the next block. Blocks lie outside the ephemeral range (32768 and up) and outside pabxd's own (10000-19999).
"""

import random
import socket
from pathlib import Path

FIRST, LAST, SIZE = 20_000, 32_600, 600
RTP_SHARE = 400


class NoPorts(RuntimeError):
    """Every block is taken."""


class PortBlock:
    """`SIZE` ports: the claim, then single ports, then ranges for RTP."""

    def __init__(self) -> None:
        starts = list(range(FIRST, LAST - SIZE, SIZE))
        random.shuffle(starts)
        for start in starts:
            claim = listening(start)
            if claim is not None:
                self._claim, self._next, self._next_rtp = claim, start + 1, start + SIZE - RTP_SHARE
                self._last_single, self._last_rtp = start + SIZE - RTP_SHARE - 1, start + SIZE - 1
                return
        raise NoPorts(f"no free block of {SIZE} ports between {FIRST} and {LAST}")

    def take(self, count: int = 1) -> int:
        """The first of `count` neighbouring ports that nobody uses, for UDP and TCP."""
        while self._next + count - 1 <= self._last_single:
            first = self._next
            self._next += count
            if all(is_free(port) for port in range(first, first + count)):
                return first
        raise NoPorts("the block is used up")

    def take_rtp(self, count: int) -> tuple[int, int]:
        """First (even) and last (odd) of a range for RTP and RTCP."""
        first, last = self._next_rtp, self._next_rtp + count - 1
        if last > self._last_rtp or count % 2:
            raise NoPorts(f"no {count} RTP ports left in the block")
        self._next_rtp = last + 1
        return first, last

    def release(self) -> None:
        self._claim.close()


def listening(port: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        claim.bind(("127.0.0.1", port))
        claim.listen(1)
        return claim
    except OSError:
        claim.close()
        return None


def is_free(port: int) -> bool:
    """Nothing on any address has it (bound as the daemon binds: without SO_REUSEADDR for UDP, with it for TCP)."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                return False
    return True


def bound_ports(protocol: str, pid: int | str = "self") -> set[int]:
    """The ports of IPv4 that are bound (UDP) or listened on (TCP) on this machine, or in the network of a process."""
    try:
        text = Path(f"/proc/{pid}/net/{protocol}").read_text()
    except OSError:  # the process has ended
        return set()
    rows = [line.split() for line in text.splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if protocol == "udp" or row[3] == "0A"}


def holds_port(protocol: str, port: int, pid: int | str = "self") -> bool:
    return port in bound_ports(protocol, pid)
