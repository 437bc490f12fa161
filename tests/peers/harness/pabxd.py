"""The daemon under test: its own ports, its own state, and everything that can be done to it."""

import json
import os
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from .ports import PortBlock, bound_ports, holds_port
from .process import Child
from .wait import until

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 20
STOP_SECONDS = 5
RTP_PORTS = 60

CONFIG = """\
[sip]
listen = [{listen}]
tls = ["127.0.0.1:{tls}"]

[web]
https = ["127.0.0.1:{https}"]
http = ["127.0.0.1:{http}"]
{web}

[rtp]
listen = "{sound}"
first_port = {rtp_first}
last_port = {rtp_last}

[state]
directory = "{state}"

[log]
level = "debug"
{more}
"""


def binary() -> Path:
    """PABXD from the environment, or what `cargo build --release` made."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return Path(os.environ.get("PABXD", target / "release" / "pabxd"))


class Extension:
    """One line of demo.json."""

    def __init__(self, entry: dict) -> None:
        self.number: str = entry["number"]
        self.username: str = entry["username"]
        self.password: str = entry["password"]


class Pabxd:
    """A pabxd with the demo account, on loopback, and at further addresses of this machine."""

    def __init__(self, folder: Path, ports: PortBlock, more: str = "", web: str = "", at: tuple[str, ...] = ()) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.port, self.tls_port, self.https_port, self.http_port = (ports.take() for _ in range(4))
        self.web = web
        self.addresses = ("127.0.0.1", *at)
        self.rtp_first, self.rtp_last = ports.take_rtp(RTP_PORTS)
        self.server = f"127.0.0.1:{self.port}"
        self.config = folder / "pabxd.toml"
        self.configure(more)
        self.demo = self._make_demo()
        self.domain: str = self.demo["sip"]["domain"]
        self.extensions = {entry["number"]: Extension(entry) for entry in self.demo["extensions"]}
        self.child: Child | None = None
        self.start()

    def configure(self, more: str) -> None:
        """Writes the configuration; `more` are further settings as TOML. Takes effect at the next start."""
        listen = ", ".join(f'"{address}:{self.port}"' for address in self.addresses)
        sound = "127.0.0.1" if len(self.addresses) == 1 else "0.0.0.0"
        text = CONFIG.format(
            listen=listen, sound=sound, tls=self.tls_port, https=self.https_port, http=self.http_port, web=self.web, more=more,
            rtp_first=self.rtp_first, rtp_last=self.rtp_last, state=self.folder / "state",
        )
        self.config.write_text(text)

    def _make_demo(self) -> dict:
        path = self.folder / "demo.json"
        command = [str(binary()), "demo", "--config", str(self.config), "--json", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise AssertionError(f"pabxd demo: status {done.returncode}\n{done.stdout}{done.stderr}")
        if path.stat().st_mode & 0o777 != 0o600:
            raise AssertionError(f"demo.json has mode {path.stat().st_mode & 0o777:o}, not 600")
        return json.loads(path.read_text())

    @property
    def certificate(self) -> Path:
        """The certificate that the box made for itself, beside its key."""
        return self.folder / "state/tls/certificate.pem"

    @property
    def log(self) -> Path:
        return self.folder / "pabxd.log"

    def start(self) -> None:
        self.child = Child("pabxd", [str(binary()), "serve", "--config", str(self.config)], self.log)
        until(self._ready, START_SECONDS, lambda: f"pabxd serves\n{self.child.tail()}")

    def _ready(self) -> bool:
        """SIP is served, as the kernel tells; the edge is opened before it."""
        if not self.child.running():
            raise AssertionError(f"pabxd ended at its start\n{self.child.tail()}")
        return holds_port("udp", self.port) and holds_port("tcp", self.port)

    def kill(self) -> None:
        """kill -9."""
        self.child.kill()

    def stop(self) -> int:
        """SIGTERM; answers the exit status, which must come soon."""
        self.child.signal(signal.SIGTERM)
        return self.child.wait(STOP_SECONDS)

    def close(self) -> None:
        if self.child is not None:
            self.child.stop()

    def resident_kib(self) -> int:
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def wait_no_rtp_ports(self) -> None:
        """Waits until every port of a call has been given back."""
        until(lambda: not self.open_rtp_ports(), 5, lambda: f"RTP ports are closed; open: {self.open_rtp_ports()}")

    def call_records(self, status: str) -> int:
        """How many call records have that status."""
        database = self.folder / "state" / "pabx.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM call_stats WHERE status = ?", (status,)).fetchone()[0]

    def open_rtp_ports(self) -> list[int]:
        """Which ports of its RTP range are bound now."""
        return [port for port in sorted(bound_ports("udp")) if self.rtp_first <= port <= self.rtp_last]
