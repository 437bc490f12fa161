"""Whether the box can do its work in the network where it stands."""

from harness.office import Office
from web.world import world

STEPS = ["address", "gateway", "dns", "time", "nat", "sip_alg"]


def test_each_step_is_passed_failed_with_advice_or_skipped_with_a_reason(office: Office) -> None:
    everything = world(office)
    check = everything.boss.get("/system/network/check").ok().json
    assert check["checked_at"] and [step["step"] for step in check["steps"]] == STEPS, check
    for step in check["steps"]:
        assert step["state"] in ("passed", "failed", "skipped") and step["finding"], step
        assert bool(step["advice"]) == (step["state"] == "failed"), step
    by_name = {step["step"]: step for step in check["steps"]}
    assert by_name["time"]["state"] == "passed", check
    assert by_name["sip_alg"]["state"] == "skipped" and "no trunk" in by_name["sip_alg"]["finding"], check
    everything.acme.admin.get("/system/network/check").refused(403, "forbidden")
