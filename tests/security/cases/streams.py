"""Connections that are slow, idle, many, endless or not read (AST-2016-005)."""

import http.client
import resource
import sys
import time
from pathlib import Path

from attack.phone import Phone, call, undisturbed
from harness.sip import Maker
from attack.wire import Tcp, Udp, register
from harness.office import Office
from harness.wait import until

sys.path.append(str(Path(__file__).resolve().parents[2] / "api"))
from web.client import Client  # noqa: E402

ATTACKER, NEIGHBOUR = "127.0.0.66", "127.0.0.67"
STRICT = """\
[tcp]
max_connections = 40
max_connections_per_source = 8
message_deadline_seconds = 2
unregistered_idle_seconds = 3
idle_seconds = 60
"""


def asks(office: Office, line: Tcp) -> int:
    answer = line.ask(Maker("1001", office.pabxd.domain, line.address, "TCP").request("OPTIONS"))
    return answer.status


def api_answers(office: Office) -> int | None:
    """The status of a question to the API; none: the connection was not taken."""
    client = Client(office.pabxd.folder / "state/web.sock")
    try:
        return client.get("/system/health").status
    except (OSError, http.client.HTTPException):
        return None


def test_a_message_that_trickles_in_is_cut_off(office: Office) -> None:
    office.start_pabxd(STRICT)
    line = Tcp(office, ATTACKER)
    octets = Maker("1001", office.pabxd.domain, line.address, "TCP").request("REGISTER")
    started = time.monotonic()
    try:
        for octet in octets:
            line.send(bytes([octet]))
            time.sleep(0.1)
            if time.monotonic() - started > 5:
                break
    except OSError:
        pass
    assert line.is_closed_within(1), "an endless message keeps its connection"
    assert time.monotonic() - started < 6


def test_a_connection_that_says_nothing_is_closed_and_keep_alives_are_no_sign_in(office: Office) -> None:
    office.start_pabxd(STRICT)
    silent = Tcp(office, ATTACKER)
    assert silent.is_closed_within(5)
    registered = Tcp(office, NEIGHBOUR)
    extension = office.pabxd.extensions["1001"]
    maker = Maker("1001", office.pabxd.domain, registered.address, "TCP")
    assert register(registered, maker, extension.username, extension.password).status == 200
    assert not registered.is_closed_within(5), "a registered phone was cut off"


def test_one_address_gets_no_more_than_its_connections(office: Office) -> None:
    office.start_pabxd(STRICT)
    lines = [Tcp(office, ATTACKER) for _ in range(20)]
    refused = [line for line in lines if line.is_closed_within(0.1)]
    assert len(refused) == 12, len(refused)
    assert asks(office, Tcp(office, NEIGHBOUR)) == 401


def test_many_addresses_do_not_keep_a_phone_out_nor_push_one_off(office: Office) -> None:
    office.start_pabxd(STRICT)
    phone, extension = Tcp(office, "127.0.0.1"), office.pabxd.extensions["1001"]
    maker = Maker("1001", office.pabxd.domain, phone.address, "TCP")
    assert register(phone, maker, extension.username, extension.password).status == 200
    for n in range(100):
        Tcp(office, f"127.0.2.{n + 1}")
    assert asks(office, Tcp(office, NEIGHBOUR)) == 401, "a newcomer is kept out"
    assert register(phone, maker, extension.username, extension.password).status == 200, "a phone was pushed off"
    until(lambda: office.pabxd.open_files() < 60, 8, lambda: f"{office.pabxd.open_files()} files stay open")


def test_what_is_no_sip_ends_its_connection_and_costs_nothing(office: Office) -> None:
    pabxd = office.start_pabxd(STRICT)
    head = b"OPTIONS sip:x SIP/2.0\r\n"
    for octets in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00" + b"\0" * 600,
        b"A" * 40_000,
        head + b"X: " + b"a" * 40_000,
        head + b"Content-Length: 999999999\r\n\r\n",
        head + b"Content-Length: -1\r\n\r\n",
        head + b"Content-Length: 18446744073709551616\r\n\r\n",
        head + b"X: y\r\n\r\n",
    ):
        line = Tcp(office, ATTACKER)
        try:
            line.send(octets)
        except OSError:
            continue
        assert line.is_closed_within(4), octets[:60]
        line.close()
    assert pabxd.child.running() and asks(office, Tcp(office, NEIGHBOUR)) == 401


def test_a_peer_that_does_not_read_costs_a_bounded_buffer(office: Office) -> None:
    pabxd = office.start_pabxd('[guard]\ntrusted = ["127.0.0.66/32"]')
    before = pabxd.resident_kib()
    line = Tcp(office, ATTACKER)
    request = Maker("1001", pabxd.domain, line.address, "TCP").request("OPTIONS") * 50
    line.socket.settimeout(1)
    try:
        for _ in range(2_000):
            line.send(request)
        raise AssertionError("everything was read, and its answers kept")
    except OSError:
        pass
    assert pabxd.resident_kib() - before < 8_192, f"grew by {pabxd.resident_kib() - before} KiB"
    assert asks(office, Tcp(office, NEIGHBOUR)) == 401


def test_a_call_goes_on_while_connections_are_wasted(office: Office) -> None:
    office.start_pabxd(STRICT)
    one, other = call(office)
    for n in range(300):
        try:
            Tcp(office, f"127.0.3.{n % 250 + 1}").send(b"INVITE ")
        except OSError:
            pass
    undisturbed(one, other)
    assert one.hang_up().status == 200


def test_framing_finds_each_message_however_it_is_cut(office: Office) -> None:
    line = Tcp(office, NEIGHBOUR)
    requests = b"".join(Maker("1001", office.pabxd.domain, line.address, "TCP").request("OPTIONS") for _ in range(5))
    for at in range(0, len(requests), 97):
        line.send(requests[at:at + 97])
    assert [line.receive().status for _ in range(5)] == [401] * 5
    line.send(b"\r\n\r\n")
    line.socket.settimeout(2)
    assert line.socket.recv(10) == b"\r\n", "the keep-alive of RFC 5626 §3.5.1 is answered"


def test_the_rate_of_an_address_counts_on_connections_too(office: Office) -> None:
    line = Tcp(office, ATTACKER)
    maker = Maker("1001", office.pabxd.domain, line.address, "TCP")
    for _ in range(600):
        line.send(maker.request("OPTIONS"))
    answers = 0
    while line.receive(0.5) is not None:
        answers += 1
    assert 200 <= answers <= 400, f"{answers} answers to 600 requests at once"
    assert Udp(office, NEIGHBOUR).ask(Maker("1001", office.pabxd.domain, (NEIGHBOUR, 5060)).request("OPTIONS")).status == 401


def test_running_out_of_file_descriptors_ends_no_listener_and_no_call(office: Office) -> None:
    pabxd = office.start_pabxd("[tcp]\nmax_connections = 1000\nunregistered_idle_seconds = 60")
    one, other = call(office)
    caller, callee = Phone(office, "1003"), Phone(office, "1004")
    caller.expects(callee.octet)
    callee.expects(caller.octet)
    caller.register()
    callee.register()
    soft, hard = resource.prlimit(pabxd.child.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pabxd.child.pid, resource.RLIMIT_NOFILE, (pabxd.open_files() + 20, hard))
    lines = [Tcp(office, f"127.0.4.{n + 1}") for n in range(60)]
    # One number is kept by the accept(2) that the API's server waits in, before there is a file for it.
    until(lambda: pabxd.open_files() >= resource.prlimit(pabxd.child.pid, resource.RLIMIT_NOFILE)[0] - 1, 3, "all are in use")
    assert one.options() == 200, "UDP needs no further descriptor"
    assert api_answers(office) is None, "a request needs a descriptor"
    refused = caller.call("1004")
    assert refused.status == 503, refused.start
    undisturbed(one, other)
    for line in lines:
        line.close()
    resource.prlimit(pabxd.child.pid, resource.RLIMIT_NOFILE, (soft, hard))
    assert asks(office, Tcp(office, NEIGHBOUR)) == 401, "connections are accepted again"
    until(lambda: caller.call("1004").status == 200, 6, "calls are made again")
    until(lambda: api_answers(office) == 200, 6, "the API answers again")
    assert one.hang_up().status == 200
