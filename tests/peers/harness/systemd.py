"""What systemd would see and do: its notification socket, and a thread of the daemon that stands still."""

import ctypes
import os
import socket
import time
from pathlib import Path

from .wait import until

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Notifications:
    """A notification socket (sd_notify(3)) that daemons started from now on talk to."""

    def __init__(self, folder: Path, watchdog_seconds: float) -> None:
        # A name in the abstract namespace: a path could be too long for a socket.
        name = f"pabx-test-{os.getpid()}-{folder.name[:20]}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name)
        os.environ["NOTIFY_SOCKET"] = "@" + name
        os.environ["WATCHDOG_USEC"] = str(int(watchdog_seconds * 1_000_000))
        self.seen: list[tuple[float, str]] = []

    def read(self) -> None:
        """Takes what has come."""
        while True:
            try:
                text = self.socket.recv(4096, socket.MSG_DONTWAIT).decode()
            except BlockingIOError:
                return
            self.seen += [(time.monotonic(), line) for line in text.splitlines()]

    def count(self, line: str) -> int:
        self.read()
        return sum(1 for _, seen in self.seen if seen == line)

    def wait_for(self, line: str, seconds: float) -> None:
        until(lambda: self.count(line), seconds, lambda: f"{line} is told; told were {self.seen}")

    def quiet_for(self, line: str) -> float:
        """Seconds since the line was last told."""
        self.read()
        return time.monotonic() - max((at for at, seen in self.seen if seen == line), default=0)


class Frozen:
    """Holds one thread of a process still, as a bug that loops or waits for ever would (ptrace(2))."""

    def __init__(self, pid: int, name: str) -> None:
        self.thread = until(lambda: thread_named(pid, name), 5, lambda: f"pabxd has a thread {name}")

    def __enter__(self) -> "Frozen":
        self._ptrace(PTRACE_SEIZE)
        self._ptrace(PTRACE_INTERRUPT)
        os.waitpid(self.thread, WALL)
        return self

    def __exit__(self, *_: object) -> None:
        self._ptrace(PTRACE_DETACH)

    def _ptrace(self, request: int) -> None:
        if LIBC.ptrace(request, self.thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), f"ptrace {request} of thread {self.thread}")


def thread_named(pid: int, name: str) -> int | None:
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return int(task.name)
    return None
