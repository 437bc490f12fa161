"""The edge, from outside: curl, TLS, browsers' cookies, certificates, and what is refused."""

import hashlib
import json
import re
import socket
import ssl
import subprocess
from pathlib import Path

from harness.https import answer_to, connection
from harness.office import Office
from harness.pabxd import ROOT
from harness.wait import until
from web.client import BASE, HOME
from web.outside import Outside
from web.world import PASSWORD, boss

HEALTH = f"{BASE}/system/health"
# What every answer carries (OWASP Secure Headers); contents are looked at in the test.
HEADERS = ["strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"]
TESTSSL_SECONDS = 240
# What testssl.sh says of every certificate that vouches for itself, and of the machine it runs on. The order of ciphers is
# the client's: all that are offered are good, and a phone without AES in hardware knows best (Mozilla's "intermediate").
# Its check of resumption calls it a connect problem when its own client ends before a ticket of TLS 1.3 has come: `resumes` looks.
RESUMPTION = "sessionresumption"
EXPECTED = ("cert_trust", "cert_chain_of_trust", "cert_revocation", "DNS_CAArecord", "engine_problem", "cipher_order", RESUMPTION)


def curl(office: Office, *words: str, status: int = 0) -> subprocess.CompletedProcess:
    line = ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", str(office.pabxd.certificate), *words]
    done = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == status, f"curl: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def outside(office: Office, source: str = HOME) -> Outside:
    client = Outside(Path("/"), source=source, pabxd=office.pabxd)
    until(lambda: client.get("/system/health").status == 200, 20, "the API answers")
    return client


def test_curl_reaches_the_api_and_keeps_its_connection(office: Office) -> None:
    url = f"https://localhost:{office.pabxd.https_port}{HEALTH}"
    outside(office)
    done = curl(office, "--verbose", "--include", url, url)
    assert done.stdout.count('{"status":"ok"}') == 2 and done.stdout.count("HTTP/1.1 200") == 2, done.stdout
    assert "Re-using existing connection" in done.stderr, done.stderr
    names = done.stdout.lower()
    assert [name for name in HEADERS if f"\n{name}:" not in names] == []
    assert "default-src 'none'" in names and "unsafe" not in names and "\nserver:" not in names
    # The certificate is for names and addresses, and for no others.
    curl(office, f"https://127.0.0.1:{office.pabxd.https_port}{HEALTH}")
    curl(office, "--resolve", f"elsewhere.test:{office.pabxd.https_port}:127.0.0.1",
         f"https://elsewhere.test:{office.pabxd.https_port}{HEALTH}", status=60)


def test_http_leads_to_https_and_takes_nothing(office: Office) -> None:
    pabxd = office.pabxd
    url = f"http://localhost:{pabxd.http_port}/a/b?c=d"
    done = curl(office, "--include", url)
    assert "HTTP/1.1 308" in done.stdout and f"https://localhost:{pabxd.https_port}/a/b?c=d" in done.stdout, done.stdout
    refused = curl(office, "--include", "--data", '{"username":"a","password":"b"}', url)
    assert "HTTP/1.1 403" in refused.stdout and '"https-only"' in refused.stdout, refused.stdout


def test_a_browser_signs_in_and_out(office: Office) -> None:
    chief, nobody = boss(office), outside(office)
    answer = nobody.login("admin", PASSWORD.format("boss"), browser=True).ok()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=") and {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; ")), cookie
    browser = Outside(Path("/"), headers={"cookie": cookie.split(";")[0]}, pabxd=office.pabxd)
    assert browser.get("/me").ok().json["username"] == "admin"
    browser.post("/auth/logout").refused(403, "csrf")
    browser.headers["x-csrf-token"] = answer.json["csrf_token"]
    browser.post("/auth/logout").ok()
    browser.get("/me").refused(401, "unauthenticated")
    chief.get("/me").ok()


def test_nobody_says_from_where_he_is(office: Office) -> None:
    chief = boss(office)
    stranger = outside(office, "127.0.0.77")
    stranger.headers |= {"x-pabx-client": "127.0.0.1", "X-Forwarded-For": "127.0.0.1", "X_Pabx_Client": "127.0.0.1"}
    for _ in range(6):
        stranger.login("admin", "not the password")
    alert = until(lambda: chief.get("/alerts").ok().json["items"], 5, "an alert")[0]
    assert alert["subject"] == "127.0.0.77", alert


def test_what_could_be_read_in_two_ways_is_refused(office: Office) -> None:
    outside(office)
    host = b"Host: localhost\r\n"
    attack = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    post = b"POST /api/v1/auth/login HTTP/1.1\r\n" + host
    requests = {
        "two lengths and chunks": post + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + attack,
        "two lengths": post + b"Content-Length: 4\r\nContent-Length: 0\r\n\r\n" + attack,
        "a length with a sign": post + b"Content-Length: +4\r\n\r\n" + attack,
        "an unknown coding": post + b"Transfer-Encoding: x, chunked, y\r\n\r\n0\r\n\r\n" + attack,
        "a coding in disguise": post + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + attack,
        "a folded field": b"GET /api/v1/system/health HTTP/1.1\r\n" + host + b"X-A: b\r\n c: d\r\n\r\n",
        "two hosts": b"GET /api/v1/system/health HTTP/1.1\r\n" + host + host + b"\r\n",
        "no host": b"GET /api/v1/system/health HTTP/1.1\r\n\r\n",
        "a target for a proxy": b"GET http://127.0.0.1:22/ HTTP/1.1\r\n" + host + b"\r\n",
        "CONNECT": b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + host + b"\r\n",
        "a nul": b"GET /api/v1/system/health HTTP/1.1\r\n" + host + b"X-A: b\0c\r\n\r\n",
        "a bare cr": b"GET /api/v1/system/health HTTP/1.1\r\n" + host + b"X-A: b\rX-Pabx-Client: 1\r\n\r\n",
        "HTTP/2 by hand": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "too many fields": b"GET /api/v1/system/health HTTP/1.1\r\n" + host + b"X-A: b\r\n" * 200 + b"\r\n",
        "too large a head": b"GET /api/v1/system/health HTTP/1.1\r\n" + host + b"X-A: " + b"b" * 70_000 + b"\r\n\r\n",
    }
    for what, octets in requests.items():
        status, got = answer_to(office.pabxd, octets)
        # What is not HTTP/1.1 at all gets no answer.
        assert 400 <= status < 500 or got == b"", f"{what}: {got[:300]!r}"
        assert got.count(b"HTTP/1.1 ") <= 1, f"{what}: more than one answer: {got[:2000]!r}"


def test_a_body_has_a_limit(office: Office) -> None:
    outside(office)
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    status, got = answer_to(office.pabxd, head + b"Content-Length: 2000000\r\n\r\n" + b" " * 2_000_000)
    assert status == 413 and b'"too-large"' in got, got[:300]
    chunks = b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 40
    assert answer_to(office.pabxd, head + chunks)[0] == 413
    small = b'{"username": "a", "password": "b"}'
    chunked = head + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(small), small)
    assert answer_to(office.pabxd, chunked)[0] == 401, "a body in chunks is taken like any other"


def test_a_body_that_brings_a_whole_list_may_be_larger(office: Office) -> None:
    client = outside(office)
    path = "/accounts/01900000-0000-7000-8000-000000000001/trunks/01900000-0000-7000-8000-000000000002/rates"
    put = lambda octets: client.ask("PUT", path, b"x" * octets, content_type="text/csv")  # noqa: E731
    put(4 << 20).refused(401, "unauthenticated")
    put((4 << 20) + 1).refused(413, "too-large")
    client.ask("PUT", f"{path}/more", b"x" * ((1 << 20) + 1), content_type="text/csv").refused(413, "too-large")


def test_events_come_through_at_once(office: Office) -> None:
    chief, phone = boss(office), office.phone("1001", 1000)
    line = connection(office.pabxd)
    line.request("GET", f"{BASE}/events", headers={"authorization": f"Bearer {chief.token}"})
    answer = line.getresponse()
    assert answer.status == 200 and answer.getheader("content-type") == "text/event-stream"
    answer.fp.raw._sock.settimeout(5)
    phone.dial("*43")
    while (text := answer.readline()) != b"event: call.started\n":
        assert text, "the stream ended"
    # A stop ends the stream, and is not held up by it.
    phone.hang_up()
    assert office.pabxd.stop() == 0
    line.close()


def test_the_examples_of_the_documentation_work(office: Office) -> None:
    text = (ROOT / "docs/api.md").read_text()
    script = re.search(r"```sh\n(.*?)```", text, re.S)[1]
    pabxd = office.pabxd
    outside(office)
    run = office.folder / ".run"
    run.mkdir()
    (run / "state").symlink_to(pabxd.folder / "state")
    (run / "demo.json").symlink_to(pabxd.folder / "demo.json")
    assert "127.0.0.1:8443" in script
    script = "set -euo pipefail\n" + script.replace("127.0.0.1:8443", f"127.0.0.1:{pabxd.https_port}")
    done = subprocess.run(["bash", "-c", script], cwd=office.folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    for part in ('{"status":"ok"}', '"number": "200"', "Balcão", "call_id,direction,caller", "extension.update"):
        assert part in done.stdout, f"{part} is not in\n{done.stdout}"


def made(folder: Path, name: str) -> tuple[str, str]:
    """A certificate and its key, by openssl."""
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
    subprocess.run(line, cwd=folder, check=True, capture_output=True)
    return (folder / f"{name}.pem").read_text(), (folder / f"{name}.key").read_text()


def served(office: Office, port: int) -> str:
    """The fingerprint of the certificate at a port."""
    text = ssl.get_server_certificate(("127.0.0.1", port), timeout=5)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest().upper()
    return ":".join(digest[at:at + 2] for at in range(0, 64, 2))


def test_a_certificate_is_installed_without_dropping_anybody(office: Office) -> None:
    chief, pabxd = boss(office), office.pabxd
    path = "/system/certificates"
    first = chief.get(path).ok().json
    assert first["self_signed"] and "127.0.0.1" in first["names"] and served(office, pabxd.https_port) == first["fingerprint_sha256"]
    kept = connection(pabxd)
    kept.request("GET", HEALTH)
    kept.getresponse().read()
    caller, callee = office.phone("1001", 1000, "tls"), office.phone("1002", 600, "tls")
    caller.dial("1002")
    callee.wait_incoming()
    callee.accept()
    caller.wait_established()
    chain, key = made(office.folder, "pbx.test")
    _, other_key = made(office.folder, "other.test")
    wrong = chief.ask("PUT", path, {"chain": chain, "key": other_key})
    wrong.refused(422, "invalid")
    assert "key" in wrong.body.decode() and "PRIVATE" not in wrong.body.decode()
    assert chief.get(path).json == first
    installed = chief.ask("PUT", path, {"chain": chain, "key": key}).ok().json
    assert "pbx.test" in installed["names"] and installed["fingerprint_sha256"] != first["fingerprint_sha256"]
    for port in (pabxd.https_port, pabxd.tls_port):
        assert served(office, port) == installed["fingerprint_sha256"]
    kept.request("GET", HEALTH)
    assert kept.getresponse().status == 200, "who was connected stays connected"
    kept.close()
    caller.hears(callee.frequency)
    caller.hang_up()
    callee.wait_closed()
    pabxd.kill()
    pabxd.start()
    assert served(office, pabxd.https_port) == installed["fingerprint_sha256"], "it is there after kill -9"
    everything = json.dumps(chief.get("/audit?limit=100").ok().json)
    assert "certificate.install" in everything and installed["fingerprint_sha256"] in everything and "PRIVATE" not in everything
    own = chief.post(f"{path}/self-signed").ok().json
    assert own["self_signed"] and served(office, pabxd.https_port) == own["fingerprint_sha256"] != first["fingerprint_sha256"]


def findings(office: Office, port: int) -> list[dict]:
    """What testssl.sh says of a port. On a busy machine a check of it may not get its connection: that says nothing of us, and
    all of it is done once more."""
    report = office.folder / f"testssl-{port}.json"
    line = ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "min", "--protocols", "--server-preference",
            "--std", "--fs", "--vulnerable", "--server-defaults", "--jsonfile", str(report), f"127.0.0.1:{port}"]
    for _ in range(2):
        report.unlink(missing_ok=True)
        done = subprocess.run(line, capture_output=True, text=True, timeout=TESTSSL_SECONDS, check=False, cwd=office.folder)
        assert report.exists(), done.stdout + done.stderr
        found = json.loads(report.read_text())
        if not any("connect problem" in entry["finding"] for entry in found if not entry["id"].startswith(RESUMPTION)):
            break
    return found


def resumes(office: Office, port: int) -> bool:
    """Whether a second handshake takes up the session of the first. By TLS 1.2, where the ticket is part of the handshake."""
    context = ssl.create_default_context(cafile=str(office.pabxd.certificate))
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def shake(session: ssl.SSLSession | None) -> tuple[ssl.SSLSession, bool]:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
            with context.wrap_socket(plain, session=session) as made:
                return made.session, made.session_reused

    return shake(shake(None)[0])[1]


def test_testssl_finds_nothing_to_complain_about(office: Office) -> None:
    outside(office)
    for port in (office.pabxd.https_port, office.pabxd.tls_port):
        found = findings(office, port)
        bad = [entry for entry in found if entry["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL", "WARN")]
        bad = [f"{entry['id']}: {entry['severity']} {entry['finding']}" for entry in bad if not entry["id"].startswith(EXPECTED)]
        assert bad == [], bad
        assert resumes(office, port)
        protocols = {entry["id"]: entry["finding"] for entry in found}
        assert protocols["TLS1_3"].startswith("offered") and protocols["TLS1_2"].startswith("offered"), protocols
        assert all(protocols[old].startswith("not offered") for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1")), protocols
