"""Sockets on addresses of one's own: all of 127.0.0.0/8 is this machine, so each attacker can have an address."""

import contextlib
import socket
import time

from harness.sip import Maker, Message, challenge, credentials

ANSWER_SECONDS = 3
LARGEST = 65_535


class Udp:
    """One UDP socket towards pabxd."""

    def __init__(self, office, ip: str, server: tuple[str, int] | None = None) -> None:
        self.server = server or ("127.0.0.1", office.pabxd.port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((ip, 0))
        office.closes(self.socket.close)

    @property
    def address(self) -> tuple[str, int]:
        return self.socket.getsockname()

    def send(self, octets: bytes) -> None:
        self.socket.sendto(octets, self.server)

    def receive(self, seconds: float = ANSWER_SECONDS) -> Message | None:
        """The next message, or None when there is none in that time."""
        self.socket.settimeout(max(seconds, 0.000_001))
        try:
            return Message(self.socket.recv(LARGEST))
        except (TimeoutError, BlockingIOError):
            return None

    def ask(self, octets: bytes, seconds: float = ANSWER_SECONDS) -> Message:
        self.send(octets)
        answer = self.receive(seconds)
        assert answer is not None, f"no answer within {seconds} s to {octets[:60]!r}…"
        return answer

    def all_within(self, seconds: float) -> list[Message]:
        """Everything that comes in that time."""
        messages, deadline = [], time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            message = self.receive(left)
            if message is not None:
                messages.append(message)
        return messages

    def is_silent_to(self, octets: bytes, seconds: float = 1) -> bool:
        self.send(octets)
        return self.receive(seconds) is None


class Tcp:
    """One TCP connection to pabxd."""

    def __init__(self, office, ip: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.bind((ip, 0))
        self.socket.settimeout(ANSWER_SECONDS)
        self.socket.connect(("127.0.0.1", office.pabxd.port))
        self._buffer = b""
        office.closes(self.socket.close)

    @property
    def address(self) -> tuple[str, int]:
        return self.socket.getsockname()

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def receive(self, seconds: float = ANSWER_SECONDS) -> Message | None:
        """The next message; None when none came, or the connection is closed."""
        deadline = time.monotonic() + seconds
        while (message := self._cut()) is None:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.000_001))
            try:
                read = self.socket.recv(LARGEST)
            except (TimeoutError, BlockingIOError, ConnectionError):
                return None
            if not read:
                return None
            self._buffer += read
        return message

    def ask(self, octets: bytes) -> Message:
        self.send(octets)
        answer = self.receive()
        assert answer is not None, f"no answer on TCP to {octets[:60]!r}…"
        return answer

    def is_closed_within(self, seconds: float) -> bool:
        """Reads, whatever it is, until the peer closes."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(LARGEST):
                    return True
            except TimeoutError:
                return False
            except ConnectionError:
                return True
        return False

    def _cut(self) -> Message | None:
        self._buffer = self._buffer.lstrip(b"\r\n")
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return None
        length = int(Message(head + end).get("Content-Length") or 0)
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        return Message(head + end + rest[:length])

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


def register(line: Udp | Tcp, maker: Maker, username: str, password: str) -> Message:
    """REGISTER, answered once if challenged; the last response."""
    uri = f"sip:{maker.domain}"
    asked = line.ask(maker.request("REGISTER", uri))
    assert asked.status == 401, asked.start
    answer = credentials(challenge(asked), "REGISTER", uri, username, password)
    return line.ask(maker.request("REGISTER", uri, extra=[answer]))
