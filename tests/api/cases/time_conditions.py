"""Office hours: kept, shown with how they stand, switched by hand, and asked by simulations."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.office import Office, Skip
from web.world import House, boss, house, socket_of, world

# A Wednesday, 15:00 and 21:00 in São Paulo, and Consciência Negra of that year, a Friday.
BY_DAY, BY_NIGHT, HOLIDAY = "2026-12-02T18:00:00Z", "2026-12-03T00:00:00Z", "2026-11-20T18:00:00Z"
OFFICE = {
    "name": "Office", "zone": "America/Sao_Paulo", "holiday_set": "br", "holidays": [{"name": "Mudança", "date": "12-02", "open": []}],
    "weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}],
}
DID = "+551133330001"
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def extension(acme: House) -> dict:
    return {"kind": "extension", "extension_id": acme.extension_id}


def route_to(acme: House, destination: dict | None) -> dict:
    return {"name": "In", "position": 1, "did_pattern": DID, "destination": destination, "status": "active"}


def trunk(acme: House, **more) -> str:
    return acme.admin.made(f"{acme.path}/trunks", {"name": "Line", "host": "192.0.2.1", "auth_type": "address"} | more)["trunk_id"]


def test_hours_are_kept_as_they_were_written_and_say_how_they_stand(office: Office) -> None:
    acme = house(boss(office), "acme")
    body = OFFICE | {"open": extension(acme), "closed": {"kind": "reject", "reject": "busy"}}
    made = acme.admin.made(f"{acme.path}/time-conditions", body)
    assert {key: made[key] for key in body} == body, made
    assert made["override"] == {"mode": "automatic", "until": None} and made["now"]["why"] in {"hours", "outside_hours", "holiday"}, made
    path = f"{acme.path}/time-conditions/{made['time_condition_id']}"
    read = acme.admin.get(path).ok()
    changed = acme.admin.ask("PUT", path, body | {"weekly": [], "holidays": []}, if_match=read.etag).ok().json
    assert changed["now"]["open"] is False and changed["now"]["until"] is None, changed
    acme.admin.ask("PUT", path, body, if_match=read.etag).refused(412, "stale")
    assert [one["name"] for one in acme.admin.all(f"{acme.path}/time-conditions")] == ["Office"]
    acme.admin.post(f"{acme.path}/time-conditions", body).refused(409, "taken")
    acme.admin.delete(path, if_match=acme.admin.get(path).etag).ok(204)
    acme.admin.get(path).refused(404, "not-found")
    told = {entry["action"] for entry in acme.admin.all(f"{acme.path}/audit")}
    assert {"time_condition.create", "time_condition.update", "time_condition.delete"} <= told, told


def test_what_is_wrong_is_named(office: Office) -> None:
    acme = house(boss(office), "acme")
    wrong = {
        "name": "", "zone": "Moon/Base", "holiday_set": "xx",
        "weekly": [{"days": [], "from": "08:00", "to": "18:00"}, {"days": ["mon"], "from": "8", "to": "8"}, {"days": ["mon"], "from": "08:00", "to": "08:00"}],
        "holidays": [{"name": "Never", "date": "02-30"}, {"name": "Late", "date": "12-24", "open": [{"from": "12:00", "to": "08:00"}]}],
        "open": {"kind": "number", "number": "500&600@evil"}, "closed": {"kind": "reject", "reject": "moon"},
    }
    problem = acme.admin.post(f"{acme.path}/time-conditions", wrong).refused(422, "invalid").json
    fields = {error["field"] for error in problem["errors"]}
    assert fields == {
        "name", "zone", "holiday_set", "weekly[0].days", "weekly[1].from", "weekly[1].to", "weekly[2].to", "holidays[0].date",
        "holidays[1].open[0].to", "open", "closed",
    }, problem
    many = OFFICE | {"weekly": OFFICE["weekly"] * 51}
    problem = acme.admin.post(f"{acme.path}/time-conditions", many).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["weekly"], problem


def test_it_is_switched_by_hand_and_back(office: Office) -> None:
    acme = house(boss(office), "acme")
    path = f"{acme.path}/time-conditions/" + acme.admin.made(f"{acme.path}/time-conditions", OFFICE)["time_condition_id"]
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for mode, is_open in (("open", True), ("closed", False)):
        switched = acme.admin.ask("PUT", f"{path}/override", {"mode": mode, "until": until}).ok().json
        assert switched["override"] == {"mode": mode, "until": until}, switched
        assert (switched["now"]["open"], switched["now"]["why"]) == (is_open, "override"), switched
    # Whoever changes the hours does not switch by the way.
    changed = acme.admin.ask("PUT", path, OFFICE | {"name": "Shop"}, if_match=acme.admin.get(path).etag).ok().json
    assert changed["override"]["mode"] == "closed", changed
    assert acme.admin.ask("PUT", f"{path}/override", {"mode": "automatic"}).ok().json["now"]["why"] != "override"
    for body in ({"mode": "moon"}, {"mode": "open", "until": "2001-01-01T00:00:00Z"}, {"mode": "automatic", "until": until}):
        acme.admin.ask("PUT", f"{path}/override", body).refused(422, "invalid")
    acme.user.ask("PUT", f"{path}/override", {"mode": "open"}).refused(403, "forbidden")


def test_a_box_that_does_not_know_the_time_says_that_it_is_open(office: Office) -> None:
    if SYNCHRONISED.exists():
        raise Skip("the clock of this machine is set by the network")
    acme = house(boss(office), "acme")
    path = f"{acme.path}/time-conditions/" + acme.admin.made(f"{acme.path}/time-conditions", OFFICE | {"weekly": []})["time_condition_id"]
    acme.admin.ask("PUT", f"{path}/override", {"mode": "closed"}).ok()
    assert acme.admin.get(path).ok().json["now"]["why"] == "override"
    office.pabxd.stop()
    (office.pabxd.folder / "state/last-time").write_text(str(int((time.time() + 30 * 86_400) * 1000)))
    office.pabxd.start()
    socket_of(office)
    now = {"open": True, "why": "no_clock", "holiday": None, "until": None}
    assert acme.admin.get(path).ok().json["now"] == now
    assert [one["now"] for one in acme.admin.all(f"{acme.path}/time-conditions")] == [now]


def test_a_simulation_asks_for_any_moment(office: Office) -> None:
    acme = house(boss(office), "acme")
    line = trunk(acme)
    night = acme.admin.made(f"{acme.path}/time-conditions", OFFICE | {
        "holidays": [], "open": extension(acme), "closed": {"kind": "reject", "reject": "declined"},
    })
    to = {"kind": "time_condition", "time_condition_id": night["time_condition_id"]}
    route = acme.admin.made(f"{acme.path}/inbound-routes", route_to(acme, to))
    assert route["destination"] == to, route

    def ask(at: str) -> dict:
        return acme.admin.post(f"{acme.path}/routes/simulate", {"to": DID, "trunk_id": line, "at": at}).ok().json

    day = ask(BY_DAY)
    assert day["destination"]["reason"] == "not_registered" and day["trace"][-1]["data"]["step"] == "extension", day
    assert day["trace"][-2]["text"] == "Office is open.", day
    for at, text in ((BY_NIGHT, "Office is closed."), (HOLIDAY, "Office is closed (Dia Nacional de Zumbi e da Consciência Negra).")):
        answer = ask(at)
        assert (answer["destination"]["sip_status"], answer["trace"][-2]["text"]) == (603, text), answer
    problem = acme.admin.post(f"{acme.path}/routes/simulate", {"to": DID, "trunk_id": line, "at": "tomorrow"})
    assert problem.refused(422, "invalid").json["errors"][0]["field"] == "at"
    # What it led to is gone: said, and nothing is broken.
    path = f"{acme.path}/time-conditions/{night['time_condition_id']}"
    acme.admin.delete(path, if_match=acme.admin.get(path).etag).ok(204)
    assert ask(BY_DAY)["trace"][-1]["data"]["step"] == "destination_gone"


def test_nothing_leads_into_another_account(office: Office) -> None:
    everybody = world(office)
    acme, bolt = everybody.acme, everybody.bolt
    theirs = bolt.admin.made(f"{bolt.path}/time-conditions", OFFICE)["time_condition_id"]
    acme.admin.get(f"{acme.path}/time-conditions/{theirs}").refused(404, "not-found")
    acme.admin.get(f"{bolt.path}/time-conditions/{theirs}").refused(404, "not-found")
    acme.admin.ask("PUT", f"{acme.path}/time-conditions/{theirs}/override", {"mode": "open"}).refused(404, "not-found")
    foreign = {"kind": "time_condition", "time_condition_id": theirs}
    acme.admin.post(f"{acme.path}/inbound-routes", route_to(acme, foreign)).refused(404, "not-found")
    acme.admin.post(f"{acme.path}/time-conditions", OFFICE | {"open": extension(bolt)}).refused(404, "not-found")
    guard = {"off_hours": {"time_condition_id": theirs, "calling_class": "local"}}
    dialling = f"{acme.path}/dialling"
    acme.admin.ask("PUT", dialling, {"guard": guard}, if_match=acme.admin.get(dialling).etag).refused(404, "not-found")
    acme.user.get(f"{acme.path}/time-conditions").refused(403, "forbidden")


def test_bounds_of_calls_are_read_shown_and_checked(office: Office) -> None:
    acme = house(boss(office), "acme")
    hours = acme.admin.made(f"{acme.path}/time-conditions", OFFICE)["time_condition_id"]
    path = f"{acme.path}/dialling"
    guard = {
        "account_budget": {"minutes": 600, "money": "150.00"}, "extension_budget": {"minutes": 60, "money": None},
        "burst": {"calls": 5, "minutes": 15}, "off_hours": {"time_condition_id": hours, "calling_class": "local"},
    }
    changed = acme.admin.ask("PUT", path, {"guard": guard, "zone": "America/Manaus"}, if_match=acme.admin.get(path).etag).ok().json
    assert (changed["guard"], changed["zone"]) == (guard, "America/Manaus"), changed
    line = trunk(acme)
    out = {"name": "Out", "position": 1, "pattern": "0!", "strip": 0, "prefix": "", "trunks": [line], "status": "active"}
    acme.admin.made(f"{acme.path}/outbound-routes", out)
    ask = lambda at: acme.admin.post(f"{acme.path}/routes/simulate", {"to": "02133334444", "at": at}).ok().json  # noqa: E731
    assert ask("2026-12-01T18:00:00Z")["destination"]["kind"] == "trunks"
    late = ask(BY_NIGHT)
    assert late["destination"] == {"kind": "refused", "sip_status": 403, "reason": "not_permitted"}, late
    assert late["trace"][-1]["text"] == "While Office is closed, local numbers may be called at most.", late
    wrong = {
        "account_budget": {"minutes": 9_999_999, "money": "lots"}, "burst": {"calls": 501, "minutes": 0},
        "off_hours": {"time_condition_id": "x", "calling_class": "moon"},
    }
    problem = acme.admin.ask("PUT", path, {"guard": wrong}, if_match=acme.admin.get(path).etag).refused(422, "invalid").json
    assert {error["field"] for error in problem["errors"]} == {
        "guard.account_budget.minutes", "guard.account_budget.money", "guard.burst.calls", "guard.burst.minutes",
        "guard.off_hours.time_condition_id", "guard.off_hours.calling_class",
    }, problem


def test_only_who_runs_the_box_says_which_numbers_are_the_accounts(office: Office) -> None:
    chief = boss(office)
    acme = house(chief, "acme")
    path = f"{acme.path}/dialling"
    body = {"numbers": ["+55113333XXXX"]}
    acme.admin.ask("PUT", path, body, if_match=acme.admin.get(path).etag).refused(403, "forbidden")
    chief.ask("PUT", path, body, if_match=chief.get(path).etag).ok()
    # The account changes the rest, and leaves the numbers as they are.
    acme.admin.ask("PUT", path, body | {"area_code": "11"}, if_match=acme.admin.get(path).etag).ok()
    made = {"number": "2000", "name": "Sala", "caller_id": "+551144440000"}
    problem = acme.admin.post(f"{acme.path}/extensions", made).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["caller_id"], problem
    one = acme.admin.made(f"{acme.path}/extensions", made | {"caller_id": "+551133332000"})
    extension_path = f"{acme.path}/extensions/{one['extension_id']}"
    tag = acme.admin.get(extension_path).etag
    acme.admin.ask("PATCH", extension_path, {"caller_id": "+551144440000"}, if_match=tag).refused(422, "invalid")
    acme.admin.ask("PATCH", extension_path, {"caller_id": "01133332001"}, if_match=tag).ok()
    line = {"name": "Line", "host": "192.0.2.1", "auth_type": "address", "caller_id": "+551144440000"}
    problem = acme.admin.post(f"{acme.path}/trunks", line).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["caller_id"], problem


def test_a_trunks_profile_is_kept_whole_and_checked(office: Office) -> None:
    acme = house(boss(office), "acme")
    usual = {
        "auth_username": None, "outbound_proxy": None, "outbound_proxy_port": None, "caller_header": "p_asserted", "called_header": "auto",
        "number_form": None, "codecs": [], "session_timer": True, "passes_callers": False,
        "media_encryption": "off",
    }
    line = trunk(acme)
    path = f"{acme.path}/trunks/{line}"
    assert acme.admin.get(path).ok().json["profile"] == usual
    profile = {
        "auth_username": "digest", "outbound_proxy": "proxy.test", "outbound_proxy_port": 5080, "caller_header": "remote_party_id",
        "called_header": "to", "number_form": "e164", "codecs": ["g722", "pcma"], "session_timer": False, "passes_callers": True,
        "media_encryption": "offered",
    }
    changed = acme.admin.ask("PATCH", path, {"profile": profile}, if_match=acme.admin.get(path).etag).ok().json
    assert changed["profile"] == profile, changed
    untouched = acme.admin.ask("PATCH", path, {"max_calls": 3}, if_match=acme.admin.get(path).etag).ok().json
    assert untouched["profile"] == profile, untouched
    wrong = {
        "auth_username": "a\r\nb", "outbound_proxy": "x y", "outbound_proxy_port": 0, "caller_header": "x", "called_header": "x",
        "number_form": "x", "codecs": ["pcma", "pcma"], "media_encryption": "x",
    }
    problem = acme.admin.ask("PATCH", path, {"profile": wrong}, if_match=acme.admin.get(path).etag).refused(422, "invalid").json
    assert {error["field"] for error in problem["errors"]} == {f"profile.{field}" for field in wrong}, problem


def test_a_pin_is_shown_once_and_belongs_to_one(office: Office) -> None:
    everybody = world(office)
    acme, bolt = everybody.acme, everybody.bolt
    path = f"{acme.path}/call-pins"
    body = {"name": "Ana", "calling_class": "international", "status": "active"}
    made = acme.admin.made(path, body)
    assert len(made["pin"]) == 6 and made["pin"].isdigit(), made
    one = f"{path}/{made['pin_id']}"
    assert "pin" not in acme.admin.get(one).ok().json and made["pin"] not in str(acme.admin.all(path))
    acme.admin.post(path, body | {"name": "Bia", "pin": made["pin"]}).refused(409, "taken")
    bolt.admin.made(f"{bolt.path}/call-pins", body | {"pin": made["pin"]})
    changed = acme.admin.ask("PUT", one, body | {"pin": "40718293", "calling_class": "mobile"}, if_match=acme.admin.get(one).etag).ok().json
    assert changed["calling_class"] == "mobile", changed
    acme.admin.made(path, body | {"name": "Bia", "pin": made["pin"]})
    # A change that says nothing of the digits leaves them: nobody else can have them.
    renamed = acme.admin.ask("PUT", one, body | {"name": "Ana Maria"}, if_match=acme.admin.get(one).etag).ok().json
    assert renamed["name"] == "Ana Maria" and renamed["calling_class"] == "international", renamed
    acme.admin.post(path, body | {"name": "Dora", "pin": "40718293"}).refused(409, "taken")
    for pin in ("123", "123456789", "12a4"):
        problem = acme.admin.post(path, body | {"name": "Caio", "pin": pin}).refused(422, "invalid").json
        assert [error["field"] for error in problem["errors"]] == ["pin"], problem
    bolt.admin.get(one).refused(404, "not-found")
    acme.user.get(path).refused(403, "forbidden")
    audit = str(acme.admin.all(f"{acme.path}/audit"))
    assert "call_pin.update" in audit and made["pin"] not in audit and "40718293" not in audit
    state = office.pabxd.folder / "state/pabx.db"
    kept = b"".join(file.read_bytes() for file in (state, state.with_name("pabx.db-wal")) if file.exists())
    assert b"40718293" not in kept, "the digits are sealed"
    acme.admin.delete(one, if_match=acme.admin.get(one).etag).ok(204)


def test_templates_of_providers_begin_a_trunk(office: Office) -> None:
    acme = house(boss(office), "acme")
    templates = {one["id"]: one for one in acme.admin.get("/trunk-templates").ok().json["items"]}
    assert {"generic-registration", "brazil-address", "twilio"} <= set(templates), sorted(templates)
    brazil = templates["brazil-registration"]
    answers = {"host": "sip.operadora.test", "username": "1133330000", "password": "segredo-segredo"}
    assert set(brazil["ask"]) == set(answers) and set(brazil["notes"]) == {"pt-BR", "en", "es"}, brazil
    made = acme.admin.made(f"{acme.path}/trunks", brazil["trunk"] | answers | {"name": brazil["name"]})
    assert made["profile"]["number_form"] == "national" and made["profile"]["codecs"] == ["pcma", "pcmu"], made
    acme.user.get("/trunk-templates").refused(403, "forbidden")
