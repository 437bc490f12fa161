"""A DNS server (dnsmasq) that knows what a test tells it, and nothing else."""

import os
import re
import shutil
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from .ports import PortBlock
from .process import Child
from .provider import Provider
from .skip import Skip
from .wait import until

SERVICES = {"udp": ("_sip._udp", 5060), "tcp": ("_sip._tcp", 5060), "tls": ("_sips._tcp", 5061)}
TYPES = {"A": 1, "SRV": 33, "NAPTR": 35}
ASKED = re.compile(r"query\[(\w+)\] (\S+) from")
START_SECONDS = 5
DNSMASQ = shutil.which("dnsmasq") or "/usr/sbin/dnsmasq"  # not on everybody's path


@dataclass(frozen=True)
class A:
    """An address of a name; IPv6 as well."""

    name: str
    address: str
    ttl: int = 60

    def line(self) -> str:
        return f"host-record={self.name},{self.address},{self.ttl}"


@dataclass(frozen=True)
class Srv:
    """Where a service of a name is. Its time to live is that of `Resolver`."""

    name: str
    target: str
    port: int
    priority: int = 10
    weight: int = 0

    def line(self) -> str:
        return f"srv-host={self.name},{self.target},{self.port},{self.priority},{self.weight}"


@dataclass(frozen=True)
class Naptr:
    """Which services a name has (RFC 3263 §4.1): `service` is SIP+D2U, SIP+D2T or SIPS+D2T."""

    name: str
    service: str
    replacement: str
    order: int = 10
    preference: int = 10

    def line(self) -> str:
        return f"naptr-record={self.name},{self.order},{self.preference},s,{self.service},,{self.replacement}"


Record = A | Srv | Naptr


def records_of(
    *providers: Provider, name: str | None = None, ttl: int = 60, transports: tuple[str, ...] = tuple(SERVICES)
) -> list[Record]:
    """A name for each of the providers, and services of their common name with the first one preferred."""
    common = name or providers[0].name
    records: list[Record] = []
    for number, provider in enumerate(providers, 1):
        records.append(A(f"sip{number}.{common}", provider.address, ttl))
        for transport in transports:
            service, port = SERVICES[transport]
            records.append(Srv(f"{service}.{common}", f"sip{number}.{common}", port, priority=10 * number))
    return records


class Resolver:
    """`address` is host:port, over UDP and TCP. Names that it was not told do not exist."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.address = folder, port, f"127.0.0.1:{port}"
        self.child: Child | None = None

    @classmethod
    def start(cls, folder: Path, ports: PortBlock, records: list[Record], ttl: int = 60) -> "Resolver":
        """`ttl` is for SRV, NAPTR and names that do not exist; each A has its own."""
        if not Path(DNSMASQ).exists():
            raise Skip("dnsmasq is not installed")
        folder.mkdir(parents=True)
        resolver = cls(folder, ports.take())
        resolver.set(records, ttl)
        return resolver

    def set(self, records: list[Record], ttl: int = 60) -> None:
        """Knows other records from now on. It is away for a moment: dnsmasq reads such records at its start alone."""
        self.stop()
        lines = [
            f"port={self.port}", "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "local=/#/",
            f"local-ttl={ttl}", "log-queries", *(record.line() for record in records),
        ]
        config = self.folder / "dnsmasq.conf"
        config.write_text("\n".join(lines) + "\n")
        # In the foreground as who we are: a change of user would undo that it dies with us.
        self.child = Child("dnsmasq", [DNSMASQ, "--no-daemon", f"--conf-file={config}"], self.folder / "log")
        until(self._answers, START_SECONDS, lambda: f"dnsmasq answers\n{self.child.tail()}")

    def _answers(self) -> bool:
        if not self.child.running():
            raise AssertionError(f"dnsmasq ended at its start\n{self.child.tail()}")
        try:
            self.ask("ready.invalid", "A", seconds=0.2)
        except OSError:
            return False
        return True

    def silence(self, silent: bool = True) -> None:
        """Answers nothing, until it is told to again."""
        self.child.signal(signal.SIGSTOP if silent else signal.SIGCONT)

    def stop(self) -> None:
        """Ends it: who asks is told at once that there is none."""
        if self.child is not None:
            self.child.signal(signal.SIGCONT)
            self.child.stop()

    def asked(self, name: str = "", kind: str = "") -> list[tuple[str, str]]:
        """What was asked, in order, as (type, name): of a name, of a type."""
        found = ASKED.findall(self.child.text())
        return [(one, of) for one, of in found if of != "ready.invalid" and name in ("", of) and kind in ("", one)]

    def ask(self, name: str, kind: str, seconds: float = 2) -> list[tuple[int, tuple]]:
        """Its answers as (time to live, data): (address,) or (priority, weight, port, target)."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(seconds)
            asking.connect(("127.0.0.1", self.port))
            number = os.urandom(2)
            labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
            head, tail = struct.pack("!5H", 0x0100, 1, 0, 0, 0), struct.pack("!2H", TYPES[kind], 1)
            asking.send(number + head + labels + b"\0" + tail)
            packet = asking.recv(65536)
        if packet[:2] != number:
            raise AssertionError("the answer to another question")
        return answers(packet, TYPES[kind])


def answers(packet: bytes, kind: int) -> list[tuple[int, tuple]]:
    """The answers of that type in a packet (RFC 1035 §4)."""
    count, at = struct.unpack("!H", packet[6:8])[0], 12
    at = read_name(packet, at)[1] + 4
    found = []
    for _ in range(count):
        at = read_name(packet, at)[1]
        of, _, ttl, length = struct.unpack("!2HIH", packet[at:at + 10])
        at += 10
        if of == kind:
            found.append((ttl, data_of(packet, at, length, kind)))
        at += length
    return found


def data_of(packet: bytes, at: int, length: int, kind: int) -> tuple:
    if kind == TYPES["A"]:
        return (socket.inet_ntoa(packet[at:at + 4]),)
    if kind == TYPES["SRV"]:
        return (*struct.unpack("!3H", packet[at:at + 6]), read_name(packet, at + 6)[0])
    return (packet[at:at + length],)


def read_name(packet: bytes, at: int) -> tuple[str, int]:
    """A name, and where what follows it begins."""
    labels = []
    while length := packet[at]:
        if length >= 0xC0:
            rest = read_name(packet, struct.unpack("!H", packet[at:at + 2])[0] & 0x3FFF)[0]
            return ".".join([*labels, rest]), at + 2
        labels.append(packet[at + 1:at + 1 + length].decode())
        at += 1 + length
    return ".".join(labels), at + 1
