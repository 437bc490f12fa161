"""What calls by a trunk cost: a table from a file, in the place of the one before, all of it or nothing."""

import base64

from harness.office import Office
from web.client import Answer, Client
from web.world import House, boss, house, world

MANY = 100_000


def trunk(acme: House, name: str = "Line") -> str:
    body = {"name": name, "host": "192.0.2.1", "auth_type": "address"}
    return acme.admin.made(f"{acme.path}/trunks", body)["trunk_id"]


def put(client: Client, path: str, text: str, query: str = "") -> Answer:
    return client.ask("PUT", f"{path}{query}", text.encode(), content_type="text/csv")


def wrong(answer: Answer) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in answer.refused(422, "invalid").json["errors"]}


def many(count: int) -> str:
    return "prefix,price\n" + "".join(f"{1_000_000 + n},0.{n % 1000 + 1000}\n" for n in range(count))


def test_a_file_takes_the_place_of_the_table_before(office: Office) -> None:
    acme = house(boss(office), "acme")
    path = f"{acme.path}/trunks/{trunk(acme)}/rates"
    assert acme.admin.all(path) == []
    dry = put(acme.admin, path, "prefix,price\n55,1\n", "?dry_run=true").ok(200).json
    assert dry == {"count": 1, "dry_run": True} and acme.admin.all(path) == []
    assert put(acme.admin, path, "prefix,price\n+5511,0.0525\n55,0.30\n351,12\n").ok(200).json == {"count": 3, "dry_run": False}
    table = [{"prefix": "351", "price": "12"}, {"prefix": "55", "price": "0.3"}, {"prefix": "5511", "price": "0.0525"}]
    assert acme.admin.all(path, 1) == table, acme.admin.all(path)
    assert [rate["prefix"] for rate in acme.admin.all(f"{path}?q=%2B55")] == ["55", "5511"]
    assert [rate["prefix"] for rate in acme.admin.all(f"{path}?order=desc")] == ["5511", "55", "351"]
    put(acme.admin, path, "\ufeffPrefix;Price\r\n44;0,77\r\n").ok(200)
    assert acme.admin.all(path) == [{"prefix": "44", "price": "0.77"}]
    acme.admin.delete(path).ok(204)
    assert acme.admin.all(path) == []
    told = [(entry["action"], entry["before"], entry["after"]) for entry in acme.admin.all(f"{acme.path}/audit") if "rates" in entry["action"]]
    assert told[:2] == [("trunk.rates.delete", {"rates": 1}, None), ("trunk.rates.replace", {"rates": 3}, {"rates": 1})], told


def test_a_file_that_is_wrong_changes_nothing_and_its_lines_are_named(office: Office) -> None:
    acme = house(boss(office), "acme")
    path = f"{acme.path}/trunks/{trunk(acme)}/rates"
    put(acme.admin, path, "prefix,price\n44,1\n").ok(200)
    bad = "prefix,price\r\n5511,0.1\r\n\r\n0055x,1\r\n1,1000.01\r\n2,0.1234567\r\n+5511,2\r\n3\r\n++4,1\r\n"
    problems = wrong(put(acme.admin, path, bad))
    assert list(problems) == ["line 4: prefix", "line 5: price", "line 6: price", "line 7: prefix", "line 8", "line 9: prefix"], problems
    assert problems["line 7: prefix"] == "stands in line 2 already", problems
    long = put(acme.admin, path, "prefix,price\n" + "x,1\n" * 50).refused(422, "invalid").json
    assert len(long["errors"]) == 20 and "no more was read" in long["detail"], long
    assert list(wrong(put(acme.admin, path, "price,prefix\n1,1\n"))) == ["line 1"]
    put(acme.admin, path, "prefix,price\n").refused(422, "invalid")
    acme.admin.ask("PUT", path, {"prefix": "1"}).refused(415, "media-type")
    acme.admin.ask("PUT", path, b"prefix,price\n\xff,1\n", content_type="text/csv").refused(400, "bad-request")
    assert acme.admin.all(path) == [{"prefix": "44", "price": "1"}]


def test_an_account_has_a_hundred_thousand_over_all_its_trunks_and_moves_with_them(office: Office) -> None:
    chief = boss(office)
    acme = house(chief, "acme")
    full, other = (f"{acme.path}/trunks/{trunk(acme, name)}/rates" for name in ("Full", "Other"))
    put(acme.admin, full, many(MANY + 1)).refused(413, "too-large")
    assert put(acme.admin, full, many(MANY)).ok(200).json["count"] == MANY
    put(acme.admin, other, many(1), "?dry_run=true").refused(409, "limit")
    put(acme.admin, other, "x" * (4 << 20) + "x").refused(413, "too-large")
    # Another trunk's table may be replaced by as large a one.
    put(acme.admin, full, many(MANY - 1)).ok(200)
    put(acme.admin, other, many(1)).ok(200)

    key = {"passphrase": "sete gatos no telhado"}
    file = chief.post(f"{acme.path}/export", key).ok(200).body
    chief.delete(acme.path).ok(204)
    moved = chief.post("/accounts/import", {"file": base64.b64encode(file).decode()} | key).ok(200).json
    assert moved["changes"] == [], moved
    assert len(chief.all(full, 500)) == MANY - 1
    assert chief.all(other) == [{"prefix": "1000000", "price": "0.1"}]


def test_who_may_see_trunks_sees_rates_and_nobody_else(office: Office) -> None:
    everybody = world(office)
    acme, bolt = everybody.acme, everybody.bolt
    path = f"{acme.path}/trunks/{trunk(acme)}/rates"
    file = "prefix,price\n55,1\n"
    put(acme.admin, path, file).ok(200)
    for answer in (acme.user.get(path), put(acme.user, path, file), acme.user.delete(path)):
        answer.refused(403, "forbidden")
    foreign = path.replace(acme.account_id, bolt.account_id)
    for where in (path, foreign):
        for answer in (bolt.admin.get(where), put(bolt.admin, where, file), put(bolt.admin, where, "x"), bolt.admin.delete(where)):
            answer.refused(404, "not-found")
    everybody.nobody.get(path).refused(401, "unauthenticated")
    assert acme.admin.all(path) == [{"prefix": "55", "price": "1"}]
