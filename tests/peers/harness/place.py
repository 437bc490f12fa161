"""Where a peer runs: on loopback, or in a network namespace of its own, joined to this machine by a veth pair."""

import fcntl
import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .skip import Skip
from .wait import until

# A private range that no one else here uses; the third octet is the namespace's number. Runs agree on them by a lock.
NUMBERS = range(1, 255)
PREFIX = "pabx-prov"
OURS = re.compile(PREFIX + r"-(?P<pid>\d+)-(?P<number>\d+)")
LOCK = Path("/run/pabx-prov.lock")


@dataclass(frozen=True)
class Place:
    """An address to bind, and what brings a command to where that address is."""

    address: str = "127.0.0.1"
    enter: tuple[str, ...] = ()

    def command(self, command: list[str]) -> list[str]:
        return [*self.enter, *command]


LOOPBACK = Place()


def ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False, timeout=20)
    if done.returncode != 0:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


class Namespace:
    """A network namespace: `inside` is its end of the veth pair, `outside` the end on this machine ("the box").

    Everything outside its own network goes by the box, so an address of another namespace's box end is reached as well.
    """

    def __init__(self) -> None:
        if os.geteuid() != 0:
            raise Skip("only root can make a network namespace")
        with LOCK.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            sweep()
            self.number, self.name = self._claim()
        self._closed, self.veth = False, veth_of(self.number)
        self.inside = Place(f"10.231.{self.number}.2", ("ip", "netns", "exec", self.name))
        self.outside = Place(f"10.231.{self.number}.1")
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    def _claim(self) -> tuple[int, str]:
        """The first number that nobody has."""
        taken = set(os.listdir("/sys/class/net"))
        number = next((number for number in NUMBERS if veth_of(number) not in taken), None)
        if number is None:
            raise Skip("every number of a namespace is taken")
        name = f"{PREFIX}-{os.getpid()}-{number}"
        try:
            ip("netns", "add", name)
            ip("link", "add", veth_of(number), "type", "veth", "peer", "name", "uplink", "netns", name)
        except OSError as refused:
            remove(name)
            raise Skip(f"no network namespace can be made here: {refused}") from refused
        return number, name

    def _connect(self) -> None:
        ip("addr", "add", f"{self.outside.address}/24", "dev", self.veth)
        ip("link", "set", self.veth, "up")
        ip("-n", self.name, "addr", "add", f"{self.inside.address}/24", "dev", "uplink")
        ip("-n", self.name, "link", "set", "lo", "up")
        ip("-n", self.name, "link", "set", "uplink", "up")
        ip("-n", self.name, "route", "add", "default", "via", self.outside.address)

    def pids(self) -> list[int]:
        """Who runs inside."""
        return pids_in(self.name)

    def close(self) -> None:
        """Ends who is inside and takes all of it away; once, for its name may soon be another's."""
        if not self._closed:
            self._closed = True
            remove(self.name)


def veth_of(number: int) -> str:
    return f"{PREFIX}{number}"


def pids_in(name: str) -> list[int]:
    try:
        return [int(pid) for pid in ip("netns", "pids", name).split()]
    except OSError:
        return []


def remove(name: str) -> None:
    for pid in pids_in(name):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not pids_in(name), 5, lambda: f"{name} is empty; in it are {pids_in(name)}")
    # The pair first: with the namespace it would go only some time later. From within: outside, its name may be another's.
    for words in (("-n", name, "link", "del", "uplink"), ("netns", "del", name)):
        with suppress(OSError):
            ip(*words)


def sweep() -> None:
    """Takes away what a run that was killed has left."""
    folder = Path("/run/netns")
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    for ours in filter(None, map(OURS.fullmatch, names)):
        if not Path(f"/proc/{ours['pid']}").exists():
            remove(ours[0])
