"""SIPp with a scenario of its own or of ours."""

import re
from pathlib import Path

from .place import LOOPBACK, Place
from .ports import PortBlock, holds_port
from .process import Child
from .wait import until

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
RULE = re.compile(r"^-{20,} .*$", re.MULTILINE)


def filled(scenario: str, values: dict[str, str]) -> str:
    """The text of one of our scenarios with every @name@ replaced."""
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    left = re.search(r"@[a-z_]+@", text)
    if left:
        raise ValueError(f"{scenario}: no value for {left[0]}")
    return text


class Sipp:
    """One run of SIPp. A scenario of ours is a file in scenarios/, whose @names@ `values` fill; any other name is one
    of SIPp's own."""

    def __init__(
        self, folder: Path, ports: PortBlock, server: str, scenario: str, values: dict[str, str], *, calls: int = 1,
        transport: str = "udp", port: int | None = None, options: tuple[str, ...] = (), seconds: int = 20,
        place: Place = LOOPBACK,
    ) -> None:
        self.name, self.folder, self.seconds = scenario, folder, seconds
        self.port, self.media_port = port or ports.take(), ports.take_rtp(4)[0]  # SIPp binds two pairs
        folder.mkdir(parents=True, exist_ok=True)
        command = ["sipp", server, *self._scenario(values), "-i", place.address, "-p", str(self.port)]
        command += ["-mi", place.address, "-mp", str(self.media_port), "-m", str(calls), "-t", {"udp": "u1", "tcp": "t1"}[transport]]
        command += ["-nostdin", "-timeout", str(seconds), "-timeout_error", "-aa"]
        command += ["-trace_msg", "-message_file", str(folder / "messages"), "-trace_err", "-error_file", str(folder / "errors")]
        if "to" in values:  # SIPp would sign the address of the server, not the one it asks for
            command += ["-auth_uri", f"{values['to']}@{values['domain']}"]
        elif "domain" in values:
            command += ["-auth_uri", values["domain"]]
        self.child = Child(f"sipp {scenario}", place.command([*command, *options]), folder / "log", cwd=folder)
        until(lambda: self._bound(transport) or not self.child.running(), 5, f"{scenario} is at its port")

    def _bound(self, transport: str) -> bool:
        # A caller on TCP listens nowhere.
        return transport == "tcp" or holds_port("udp", self.port, self.child.pid)

    def _scenario(self, values: dict[str, str]) -> list[str]:
        if not (SCENARIOS / f"{self.name}.xml").exists():
            return ["-sn", self.name]
        file = self.folder / f"{self.name}.xml"
        file.write_text(filled(self.name, {"contact_port": str(self.port)} | values))
        return ["-sf", str(file)]

    def succeeds(self) -> None:
        """Waits for the end; every call must have gone as the scenario says."""
        status = self.finishes()
        if status != 0:
            raise AssertionError(f"{self.name}: SIPp ended with {status}\n{self.errors()}\n{self.messages()[-6000:]}")

    def finishes(self) -> int:
        """Waits for the end; 0 when every call went as the scenario says."""
        return self.child.wait(self.seconds + 10)

    def errors(self) -> str:
        file = self.folder / "errors"
        return file.read_text(errors="replace")[-2000:] if file.exists() else ""

    def messages(self) -> str:
        """Every message sent and received, as SIPp logs them."""
        file = self.folder / "messages"
        return file.read_text(errors="replace") if file.exists() else ""

    def received(self) -> list[str]:
        """The messages that came in, in order."""
        blocks = (block.strip() for block in RULE.split(self.messages()))
        return [block.split("\n\n", 1)[1] for block in blocks if "message received" in block.split("\n", 1)[0]]

    def statuses(self) -> list[int]:
        """The status codes that came in, in order."""
        return [int(message.split()[1]) for message in self.received() if message.startswith("SIP/2.0 ")]

    def requests(self) -> list[str]:
        """The methods of the requests that came in, in order."""
        return [message.split()[0] for message in self.received() if not message.startswith("SIP/2.0 ")]

    def close(self) -> None:
        self.child.stop(2)
