"""The certificate by ACME, from a real authority: ordered, renewed under calls, and what happens where it cannot be had."""

import json
import socket
import ssl
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cases.edge import HEALTH, served
from harness.https import connection
from harness.office import Office
from harness.wait import throughout, until
from web.authority import Authority
from web.client import Client
from web.world import boss, socket_of

PATH, SETTINGS = "/system/certificates", "/settings/acme"
NAME = "pbx.test"
# Nonces are refused, so that an order takes some attempts.
ORDERED = 60
# The watch looks once a minute.
WATCHED = 80
CHALLENGE = "/.well-known/acme-challenge/"


def put(chief: Client, body: dict) -> dict:
    return chief.ask("PUT", SETTINGS, body, if_match=chief.get(SETTINGS).ok().etag).ok().json


def state(chief: Client) -> dict:
    return chief.get(PATH).ok().json["acme"]


def ordered(office: Office, chief: Client, before: str = "") -> dict:
    """Waits for a certificate of the authority that is not the one before."""
    def came() -> dict | None:
        now = chief.get(PATH).ok().json
        return now if now["source"] == "acme" and now["fingerprint_sha256"] != before else None

    return until(came, ORDERED, lambda: f"a certificate comes: {chief.get(PATH).body.decode()}\n{office.pabxd.child.tail(60)}")


def failed(office: Office, chief: Client, times: int = 1, seconds: float = ORDERED) -> dict:
    def did() -> dict | None:
        now = state(chief)
        return now if now["failures"] >= times and now["state"] == "waiting" else None

    return until(did, seconds, lambda: f"an order fails: {state(chief)}\n{office.pabxd.child.tail(60)}")


def ordered_by_hand(chief: Client, seconds: float = 15) -> None:
    """As soon as the last attempt is long enough ago."""
    until(lambda: chief.post(f"{PATH}/acme").status == 202, seconds, "an order is taken")


def plain(office: Office, path: str, method: str = "GET") -> tuple[int, bytes]:
    """From the plain listener, without following where it leads."""
    tcp = socket.create_connection(("127.0.0.1", office.pabxd.http_port), 10)
    with tcp, tcp.makefile("rb") as answer:
        tcp.sendall(f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        got = answer.read()
    return int(got.split(b" ", 2)[1]), got.partition(b"\r\n\r\n")[2]


def issued_for(office: Office, authority: Authority, port: int, name: str) -> None:
    """A client that believes the authority believes the box."""
    with socket.create_connection(("127.0.0.1", port), 10) as tcp, authority.believing().wrap_socket(tcp, server_hostname=name):
        pass


class Talk:
    """Who must not be disturbed: a call over TLS, and a connection that is kept."""

    def __init__(self, office: Office, context: ssl.SSLContext | None = None) -> None:
        self.caller, self.callee = office.phone("1001", 1000, "tls"), office.phone("1002", 600, "tls")
        self.caller.dial("1002")
        self.callee.wait_incoming()
        self.callee.accept()
        self.caller.wait_established()
        self.line = connection(office.pabxd, context)
        office.closes(self.line.close)
        self.local = None
        self.asks()

    def asks(self) -> None:
        """Over the connection it has had all the time; the box closes one that is silent for 10 s."""
        self.line.request("GET", HEALTH)
        assert self.line.getresponse().read() == b'{"status":"ok"}'
        local = self.line.sock.getsockname()
        assert self.local in (None, local), "it had to connect anew"
        self.local = local

    def goes_on(self) -> None:
        self.asks()
        self.caller.hears(self.callee.frequency)

    def ends(self) -> None:
        self.caller.hang_up()
        self.callee.wait_closed()


def test_a_certificate_is_ordered_by_http_01_and_renewed_without_dropping_anybody(office: Office) -> None:
    chief, pabxd = boss(office), office.pabxd
    authority, talk = Authority(office), Talk(office)
    first = chief.get(PATH).ok().json
    assert first["source"] == "made_here" and first["acme"]["state"] == "off", first
    chief.post(f"{PATH}/acme").refused(409, "conflict")
    kept = put(chief, authority.settings("PBX.test"))
    assert kept["names"] == [NAME], kept
    made = ordered(office, chief)
    assert made["names"] == [NAME] and not made["made_here"] and "Pebble" in made["issuer"], made
    for port in (pabxd.https_port, pabxd.tls_port):
        assert served(office, port) == made["fingerprint_sha256"]
        issued_for(office, authority, port, NAME)
    talk.goes_on()
    # Renewed by hand; not at once again.
    until(lambda: state(chief)["state"] == "waiting", 10, "the order is over")
    chief.post(f"{PATH}/acme").refused(429, "too-many")
    for _ in range(4):
        talk.asks()
        time.sleep(2.6)
    ordered_by_hand(chief)
    talk.asks()
    again = ordered(office, chief, made["fingerprint_sha256"])
    assert served(office, pabxd.tls_port) == again["fingerprint_sha256"]
    talk.goes_on()
    talk.ends()
    now = until(lambda: (now := state(chief))["state"] == "waiting" and now, 10, "the order is over")
    assert now["failures"] == 0 and now["error"] is None and now["next_attempt"] > now["last_attempt"], now
    # ACME would take it away again.
    chief.post(f"{PATH}/self-signed").refused(409, "conflict")
    # A restart orders nothing.
    pabxd.kill()
    pabxd.start()
    socket_of(office)
    until(lambda: state(chief)["state"] == "waiting", 10, "the orders are looked after")
    assert state(chief) == now and chief.get(PATH).json["source"] == "acme"
    assert served(office, pabxd.https_port) == again["fingerprint_sha256"]
    audit = json.dumps(chief.get("/audit?limit=100").ok().json)
    assert "certificate.acme" in audit and "certificate.order" in audit and "key_pkcs8" not in audit
    assert "PRIVATE" not in pabxd.child.text() and "key_pkcs8" not in pabxd.child.text()
    assert "badNonce" in authority.pebble.text() or "nonce" in authority.pebble.text(), "no nonce was refused"


def test_a_certificate_for_several_names_is_ordered_by_tls_alpn_01(office: Office) -> None:
    chief, authority = boss(office), Authority(office)
    talk = Talk(office)
    names = [NAME, "voz.test", "sip.pbx.test"]
    put(chief, authority.settings(*names, challenge="tls-alpn-01"))
    made = ordered(office, chief)
    assert sorted(made["names"]) == sorted(names), made
    for name in names:
        issued_for(office, authority, office.pabxd.https_port, name)
    talk.goes_on()
    talk.ends()
    # Who asks for that protocol while nobody orders gets no handshake, and one that offers others too is served them.
    careless = ssl._create_unverified_context()  # noqa: S323
    careless.set_alpn_protocols(["acme-tls/1"])
    try:
        with socket.create_connection(("127.0.0.1", office.pabxd.https_port), 10) as tcp, careless.wrap_socket(tcp, server_hostname=NAME):
            raise AssertionError("a handshake for a challenge that nobody has asked for")
    except ssl.SSLError:
        pass
    careless.set_alpn_protocols(["acme-tls/1", "http/1.1"])
    with socket.create_connection(("127.0.0.1", office.pabxd.https_port), 10) as tcp, careless.wrap_socket(tcp, server_hostname=NAME) as tls:
        assert tls.selected_alpn_protocol() == "http/1.1"


def test_it_is_renewed_by_itself_before_it_ends(office: Office) -> None:
    chief = boss(office)
    authority = Authority(office, certificateValidityPeriod=90)
    put(chief, authority.settings(NAME))
    first = ordered(office, chief)["fingerprint_sha256"]
    # Due at two thirds of its life, a minute from now. A phone's tone lasts as long: the call begins later.
    throughout(lambda: served(office, office.pabxd.tls_port) == first, 30, "it is not renewed before its time")
    nameless = authority.believing()
    nameless.check_hostname = False
    talk = Talk(office, nameless)

    def renewed() -> bool:
        talk.asks()
        time.sleep(1)
        return chief.get(PATH).ok().json["fingerprint_sha256"] != first

    until(renewed, 60, lambda: f"it is renewed: {state(chief)}")
    second = chief.get(PATH).ok().json
    assert second["source"] == "acme" and served(office, office.pabxd.tls_port) == second["fingerprint_sha256"]
    issued_for(office, authority, office.pabxd.https_port, NAME)
    talk.goes_on()
    talk.ends()


class Between:
    """Stands where the authority looks for the challenge, and looks at the box first."""

    def __init__(self, office: Office, truthful: bool) -> None:
        between, self.tokens, self.seen = self, [], []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                status, body = plain(office, self.path)
                between.tokens.append(self.path)
                between.seen += [
                    (status, body.split(b".")[0] == self.path.removeprefix(CHALLENGE).encode()),
                    plain(office, CHALLENGE + "A" * 43)[0], plain(office, CHALLENGE)[0], plain(office, self.path, "POST")[0],
                    plain(office, "/")[0],
                ]
                body = body if truthful else body[:-1] + (b"A" if body[-1:] != b"A" else b"B")
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        http = ThreadingHTTPServer(("127.0.0.1", office.ports.take()), Handler)
        threading.Thread(target=http.serve_forever, daemon=True).start()
        office.closes(http.shutdown)
        self.port = http.server_port


def test_only_tokens_that_are_asked_for_are_answered_and_only_meanwhile(office: Office) -> None:
    chief, between = boss(office), Between(office, truthful=True)
    authority = Authority(office, http_port=between.port)
    put(chief, authority.settings(NAME))
    ordered(office, chief)
    assert between.seen[:5] == [(200, True), 308, 308, 403, 308], between.seen
    assert plain(office, between.tokens[0])[0] == 308, "the order is over"


def test_a_wrong_answer_gives_no_certificate_and_is_told_in_words(office: Office) -> None:
    chief, between = boss(office), Between(office, truthful=False)
    authority = Authority(office, http_port=between.port)
    first = chief.get(PATH).ok().json
    put(chief, authority.settings(NAME))
    now = failed(office, chief)
    assert NAME in now["error"] and "key authorization" in now["error"].lower(), now
    assert served(office, office.pabxd.https_port) == first["fingerprint_sha256"]
    assert plain(office, between.tokens[0])[0] == 308, "a challenge is taken down after a failure too"


def test_an_authority_that_refuses_or_is_silent_is_not_hammered_and_an_alert_tells(office: Office) -> None:
    chief, pabxd = boss(office), office.pabxd
    authority = Authority(office, domainBlocklist=["blocked.test"])
    first = chief.get(PATH).ok().json
    put(chief, authority.settings("blocked.test"))
    now = failed(office, chief)
    assert "policy" in now["error"] or "blocked" in now["error"], now
    # Other settings are tried soon; the authority has fallen silent.
    authority.stops_answering()
    put(chief, authority.settings(NAME))
    until(lambda: "does not answer" in (state(chief)["error"] or "") and state(chief)["state"] == "waiting", ORDERED,
          lambda: f"the silence is noticed: {state(chief)}")
    ordered_by_hand(chief)
    now = failed(office, chief, times=2)
    wait = seconds_between(now["last_attempt"], now["next_attempt"])
    assert 2 * 3600 <= wait <= 2 * 4500, now
    assert served(office, pabxd.https_port) == served(office, pabxd.tls_port) == first["fingerprint_sha256"]
    alerts = until(lambda: [one for one in chief.get("/alerts").ok().json["items"] if one["kind"] == "certificate"], WATCHED, "an alert")
    assert len(alerts) == 1 and "2 orders by ACME failed" in alerts[0]["detail"] and "does not answer" in alerts[0]["detail"], alerts
    # A restart does not try again before its time.
    pabxd.kill()
    pabxd.start()
    socket_of(office)
    until(lambda: state(chief)["state"] == "waiting", 10, "the orders are looked after")
    throughout(lambda: state(chief) == now, 8, "no attempt before its time")
    # It has come back, and has forgotten the account.
    authority.pebble.kill()
    authority.start()
    ordered_by_hand(chief)
    ordered(office, chief)
    # Switched off: the certificate stays, and is the admin's again.
    until(lambda: state(chief)["state"] == "waiting", 10, "the order is over")
    put(chief, authority.settings(NAME, enabled=False))
    until(lambda: state(chief)["state"] == "off", 10, "it is off")
    assert chief.get(PATH).json["source"] == "acme" and state(chief)["next_attempt"] is None
    assert chief.post(f"{PATH}/self-signed").ok().json["source"] == "made_here"


def seconds_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()


def test_an_authority_that_wants_an_external_account_gets_it(office: Office) -> None:
    chief, key = boss(office), "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
    authority = Authority(office, externalAccountBindingRequired=True, externalAccountMACKeys={"kid-1": key})
    put(chief, authority.settings(NAME))
    assert "externalAccountBinding" in failed(office, chief)["error"]
    bound = authority.settings(NAME, eab_key_id="kid-1", eab_hmac_key=key)
    assert "eab_hmac_key" not in put(chief, bound)
    ordered(office, chief)
    everything = chief.get(SETTINGS).body + chief.get("/audit?limit=100").body + office.pabxd.child.text().encode()
    assert key.encode() not in everything


def test_settings_that_make_no_sense_are_refused_by_field(office: Office) -> None:
    chief = boss(office)
    fresh = chief.get(SETTINGS).ok()
    assert not fresh.json["enabled"] and fresh.json["directory_url"].startswith("https://acme-v02.api.letsencrypt.org/"), fresh.json
    good = {"enabled": True, "terms_agreed": True, "names": [NAME], "directory_url": "https://ca.test/dir"}
    for field, wrong in {
        "directory_url": ["http://ca.test/dir", "https://user:word@ca.test/", "ca.test", "https://" + "a" * 600],
        "terms_agreed": [False],
        "names": [[], [f"n{number}.test" for number in range(11)]],
        "names[0]": [["127.0.0.1"], ["*.pbx.test"], ["pbx test"], ["-pbx.test"], [""]],
        "names[1]": [[NAME, "PBX.TEST"]],
        "contacts": [["nobody"], [f"a{number}@pbx.test" for number in range(6)]],
        "challenge": ["dns-01"],
        "ca_certificate": ["nonsense", ""],
        "eab_hmac_key": ["AAAA", "no base64url!"],
    }.items():
        for value in wrong:
            name = field.partition("[")[0]
            answer = chief.ask("PUT", SETTINGS, good | {name: value}, if_match=fresh.etag)
            answer.refused(422, "invalid")
            assert field in [problem["field"] for problem in answer.json["errors"]], (field, value, answer.json)
    missing = chief.ask("PUT", SETTINGS, good | {"eab_key_id": "kid-1"}, if_match=fresh.etag)
    assert [problem["field"] for problem in missing.refused(422, "invalid").json["errors"]] == ["eab_hmac_key"]
    chief.ask("PUT", SETTINGS, good).refused(428, "precondition-required")
    assert chief.get(SETTINGS).json == fresh.json and state(chief)["state"] == "off"
