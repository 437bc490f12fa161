"""What a forged source can make us send to its victim: at most one datagram, and not much larger than the attacker's."""

from harness.sip import Maker, build, token
from attack.wire import Udp
from harness.office import Office

ATTACKER, VICTIM = "127.0.0.66", "127.0.0.77"
LONGEST_RETRANSMISSION = 2.2
FACTOR = 1.5
UNLIMITED = '[guard]\ntrusted = ["127.0.0.0/8"]'


def smallest(method: str, domain: str, line: Udp) -> bytes:
    """As little as a request can be."""
    host, port = line.address
    return build(f"{method} sip:{domain} SIP/2.0", [
        ("v", f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{token(2)}"), ("f", "<sip:a@b>;tag=1"), ("t", "<sip:a@b>"),
        ("i", token(2)), ("CSeq", f"1 {method}"), ("Max-Forwards", "70"),
    ])


def tries(domain: str, line: Udp) -> list[bytes]:
    maker = Maker("1001", domain, line.address)
    requests = [maker.request(method) for method in ("REGISTER", "INVITE", "OPTIONS", "BYE", "SUBSCRIBE", "CANCEL", "ACK")]
    requests += [smallest(method, domain, line) for method in ("REGISTER", "INVITE", "OPTIONS", "X")]
    many = [("Via", f"SIP/2.0/UDP 192.0.2.{n};branch=z9hG4bK{token(2)}") for n in range(60)]
    requests.append(maker.request("OPTIONS", extra=many))
    requests.append(maker.request("REGISTER", extra=[("Proxy-Require", "x"), ("Require", "y, z")]))
    requests.append(maker.request("REGISTER", extra=[("Contact", "*"), ("Expires", "1")]))
    requests.append(maker.request("INVITE", extra=[("Record-Route", "<sip:192.0.2.9;lr>")] * 20))
    whole = maker.request("REGISTER")
    requests += [whole.replace(b"SIP/2.0\r\n", b"SIP/7.0\r\n", 1), whole.replace(b"CSeq: ", b"CSeq: x"), whole[:-40]]
    requests += [b"OPTIONS x SIP/2.0\r\n\r\n", b"\r\n\r\n", b"\0", b"SIP/2.0 200 OK\r\n\r\n", b"x" * 60_000]
    return requests


def test_each_datagram_is_answered_at_most_once_and_hardly_larger(office: Office) -> None:
    pabxd = office.start_pabxd(UNLIMITED)
    lines = []
    for at in range(len(tries(pabxd.domain, Udp(office, ATTACKER)))):
        line = Udp(office, ATTACKER)
        request = tries(pabxd.domain, line)[at]
        line.send(request)
        lines.append((line, request))
    first = True
    answered = 0
    for line, request in lines:
        answers = line.all_within(LONGEST_RETRANSMISSION if first else 0.05)
        first = False
        assert len(answers) <= 1, f"{len(answers)} answers to {request[:60]!r}"
        octets = sum(len(answer.raw) for answer in answers)
        answered += len(answers)
        assert octets <= FACTOR * len(request) or request.startswith(b"\r\n"), f"{octets} for {len(request)}: {request[:60]!r}"
    assert answered >= 7, f"only {answered} of {len(lines)} were answered at all: this showed nothing"


def test_what_a_request_says_of_its_way_sends_nothing_to_anybody_else(office: Office) -> None:
    pabxd = office.start_pabxd(UNLIMITED)
    line, victim = Udp(office, ATTACKER), Udp(office, VICTIM)
    host, port = victim.address
    ways = [
        f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{token()};rport",
        f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{token()}",
        f"SIP/2.0/UDP 192.0.2.9;maddr={host};branch=z9hG4bK{token()}",
        f"SIP/2.0/UDP 192.0.2.9;received={host};rport={port};branch=z9hG4bK{token()}",
        f"SIP/2.0/TCP {host}:{port};branch=z9hG4bK{token()};rport",
    ]
    for via in ways:
        for method in ("REGISTER", "INVITE"):
            maker = Maker("1001", pabxd.domain, line.address)
            lines = maker.request(method).split(b"\r\n")
            lines[1] = f"Via: {via}".encode()
            lines.insert(2, f"Route: <sip:{host}:{port};lr>".encode())
            line.send(b"\r\n".join(lines))
    assert victim.all_within(LONGEST_RETRANSMISSION) == []


def test_two_servers_cannot_be_made_to_talk_to_each_other(office: Office) -> None:
    """Answers and nonsense that look as if they came from another server are never answered."""
    office.start_pabxd(UNLIMITED)
    line = Udp(office, ATTACKER)
    maker = Maker("1001", office.pabxd.domain, line.address)
    answer = line.ask(maker.request("REGISTER"))
    for octets in (answer.raw, answer.raw.replace(b"401", b"999"), answer.raw.replace(b"SIP/2.0 401", b"SIP/9 1"), b"SIP/2.0"):
        assert line.is_silent_to(octets, 0.5), octets[:40]
