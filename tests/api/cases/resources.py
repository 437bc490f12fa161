"""Accounts, extensions, trunks, routes: made, read, changed, deleted; limits, tags, pages, imports."""

import threading

from harness.office import Office
from harness.wait import until
from web.client import Client
from web.world import boss, house, world


def test_a_change_needs_the_tag_of_what_was_read(office: Office) -> None:
    acme = house(boss(office), "acme")
    path = f"{acme.path}/extensions/{acme.extension_id}"
    tag = acme.admin.get(path).ok().etag
    acme.admin.ask("PATCH", path, {"name": "One"}).refused(428, "precondition-required")
    changed = acme.admin.ask("PATCH", path, {"name": "One"}, if_match=tag).ok()
    assert changed.json["name"] == "One" and changed.etag != tag
    acme.admin.ask("PATCH", path, {"name": "Two"}, if_match=tag).refused(412, "stale")
    acme.admin.delete(path, if_match=tag).refused(412, "stale")
    acme.admin.delete(path, if_match=changed.etag).ok(204)
    acme.admin.get(path).refused(404, "not-found")


def test_every_wrong_field_is_named(office: Office) -> None:
    chief = boss(office)
    body = {"name": "", "slug": "No", "domain": "a..b", "max_extensions": 1_000_000, "description": "x" * 501}
    problem = chief.post("/accounts", body).refused(422, "invalid").json
    assert {error["field"] for error in problem["errors"]} == {"name", "slug", "domain", "max_extensions", "description"}
    chief.post("/accounts", body | {"role": "super_admin"}).refused(422, "invalid")
    chief.post("/accounts", b"{", content_type="application/json").refused(400, "bad-request")
    chief.post("/accounts", b"a=b", content_type="application/x-www-form-urlencoded").refused(415, "media-type")
    chief.get("/accounts?limit=501").refused(400, "bad-request")
    chief.get("/accounts?unknown=1").refused(400, "bad-request")
    chief.get("/accounts?cursor=nonsense").refused(400, "bad-request")
    chief.ask("PUT", "/accounts", {}).refused(405, "method-not-allowed")


def test_a_limit_holds_when_many_ask_at_once(office: Office) -> None:
    chief = boss(office)
    body = {"name": "Small", "slug": "small", "domain": "small.test", "max_extensions": 10}
    account = f"/accounts/{chief.made('/accounts', body)['account_id']}"
    statuses: list[int] = []

    def worker(first: int) -> None:
        for number in range(first, first + 5):
            statuses.append(chief.post(f"{account}/extensions", {"number": str(number), "name": "x"}).status)

    workers = [threading.Thread(target=worker, args=(2000 + 10 * nth,)) for nth in range(8)]
    [each.start() for each in workers]
    [each.join() for each in workers]
    assert statuses.count(201) == 10 and statuses.count(409) == 30, statuses
    assert len(chief.all(f"{account}/extensions", 3)) == 10


def test_the_same_creation_sent_again_makes_nothing_twice(office: Office) -> None:
    acme = house(boss(office), "acme")
    body = {"number": "2000", "name": "Ana"}
    first = acme.admin.post(f"{acme.path}/extensions", body, idempotency_key="k1").ok(201)
    again = acme.admin.post(f"{acme.path}/extensions", body, idempotency_key="k1").ok(201)
    assert first.json == again.json and first.headers["location"] == again.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    other = body | {"number": "2001"}
    acme.admin.post(f"{acme.path}/extensions", other, idempotency_key="k1").refused(409, "conflict")
    acme.admin.post(f"{acme.path}/extensions", body, idempotency_key="k2").refused(409, "taken")
    acme.admin.post(f"{acme.path}/extensions", other, idempotency_key="k2").ok(201)


def test_a_file_is_taken_whole_or_not_at_all(office: Office) -> None:
    acme = house(boss(office), "acme")
    path, csv = f"{acme.path}/extensions/import", {"content_type": "text/csv"}
    good = "number,name,max_devices,ring_seconds\n" + "".join(f"{n},Pessoa {n},2,20\n" for n in range(3000, 3010))
    bad = "number,name\n3000,Ana\n1,Eva\n1001,Taken\n3001,\n"
    problem = acme.admin.post(path, bad.encode(), **csv).refused(422, "invalid").json
    assert [error["field"].split(":")[0] for error in problem["errors"]] == ["line 3", "line 5"], problem
    taken = "number,name\n3000,Ana\n1001,Taken\n"
    problem = acme.admin.post(path, taken.encode(), **csv).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["line 3"], problem
    assert acme.admin.post(f"{path}?dry_run=true", good.encode(), **csv).ok().json == {"count": 10, "dry_run": True, "items": []}
    assert len(acme.admin.all(f"{acme.path}/extensions")) == 1
    made = acme.admin.post(path, good.encode(), **csv).ok().json
    assert made["count"] == len(made["items"]) == 10 and all(len(item["password"]) == 24 for item in made["items"])
    span = {"first": "4000", "last": "4100", "name": "Ramal {number}"}
    acme.admin.post(f"{acme.path}/extensions/range", span).refused(422, "invalid")  # 111 of 50
    acme.admin.post(f"{acme.path}/extensions/range", span | {"last": "4009"}).ok()
    assert len(acme.admin.all(f"{acme.path}/extensions", 4)) == 21


def test_a_new_extension_registers_at_once_and_a_deleted_one_no_more(office: Office) -> None:
    chief = boss(office)
    account = chief.all("/accounts")[0]
    made = chief.made(f"/accounts/{account['account_id']}/extensions", {"number": "1500", "name": "New"})
    entry = {"number": "1500", "username": "1500", "password": made["password"]}
    office.pabxd.extensions["1500"] = type(office.pabxd.extensions["1001"])(entry)
    phone = office.phone("1500", 900)
    devices = chief.get(f"/accounts/{account['account_id']}/registrations").ok().json["items"]
    assert [device["extension_id"] for device in devices] == [made["extension_id"]] and devices[0]["reachable"]
    shown = chief.get(f"/accounts/{account['account_id']}/extensions/{made['extension_id']}/password").ok().json
    assert shown["password"] == made["password"]
    assert any(entry["action"] == "extension.password.shown" for entry in chief.all("/audit"))
    chief.delete(f"/accounts/{account['account_id']}/extensions/{made['extension_id']}").ok(204)
    assert chief.get(f"/accounts/{account['account_id']}/registrations").ok().json["items"] == []
    phone.close()


def test_a_call_is_seen_live_hung_up_and_found_in_the_history(office: Office) -> None:
    chief = boss(office)
    path = f"/accounts/{chief.all('/accounts')[0]['account_id']}"
    one, other = office.phone("1001", 1000), office.phone("1002", 600)
    one.dial("1002")
    other.wait_incoming()
    other.accept()
    one.wait_established()
    live = chief.get(f"{path}/calls/live").ok().json["items"]
    assert [(call["caller"], call["callee"]) for call in live] == [("1001", "1002")], live
    acme = house(chief, "acme")
    assert acme.admin.get(f"{acme.path}/calls/live").ok().json["items"] == []
    acme.admin.post(f"{acme.path}/calls/live/{live[0]['call_id']}/hangup").refused(404, "not-found")
    chief.post(f"{path}/calls/live/{live[0]['call_id']}/hangup").ok(204)
    one.wait_closed()
    other.wait_closed()
    until(lambda: chief.all(f"{path}/calls")[0]["end_time"], 10, "the record is closed")
    record = chief.all(f"{path}/calls")[0]
    assert (record["status"], record["reason"]) == ("answered", "admin_hung_up"), record
    assert len(chief.all(f"{path}/calls?q=1002")) == 1 and chief.all(f"{path}/calls?q=999") == []
    csv = chief.get(f"{path}/calls.csv").ok().body.decode().splitlines()
    assert len(csv) == 2 and csv[1].startswith(record["call_id"])


def test_a_suspended_account_is_refused_and_its_call_ends(office: Office) -> None:
    chief = boss(office)
    path = f"/accounts/{chief.all('/accounts')[0]['account_id']}"
    one, other = office.phone("1001", 1000), office.phone("1002", 600)
    one.dial("1002")
    other.wait_incoming()
    other.accept()
    one.wait_established()
    chief.patch(path, {"status": "suspended"}).ok()
    one.wait_closed()
    other.wait_closed()
    assert chief.get(f"{path}/registrations").ok().json["items"] == []
    chief.patch(path, {"status": "active"}).ok()
    third = office.phone("1003", 700)
    third.dial("*43")
    third.wait_established()
    third.hears(700)


def test_what_people_may_see_of_users_and_trunks_has_no_secret_in_it(office: Office) -> None:
    everything = world(office)
    acme = everything.acme
    trunk = {"name": "Line", "host": "sip.provider.test", "auth_type": "digest", "username": "u1", "password": "tr0mbone-secret"}
    made = acme.admin.made(f"{acme.path}/trunks", trunk)
    route = {
        "name": "Mobile", "position": 1, "pattern": "0ZZ9XXXXXXXX", "strip": 1, "prefix": "", "trunks": [made["trunk_id"]], "status": "active",
    }
    acme.admin.made(f"{acme.path}/outbound-routes", route)
    everything.bolt.admin.post(f"{everything.bolt.path}/outbound-routes", route).refused(404, "not-found")
    texts = [acme.admin.get(f"{acme.path}/{what}").ok().body for what in ("trunks", "users", "audit", "outbound-routes", "extensions")]
    texts += [everything.boss.get(what).ok().body for what in ("/users", "/audit", "/settings/mail")]
    for text in texts:
        assert b"tr0mbone" not in text and b"argon2" not in text
    assert b"***" in b"".join(texts)


def test_an_hour_of_wandering_shows_nothing_of_the_other_account(office: Office) -> None:
    """Two admins and a user, seeded random requests over everything that can be read; markers are in every field."""
    import random
    import re

    from cases.matrix import routes

    everything = world(office)
    dice = random.Random(4711)
    for one in (everything.acme, everything.bolt):
        for number in range(2000, 2010):
            one.admin.made(f"{one.path}/extensions", {"number": str(number), "name": f"marker-{one.slug} {number}"})
        one.admin.made(f"{one.path}/trunks", {"name": f"marker-{one.slug}", "host": f"marker-{one.slug}.test", "auth_type": "address"})
    readable = [path for method, path, access, _ in routes(everything) if method == "GET" and path != "/events"]
    seen = {"acme": set(), "bolt": set()}
    for one in (everything.acme, everything.bolt):
        for path in ("extensions", "trunks", "users"):
            body = one.admin.get(f"{one.path}/{path}").ok().body.decode()
            seen[one.slug] |= set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}", body))
    foreign = {"acme": seen["bolt"] - seen["acme"] | {"marker-bolt", "user.bolt"}, "bolt": seen["acme"] - seen["bolt"] | {"marker-acme", "user.acme"}}
    answers = 0
    for nth in range(3_000):
        house_, client = dice.choice([
            (everything.acme, everything.acme.admin), (everything.bolt, everything.bolt.admin), (everything.acme, everything.acme.user),
        ])
        client = Client(client.path, client.token, source=f"192.0.2.{nth % 200}")
        account = dice.choice([everything.acme.account_id, everything.bolt.account_id])
        ids = sorted(seen["acme"] | seen["bolt"])
        path = re.sub(r"\{[a-z_]+\}", lambda _: dice.choice(ids), dice.choice(readable).replace("{account_id}", account))
        query = dice.choice(["", "?limit=500", "?q=marker", "?order=desc"])
        answer = client.ask("GET", path + query)
        answers += answer.status == 200
        text = answer.body.decode(errors="replace")
        asked_for = path + query
        for marker in foreign[house_.slug]:
            assert marker not in text.replace(path, ""), (house_.slug, asked_for, marker, text[:500])
    assert answers > 200, answers
    print(f"{answers} answers with content")


def test_a_body_that_is_too_large_is_refused_and_changes_nothing(office: Office) -> None:
    acme = world(office).acme
    extension = f"{acme.path}/extensions"
    before = acme.admin.get(extension).ok().body
    large = b'{"number": "1999", "name": "' + b"x" * (1 << 20) + b'"}'
    acme.admin.post(extension, large).refused(413, "too-large")
    assert acme.admin.get(extension).ok().body == before
