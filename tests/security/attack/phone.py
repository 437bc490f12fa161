"""A phone in a few lines: it registers, calls, answers, and sends and counts sound, each in a thread of its own."""

import queue
import re
import socket
import struct
import threading
import time

from harness.sip import Maker, Message, build, challenge, credentials, token

PACKET_SECONDS = 0.02
SAMPLES = 160
CALL_SECONDS = 10


class Sound:
    """Sends PCMU packets of one octet and looks at what comes: how much, the longest gap, and anything foreign."""

    def __init__(self, ip: str, octet: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.octet, self.ssrc = octet, int(token(4), 16)
        self.expected: int | None = None
        self.peer: tuple[str, int] | None = None
        self.sent = self.received = self.foreign = 0
        self.longest_gap = 0.0
        self._stop = threading.Event()

    def start(self, peer: tuple[str, int], expected: int) -> None:
        self.peer, self.expected = peer, expected
        for work in (self._send, self._receive):
            threading.Thread(target=work, daemon=True).start()

    def forget(self) -> None:
        """Counts from here on."""
        self.sent = self.received = self.foreign = 0
        self.longest_gap = 0.0

    def stop(self) -> None:
        self._stop.set()

    def _send(self) -> None:
        sequence, due = 0, time.monotonic()
        while not self._stop.is_set():
            head = struct.pack("!BBHII", 0x80, 0, sequence & 0xFFFF, sequence * SAMPLES & 0xFFFFFFFF, self.ssrc)
            self.socket.sendto(head + bytes([self.octet]) * SAMPLES, self.peer)
            self.sent += 1
            sequence += 1
            due += PACKET_SECONDS
            time.sleep(max(0, due - time.monotonic()))

    def _receive(self) -> None:
        last = time.monotonic()
        while not self._stop.is_set():
            try:
                packet, _ = self.socket.recvfrom(2048)
            except TimeoutError:
                continue
            now = time.monotonic()
            self.longest_gap, last = max(self.longest_gap, now - last), now
            self.received += 1
            if packet[12:] != bytes([self.expected]) * SAMPLES:
                self.foreign += 1


class Phone:
    """An extension on UDP. Answers every call at once; `call` makes one."""

    def __init__(self, office, number: str, ip: str = "127.0.0.1", octet: int | None = None) -> None:
        extension = office.pabxd.extensions[number]
        self.username, self.password, self.domain = extension.username, extension.password, office.pabxd.domain
        self.number, self.octet = number, octet if octet is not None else 0x41 + int(number) % 16
        self.server = ("127.0.0.1", office.pabxd.port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.ip, self.port = self.socket.getsockname()
        self.maker = Maker(number, self.domain, (self.ip, self.port))
        self.sound = Sound(ip, self.octet)
        self.requests: list[Message] = []
        self._responses: queue.Queue[Message] = queue.Queue()
        self._expects = 0
        self._ack_uri = ""
        self._stop = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        office.closes(self.close)

    # Out

    def register(self, extra: list[tuple[str, str]] = ()) -> None:
        uri = f"sip:{self.domain}"
        response = self._authenticated("REGISTER", uri, extra=extra)
        assert response.status == 200, response.start

    def call(self, number: str, extra: list[tuple[str, str]] = (), from_user: str | None = None) -> Message:
        """Calls and acknowledges; the final response. Sound flows when it is a 200."""
        self.maker = Maker(from_user or self.number, self.domain, (self.ip, self.port))
        self.uri = f"sip:{number}@{self.domain}"
        final = self._authenticated("INVITE", self.uri, to=f"<{self.uri}>", extra=extra, body=self._sdp())
        if final.status == 200:
            self.dialog = final
            self._ack_uri = re.search(r"<([^>]+)>", final.get("Contact"))[1]
            self._ack(final, self._ack_uri)
            self._start_sound(final)
        return final

    def hang_up(self) -> Message:
        self.sound.stop()
        self._send(self.maker.request("BYE", self._ack_uri, to=self.dialog.get("To"), contact=False))
        return self._response("BYE")

    def expects(self, octet: int) -> None:
        """What the other side's sound is made of."""
        self._expects = octet

    def options(self) -> int:
        """Asks pabxd whether it is there, with credentials."""
        return self._authenticated("OPTIONS", f"sip:{self.domain}").status

    def received(self, method: str) -> list[Message]:
        return [request for request in self.requests if request.method == method]

    def close(self) -> None:
        self._stop.set()
        self.sound.stop()
        self.socket.close()

    def _authenticated(self, method: str, uri: str, **parts) -> Message:
        extra = list(parts.pop("extra", ()))
        branch = "z9hG4bK" + token()
        self._send(self.maker.request(method, uri, extra=extra, branch=branch, **parts))
        response = self._response(method)
        if response.status != 401:
            return response
        if method == "INVITE":
            self._ack(response, uri, branch)
        answer = credentials(challenge(response), method, uri, self.username, self.password)
        branch = "z9hG4bK" + token()
        self._send(self.maker.request(method, uri, extra=[*extra, answer], branch=branch, **parts))
        final = self._response(method)
        if method == "INVITE" and final.status >= 300:
            self._ack(final, uri, branch)
        return final

    def _ack(self, response: Message, uri: str, branch: str | None = None) -> None:
        cseq = response.cseq[0]
        self._send(self.maker.request("ACK", uri, to=response.get("To"), cseq=cseq, branch=branch, contact=False))

    def _response(self, method: str) -> Message:
        """The next final response to the newest request of that method."""
        deadline = time.monotonic() + CALL_SECONDS
        while True:
            message = self._responses.get(timeout=max(0.01, deadline - time.monotonic()))
            if message.status >= 200 and message.cseq == (self.maker.cseq, method):
                return message

    def _send(self, octets: bytes) -> None:
        self.socket.sendto(octets, self.server)

    # In

    def _listen(self) -> None:
        self.socket.settimeout(0.2)
        while not self._stop.is_set():
            try:
                message = Message(self.socket.recv(65_535))
            except TimeoutError:
                continue
            except OSError:
                return
            if message.is_response:
                self._responses.put(message)
            else:
                self.requests.append(message)
                self._serve(message)

    def _serve(self, request: Message) -> None:
        if request.method == "ACK":
            return
        headers = [(n, v) for n, v in request.headers if n in ("Via", "From", "Call-ID", "CSeq", "Record-Route")]
        to = request.get("To")
        headers.append(("To", to if ";tag=" in to else f"{to};tag={self.maker.tag}"))
        body = ""
        if request.method == "INVITE":
            headers.append(("Contact", f"<sip:{self.number}@{self.ip}:{self.port}>"))
            body = self._sdp()
            if self.sound.peer is None:
                self._start_sound(request)
        self._send(build("SIP/2.0 200 OK", headers, body))
        if request.method == "BYE":
            self.sound.stop()

    # Sound

    def _sdp(self) -> str:
        lines = (
            "v=0", f"o=- 1 1 IN IP4 {self.ip}", "s=-", f"c=IN IP4 {self.ip}", "t=0 0",
            f"m=audio {self.sound.port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=sendrecv", "",
        )
        return "\r\n".join(lines)

    def _start_sound(self, message: Message) -> None:
        text = message.body.decode()
        peer = (re.search(r"c=IN IP4 (\S+)", text)[1], int(re.search(r"m=audio (\d+)", text)[1]))
        self.sound.start(peer, self._expects)


def call(office, caller: str = "1001", callee: str = "1002") -> tuple[Phone, Phone]:
    """Two phones in a call in which both hear each other."""
    one, other = Phone(office, caller), Phone(office, callee)
    one.expects(other.octet)
    other.expects(one.octet)
    one.register()
    other.register()
    final = one.call(callee)
    assert final.status == 200, final.start
    deadline = time.monotonic() + 5
    while one.sound.received < 20 or other.sound.received < 20:
        assert time.monotonic() < deadline, f"sound: {one.sound.received} and {other.sound.received} packets"
        time.sleep(PACKET_SECONDS)
    one.sound.forget()
    other.sound.forget()
    return one, other


def undisturbed(one: Phone, other: Phone, loss: float = 0.01, gap: float = 0.5) -> None:
    """Both heard each other all the time, and nobody else."""
    for here, there in ((one, other), (other, one)):
        heard, sent = here.sound.received, there.sound.sent
        assert here.sound.foreign == 0, f"{here.number} heard {here.sound.foreign} foreign packets"
        assert heard >= sent * (1 - loss) - 5, f"{here.number} heard {heard} of {sent} packets"
        assert here.sound.longest_gap < gap, f"{here.number} heard nothing for {here.sound.longest_gap:.2f} s"
