"""One group's world: a network, machines, phones; ends everything that was started."""

import json
import re
import tempfile
from contextlib import ExitStack
from pathlib import Path

from . import network, paths
from .machine import Machine
from .network import Network
from harness import baresip
from harness.baresip import Account, Baresip
from harness.ports import PortBlock

DEMO = "/run/pabx/demo.json"
SECONDS = 120


def talk(one: Baresip, other: Baresip) -> None:
    """1001 (1000 Hz) calls 1002 (600 Hz), they hear each other, and 1001 hangs up."""
    one.dial("1002")
    other.wait_incoming()
    other.accept()
    one.wait_established()
    one.hears(600)
    other.hears(1000)
    one.hang_up()
    other.wait_closed()


class Skip(Exception):
    """The test cannot run here; the text says why."""


class Lab:
    """Made for each group."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._open = ExitStack()
        self._network: Network | None = None
        self._machines: list[Machine] = []
        self._box: Machine | None = None
        self._offices: list[Office] = []
        self._notes: list[str] = []

    @property
    def network(self) -> Network:
        if self._network is None:
            self._network = Network(self.folder)
            self._open.callback(self._network.close)
        return self._network

    def machine(self, name: str = "box", board: str = "x86_64", **options) -> Machine:
        image = paths.out(board) / f"pabx-{board}.img"
        if not image.exists():
            raise AssertionError(f"there is no {image}: run scripts/build-image {board} --reference --raw")
        self.network  # the cable is there before the box
        machine = Machine(self.folder / name, board, **options)
        self._machines.append(machine)
        self._open.callback(machine.close)
        return machine

    def box(self) -> Machine:
        """The machine that groups hand on to each other: a start takes a minute. It runs when this returns."""
        if self._box is None:
            self._box = self.machine("box")
            self._box.start()
        return self._box

    def put_box_away(self) -> None:
        """For a group with a machine of its own: there is one cable."""
        if self._box is not None:
            self._box.close()
            self._box = None

    def office(self, machine: Machine) -> "Office":
        office = Office(machine, self.folder)
        self._offices.append(office)
        return office

    def close_phones(self) -> None:
        while self._offices:
            self._offices.pop().close()

    def note(self, text: str) -> None:
        """A figure worth printing beside the test."""
        self._notes.append(text)

    def take_notes(self) -> str:
        notes, self._notes = self._notes, []
        return "\n".join(notes)

    def story(self) -> str:
        """For a failure: what the serial lines say."""
        self._notes = []
        return "\n".join(machine.console() for machine in self._machines)

    def close(self) -> None:
        self.close_phones()
        self._open.close()


class Office:
    """Phones outside the box, and the demo account in it."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine, self.folder = machine, folder
        self._open = ExitStack()
        self.ports = PortBlock()
        self._open.callback(self.ports.release)
        self.extensions: dict[str, dict] = {}
        self.domain = ""

    def make_account(self) -> None:
        """The demo account, as scripts/run has it. The daemon is down meanwhile: one per folder."""
        self.machine.run("mkdir -p /run/demo && chown pabxd /run/demo && systemctl stop pabxd", 60)
        self.machine.run(
            "systemd-run --quiet --wait --uid=pabxd --gid=pabxd pabxd demo --config /etc/pabxd.toml --json /run/demo/demo.json", 120
        )
        self.machine.run(f"cp /run/demo/demo.json {DEMO} && systemctl start pabxd", 120)
        self.read_account()

    def read_account(self) -> None:
        demo = json.loads(self.machine.run(f"cat {DEMO}"))
        self.domain = demo["sip"]["domain"]
        self.extensions = {entry["number"]: entry for entry in demo["extensions"]}

    def phone(self, number: str, frequency: int, transport: str = "udp", box: str = network.BOX) -> Baresip:
        """A registered phone at this end of the cable, that speaks a tone."""
        use_address(network.HERE6 if ":" in box else network.HERE)
        folder = Path(tempfile.mkdtemp(prefix=f"phone{number}-", dir=self.folder)) / "phone"
        phone = Baresip(f"phone{number}", folder, self.ports, frequency)
        self._open.callback(phone.close)
        entry = self.extensions[number]
        phone.register(Account(
            user=number, password=entry["password"], domain=self.domain, server=f"{network.in_uri(box)}:5060",
            transport=transport, auth_user=entry["username"],
        ))
        return phone

    def close(self) -> None:
        self._open.close()


def use_address(address: str) -> None:
    """Phones of tests/peers live on loopback; here they are on the cable."""
    family = "ipv6" if ":" in address else "ipv4"
    listen = f"net_af {family}\nsip_listen {network.in_uri(address)}:"
    config = re.sub(r"^(net_af .*\n)?sip_listen .*:", listen, baresip.CONFIG, flags=re.M)
    baresip.CONFIG = re.sub(r"^net_interface .*", f"net_interface {address}", config, flags=re.M)
    # A box in an emulator on a busy machine takes its time.
    baresip.REGISTER_SECONDS = baresip.CALL_SECONDS = SECONDS
    for method in (Baresip.wait_for, Baresip.wait_incoming, Baresip.wait_closed, Baresip.hears):
        method.__defaults__ = (SECONDS,)
