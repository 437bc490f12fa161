"""The box rings an extension's phones, to see whether they work; a real phone hears its tone."""

from harness.office import Office
from harness.wait import until
from web.client import Client
from web.world import boss, world

STEPS = ["registered", "ringing", "answered", "sound_sent", "sound_heard", "ended"]


def place(chief: Client, number: str) -> tuple[str, str]:
    """An account's path and the path of an extension's test call."""
    path = f"/accounts/{chief.all('/accounts')[0]['account_id']}"
    return path, f"{path}/extensions/{chief.all(f'{path}/extensions?q={number}')[0]['extension_id']}/test-call"


def states(call: dict) -> list[str]:
    assert [step["step"] for step in call["steps"]] == STEPS, call
    return [step["state"] for step in call["steps"]]


def over(chief: Client, tried: str) -> dict:
    return until(lambda: (one := chief.get(tried).ok().json)["running"] is False and one, 60, lambda: str(chief.get(tried).json))


def test_a_phone_is_rung_hears_the_tone_and_is_heard(office: Office) -> None:
    chief = boss(office)
    path, tried = place(chief, "1001")
    chief.get(tried).refused(404, "not-found")
    phone = office.phone("1001", 700)
    phone.forget()
    first = chief.post(tried).ok().json
    assert first["running"] and first["number"] == "1001" and first["steps"][0]["state"] == "ok", first
    assert "baresip" in first["steps"][0]["finding"], first
    phone.wait_incoming()
    until(lambda: states(chief.get(tried).ok().json)[:3] == ["ok", "ok", "waiting"], 5, "it rings")
    chief.post(tried).refused(409, "conflict")
    phone.accept()
    phone.wait_established()
    phone.hears(1000)
    live = chief.get(f"{path}/calls/live").ok().json["items"]
    assert [(call["callee"], call["direction"]) for call in live] == [("1001", "internal")], live
    done = over(chief, tried)
    assert states(done) == ["ok", "ok", "ok", "unknown", "ok", "ok"], done
    assert done["steps"][5]["finding"] == "the box hung up", done
    phone.wait_closed()
    assert any(entry["action"] == "extension.test_call" for entry in chief.all(f"{path}/audit"))
    record = until(lambda: next((call for call in chief.all(f"{path}/calls") if call["end_time"]), None), 10, "the account has the record")
    assert (record["callee"], record["status"], record["direction"]) == ("1001", "answered", "internal"), record
    heard = record["quality"]["callee"]
    assert heard["lost"] == 0 and 400 <= heard["mos_hundredths"] <= 441 and 800 <= heard["r_tenths"] <= 932, record
    trace = chief.get(f"{path}/calls/{record['call_id']}").ok().json["trace"]
    assert [step["data"]["step"] for step in trace] == ["test_call"], trace


def test_who_takes_the_call_and_hangs_up_at_once_is_told_so(office: Office) -> None:
    chief = boss(office)
    _, tried = place(chief, "1001")
    phone = office.phone("1001", 700)
    phone.forget()
    chief.post(tried).ok()
    phone.wait_incoming()
    phone.accept()
    phone.wait_established()
    phone.hang_up()
    done = over(chief, tried)
    assert done["steps"][5]["finding"] == "whoever answered hung up", done
    phone.forget()
    chief.post(tried).ok()
    phone.wait_incoming()
    phone.hang_up()
    done = over(chief, tried)
    assert states(done)[:3] == ["ok", "ok", "failed"] and "declined" in done["steps"][2]["finding"], done


def test_where_no_phone_is_there_is_no_call(office: Office) -> None:
    everything = world(office)
    acme = everything.acme
    tried = f"{acme.path}/extensions/{acme.extension_id}/test-call"
    done = acme.admin.post(tried).ok().json
    assert done["running"] is False and states(done) == ["failed"] + ["waiting"] * 5, done
    assert done["steps"][0]["finding"] == "no phone is registered" and done["steps"][0]["advice"], done
    assert acme.admin.get(tried).ok().json == done
    assert acme.admin.all(f"{acme.path}/calls") == []
    acme.user.post(tried).refused(403, "forbidden")
    everything.bolt.admin.post(tried).refused(404, "not-found")
    everything.bolt.admin.post(tried.replace(acme.path, everything.bolt.path)).refused(404, "not-found")
