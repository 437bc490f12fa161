"""Where calls go, with a real provider and real phones: by hours, out again, by price, withheld, bounded, and for help."""

from cases.calls import both_closed, hear_each_other, talk
from cases.trunks import DIALLED, DID, FAR, FAR_NUMBER, NEAR, House, dial_out, e164, provider_of, steps
from harness.office import Office
from harness.provider import Provider
from harness.wait import until

OTHER_FAR, OTHER_TONE = "+5511987650002", 1400


def always(house: House, name: str, open_to: dict, closed_to: dict) -> str:
    """Hours that are open all week, until somebody switches them."""
    weekly = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "24:00"}]
    body = {"name": name, "weekly": weekly, "open": open_to, "closed": closed_to}
    return house.boss.made(f"{house.path}/time-conditions", body)["time_condition_id"]


def lead(house: House, destination: dict) -> None:
    route = {"name": "In", "position": 1, "did_pattern": DID, "destination": destination, "status": "active"}
    house.boss.made(f"{house.path}/inbound-routes", route)


def guard(house: House, **bounds) -> None:
    path = f"{house.path}/dialling"
    body = {"country": "br", "area_code": "11", "guard": bounds}
    house.boss.ask("PUT", path, body, if_match=house.boss.get(path).etag).ok()


def prices(house: House, trunk: str, price: str) -> None:
    table = f"prefix,price\n55,{price}\n"
    house.boss.ask("PUT", f"{house.path}/trunks/{trunk}/rates", table.encode(), content_type="text/csv").ok()


def alert(house: House, kind: str) -> dict:
    found = lambda: [one for one in house.boss.all(f"{house.path}/alerts") if one["kind"] == kind]  # noqa: E731
    return until(found, 10, lambda: f"the alert {kind}: {house.boss.all(f'{house.path}/alerts')}")[0]


def last_invite(provider: Provider):
    return [seen for seen in provider.requests("INVITE") if seen.incoming][-1]


def test_office_hours_lead_to_one_phone_or_the_other_and_the_switch_acts_at_once(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address)
    hours = always(house, "Office", house.to("1001"), house.to("1002"))
    lead(house, {"kind": "time_condition", "time_condition_id": hours})
    house.wait_state(trunk, "registered")
    provider.wait_registered("office")
    by_day, by_night = office.phone("1001", NEAR), office.phone("1002", OTHER_TONE)
    far = office.far_phone(provider, FAR_NUMBER, FAR)
    talk(far, by_day, DID)
    # Somebody closes in the middle of a call: it goes on, and the next one goes elsewhere.
    switch = f"{house.path}/time-conditions/{hours}/override"
    house.boss.ask("PUT", switch, {"mode": "closed"}).ok()
    hear_each_other(far, by_day)
    far.hang_up()
    both_closed(far, by_day)
    talk(far, by_night, DID)
    far.hang_up()
    both_closed(far, by_night)
    call = until(lambda: (one := house.last_call())["end_time"] and one, 10, "the call is recorded")
    assert [step["text"] for step in call["trace"] if step["data"]["step"] == "hours"] == ["Office is closed by hand."], call
    house.boss.ask("PUT", switch, {"mode": "automatic"}).ok()
    talk(far, by_day, DID)
    far.hang_up()
    both_closed(far, by_day)


def test_a_call_goes_out_again_and_its_way_is_told(office: Office) -> None:
    provider = office.provider(
        subscribers={FAR_NUMBER: "far's", OTHER_FAR: "other's"}, customers={"office": "office's"}, dids={DID: "office"},
    )
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address, caller_id=DID)
    e164(house, trunk)
    lead(house, {"kind": "number", "number": "011987650002"})
    house.wait_state(trunk, "registered")
    provider.wait_registered("office")
    far, other = office.far_phone(provider, FAR_NUMBER, FAR), office.far_phone(provider, OTHER_FAR, OTHER_TONE)
    talk(far, other, DID)
    invite = [seen for seen in provider.requests("INVITE", caller=DID)][-1]
    assert "counter=1" in invite.message.get("Diversion") and DID in invite.message.get("Diversion"), invite.message
    assert ";index=1.1" in invite.message.get("History-Info"), invite.message
    other.hang_up()
    both_closed(far, other)
    call = until(lambda: (one := house.last_call())["end_time"] and one, 10, "the call is recorded")
    assert (call["direction"], call["class"], call["trunk_id"]) == ("inbound", "mobile", trunk), call
    assert {"came_in", "forwarded", "number_read", "trunk_tried"} <= set(steps(call)), call["trace"]


def test_a_number_is_withheld_for_one_call(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address, caller_id=DID)
    house.wait_state(trunk, "registered")
    e164(house, trunk)
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    dial_out(near, far, "%2331%23" + DIALLED)
    invite = last_invite(provider)
    assert "anonymous.invalid" in invite.caller and DID not in invite.caller, invite.message
    assert (invite.message.get("Privacy"), DID in invite.asserted) == ("id", True), invite.message
    assert invite.called.startswith("<sip:" + FAR_NUMBER), invite.message
    assert "caller_withheld" in steps(house.last_call())
    dial_out(near, far)
    assert DID in last_invite(provider).caller


def test_a_providers_ways_are_followed(office: Office) -> None:
    """An outbound proxy for a name that no DNS knows, another name in digests, codecs and form of numbers of its own."""
    provider = provider_of(office, lines={"line1": "office"})
    house = House(office, provider)
    profile = {
        "auth_username": "office", "outbound_proxy": provider.address, "outbound_proxy_port": 5060, "codecs": ["pcmu"],
        "number_form": "e164_plus", "caller_header": "remote_party_id", "session_timer": False,
    }
    trunk = house.trunk("Ways", "provider.test", port=None, username="line1", profile=profile, caller_id=DID)
    house.wait_state(trunk, "registered")
    house.out(trunk)
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    dial_out(near, far)
    invite = last_invite(provider)
    assert invite.uri == f"sip:{FAR_NUMBER}@provider.test", invite.message
    assert "screen=no" in invite.message.get("Remote-Party-ID") and not invite.asserted, invite.message
    assert not invite.message.get("Session-Expires"), invite.message
    audio = [line for line in invite.message.body.decode().splitlines() if line.startswith("m=audio")][0].split()
    assert audio[3] == "0" and "8" not in audio[3:], audio


def test_the_cheaper_provider_is_asked_first(office: Office) -> None:
    one, two = provider_of(office, "one"), provider_of(office, "two")
    house = House(office, one, two)
    dear, cheap = house.trunk("Dear", one.address), house.trunk("Cheap", two.address)
    house.wait_state(dear, "registered")
    house.wait_state(cheap, "registered")
    prices(house, dear, "0.50")
    prices(house, cheap, "0.10")
    house.boss.made(f"{house.path}/outbound-routes", {
        "name": "Out", "position": 1, "pattern": "+55!", "strip": 0, "prefix": "", "trunks": [dear, cheap],
        "trunk_order": "least_cost", "status": "active",
    })
    near, far = office.phone("1001", NEAR), office.far_phone(two, FAR_NUMBER, FAR)
    dial_out(near, far)
    call = until(lambda: (one := house.last_call())["end_time"] and one, 10, "the call is recorded")
    assert call["trunk_id"] == cheap and not one.requests("INVITE"), call
    assert call["class"] == "mobile" and 0 < float(call["cost"]) < 0.1, call


def test_a_call_ends_with_the_money_of_the_day(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address)
    house.wait_state(trunk, "registered")
    e164(house, trunk)
    prices(house, trunk, "10.00")
    guard(house, extension_budget={"money": "1.00"})
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    talk(near, far, DIALLED)
    both_closed(near, far)
    call = until(lambda: (one := house.last_call())["end_time"] and one, 10, "the call is recorded")
    assert (call["reason"], call["status"]) == ("budget_spent", "answered"), call
    assert 6000 <= call["duration_ms"] < 8500 and 1.0 <= float(call["cost"]) < 1.42, call
    told = alert(house, "calls_stopped")
    assert told["severity"] == "critical" and "The extension's means of this day are used up" in told["detail"], told
    # What was used up is known after a restart that nobody had prepared.
    before = len(provider.requests("INVITE"))
    for restart in (False, True):
        if restart:
            office.pabxd.kill()
            office.pabxd.start()
            house.wait_state(trunk, "registered", 60)
        near.forget()
        near.dial(DIALLED)
        assert "403" in near.wait_closed()
    assert len(provider.requests("INVITE")) == before
    near.forget()
    near.dial("1001")
    assert "403" not in near.wait_closed(), "calls inside cost nothing"


def test_a_call_for_help_goes_out_without_a_route_and_somebody_is_told(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address, max_calls=1)
    house.wait_state(trunk, "registered")
    e164(house, trunk)
    guard(house, extension_budget={"minutes": 0})
    near, other, far = office.phone("1001", NEAR), office.phone("1002", OTHER_TONE), office.far_phone(provider, FAR_NUMBER, FAR)
    near.dial(DIALLED)
    assert "403" in near.wait_closed(), "no minutes at all"
    guard(house)
    talk(near, far, DIALLED)
    # The only channel is taken: it is freed.
    other.dial("190")
    invite = provider.wait_request("INVITE", count=1)
    until(lambda: any(seen.uri.startswith("sip:190@") for seen in provider.requests("INVITE")), 10, lambda: provider.story())
    both_closed(near, far)
    told = alert(house, "emergency_call")
    assert told["detail"] == "Extension 1002 calls the emergency number 190" and told["severity"] == "critical", (told, invite)
    assert told["detail"] not in office.pabxd.log.read_text(), "the log masks who calls"
    ended = until(
        lambda: [one for one in house.boss.get(f"{house.path}/calls").ok().json["items"] if one["reason"] == "preempted"], 10, "the call that yielded",
    )
    assert ended[0]["callee"] == DIALLED, ended


def test_a_trunk_is_tried_with_a_call_that_somebody_hears(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address, profile={"number_form": "e164_plus", "codecs": ["pcmu"]})
    house.wait_state(trunk, "registered")
    path = f"{house.path}/trunks/{trunk}/test-call"
    house.boss.get(path).refused(404, "not-found")

    def tried(number: str, meanwhile=lambda: None) -> dict[str, dict]:
        assert house.boss.post(path, {"number": number}).ok().json["running"]
        meanwhile()
        done = until(lambda: (one := house.boss.get(path).ok().json)["running"] is False and one, 60, lambda: str(house.boss.get(path).json))
        assert done["number"] == number, done
        return {step["step"]: step for step in done["steps"]}

    far = office.far_phone(provider, FAR_NUMBER, FAR, answer="auto")

    def while_it_goes_on() -> None:
        far.hears(1000)
        house.boss.post(path, {"number": DIALLED}).refused(409, "conflict")

    steps_of = tried(DIALLED, while_it_goes_on)
    assert [step["state"] for step in steps_of.values()] == ["ok", "ok", "unknown", "ok"], steps_of
    far.wait_closed()
    call = until(lambda: (one := house.last_call())["end_time"] and one, 10, "the account has the record")
    assert (call["direction"], call["trunk_id"], call["extension_id"], call["status"]) == ("outbound", trunk, None, "answered"), call
    assert any(entry["action"] == "trunk.test_call" for entry in house.boss.all(f"{house.path}/audit"))
    provider.behave(invite=486)
    steps_of = tried(DIALLED)
    assert steps_of["call"]["state"] == "failed" and "The trunk works" in steps_of["call"]["advice"], steps_of
    provider.behave()
    # What the account may not call the box does not call for it.
    steps_of = tried("00351211234567")
    assert steps_of["call"]["finding"] == "refused (403)", steps_of


def test_a_pin_lets_somebody_call_farther_than_the_phone_in_hand(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address)
    house.wait_state(trunk, "registered")
    e164(house, trunk)
    path = f"{house.path}/extensions/{house.extensions['1001']}"
    house.boss.ask("PATCH", path, {"calling_class": "internal"}, if_match=house.boss.get(path).etag).ok()
    pin = house.boss.made(f"{house.path}/call-pins", {"name": "Ana", "calling_class": "mobile", "status": "active"})["pin"]
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    near.dial(DIALLED)
    assert "403" in near.wait_closed()
    dial_out(near, far, f"*59{pin}*{DIALLED}")
    call = until(lambda: (one := house.last_call())["end_time"] and one, 10, "the call is recorded")
    assert call["callee"] == DIALLED and steps(call)[0] == "pin_taken", call
    assert not [seen for seen in provider.log() if pin in str(seen.message.start) + seen.called], "the provider sees the number alone"
    assert pin not in office.pabxd.log.read_text(), "nor does the log"
