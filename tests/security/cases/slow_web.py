"""Slow connections to the edge: whoever opens hundreds of them takes places from himself, and nobody else waits."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable

from harness.https import SECONDS, connection, raw, trusting
from harness.office import Office
from harness.wait import until

SLOW = 500
SOURCES = 50
ASKED = 15
AT_MOST = 1.0
# A source of its own, and one that the attacker has too.
GOOD = ("127.0.0.1", "127.0.1.0")
HEALTH = "/api/v1/system/health"
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def asks(office: Office, context: ssl.SSLContext, source: str) -> float:
    """Seconds from the first packet of a new connection to the answer."""
    began = time.monotonic()
    line = connection(office.pabxd, context, source)
    try:
        line.request("GET", HEALTH)
        answer = line.getresponse()
        assert answer.status == 200, (answer.status, answer.read())
    finally:
        line.close()
    return time.monotonic() - began


def serves(office: Office, context: ssl.SSLContext) -> None:
    def answers() -> bool:
        try:
            return asks(office, context, "127.0.0.1") > 0
        except (OSError, http.client.HTTPException):
            return False

    until(answers, 20, "the API answers")


def opened(office: Office, source: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", office.pabxd.https_port), SECONDS, (source, 0))


def without_a_hello(office: Office, context: ssl.SSLContext, source: str) -> socket.socket:
    return opened(office, source)


def in_mid_hello(office: Office, context: ssl.SSLContext, source: str) -> socket.socket:
    line = opened(office, source)
    line.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    return line


def in_mid_head(office: Office, context: ssl.SSLContext, source: str) -> socket.socket:
    line = raw(office.pabxd, source, context)
    line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    return line


def in_mid_body(office: Office, context: ssl.SSLContext, source: str) -> socket.socket:
    line = raw(office.pabxd, source, context)
    line.sendall(LOGIN + b"Content-Length: 1000000\r\n\r\n{")
    return line


def that_never_reads(office: Office, context: ssl.SSLContext, source: str) -> socket.socket:
    line = raw(office.pabxd, source, context)
    line.settimeout(0.2)
    try:
        line.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
    except OSError:
        pass
    return line


def nobody_waits_for(office: Office, slow: Callable, sources: int = SOURCES, good: tuple[str, str] = GOOD) -> None:
    context = trusting(office.pabxd) if office.pabxd.certificate.exists() else None
    serves(office, context)
    usual = max(asks(office, context, source) for source in good)
    lines = []
    try:
        for nth in range(SLOW):
            try:
                lines.append(slow(office, context, f"127.0.1.{nth % sources}"))
            except OSError:
                pass  # Refused: the attacker has his share.
        assert len(lines) > SLOW / 10, f"only {len(lines)} came in: this showed nothing"
        took = [asks(office, context, good[nth % 2]) for nth in range(ASKED)]
    finally:
        for line in lines:
            line.close()
    assert max(took) < usual + AT_MOST, f"{max(took):.2f} s, {usual:.2f} s without the attacker"


def test_connections_without_a_hello_delay_nobody(office: Office) -> None:
    nobody_waits_for(office, without_a_hello)


def test_handshakes_that_stop_delay_nobody(office: Office) -> None:
    nobody_waits_for(office, in_mid_hello)


def test_heads_that_stop_delay_nobody(office: Office) -> None:
    nobody_waits_for(office, in_mid_head)


def test_bodies_that_stop_delay_nobody(office: Office) -> None:
    nobody_waits_for(office, in_mid_body)


def test_answers_that_nobody_reads_delay_nobody(office: Office) -> None:
    # At the attacker's address requests are counted (429).
    nobody_waits_for(office, that_never_reads, good=("127.0.0.1", "127.0.2.1"))


def test_five_hundred_of_one_source_delay_nobody_not_even_there(office: Office) -> None:
    nobody_waits_for(office, in_mid_head, sources=1)


def test_what_is_slow_is_ended(office: Office) -> None:
    """Within the deadlines that docs/limits.md names, and nothing of it stays behind."""
    context = trusting(office.pabxd) if office.pabxd.certificate.exists() else None
    serves(office, context)
    before = office.pabxd.open_files()
    kinds = [without_a_hello, in_mid_hello, in_mid_head, in_mid_body]
    lines = [kind(office, context, "127.0.1.1") for kind in kinds]
    began = time.monotonic()
    for line in lines:
        line.settimeout(30)
        try:
            while line.recv(65536):
                pass
        except (ConnectionError, ssl.SSLError):
            pass
    assert time.monotonic() - began < 16, "the last of them was ended late"
    until(lambda: office.pabxd.open_files() <= before, 5, lambda: f"{office.pabxd.open_files()} files, {before} before")
