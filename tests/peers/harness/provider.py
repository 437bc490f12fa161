"""A provider of SIP trunks: Debian's Kamailio in a network namespace of its own, configured by provider/kamailio.cfg."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from .baresip import Account
from .place import Namespace
from .process import Child
from .sip import Maker, Message
from .skip import Skip
from .wait import Never, until

TEMPLATE = Path(__file__).resolve().parents[1] / "provider/kamailio.cfg"
REALM = "provider.test"
PORT, TLS_PORT, CONTROL_PORT = 5060, 5061, 8090
START_SECONDS = 15
ANSWER_SECONDS = 5
# How sipdump writes a message: its head, then the message, then a line of bars.
DUMPED = re.compile(rb"={20}\ntag: (\w+)\n(.*?)\n~{20}\n(.*?)\|{20}\n", re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """A message that came to the provider (or went from it), and from whom (or to whom)."""

    message: Message
    incoming: bool
    transport: str
    peer: str  # address:port

    @property
    def method(self) -> str:
        """Of a request; else empty."""
        return "" if self.message.is_response else self.message.method

    @property
    def uri(self) -> str:
        return self.message.start.split(" ")[1]

    @property
    def caller(self) -> str:
        return self.message.get("From")

    @property
    def called(self) -> str:
        return self.message.get("To")

    @property
    def asserted(self) -> str:
        return self.message.get("P-Asserted-Identity")

    def __str__(self) -> str:
        way = "from" if self.incoming else "to"
        return f"{way} {self.transport}:{self.peer}: {self.message.start} ({self.message.get('CSeq')})"


class Provider:
    """A running provider. `box` is the address of this machine that it can reach, `address` its own.

    `server` and `tls_server` are what a phone is told; `ca` is the certificate of the authority that vouches for its name.
    """

    def __init__(self, folder: Path, namespace: Namespace, name: str) -> None:
        self.folder, self.namespace, self.name = folder, namespace, name
        self.inside, self.outside = namespace.inside, namespace.outside
        self.address, self.box = self.inside.address, self.outside.address
        self.port, self.tls_port = PORT, TLS_PORT
        self.server, self.tls_server = f"{self.address}:{PORT}", f"{self.address}:{TLS_PORT}"
        self.ca = folder / "tls/ca.pem"
        self.passwords: dict[str, str] = {}
        self.config, self.messages = folder / "kamailio.cfg", folder / "messages"
        self.child: Child | None = None
        self._starts = 0

    @classmethod
    def start(
        cls, folder: Path, *, subscribers: dict[str, str] | None = None, customers: dict[str, str] | None = None,
        addresses: tuple[str, ...] = (), dids: dict[str, str] | None = None, name: str = REALM,
        certified: str | None = None, digest: str = "MD5", nonce_seconds: int = 300, lines: dict[str, str] | None = None,
    ) -> "Provider":
        """Makes its network and starts it.

        `subscribers` (number: password) are phones far away, `customers` (name: password) are those who register a
        trunk, `addresses` those whose calls are let through without a password. `dids` says whose a number is: a
        customer's name, or `sip:address:port` for one that is known by address. `{box}` stands for the address of this
        machine. `lines` (name: customer) are names that a customer may register besides its own. `name` is its realm and
        domain; its certificate is for `certified`, or for that name.
        """
        if shutil.which("kamailio") is None:
            raise Skip("Kamailio is not installed")
        with ExitStack() as undo:
            namespace = Namespace()
            provider = cls(folder, namespace, name)
            undo.callback(provider.stop)
            provider.messages.mkdir(parents=True)
            make_certificate(provider.ca.parent, certified or name)
            provider.passwords = (subscribers or {}) | (customers or {})
            tables = {
                "users": provider.passwords,
                "customers": dict.fromkeys(customers or {}, "1"),
                "lines": lines or {},
                "addresses": {address.format(box=provider.box): "1" for address in addresses},
                "dids": {did: target_of(did, to.format(box=provider.box)) for did, to in (dids or {}).items()},
            }
            provider._configure(tables, {"digest": digest, "nonce_seconds": str(nonce_seconds)})
            provider.restart()
            undo.pop_all()
        return provider

    def _configure(self, tables: dict[str, dict[str, str]], values: dict[str, str]) -> None:
        values |= {
            "realm": self.name, "address": self.address, "control": str(CONTROL_PORT), "tls": str(self.ca.parent),
            "messages": str(self.messages),
            "tables": "\n".join(
                f'\t$sht({table}=>{key}) = "{plain(value)}";' for table, row in tables.items() for key, value in row.items()
            ),
        }
        text = TEMPLATE.read_text()
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        self.config.write_text(text)
        self.config.chmod(0o600)

    # Life

    def restart(self) -> None:
        """Starts it, on the same addresses, after `kill`: it has forgotten who was registered and how to behave."""
        self._starts += 1
        for file in self.messages.glob("kamailio-*.data"):  # it would begin this file anew if it starts in the same second
            file.rename(self.messages / f"before-{self._starts:03}.data")
        # In a process namespace of its own, so that all of it is gone when its first process is.
        command = ["unshare", "--pid", "--fork", "--kill-child", "kamailio", "-f", str(self.config), "-DD", "-E", "-m", "32"]
        command += ["-M", "4", "-Y", str(self.folder), "-w", str(self.folder)]
        self.child = Child("kamailio", self.inside.command(command), self.folder / "log", cwd=self.folder)
        until(self._answers, START_SECONDS, lambda: f"the provider answers\n{self.child.tail()}")

    def _answers(self) -> bool:
        if not self.child.running():
            raise AssertionError(f"Kamailio ended at its start\n{self.child.tail()}")
        try:
            return self.ask("OPTIONS", seconds=0.2).status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """SIGKILL, and gone with all its processes when this returns: its ports are closed, its network is there."""
        # Its first process, with which all others end; `unshare`, which waits for that one, ends then by itself.
        for pid in children_of(self.child.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(Never):
                self.child.wait(ANSWER_SECONDS)
        self.child.kill()

    def stop(self) -> None:
        """Ends it and takes its network away, with everybody who is in it."""
        try:
            if self.child is not None:
                self.kill()
        finally:
            self.namespace.close()

    # What it does

    def behave(
        self, *, invite: int = 0, register: int = 0, headers: dict[str, str] | None = None, silent: bool = False,
        slow: float = 0, trying: bool = False, challenge: bool = False, interval: int = 0,
    ) -> None:
        """From now on, and only so: `behave()` is normal. All but `silent` concerns customers alone, not far phones.

        `invite` and `register` are statuses that a request gets once it was signed, with `headers` (Contact of a 302,
        Retry-After …); `silent` answers nothing to anybody; `slow` waits so many seconds with what was signed, with
        `trying` after a 100; `challenge` asks for a password whatever comes (not those who are known by address);
        `interval` is the least that a registration may ask for.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        wanted = {
            "invite": invite, "register": register, "headers": lines, "silent": silent, "slow": round(slow * 1000),
            "trying": trying, "challenge": challenge, "interval": interval,
        }
        self.command("htable.flush", "behave")
        for key, value in wanted.items():
            if value:
                text = isinstance(value, str)
                self.command("htable.sets" if text else "htable.seti", "behave", key, value if text else int(value))

    def command(self, method: str, *params: str | int) -> dict:
        """One of Kamailio's RPC commands; empty when it is refused, as for what is not there."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.bind((self.box, 0))
            asking.settimeout(ANSWER_SECONDS)
            asked = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
            asking.sendto(json.dumps(asked).encode(), (self.address, CONTROL_PORT))
            answer = json.loads(asking.recv(65536))
        return answer.get("result") or {}

    # What it knows and saw

    def registered(self, username: str) -> str | None:
        """The URI that it has registered last; None when there is none."""
        contacts = self.command("ul.lookup", "location", username).get("Contacts", [])
        return contacts[0]["Contact"]["Address"] if contacts else None

    def wait_registered(self, username: str, seconds: float = 10) -> str:
        return until(lambda: self.registered(username), seconds, lambda: f"{username} is registered\n{self.story()}")

    def wait_unregistered(self, username: str, seconds: float = 10) -> None:
        until(lambda: self.registered(username) is None, seconds, f"{username} is not registered")

    def log(self) -> list[Seen]:
        """Every message that came and went, in order, from its first start on."""
        found = []
        for file in sorted(self.messages.glob("*.data")):
            found += [seen(*match.groups()) for match in DUMPED.finditer(file.read_bytes())]
        return found

    def requests(self, method: str = "", caller: str = "") -> list[Seen]:
        """The requests that came, those that were repeated too: of a method, with a text in From."""
        return [
            one for one in self.log()
            if one.incoming and one.method and method in ("", one.method) and caller in one.caller
        ]

    def statuses(self) -> list[int]:
        """The statuses that it sent."""
        return [one.message.status for one in self.log() if not one.incoming and not one.method]

    def wait_request(self, method: str, caller: str = "", count: int = 1, seconds: float = 10) -> Seen:
        """The last one, once so many have come."""
        found: list[Seen] = []

        def came() -> bool:
            found[:] = self.requests(method, caller)
            return len(found) >= count

        until(came, seconds, lambda: f"{count} {method} come\n{self.story()}")
        return found[-1]

    def story(self) -> str:
        return "\n".join(str(one) for one in self.log()[-40:]) + f"\n{self.child.tail() if self.child else ''}"

    # Who talks to it

    def account(self, user: str, transport: str = "udp", answer: str = "manual", password: str | None = None) -> Account:
        """How a baresip registers as a subscriber or a customer."""
        return Account(
            user=user, password=self.passwords[user] if password is None else password, domain=self.name,
            server=self.tls_server if transport == "tls" else self.server, transport=transport, answer=answer,
        )

    def ask(self, method: str, user: str = "somebody", seconds: float = ANSWER_SECONDS) -> Message:
        """What a single request over UDP from the box is answered; OSError when nothing comes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.bind((self.box, 0))
            asking.settimeout(seconds)
            asking.sendto(Maker(user, self.name, asking.getsockname()).request(method), (self.address, PORT))
            return Message(asking.recv(65536))


def seen(tag: bytes, head: bytes, octets: bytes) -> Seen:
    """What stands in sipdump's file."""
    fields = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    end = "src" if tag == b"rcv" else "dst"
    peer = f"{fields[f'{end}ip']}:{fields[f'{end}port']}"
    return Seen(Message(octets), tag == b"rcv", fields["proto"].split()[0], peer)


def target_of(did: str, to: str) -> str:
    """Where a call to a number goes: to a customer by name, or to an address with the number in the URI."""
    return to.replace("sip:", f"sip:{did}@", 1) if to.startswith("sip:") and "@" not in to else to


def plain(value: str) -> str:
    if re.search(r'["\\\n$]', value):
        raise ValueError(f"not for a string of Kamailio: {value}")
    return value


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def make_certificate(folder: Path, name: str) -> None:
    """An authority (ca.pem) and a certificate of its own for a DNS name (certificate.pem, key.pem)."""
    folder.mkdir(parents=True)

    def openssl(*words: str) -> None:
        done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"openssl {words[0]}: {done.stderr}")

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=An authority for tests",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )
    openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", f"/CN={name}")
    (folder / "extensions").write_text(
        f"subjectAltName=DNS:{name}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n"
    )
    openssl(
        "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
        "-extfile", "extensions", "-out", "certificate.pem",
    )
