"""Guessing passwords: ten tries, then silence for the guesser and for nobody else."""

import time

from harness.sip import Maker, challenge, credentials
from attack.wire import Tcp, Udp, register
from harness.office import Office

ATTACKER, NEIGHBOUR = "127.0.0.66", "127.0.0.67"
FAILURES = 10


def guess(line: Udp, domain: str, user: str) -> int:
    """One wrong password: the status of the answer, 0 when there is none."""
    maker, uri = Maker(user, domain, line.address), f"sip:{domain}"
    line.send(maker.request("REGISTER", uri))
    asked = line.receive(1)
    if asked is None:
        return 0
    line.send(maker.request("REGISTER", uri, extra=[credentials(challenge(asked), "REGISTER", uri, user, "guess")]))
    answer = line.receive(1)
    return answer.status if answer else 0


def signs_in(office: Office, ip: str, number: str, kind: type = Udp) -> bool:
    line, extension = kind(office, ip), office.pabxd.extensions[number]
    transport = "UDP" if kind is Udp else "TCP"
    maker = Maker(number, office.pabxd.domain, line.address, transport)
    return register(line, maker, extension.username, extension.password).status == 200


def test_ten_failures_silence_that_name_from_that_address_and_nothing_else(office: Office) -> None:
    domain, line = office.pabxd.domain, Udp(office, ATTACKER)
    assert [guess(line, domain, "1001") for _ in range(FAILURES)] == [401] * FAILURES
    assert guess(line, domain, "1001") == 0
    line = Udp(office, ATTACKER)
    for method in ("REGISTER", "INVITE", "OPTIONS", "MESSAGE"):
        assert line.is_silent_to(Maker("1001", domain, line.address).request(method), 0.5), method
    right = office.pabxd.extensions["1001"]
    asked = challenge(Udp(office, NEIGHBOUR).ask(Maker("1001", domain, (NEIGHBOUR, 5060)).request("REGISTER")))
    answer = credentials(asked, "REGISTER", f"sip:{domain}", right.username, right.password)
    known = Maker("1001", domain, line.address).request("REGISTER", f"sip:{domain}", extra=[answer])
    assert right.username != "1001" or line.is_silent_to(known, 0.5), "even the right password is not heard"
    assert signs_in(office, NEIGHBOUR, "1001"), "the user signs in from the user's own address"
    assert signs_in(office, ATTACKER, "1002"), "another phone at the attacker's address is served"


def test_a_scan_of_many_names_silences_its_address(office: Office) -> None:
    domain, line = office.pabxd.domain, Udp(office, ATTACKER)
    statuses = [guess(line, domain, f"{2000 + n}") for n in range(35)]
    assert statuses[:30] == [401] * 30 and statuses[30:] == [0] * 5, statuses
    assert signs_in(office, NEIGHBOUR, "1001")


def test_a_ban_reaches_every_transport_and_ends(office: Office) -> None:
    office.start_pabxd("[guard]\nban_seconds = 3\nban_failures = 5")
    domain, line = office.pabxd.domain, Udp(office, ATTACKER)
    username = office.pabxd.extensions["1001"].username
    assert [guess(line, domain, username) for _ in range(5)] == [401] * 5
    assert guess(line, domain, username) == 0
    tcp = Tcp(office, ATTACKER)
    tcp.send(Maker(username, domain, tcp.address, "TCP").request("REGISTER"))
    assert tcp.receive(0.5) is None
    time.sleep(3)
    assert signs_in(office, ATTACKER, "1001")


def test_a_replayed_sign_in_is_asked_again_and_is_no_failure(office: Office) -> None:
    domain, line, extension = office.pabxd.domain, Udp(office, "127.0.0.1"), office.pabxd.extensions["1001"]
    maker, uri = Maker("1001", domain, line.address), f"sip:{domain}"
    asked = challenge(line.ask(maker.request("REGISTER", uri)))
    answer = credentials(asked, "REGISTER", uri, extension.username, extension.password)
    assert line.ask(maker.request("REGISTER", uri, extra=[answer])).status == 200
    thief = Udp(office, ATTACKER)
    for _ in range(FAILURES * 2):
        stolen = thief.ask(Maker("1001", domain, thief.address).request("REGISTER", uri, extra=[answer]))
        assert stolen.status == 401 and "stale=true" in stolen.get("WWW-Authenticate"), stolen.raw
    assert signs_in(office, "127.0.0.1", "1001")
