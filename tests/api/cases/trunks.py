"""Trunks, dialling and the way of a call, as data; what they do is tried with a real provider in tests/peers."""

from harness.office import Office
from harness.wait import until
from web.world import boss, house, world


def test_a_trunk_shows_everything_but_its_password(office: Office) -> None:
    acme = house(boss(office), "acme")
    body = {
        "name": "Line", "host": "192.0.2.1", "auth_type": "digest", "username": "acme", "password": "geheim-geheim",
        "networks": ["192.0.2.0/28", "2001:db8::1"], "caller_id": "+551133330000",
    }
    trunk = acme.admin.made(f"{acme.path}/trunks", body)
    path = f"{acme.path}/trunks/{trunk['trunk_id']}"
    assert (trunk["networks"], trunk["caller_id"]) == (body["networks"], body["caller_id"]), trunk
    tag = acme.admin.get(path).ok().etag
    changed = acme.admin.ask("PATCH", path, {"networks": [], "caller_id": None}, if_match=tag).ok().json
    assert (changed["networks"], changed["caller_id"], changed["username"]) == ([], None, "acme"), changed
    assert "geheim" not in str(acme.admin.get(path).ok().json) + str(acme.admin.all(f"{acme.path}/audit"))
    wrong = {"networks": ["0.0.0.0/0", "x"], "caller_id": "500&600@evil"}
    problem = acme.admin.post(f"{acme.path}/trunks", body | {"name": "Other"} | wrong).refused(422, "invalid").json
    assert {error["field"] for error in problem["errors"]} == {"networks", "caller_id"}, problem


def test_how_a_trunk_stands_is_told_with_advice(office: Office) -> None:
    acme = house(boss(office), "acme")
    body = {"name": "Nobody", "host": "127.0.0.1", "port": 9, "transport": "tcp", "auth_type": "digest", "username": "a", "password": "b"}
    trunk = acme.admin.made(f"{acme.path}/trunks", body)["trunk_id"]
    path = f"{acme.path}/trunks/{trunk}"
    status = lambda: acme.admin.get(f"{path}/status").ok().json  # noqa: E731
    until(lambda: status()["problem"] == "no_connection", 10, lambda: str(status()))
    assert status()["state"] == "down" and "port" in status()["advice"], status()
    acme.admin.ask("PATCH", path, {"status": "suspended"}, if_match=acme.admin.get(path).etag).ok()
    assert status()["problem"] == "suspended", status()
    acme.admin.delete(path, if_match=acme.admin.get(path).etag).ok(204)
    acme.admin.get(f"{path}/status").refused(404, "not-found")


def test_dialling_has_defaults_and_names_what_is_wrong(office: Office) -> None:
    acme = house(boss(office), "acme")
    path = f"{acme.path}/dialling"
    first = acme.admin.get(path).ok()
    usual = {
        "numbers": [], "zone": "America/Sao_Paulo",
        "guard": {
            "account_budget": {"minutes": None, "money": None}, "extension_budget": {"minutes": None, "money": None},
            "burst": {"calls": 20, "minutes": 10}, "off_hours": None,
        },
    }
    assert first.json == usual | {"country": "br", "area_code": None, "carrier": None, "international": [], "blocked_callers": [], "refuses_anonymous": False}, first.json
    body = {"country": "br", "area_code": "11", "carrier": "15", "international": ["351", "1", "351"], "blocked_callers": ["+5511300."], "refuses_anonymous": True}
    changed = acme.admin.ask("PUT", path, body, if_match=first.etag).ok()
    assert changed.json == usual | body | {"international": ["1", "351"]}, changed.json
    acme.admin.ask("PUT", path, body, if_match=first.etag).refused(412, "stale")
    wrong = {"country": "xx", "area_code": "1a", "carrier": "abc", "international": ["+1"], "blocked_callers": ["x"]}
    problem = acme.admin.ask("PUT", path, wrong, if_match=changed.etag).refused(422, "invalid").json
    assert {error["field"] for error in problem["errors"]} == set(wrong), problem
    problem = acme.admin.ask("PUT", path, {"area_code": "20"}, if_match=changed.etag).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["area_code"], "there is no area 20 in Brazil"


def test_nobody_is_told_of_another_accounts_trunks(office: Office) -> None:
    everybody = world(office)
    acme, bolt = everybody.acme, everybody.bolt
    trunk = acme.admin.made(f"{acme.path}/trunks", {"name": "Line", "host": "192.0.2.1", "auth_type": "address"})["trunk_id"]
    bolt.admin.get(f"{acme.path}/trunks/{trunk}/status").refused(404, "not-found")
    bolt.admin.get(f"{bolt.path}/trunks/{trunk}/status").refused(404, "not-found")
    bolt.admin.post(f"{bolt.path}/routes/simulate", {"to": "1001", "trunk_id": trunk}).refused(404, "not-found")
    bolt.admin.post(f"{acme.path}/routes/simulate", {"to": "1001"}).refused(404, "not-found")
    acme.user.post(f"{acme.path}/routes/simulate", {"to": "1001"}).refused(403, "forbidden")


def test_what_is_no_number_is_no_question(office: Office) -> None:
    acme = house(boss(office), "acme")
    problem = acme.admin.post(f"{acme.path}/routes/simulate", {"to": "500&600@evil"}).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["to"], problem
    answer = acme.admin.post(f"{acme.path}/routes/simulate", {"to": "011987654321"}).ok().json
    assert answer["destination"] == {"kind": "refused", "sip_status": 404, "reason": "unknown_number"}, answer
    assert answer["trace"][0]["data"]["class"] == "mobile" and answer["trace"][0]["text"].endswith("mobile."), answer
    assert acme.admin.post(f"{acme.path}/routes/simulate", {"to": "*43"}).ok().json["destination"] == {"kind": "feature"}


def test_an_extension_calls_as_far_as_its_class(office: Office) -> None:
    acme = house(boss(office), "acme")
    made = acme.admin.made(f"{acme.path}/extensions", {"number": "2000", "name": "Sala", "calling_class": "local", "caller_id": "+551133332000"})
    assert (made["calling_class"], made["caller_id"]) == ("local", "+551133332000"), made
    path = f"{acme.path}/extensions/{made['extension_id']}"
    ask = lambda to: acme.admin.post(f"{acme.path}/routes/simulate", {"to": to, "extension_id": made["extension_id"]}).ok().json  # noqa: E731
    answer = ask("011987654321")
    assert answer["destination"] == {"kind": "refused", "sip_status": 403, "reason": "not_permitted"}, answer
    assert answer["trace"][-1]["text"] == "The extension may call local numbers at most.", answer
    changed = acme.admin.ask("PATCH", path, {"calling_class": "mobile"}, if_match=acme.admin.get(path).etag).ok().json
    assert changed["calling_class"] == "mobile" and ask("011987654321")["destination"]["reason"] == "unknown_number"
    problem = acme.admin.ask("PATCH", path, {"calling_class": "moon", "caller_id": "me"}, if_match=acme.admin.get(path).etag).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["calling_class", "caller_id"], problem
    assert made["media_encryption"] == "offered", made
    changed = acme.admin.ask("PATCH", path, {"media_encryption": "required"}, if_match=acme.admin.get(path).etag).ok().json
    assert changed["media_encryption"] == "required" and changed["calling_class"] == "mobile", changed
    problem = acme.admin.ask("PATCH", path, {"media_encryption": "maybe"}, if_match=acme.admin.get(path).etag).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["media_encryption"], problem
    csv = "number,name,calling_class\n2001,Ana,internal\n"
    acme.admin.post(f"{acme.path}/extensions/import", csv.encode(), content_type="text/csv").ok()
    classes = {one["number"]: one["calling_class"] for one in acme.admin.all(f"{acme.path}/extensions")}
    assert classes["2001"] == "internal", classes


def test_a_test_call_dials_neither_a_code_nor_an_emergency(office: Office) -> None:
    acme = house(boss(office), "acme")
    trunk = acme.admin.made(f"{acme.path}/trunks", {"name": "Line", "host": "192.0.2.1", "auth_type": "address"})["trunk_id"]
    path = f"{acme.path}/trunks/{trunk}/test-call"
    for number in ("*59123456*1133334444", "#31#1133334444", "190", "+55190", "112", "no number"):
        problem = acme.admin.post(path, {"number": number}).refused(422, "invalid").json
        assert [error["field"] for error in problem["errors"]] == ["number"], problem
    acme.admin.get(path).refused(404, "not-found")
    assert "123456" not in str(acme.admin.all(f"{acme.path}/audit")) + office.pabxd.log.read_text(), "a PIN is kept nowhere"
    # What an emergency is the account's country says.
    dialling = f"{acme.path}/dialling"
    acme.admin.ask("PUT", dialling, {"country": "us"}, if_match=acme.admin.get(dialling).etag).ok()
    problem = acme.admin.post(path, {"number": "911"}).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["number"], problem
    assert acme.admin.post(path, {"number": "190"}).ok().json["number"] == "190"
