"""An account moves from box to box in one encrypted file: its phones go on there, nothing of it is seen on the way, and a
daemon that is killed over it has all of it or nothing."""

import base64
import http.client
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress

from cases.backup import command, is_whole
from harness.baresip import Account, Baresip
from harness.office import Office
from harness.wait import until
from web.client import Answer, Client
from web.world import PASSWORD, House, boss, house, socket_of, world

PASSPHRASE = "sete gatos no telhado"
TRUNK_SECRET = "tr0mbone-secret"
PIN = "40718293"
NUMBERS = ["+55113333XXXX"]
PROFILE = {
    "auth_username": "digest", "outbound_proxy": "proxy.test", "outbound_proxy_port": 5080, "caller_header": "remote_party_id",
    "called_header": "to", "number_form": "e164", "codecs": ["g722", "pcma"], "session_timer": False, "passes_callers": True,
    "media_encryption": "required",
}
KILLS = 12
SEED = 20261126
MANY = 1_500
CSV = "number,name\n" + "".join(f"{number},Pessoa {number}\n" for number in range(4000, 5500))


def exported(chief: Client, path: str, passphrase: str = PASSPHRASE) -> bytes:
    answer = chief.post(f"{path}/export", {"passphrase": passphrase}).ok(200)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('.pabx-account"'), answer.headers
    return answer.body


def given(file: bytes, **more) -> dict:
    """The body of an import."""
    return {"file": base64.b64encode(file).decode(), "passphrase": PASSPHRASE} | more


def hours(chief: Client, acme: House) -> str:
    """Office hours that lead to the first extension."""
    weekly = [{"days": ["mon", "fri"], "from": "08:00", "to": "18:00"}]
    to = {"kind": "extension", "extension_id": acme.extension_id}
    return chief.made(f"{acme.path}/time-conditions", {"name": "Office", "weekly": weekly, "open": to})["time_condition_id"]


def furnished(chief: Client, slug: str) -> House:
    """An account with a second extension, a trunk with its secret, office hours that bound calls, a PIN, and a route each way."""
    acme = house(chief, slug)
    chief.made(f"{acme.path}/extensions", {"number": "1002", "name": "Two", "media_encryption": "off"})
    trunk = {"name": "Line", "host": "sip.provider.test", "auth_type": "digest", "username": "u1", "password": TRUNK_SECRET, "profile": PROFILE}
    trunk_id = chief.made(f"{acme.path}/trunks", trunk)["trunk_id"]
    out = {"name": "Out", "position": 1, "pattern": "0.", "strip": 1, "prefix": "", "trunks": [trunk_id], "status": "active"}
    chief.made(f"{acme.path}/outbound-routes", out)
    chief.made(f"{acme.path}/call-pins", {"name": "Ana", "calling_class": "mobile", "status": "active", "pin": PIN})
    to = {"kind": "time_condition", "time_condition_id": hours(chief, acme)}
    guard = {"off_hours": {"time_condition_id": to["time_condition_id"], "calling_class": "local"}}
    dialling = f"{acme.path}/dialling"
    chief.ask("PUT", dialling, {"numbers": NUMBERS, "guard": guard}, if_match=chief.get(dialling).etag).ok()
    into = {"name": "In", "position": 1, "trunk_id": trunk_id, "did_pattern": "55XX", "caller_pattern": None}
    chief.made(f"{acme.path}/inbound-routes", into | {"destination": to, "status": "active"})
    return acme


def is_furnished(there: Client, path: str) -> None:
    """What `furnished` made beside extensions and routes is there, and leads to what is there."""
    office_hours = there.all(f"{path}/time-conditions")[0]["time_condition_id"]
    dialling = there.get(f"{path}/dialling").ok().json
    assert dialling["numbers"] == NUMBERS, dialling
    assert dialling["guard"]["off_hours"] == {"time_condition_id": office_hours, "calling_class": "local"}, dialling
    encryption = {one["number"]: one["media_encryption"] for one in there.all(f"{path}/extensions")}
    assert encryption["1002"] == "off" and encryption.pop("1001", "offered") == "offered", encryption
    assert [trunk["profile"] for trunk in there.all(f"{path}/trunks")] == [PROFILE]
    assert [(pin["name"], pin["calling_class"]) for pin in there.all(f"{path}/call-pins")] == [("Ana", "mobile")]
    # The digits came along: nobody else can have them.
    there.post(f"{path}/call-pins", {"name": "Bia", "calling_class": "local", "status": "active", "pin": PIN}).refused(409, "taken")


def passwords(chief: Client, path: str) -> dict[str, str]:
    extensions = chief.all(f"{path}/extensions")
    return {one["number"]: chief.get(f"{path}/extensions/{one['extension_id']}/password").ok().json["password"] for one in extensions}


def phone(office: Office, domain: str, user: str, password: str, frequency: int) -> Baresip:
    """A phone of an account that is not the demo's."""
    slug = domain.removesuffix(".test")
    baresip = office.bare_phone(f"phone-{slug}-{user}", frequency)
    baresip.register(Account(
        user=user, password=password, domain=domain, server=office.pabxd.server, transport="udp", auth_user=f"{user}-{slug}", expires=300,
    ))
    return baresip


def outcomes(answer: dict) -> dict[str, str]:
    return {person["username"]: person["outcome"] for person in answer["people"]}


def test_a_customer_moves_to_another_box_and_its_phones_go_on_there(office: Office) -> None:
    chief = boss(office)
    acme = furnished(chief, "acme")
    before = passwords(chief, acme.path)
    file = exported(chief, acme.path)
    for secret in [*before.values(), TRUNK_SECRET, PIN, PASSPHRASE, "marker-acme", "acme.test", "argon2", "1001", "admin.acme"]:
        assert secret.encode() not in file, secret
    assert any(entry["action"] == "account.export" for entry in chief.all(f"{acme.path}/audit"))

    other = Office(office.folder / "other")
    office.closes(other.close)
    there = boss(other)
    rehearsed = there.post("/accounts/import", given(file, dry_run=True)).ok(200).json
    assert rehearsed["dry_run"] and len(there.all("/accounts")) == 1
    moved = there.post("/accounts/import", given(file)).ok(200).json
    assert moved == rehearsed | {"dry_run": False, "account": moved["account"]}
    assert moved["account"]["account_id"] == acme.account_id and moved["changes"] == [] and moved["new_ids"] == 0
    assert [moved[what] for what in ("extensions", "trunks", "inbound_routes", "outbound_routes")] == [2, 1, 1, 1]
    assert outcomes(moved) == {"admin.acme": "made", "user.acme": "made"}
    assert passwords(there, acme.path) == before
    route = there.all(f"{acme.path}/inbound-routes")[0]
    office_hours = there.all(f"{acme.path}/time-conditions")[0]
    assert route["destination"] == {"kind": "time_condition", "time_condition_id": office_hours["time_condition_id"]}, route
    assert office_hours["open"] == {"kind": "extension", "extension_id": acme.extension_id}, office_hours
    assert route["trunk_id"] == there.all(f"{acme.path}/trunks")[0]["trunk_id"]
    is_furnished(there, acme.path)

    one, two = (phone(other, "acme.test", number, before[number], tone) for number, tone in (("1001", 1000), ("1002", 600)))
    one.dial("1002")
    two.wait_incoming()
    two.accept()
    one.wait_established()
    one.hears(two.frequency)
    two.hears(one.frequency)
    one.hang_up()
    until(lambda: there.all(f"{acme.path}/calls")[0]["end_time"], 10, "the call is recorded")
    admin = Client(there.path).signed_in("admin.acme", PASSWORD.format("own"))
    assert len(admin.all(f"{acme.path}/extensions")) == 2
    entries = there.all("/audit")
    assert any(entry["action"] == "account.import" for entry in entries)
    for text in (str(entries), str(chief.all("/audit")), office.pabxd.log.read_text(), other.pabxd.log.read_text()):
        assert not any(secret in text for secret in (*before.values(), TRUNK_SECRET, PIN, PASSPHRASE, "$argon2"))


def test_what_is_taken_is_named_and_another_word_avoids_it(office: Office) -> None:
    chief = boss(office)
    acme = furnished(chief, "acme")
    file = exported(chief, acme.path)

    def clash(**more) -> list[str]:
        return [error["field"] for error in chief.post("/accounts/import", given(file, **more)).refused(409, "taken").json["errors"]]

    assert clash() == ["slug"] and clash(slug="acme2") == ["domain"] and clash(domain="acme2.test") == ["slug"]
    wrong = chief.post("/accounts/import", given(file, slug="No!", domain="a..b", name="")).refused(422, "invalid").json
    assert {error["field"] for error in wrong["errors"]} == {"name", "slug", "domain"}
    assert len(chief.all("/accounts")) == 2
    copy = chief.post("/accounts/import", given(file, slug="acme2", domain="acme2.test", name="Copy")).ok(200).json
    assert {change["field"]: change["to"] for change in copy["changes"]} == {
        "account_id": copy["account"]["account_id"], "name": "Copy", "slug": "acme2", "domain": "acme2.test",
    }
    assert copy["new_ids"] == 7 and outcomes(copy) == {"admin.acme": "name_taken", "user.acme": "name_taken"}
    path = f"/accounts/{copy['account']['account_id']}"
    assert chief.all(f"{path}/users") == []
    is_furnished(chief, path)
    originals, copies = ({one["time_condition_id"] for one in chief.all(f"{of}/time-conditions")} for of in (acme.path, path))
    assert not originals & copies, "the copy's bounds name hours of its own"
    # The copy's phones have the passwords of before, and register at once.
    before = passwords(chief, acme.path)
    assert passwords(chief, path) == before
    phone(office, "acme2.test", "1001", before["1001"], 1000)
    acme.admin.get(path).refused(404, "not-found")
    # Deleted and put in again it is what it was.
    chief.delete(acme.path).ok(204)
    again = chief.post("/accounts/import", given(file)).ok(200).json
    assert again["changes"] == [] and outcomes(again) == {"admin.acme": "member_again", "user.acme": "member_again"}
    assert acme.admin.get(acme.path).ok().json["slug"] == "acme"


def test_only_the_super_admin_in_person_moves_an_account(office: Office) -> None:
    everything = world(office)
    acme, chief = everything.acme, everything.boss
    body = {"passphrase": PASSPHRASE}
    for client, status, kind in ((acme.admin, 403, "forbidden"), (acme.user, 403, "forbidden"), (everything.bolt.admin, 404, "not-found")):
        client.post(f"{acme.path}/export", body).refused(status, kind)
    file = exported(chief, acme.path)
    acme.admin.post("/accounts/import", given(file)).refused(403, "forbidden")
    key = chief.made("/api-keys", {"name": "robot", "permissions": ["accounts.read", "accounts.write"]})["secret"]
    robot = Client(chief.path, key)
    robot.post(f"{acme.path}/export", body).refused(403, "forbidden")
    robot.post("/accounts/import", given(file)).refused(403, "forbidden")
    exports = [entry for entry in chief.all("/audit") if entry["action"] == "account.export"]
    assert len(exports) == 1, exports


def test_what_is_no_file_of_an_account_makes_nothing(office: Office) -> None:
    chief = boss(office)
    acme = house(chief, "acme")
    file = exported(chief, acme.path)
    chief.delete(acme.path).ok(204)

    def refused(body: dict) -> list[str]:
        return [error["field"] for error in chief.post("/accounts/import", body).refused(422, "invalid").json["errors"]]

    assert refused(given(file, passphrase="another passphrase")) == ["passphrase"]
    for bad in (file[:-1], file[:40], file + b"x", file[:100] + bytes([file[100] ^ 1]) + file[101:]):
        assert refused(given(bad)) == ["passphrase"]
    for bad in (b"", b"PK" * 100, file[:7] + b"\x02" + file[8:], file[:8] + b"\xff" + file[9:]):
        assert refused(given(bad)) == ["file"]
    assert refused({"file": "no base 64!", "passphrase": PASSPHRASE}) == ["file"]
    assert refused(given(bytes(3_000_001))) == ["file"]
    backup, moved = office.folder / "box.backup", office.folder / "moved"
    command(office, "backup", str(backup))
    assert refused(given(backup.read_bytes()[:500_000])) == ["file"]
    assert [account["slug"] for account in chief.all("/accounts")] == ["demo"]
    office.pabxd.stop()
    moved.write_bytes(file)
    assert "nothing was changed" in command(office, "restore", str(moved), status=1)
    office.pabxd.start()
    again = Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))
    path = f"/accounts/{again.all('/accounts')[0]['account_id']}"
    for short in ("short", "x" * 1025):
        again.post(f"{path}/export", {"passphrase": short}).refused(422, "invalid")
    # Answered anew each time: nothing of it is kept for a key of the request.
    one, two = (again.post(f"{path}/export", {"passphrase": PASSPHRASE}, idempotency_key="k").ok(200).body for _ in range(2))
    assert one != two
    with closing(sqlite3.connect(office.pabxd.folder / "state/pabx.db")) as database:
        assert database.execute("SELECT count(*) FROM idempotency_keys").fetchone()[0] == 0


# What follows kills the daemon at seeded moments and looks at what is there afterwards.


def struck(office: Office, ask: Callable[[], Answer], after: float) -> Answer | None:
    """Asks, and kills the daemon meanwhile; what was answered, if anything was."""
    answers: list[Answer] = []

    def asking() -> None:
        with suppress(OSError, http.client.HTTPException):
            answers.append(ask())

    thread = threading.Thread(target=asking)
    thread.start()
    time.sleep(after)  # The moment is what is tried here.
    office.pabxd.kill()
    thread.join()
    return answers[0] if answers else None


def moments(whole: float) -> list[float]:
    """From the beginning to a little after the end, evenly, in any order."""
    rng = random.Random(SEED)
    parts = [(nth + rng.random()) / KILLS for nth in range(KILLS)]
    rng.shuffle(parts)
    return [whole * 1.1 * part for part in parts]


def seconds_of(ask: Callable[[], Answer]) -> float:
    began = time.monotonic()
    ask().ok(200)
    return time.monotonic() - began


def there_is(office: Office, account_id: str) -> tuple[int, ...]:
    """Rows of the account, kind by kind."""
    kinds = ("accounts", "extensions", "sip_trunks", "inbound_routes", "outbound_routes", "account_users")
    with closing(sqlite3.connect(office.pabxd.folder / "state/pabx.db")) as database:
        return tuple(
            database.execute(f"SELECT count(*) FROM {kind} WHERE account_id = ?", (account_id,)).fetchone()[0] for kind in kinds
        )


def restarted(office: Office, chief: Client) -> None:
    """The daemon, after a look at what it left."""
    is_whole(office)
    office.pabxd.start()
    socket_of(office)
    chief.get("/me").ok()


def test_killed_while_an_account_is_put_in_all_of_it_is_there_or_nothing(office: Office) -> None:
    chief = boss(office)
    acme = furnished(chief, "acme")
    chief.patch(acme.path, {"max_extensions": 2_000}).ok()
    span = {"first": "4000", "last": str(4000 + MANY - 1), "name": "Ramal {number}"}
    chief.post(f"{acme.path}/extensions/range", span).ok(200)
    body = given(exported(chief, acme.path))
    people = [member["user"]["user_id"] for member in chief.all(f"{acme.path}/users")]

    def clear() -> None:
        if chief.get(acme.path).status == 200:
            chief.delete(acme.path).ok(204)
        for user in people:
            chief.delete(f"/users/{user}")

    def put_in() -> Answer:
        return chief.post("/accounts/import", body)

    clear()
    nothing, everything, seen = (0,) * 6, (1, MANY + 2, 1, 1, 1, 2), []
    for after in moments(seconds_of(put_in)):
        clear()
        answer = struck(office, put_in, after)
        found = there_is(office, acme.account_id)
        assert found in (nothing, everything), f"after {after:.3f} s: {found}"
        assert found == everything or answer is None, f"it was answered {answer.status} and is not there"
        seen.append(found == everything)
        restarted(office, chief)
        if found == everything:
            assert len(chief.all(f"{acme.path}/extensions", 500)) == MANY + 2
    print(f"{sum(seen)} of {KILLS} were put in before the end")


def test_killed_while_a_csv_is_taken_in_all_of_it_is_there_or_nothing(office: Office) -> None:
    chief = boss(office)
    fresh = {"name": "Acme", "slug": "acme", "domain": "acme.test", "max_extensions": 2_000}
    seen, path = [], ""

    def take_in() -> Answer:
        return chief.post(f"{path}/extensions/import", CSV.encode(), content_type="text/csv")

    path = f"/accounts/{chief.made('/accounts', fresh)['account_id']}"
    for after in moments(seconds_of(take_in)):
        chief.delete(path).ok(204)
        path = f"/accounts/{chief.made('/accounts', fresh)['account_id']}"
        answer = struck(office, take_in, after)
        extensions = there_is(office, path.removeprefix("/accounts/"))[1]
        assert extensions in (0, MANY), f"after {after:.3f} s: {extensions}"
        assert extensions == MANY or answer is None, f"it was answered {answer.status} and is not there"
        seen.append(extensions == MANY)
        restarted(office, chief)
    print(f"{sum(seen)} of {KILLS} were taken in before the end")


def test_killed_while_an_account_is_taken_out_the_box_goes_on(office: Office) -> None:
    chief = boss(office)
    acme = furnished(chief, "acme")
    state = office.pabxd.folder / "state"

    def take_out() -> Answer:
        return chief.post(f"{acme.path}/export", {"passphrase": PASSPHRASE})

    whole, before, seen = seconds_of(take_out), there_is(office, acme.account_id), []
    files = {file.name for file in state.iterdir()}
    for after in moments(whole):
        answer = struck(office, take_out, after)
        seen.append(answer is not None)
        assert there_is(office, acme.account_id) == before
        assert {file.name for file in state.iterdir()} <= files, "nothing of it lies about"
        restarted(office, chief)
    print(f"{sum(seen)} of {KILLS} were answered before the end")
    file = take_out().ok(200).body
    chief.delete(acme.path).ok(204)
    chief.post("/accounts/import", given(file)).ok(200)
