"""A child process with its log in a file, that never outlives us."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path

from .wait import until

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """In the child: the kernel kills it when the thread that started it is gone."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """A started program. `log` holds what it wrote to standard output and standard error."""

    def __init__(self, name: str, command: list[str], log: Path, cwd: Path | None = None) -> None:
        self.name, self.command, self.log = name, command, log
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, cwd=cwd,
                preexec_fn=die_with_parent,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def signal(self, number: int) -> None:
        if self.running():
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> int:
        """The exit status; fails when it has not ended in time."""
        until(lambda: not self.running(), seconds, lambda: f"{self.name} ends\n{self.tail()}")
        return self.process.returncode

    def kill(self) -> None:
        """SIGKILL, and gone when this returns."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 5) -> int:
        """SIGTERM, then SIGKILL when that was not enough."""
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.returncode

    def tail(self, lines: int = 25) -> str:
        return f"--- {self.name}: {self.log}\n" + "\n".join(self.text().splitlines()[-lines:])
