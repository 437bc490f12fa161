"""Files through the API: a backup is fetched, a restore and an update are sent, and what goes wrong on the way."""

import gzip
import http.client
import threading
from pathlib import Path

from cases.backup import PASSPHRASE, command, is_whole
from cases.edge import curl
from harness.https import connection
from harness.office import Office
from harness.wait import until
from web.client import BASE, Answer, Client
from web.outside import Outside
from web.world import PASSWORD, boss, house, socket_of

OCTETS = "application/octet-stream"
MEGABYTE = 1 << 20


def signed_in(office: Office) -> Outside:
    """The super admin, by HTTPS."""
    return Outside(Path("/"), token=boss(office).token, pabxd=office.pabxd)


def uploads(office: Office) -> list[str]:
    folder = office.pabxd.folder / "state/uploads"
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def slugs(client: Client) -> list[str]:
    return sorted(account["slug"] for account in client.all("/accounts"))


def late_account(client: Client) -> None:
    client.made("/accounts", {"name": "Late", "slug": "late", "domain": "late.test", "max_extensions": 5})


def starts(office: Office) -> int:
    return office.pabxd.log.read_text().count("serving SIP on")


def started_again(office: Office, before: int) -> Client:
    """The daemon has started again by itself, in its own process; somebody signs in anew."""
    until(lambda: starts(office) == before + 1, 30, lambda: f"it starts again\n{office.pabxd.child.tail()}")
    assert office.pabxd.child.running()
    return Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))


def half_sent(office: Office, chief: Client, path: str, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
    """An upload whose first megabyte has been sent, and whose rest does not come."""
    sending = connection(office.pabxd, source=source)
    sending.putrequest("PUT", BASE + path)
    for name, value in {"authorization": f"Bearer {chief.token}", "content-type": OCTETS, "content-length": str(64 * MEGABYTE)}.items():
        sending.putheader(name, value)
    sending.endheaders()
    sending.send(bytes(MEGABYTE))
    return sending


def answer_of(sending: http.client.HTTPSConnection) -> Answer:
    got = sending.getresponse()
    return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())


def test_a_backup_is_fetched_and_sent_back_and_undone(office: Office) -> None:
    chief = signed_in(office)
    one, other = office.phone("1001", 1000), office.phone("1002", 600)
    one.dial("1002")
    other.wait_incoming()
    other.accept()
    one.wait_established()
    chief.post("/system/backup", {"passphrase": "short"}).refused(422, "invalid")
    fetched = chief.post("/system/backup", {"passphrase": PASSPHRASE}, idempotency_key="once").ok(200)
    one.hears(other.frequency)
    assert fetched.headers["content-disposition"].startswith('attachment; filename="pabx-20')
    assert int(fetched.headers["content-length"]) == len(fetched.body) and "x-pabx-streamed" not in fetched.headers
    assert chief.post("/system/backup", {"passphrase": PASSPHRASE}, idempotency_key="once").ok(200).body != fetched.body
    assert not list((office.pabxd.folder / "state").glob("backup.*e*"))
    before = slugs(chief)
    late_account(chief)

    chief.post("/system/restore", {"passphrase": PASSPHRASE}).refused(409, "conflict")
    chief.ask("PUT", "/system/restore/file", fetched.body, content_type=OCTETS).ok(204)
    wrong = chief.post("/system/restore", {"passphrase": "another passphrase"}).refused(409, "conflict")
    assert "passphrase" in wrong.json["detail"] and "late" in slugs(chief)
    served = starts(office)
    restored = chief.post("/system/restore", {"passphrase": PASSPHRASE}).ok(200).json
    assert restored["accounts"] == len(before) and restored["made_at"].endswith("Z")
    again = started_again(office, served)
    assert slugs(again) == before and uploads(office) == []
    chief.get("/me").refused(401, "unauthenticated")
    actions = [entry["action"] for entry in again.all("/audit")]
    assert "backup.restore" in actions and "backup.create" in actions
    served = starts(office)
    again.post("/system/restore/undo").ok(204)
    again = started_again(office, served)
    assert "late" in slugs(again)
    office.pabxd.stop()
    is_whole(office)
    (office.folder / "fetched").write_bytes(fetched.body)
    assert "1 accounts" in command(office, "restore", str(office.folder / "fetched")), "the same file as the command's"


def test_what_is_sent_by_others_or_is_no_file_is_refused(office: Office) -> None:
    chief = signed_in(office)
    acme = house(boss_again(office), "acme")
    for path in ("/system/restore/file", "/system/update/bundle"):
        for someone in (acme.admin, acme.user):
            outside = Outside(Path("/"), token=someone.token, pabxd=office.pabxd)
            outside.ask("PUT", path, bytes(1000), content_type=OCTETS).refused(403, "forbidden")
            # Refused at once, though most of it has not been sent.
            answer_of(half_sent(office, outside, path)).refused(403, "forbidden")
        Outside(Path("/"), pabxd=office.pabxd).ask("PUT", path, bytes(1000), content_type=OCTETS).refused(401, "unauthenticated")
    chief.ask("PUT", "/system/restore/file", b"text", content_type="text/plain").refused(415, "media-type")
    chief.ask("PUT", "/system/restore/file", b"", content_type=OCTETS).refused(400, "bad-request")
    # This daemon looks after no box.
    chief.ask("PUT", "/system/update/bundle", bytes(1000), content_type=OCTETS).refused(409, "conflict")
    chief.post("/system/update", {}).refused(409, "conflict")
    assert uploads(office) == []
    chief.ask("PUT", "/system/restore/file", bytes(3 * MEGABYTE), content_type=OCTETS).ok(204)
    chief.post("/system/restore", {"passphrase": PASSPHRASE}).refused(409, "conflict")
    chief.post("/system/restore/undo").refused(409, "conflict")
    assert uploads(office) == ["restore.backup"]
    office.pabxd.kill()
    office.pabxd.start()
    assert uploads(office) == [], "what an earlier run was sent is gone"


def boss_again(office: Office) -> Client:
    return Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))


def test_files_that_do_not_arrive_leave_nothing_and_hold_up_nobody(office: Office) -> None:
    chief = signed_in(office)
    path = "/system/restore/file"
    first = half_sent(office, chief, path)
    until(lambda: uploads(office) == ["restore.backup.new"], 10, "the first is being sent")
    chief.ask("PUT", path, bytes(1000), content_type=OCTETS).refused(409, "conflict")
    other = half_sent(office, chief, path, source="127.0.0.2")
    answer_of(other).refused(409, "conflict")
    # Nobody waits for the slow one: it has no worker of the API.
    several = [threading.Thread(target=lambda: chief.get("/me").ok()) for _ in range(20)]
    for thread in several:
        thread.start()
    for thread in several:
        thread.join(10)
        assert not thread.is_alive()
    first.close()
    until(lambda: uploads(office) == [], 10, "what came of it is gone")
    # The power goes while one is being sent.
    last = half_sent(office, chief, path)
    until(lambda: uploads(office) == ["restore.backup.new"], 10, "another is being sent")
    office.pabxd.kill()
    last.close()
    office.pabxd.start()
    assert uploads(office) == []


def test_the_log_is_read_page_by_page(office: Office) -> None:
    chief = signed_in(office)
    newest = chief.get("/system/logs?limit=2").ok().json
    older = chief.get(f"/system/logs?limit=500&level=debug&cursor={newest['next_cursor']}").ok().json
    lines = newest["items"] + older["items"]
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)
    assert any("serving SIP on" in line["text"] and line["level"] == "info" for line in lines)
    assert {line["level"] for line in chief.get("/system/logs?level=warn").ok().json["items"]} <= {"warn", "error"}
    chief.get("/system/logs?cursor=x").refused(400, "bad-request")
    text = str(lines)
    assert PASSWORD.format("boss") not in text and chief.token not in text


def test_pages_are_served_compressed_and_once(office: Office) -> None:
    """Through the edge, with a folder as a build leaves it."""
    pages = office.folder / "pages"
    (pages / "assets").mkdir(parents=True)
    script = b"export const greeting = 'bom dia';\n" * 500
    (pages / "index.html").write_text("<!doctype html><title>PABX</title>")
    (pages / "assets/app-1a2b.js").write_bytes(script)
    (pages / "assets/app-1a2b.js.gz").write_bytes(gzip.compress(script))
    office.pabxd.stop()
    config = office.pabxd.config.read_text()
    office.pabxd.config.write_text(config.replace("[web]\n", f'[web]\nfiles = "{pages}"\n'))
    office.pabxd.start()
    socket_of(office)
    url = f"https://localhost:{office.pabxd.https_port}"
    got = curl(office, "--include", f"{url}/settings/trunks").stdout
    assert "HTTP/1.1 200" in got and "<title>PABX</title>" in got and "content-security-policy:" in got.lower()
    got = curl(office, "--compressed", "--include", "--output", str(office.folder / "script"), "--dump-header", "-", f"{url}/assets/app-1a2b.js").stdout
    assert "content-encoding: gzip" in got.lower() and "immutable" in got, got
    assert script in (office.folder / "script").read_bytes()
    etag = next(line.split(": ", 1)[1] for line in got.splitlines() if line.lower().startswith("etag"))
    again = curl(office, "--compressed", "--include", "--header", f"If-None-Match: {etag}", f"{url}/assets/app-1a2b.js").stdout
    assert "HTTP/1.1 304" in again and script.decode() not in again, again
    curl(office, "--fail", f"{url}/assets/other.js", status=22)
    curl(office, "--head", "--fail", f"{url}/")
