"""People who mean ill at the doors of SIP: a phone that calls itself by markup, and callers whose numbers are none."""

from urllib.parse import quote

from attack.phone import Phone
from attack.wire import Udp
from harness.sip import Maker, Message

# The provider that lets them in; phones and daemon are at 127.0.0.1.
PROVIDER = "127.0.0.2"
SHORTEST = 8
# Escaped, in a datagram with everything else.
LONGEST = 30_000


def ill_phone(office, number: str, agent: str) -> Phone:
    """A registered phone that answers by itself; its User-Agent as long as the box takes it."""
    phone = Phone(office, number)
    phone.register([("User-Agent", agent)])
    return phone


def ill_call(office, to: str, caller: str) -> int:
    """A call that is answered, from a caller as long as the box takes him; how many characters that were."""
    text = caller
    while len(quote(text)) > LONGEST:
        text = text[: len(text) // 2]
    while len(text) > SHORTEST:
        answer = called(office, to, text)
        if answer.status == 200:
            return len(text)
        text = text[: len(text) // 2]
    raise AssertionError(f"no part of the caller {caller[:40]!r} comes through: {answer.start} {answer.headers}")


def called(office, to: str, caller: str) -> Message:
    line = Udp(office, PROVIDER)
    maker = Maker(quote(caller, safe=""), PROVIDER, line.address)
    uri = f"sip:{to}@127.0.0.1"
    name = caller.replace("\\", "").replace('"', "'")
    invite = maker.request("INVITE", uri, to=f"<{uri}>", body=sdp(), branch="z9hG4bKill" + str(line.address[1]))
    line.send(invite.replace(b"From: <", f'From: "{name}" <'.encode(), 1))
    while True:
        answer = line.receive(5)
        assert answer is not None, f"no answer to a call from {caller[:40]!r}…"
        if answer.status >= 200:
            break
    branch = None if answer.status < 300 else "z9hG4bKill" + str(line.address[1])
    contact = answer.get("Contact").strip("<>").split(">")[0] or uri
    line.send(maker.request("ACK", contact if answer.status < 300 else uri, to=answer.get("To"), cseq=1, branch=branch, contact=False))
    return answer


def sdp() -> str:
    """Sound that never comes: the other side's keeps the call alive."""
    lines = ("v=0", f"o=- 1 1 IN IP4 {PROVIDER}", "s=-", f"c=IN IP4 {PROVIDER}", "t=0 0", "m=audio 9 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "")
    return "\r\n".join(lines)
