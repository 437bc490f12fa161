"""A root shell in the box, that the image does not have: the virtual machine brings it along.

systemd takes credentials from a virtual machine's firmware tables (SMBIOS type 11), and units among them
(systemd.extra-unit). So the image under test is the image that is shipped, and no box in the field has this door.
"""

import base64
import itertools
import shlex
import socket
import time
from pathlib import Path

from harness.wait import Never

PORT = "pabx.test"
DEVICE = f"/dev/virtio-ports/{PORT}"
UNIT = f"""\
[Unit]
DefaultDependencies=no
StartLimitIntervalSec=0
[Service]
ExecStart=/bin/sh -c 'until [ -c {DEVICE} ]; do sleep 0.2; done; exec sh <>{DEVICE} >&0 2>&1'
Restart=always
RestartSec=1
Environment=HOME=/tmp PATH=/usr/sbin:/usr/bin
"""
WANT = "[Unit]\nWants=pabx-test-shell.service\n"
SECONDS = 120
TOKENS = itertools.count(1)


class Failed(AssertionError):
    """A command in the box ended with another status than 0."""


def firmware_tables() -> str:
    """What QEMU's -smbios is told."""
    def credential(name: str, text: str) -> str:
        return f"value=io.systemd.credential.binary:{name}={base64.b64encode(text.encode()).decode()}"

    unit = credential("systemd.extra-unit.pabx-test-shell.service", UNIT)
    want = credential("systemd.unit-dropin.sysinit.target", WANT)
    return f"type=11,{unit},{want}"


class Shell:
    """One connection; what is said while the box is down waits until its shell is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket: socket.socket | None = None
        self._buffer = b""

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(str(self.path))
            self._socket.settimeout(0.2)
            self._buffer = b""
        return self._socket

    def answers(self, seconds: float) -> bool:
        """Whether a shell is there within that time. What earlier commands still say is dropped."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            token = f"HERE-{next(TOKENS)}-"
            self._send(f"\necho {token}\n")
            if self._read_until(token.encode(), min(deadline, time.monotonic() + 15)) is not None:
                return True
        return False

    def try_run(self, command: str, seconds: float = SECONDS) -> tuple[int, str]:
        """Status and output (both streams) of a command."""
        if not self.answers(seconds):
            raise Never(f"not within {seconds:g} s: a shell for {command!r}")
        token = f"DONE-{next(TOKENS)}-"
        # Its own shell, and nothing to read: a command must not eat the next one.
        self._send(f"sh -c {shlex.quote(command)} 2>&1 </dev/null; echo {token}$?-\n")
        found = self._read_until(token.encode(), time.monotonic() + seconds)
        if found is None:
            raise Never(f"not within {seconds:g} s: {command!r} is done\n{self._buffer[-2000:].decode(errors='replace')}")
        status = self._read_until(b"-", time.monotonic() + 10)
        return int(status or b"255"), found.decode(errors="replace").strip()

    def run(self, command: str, seconds: float = SECONDS) -> str:
        status, output = self.try_run(command, seconds)
        if status != 0:
            raise Failed(f"{command!r}: status {status}\n{output}")
        return output

    def tell(self, command: str) -> None:
        """For what ends the box: no answer is waited for."""
        if self.answers(SECONDS):
            self._send(f"{command}\n")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, text: str) -> None:
        try:
            self._connected().sendall(text.encode())
        except TimeoutError:
            pass  # the box is down and the pipe to it is full
        except OSError as gone:
            self.close()
            raise Never(f"the machine is gone: {gone}") from gone

    def _read_until(self, mark: bytes, deadline: float) -> bytes | None:
        """What came before the mark, which is taken out too."""
        while mark not in self._buffer:
            if time.monotonic() >= deadline:
                return None
            try:
                chunk = self._connected().recv(65536)
            except TimeoutError:
                continue
            except OSError:
                chunk = b""
            if not chunk:
                self.close()
                raise Never("the machine is gone")
            self._buffer += chunk
        before, _, self._buffer = self._buffer.partition(mark)
        return before
