"""Sound of others: nobody gets it who is not in the call, and nobody can put something in (CVE-2017-14099)."""

import struct
import threading
import time

from attack.phone import call, undisturbed
from attack.wire import Udp
from harness.office import Office
from harness.runner import alone

ATTACKER = "127.0.0.66"
SPRAY_SECONDS = 3


def packets(kind: str, at: int) -> bytes:
    ssrc = 0x0BAD_0BAD
    if kind == "rtp":
        return struct.pack("!BBHII", 0x80, 0, at & 0xFFFF, at * 160 & 0xFFFF_FFFF, ssrc) + b"\xee" * 160
    if kind == "rtcp":
        return struct.pack("!BBHI", 0x80, 203, 1, ssrc)
    return b"\x80\xcb\0\0"


def spray(lines: list[Udp], ports: range, stop: threading.Event) -> None:
    at = 0
    while not stop.is_set():
        for port in ports:
            for line, kind in zip(lines, ("rtp", "rtcp", "short"), strict=True):
                line.socket.sendto(packets(kind, at), ("127.0.0.1", port))
        at += 1
        time.sleep(0.02)


@alone
def test_spraying_all_ports_neither_hears_nor_speaks(office: Office) -> None:
    pabxd = office.pabxd
    lines, stop = [Udp(office, ATTACKER) for _ in range(3)], threading.Event()
    ports = range(pabxd.rtp_first, pabxd.rtp_last + 1)
    # Also while the call begins: the attacker may be first.
    sprayer = threading.Thread(target=spray, args=(lines, ports, stop), daemon=True)
    sprayer.start()
    try:
        one, other = call(office)
        time.sleep(SPRAY_SECONDS)
    finally:
        stop.set()
        sprayer.join()
    undisturbed(one, other)
    for line in lines:
        assert line.receive(0.2) is None, "the attacker hears the call"
    assert one.hang_up().status == 200
    pabxd.wait_no_rtp_ports()
