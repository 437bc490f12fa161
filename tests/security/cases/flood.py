"""Before authentication a request costs no memory, and no call in progress (CVE-2021-41145, CVE-2018-7286)."""

import random
import time

from attack.phone import call, undisturbed
from harness.sip import Maker
from attack.wire import Udp
from harness.office import Office
from harness.runner import alone

MALFORMED, UNAUTHENTICATED, ATTACKERS = 5_000, 20_000, 100
GROWTH_KIB = 1_024
UNLIMITED_ATTACKERS = '[guard]\ntrusted = ["127.0.1.0/24"]'


def attackers(office: Office) -> list[Udp]:
    return [Udp(office, f"127.0.1.{n + 1}") for n in range(ATTACKERS)]


def drain(lines: list[Udp]) -> int:
    """How many answers wait."""
    count = 0
    for line in lines:
        line.socket.setblocking(False)
        try:
            while line.socket.recv(65_535):
                count += 1
        except BlockingIOError:
            pass
    return count


def pour(lines: list[Udp], datagrams: list[bytes], a_second: float = 4_000) -> int:
    """Sends them in turns at that rate; how many answers came."""
    answers, started = 0, time.monotonic()
    for at, datagram in enumerate(datagrams):
        lines[at % len(lines)].send(datagram)
        if at % 200 == 199:
            answers += drain(lines)
            time.sleep(max(0, started + at / a_second - time.monotonic()))
    time.sleep(0.3)
    return answers + drain(lines)


def registers(domain: str, lines: list[Udp], count: int) -> list[bytes]:
    return [Maker(f"{random.randrange(10_000):04}", domain, lines[n % len(lines)].address).request("REGISTER") for n in range(count)]


def malformed(domain: str, lines: list[Udp], count: int) -> list[bytes]:
    """Damaged requests: octets flipped, cut, repeated, and pure noise; the same each time."""
    chance = random.Random(4475)
    damaged = []
    for n in range(count):
        whole = bytearray(Maker("1001", domain, lines[n % len(lines)].address).request(chance.choice(("INVITE", "REGISTER", "OPTIONS"))))
        for _ in range(chance.randrange(1, 12)):
            whole[chance.randrange(len(whole))] = chance.randrange(256)
        kind = chance.randrange(5)
        if kind == 0:
            whole = whole[:chance.randrange(len(whole))]
        elif kind == 1:
            whole = whole[:-2] + b"X: y\r\n" * chance.randrange(1, 400) + b"\r\n"
        elif kind == 2:
            whole = bytearray(chance.randbytes(chance.randrange(1_400)))
        damaged.append(bytes(whole))
    return damaged


def test_requests_without_credentials_and_nonsense_cost_no_memory_and_no_call(office: Office) -> None:
    """Nothing is held back by the guard here: every request is read and answered."""
    pabxd = office.start_pabxd(UNLIMITED_ATTACKERS)
    lines = attackers(office)
    one, other = call(office)
    # The first passes fill caches and buffers that are of fixed size.
    pour(lines, registers(pabxd.domain, lines, 4_000) + malformed(pabxd.domain, lines, 1_000))
    before = pabxd.resident_kib()
    answers = pour(lines, registers(pabxd.domain, lines, UNAUTHENTICATED))
    pour(lines, malformed(pabxd.domain, lines, MALFORMED))
    growth = pabxd.resident_kib() - before
    assert answers > UNAUTHENTICATED * 0.9, f"only {answers} of {UNAUTHENTICATED} were answered: this showed nothing"
    assert growth < GROWTH_KIB, f"grew by {growth} KiB"
    undisturbed(one, other)
    assert one.hang_up().status == 200
    assert pabxd.child.running()


def test_behind_the_guard_attackers_are_dropped_and_phones_served(office: Office) -> None:
    pabxd = office.start_pabxd()
    lines = attackers(office)[:10]
    one, other = call(office)
    answers = pour(lines, registers(pabxd.domain, lines, 6_000))
    assert 200 * 10 <= answers <= 400 * 10, f"{answers} answers: not the burst of 200 and 50 a second of each source"
    assert one.hang_up().status == 200
    one.register()


@alone
def test_sound_has_no_gaps_while_requests_pour_in(office: Office) -> None:
    pabxd = office.start_pabxd(UNLIMITED_ATTACKERS)
    lines = attackers(office)
    one, other = call(office)
    pour(lines, registers(pabxd.domain, lines, 10_000), a_second=5_000)
    undisturbed(one, other, loss=0.002, gap=0.15)
    assert one.hang_up().status == 200
