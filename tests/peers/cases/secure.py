"""SIP inside TLS and inside WebSocket: the same phones and calls, by other ways in."""

import ssl

import websocket
from cases.calls import TONE_1001, TONE_1002, both_closed, call_over, talk
from harness.baresip import Baresip
from harness.office import Office
from harness.sip import Maker, Message, challenge, credentials
from harness.wait import until

SECONDS = 5
OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


class Web:
    """A SIP client on a WebSocket (RFC 7118), such as a page is."""

    def __init__(self, office: Office, number: str) -> None:
        pabxd = office.pabxd
        trusted = ssl.create_default_context(cafile=pabxd.certificate)
        self.socket = websocket.create_connection(
            f"wss://localhost:{pabxd.https_port}/sip", subprotocols=["sip"], timeout=SECONDS, ssl=trusted,
            sslopt={"context": trusted}, suppress_origin=True,
        )
        office.closes(self.socket.close)
        self.extension, self.domain, self.number = pabxd.extensions[number], pabxd.domain, number
        # RFC 7118 §5.2: it knows no address of its own.
        self.maker = Maker(number, self.domain, ("df7jal23ls0d.invalid", 5060), "WSS")

    def send(self, octets: bytes) -> None:
        self.socket.send(octets.decode())

    def receive(self) -> Message:
        kind, octets = self.socket.recv_data()
        assert kind == websocket.ABNF.OPCODE_TEXT, kind
        return Message(octets)

    def ask(self, octets: bytes) -> Message:
        """The final answer."""
        self.send(octets)
        while (answer := self.receive()).status < 200:
            pass
        return answer

    def proof(self, asked: Message, method: str, uri: str) -> tuple[str, str]:
        """What answers a challenge."""
        assert asked.status == 401, asked.start
        return credentials(challenge(asked), method, uri, self.extension.username, self.extension.password)

    def acknowledge(self, answer: Message, uri: str) -> None:
        self.send(self.maker.request("ACK", uri, to=answer.get("To"), cseq=answer.cseq[0]))

    def registers(self) -> Message:
        uri = f"sip:{self.domain}"
        asked = self.ask(self.maker.request("REGISTER", uri))
        answer = self.ask(self.maker.request("REGISTER", uri, extra=[self.proof(asked, "REGISTER", uri)]))
        assert answer.status == 200, answer.start
        return answer

    def reply(self, request: Message, status: str, body: str = "") -> None:
        """An answer to the PBX."""
        lines = [f"SIP/2.0 {status}"]
        for name in ("Via", "From", "To", "Call-ID", "CSeq", "Record-Route"):
            tag = ";tag=web" if name == "To" and ";tag=" not in request.get("To") else ""
            lines += [f"{name}: {value}{tag}" for value in request.all(name)]
        lines.append(f"Contact: <sip:{self.number}@df7jal23ls0d.invalid;transport=ws>")
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        self.send("\r\n".join(lines).encode())


def test_two_phones_inside_tls_hear_each_other(office: Office) -> None:
    call_over(office, "tls", "tls")


def test_a_phone_on_udp_calls_one_inside_tls_and_the_other_way_round(office: Office) -> None:
    one, other = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002, "tls")
    for caller, callee, number in [(one, other, "1002"), (other, one, "1001")]:
        talk(caller, callee, number)
        callee.hang_up()
        both_closed(caller, callee)


def test_a_page_registers_and_is_called(office: Office) -> None:
    web = Web(office, "1001")
    assert "transport=ws" in web.registers().get("Contact").lower()
    phone = office.phone("1002", TONE_1002)
    phone.dial("1001")
    invite = web.receive()
    assert invite.method == "INVITE" and "/WSS " in invite.get("Via"), invite.raw
    web.reply(invite, "180 Ringing")
    phone.wait_ringing_out()
    web.reply(invite, "200 OK", OFFER.format(port=office.ports.take(2)))
    phone.wait_established()
    ack = web.receive()
    assert ack.method == "ACK", ack.start
    phone.hang_up()
    bye = web.receive()
    assert bye.method == "BYE", bye.start
    web.reply(bye, "200 OK")
    phone.wait_closed()


def test_a_page_calls_a_phone(office: Office) -> None:
    web, phone = Web(office, "1001"), office.phone("1002", TONE_1002)
    uri = f"sip:1002@{web.domain}"
    call = {"to": f"<{uri}>", "body": OFFER.format(port=office.ports.take(2))}
    asked = web.ask(web.maker.request("INVITE", uri, **call))
    web.acknowledge(asked, uri)
    web.send(web.maker.request("INVITE", uri, extra=[web.proof(asked, "INVITE", uri)], **call))
    phone.wait_incoming()
    phone.accept()
    while (answer := web.receive()).status < 200:
        pass
    assert answer.status == 200 and b"m=audio" in answer.body, answer.raw
    target = answer.get("Contact").strip("<>").partition(">")[0]
    web.acknowledge(answer, target)
    phone.wait_established()
    assert web.ask(web.maker.request("BYE", target, to=answer.get("To"))).status == 200
    phone.wait_closed()


def test_a_page_that_goes_is_not_called_any_more(office: Office) -> None:
    web = Web(office, "1001")
    web.registers()
    web.socket.close()
    phone = office.phone("1002", TONE_1002)
    until(lambda: "480" in refusal(phone, "1001"), 10, "the page that left is not rung")


def refusal(phone: Baresip, number: str) -> str:
    phone.forget()
    phone.dial(number)
    return phone.wait_closed()


def test_keep_alives_are_answered(office: Office) -> None:
    web = Web(office, "1001")
    web.send(b"\r\n\r\n")
    assert web.socket.recv() == "\r\n"
    web.socket.ping("still there?")
    assert web.socket.recv_data_frame(control_frame=True)[0] == websocket.ABNF.OPCODE_PONG
    web.registers()
