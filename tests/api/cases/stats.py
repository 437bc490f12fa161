"""How much there was: calls by hours and days, trunks, and the accounts of the box side by side."""

from harness.office import Office
from harness.wait import until
from web.world import boss, world


def test_calls_are_counted_where_they_were_and_each_sees_the_own(office: Office) -> None:
    chief = boss(office)
    path = f"/accounts/{chief.all('/accounts')[0]['account_id']}"
    one, other = office.phone("1001", 1000), office.phone("1002", 600)
    one.dial("1002")
    other.wait_incoming()
    other.accept()
    one.wait_established()
    live = {row["account_id"]: row for row in chief.get("/stats").ok().json["items"]}[path.split("/")[2]]
    assert (live["live_calls"], live["registrations"], live["trunks_down"]) == (1, 2, 0), live
    one.hang_up()
    until(lambda: any(call["end_time"] for call in chief.all(f"{path}/calls")), 10, "the record is closed")
    stats = chief.get(f"{path}/stats?step=hour").ok().json
    assert (stats["step"], stats["zone"]) == ("hour", "America/Sao_Paulo") and 1 <= len(stats["buckets"]) <= 25
    assert stats["totals"] == {
        "inbound": 0, "outbound": 0, "internal": 1, "answered": 1, "missed": 0, "failed": 0,
        "talk_seconds": stats["totals"]["talk_seconds"],
    }
    last = stats["buckets"][-1]
    assert last["internal"] + stats["buckets"][-2]["internal"] == 1 if len(stats["buckets"]) > 1 else last["internal"] == 1
    assert len(chief.get(f"{path}/stats").ok().json["buckets"]) == 30
    listed = {row["account_id"]: row for row in chief.get("/stats").ok().json["items"]}[path.split("/")[2]]
    assert (listed["live_calls"], listed["calls_today"]) == (0, 1), listed


def test_too_long_a_time_is_refused_and_rights_hold(office: Office) -> None:
    everything = world(office)
    acme = everything.acme
    stats = f"{acme.path}/stats"
    for asked, field in [
        ("from=2026-01-01T00:00:00Z&to=2027-03-01T00:00:00Z", "from"), ("step=hour&from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z", "from"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
    ]:
        problem = acme.admin.get(f"{stats}?{asked}").refused(422, "invalid").json
        assert [error["field"] for error in problem["errors"]] == [field], problem
    acme.admin.get(f"{stats}?step=week").refused(400, "bad-request")
    assert len(acme.admin.get(f"{stats}?from=2026-01-01T00:00:00-03:00&to=2027-02-05T00:00:00-03:00").ok().json["buckets"]) == 400
    acme.user.get(stats).ok()
    everything.bolt.user.get(stats).refused(404, "not-found")
    acme.admin.get("/stats").refused(403, "forbidden")
    assert [row["name"] for row in everything.boss.get("/stats").ok().json["items"]][:2] == ["Acme", "Bolt"]
