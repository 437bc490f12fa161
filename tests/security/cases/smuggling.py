"""Headers that one reader takes for another, and headers that must not come through (CVE-2016-9938, CVE-2020-28361)."""

from attack.phone import Phone
from harness.sip import Maker, challenge, credentials
from attack.wire import Tcp, Udp
from harness.office import Office
from harness.runner import alone

ATTACKER = "127.0.0.66"
UNLIMITED = '[guard]\ntrusted = ["127.0.0.0/8"]'
SPACE = {0x20, 0x09}


def signed(line: Udp | Tcp, office: Office, transport: str = "UDP") -> tuple[bytes, str]:
    """A REGISTER with the right credentials, and the line that has them."""
    extension, domain = office.pabxd.extensions["1001"], office.pabxd.domain
    maker, uri = Maker("1001", domain, line.address, transport), f"sip:{domain}"
    asked = challenge(line.ask(maker.request("REGISTER", uri)))
    answer = credentials(asked, "REGISTER", uri, extension.username, extension.password)
    return maker.request("REGISTER", uri, extra=[answer]), f"{answer[0]}: {answer[1]}"


def test_no_octet_before_the_colon_makes_a_header_of_another(office: Office) -> None:
    """Only SP and HTAB may stand there (RFC 3261 §7.3.1); everything else makes the name another, or no name."""
    office.start_pabxd(UNLIMITED)
    line = Udp(office, ATTACKER)
    for octet in range(256):
        request, _ = signed(line, office)
        odd = request.replace(b"Authorization:", b"Authorization" + bytes([octet]) + b":")
        line.send(odd)
        answer = line.receive(0.3)
        status = answer.status if answer else 0
        if octet in SPACE:
            assert status == 200, (octet, status)
        elif octet == 0x3A:
            assert status in (0, 400, 401), (octet, status)
        else:
            assert status in (0, 400, 401), f"octet {octet:#x} before the colon: {status}"


def test_line_ends_that_are_none_hide_no_header(office: Office) -> None:
    office.start_pabxd(UNLIMITED)
    line = Udp(office, ATTACKER)
    for end in (b"\r", b"\n", b"\n\n", b"\r\r\n", b"\x0b", b"\x0c", b"\x85", b"\0", "\u2028".encode()):
        request, authorization = signed(line, office)
        plain = request.replace(authorization.encode() + b"\r\n", b"")
        hidden = plain.replace(b"Max-Forwards: 70\r\n", b"Max-Forwards: 70\r\nX: y" + end + authorization.encode() + b"\r\n")
        line.send(hidden)
        answer = line.receive(0.3)
        status = answer.status if answer else 0
        # A bare LF ends a line for many peers; whoever takes it so must do it in every header alike.
        assert status in (0, 400, 401) or (end in (b"\n",) and status == 200), f"{end!r}: {status}"


def test_repeated_and_doubtful_headers_are_refused(office: Office) -> None:
    office.start_pabxd(UNLIMITED)
    line = Udp(office, ATTACKER)
    for name in (b"CSeq", b"Call-ID", b"From", b"To"):
        request, _ = signed(line, office)
        value = next(row for row in request.split(b"\r\n") if row.startswith(name + b": "))
        line.send(request.replace(value, value + b"\r\n" + value))
        answer = line.receive(0.3)
        assert answer is None or answer.status == 400, (name, answer.start)
    request, _ = signed(line, office)
    twice = request.replace(b"Content-Length: 0", b"Content-Length: 0\r\nContent-Length: 5")
    line.send(twice)
    answer = line.receive(0.3)
    assert answer is None or answer.status == 400, answer.start


def test_two_lengths_do_not_smuggle_a_request_into_a_connection(office: Office) -> None:
    office.start_pabxd(UNLIMITED)
    for lengths in (b"Content-Length: 0\r\nContent-Length: %d", b"Content-Length: %d\r\nl: 0", b"Content-Length: 0, %d"):
        line = Tcp(office, ATTACKER)
        maker = Maker("1001", office.pabxd.domain, line.address, "TCP")
        inner = maker.request("OPTIONS")
        outer = maker.request("OPTIONS").replace(b"Content-Length: 0", lengths % len(inner))
        line.send(outer + inner)
        statuses = []
        while (answer := line.receive(0.5)) is not None:
            statuses.append(answer.status)
        assert len(statuses) <= 1 and line.is_closed_within(1), (lengths, statuses)
        line.close()


def test_nothing_of_a_caller_comes_through_but_what_we_write(office: Office) -> None:
    caller, callee = Phone(office, "1001"), Phone(office, "1002")
    caller.register()
    callee.register()
    caller.expects(callee.octet)
    callee.expects(caller.octet)
    secret = "smuggled"
    names = (
        "X-Evil P-Asserted-Identity P-Preferred-Identity Remote-Party-ID Diversion History-Info Alert-Info Call-Info "
        "Reply-To Subject Organization Priority Identity Geolocation User-to-User P-Charging-Vector Record-Route-X "
        "Referred-By Replaces-X Error-Info In-Reply-To"
    ).split()
    extra = [(name, f"<sip:{secret}@192.0.2.9>") for name in names] + [("User-Agent", secret), ("Server", secret)]
    final = caller.call("1002", extra=extra)
    assert final.status == 200, final.start
    invite = callee.received("INVITE")[0]
    assert secret not in invite.raw.decode(), invite.raw.decode()
    assert caller.maker.call_id not in invite.raw.decode() and caller.maker.tag not in invite.raw.decode()
    assert f"127.0.0.1:{caller.port}" not in "".join(invite.all("Via") + invite.all("Contact") + invite.all("Record-Route"))
    assert caller.hang_up().status == 200


def test_a_caller_cannot_call_itself_another(office: Office) -> None:
    caller, callee = Phone(office, "1001"), Phone(office, "1002")
    caller.register()
    callee.register()
    final = caller.call("1002", from_user="1003", extra=[("P-Asserted-Identity", "<sip:1003@x>")])
    invites = callee.received("INVITE")
    if final.status == 200:
        assert "1003" not in invites[0].get("From") and "1001" in invites[0].get("From"), invites[0].raw.decode()
        caller.hang_up()
    else:
        assert final.status == 403 and not invites, final.start


def test_nobody_registers_for_another(office: Office) -> None:
    line, extension, domain = Udp(office, ATTACKER), office.pabxd.extensions["1001"], office.pabxd.domain
    maker, uri = Maker("1002", domain, line.address), f"sip:{domain}"
    asked = challenge(line.ask(maker.request("REGISTER", uri)))
    answer = credentials(asked, "REGISTER", uri, extension.username, extension.password)
    stolen = line.ask(maker.request("REGISTER", uri, extra=[answer]))
    assert stolen.status in (401, 403), stolen.start
    caller = Phone(office, "1003")
    caller.register()
    assert caller.call("1002").status == 480, "a call for 1002 must find nobody"


@alone
def test_an_attacker_elsewhere_cannot_end_or_change_a_call(office: Office) -> None:
    from attack.phone import call, undisturbed

    one, other = call(office)
    line = Udp(office, ATTACKER)
    for method in ("BYE", "INVITE", "UPDATE", "INFO", "CANCEL", "REFER", "NOTIFY"):
        maker = Maker("1001", office.pabxd.domain, line.address)
        maker.call_id, maker.tag, maker.cseq = one.maker.call_id, one.maker.tag, one.maker.cseq + 5
        line.send(maker.request(method, one._ack_uri, to=one.dialog.get("To"), body=""))
        statuses = [answer.status for answer in line.all_within(0.4)]
        assert all(status in (401, 481) for status in statuses) and len(statuses) <= 1, (method, statuses)
    undisturbed(one, other)
    assert one.hang_up().status == 200
