"""Trunks to a real provider (Kamailio): phone, pabxd, provider, far phone and back, with sound that is listened to."""

from dataclasses import replace

from cases.calls import both_closed, hear_each_other, talk
from harness.baresip import Baresip
from harness.office import Office
from harness.provider import Provider
from harness.resolver import records_of
from harness.wait import until
from web.client import Client
from web.world import boss

NEAR, FAR = 1000, 600
FAR_NUMBER, DID, OTHER_DID = "+5511987650001", "+551133330001", "+551144440001"
DIALLED = "011987650001"
REGISTERED_SECONDS, FAILOVER_SECONDS = 20, 40


def provider_of(office: Office, name: str = "provider", **more) -> Provider:
    return office.provider(
        name, subscribers={FAR_NUMBER: "far's"}, customers={"office": "office's", "shop": "shop's"},
        dids={DID: "office", OTHER_DID: "shop"} | more.pop("dids", {}), **more,
    )


class House:
    """The demo account, its trunks and routes."""

    def __init__(self, office: Office, *providers: Provider, more: str = "") -> None:
        self.office = office
        self.pabxd = office.start_pabxd(more, at=tuple(provider.box for provider in providers))
        self.boss: Client = boss(office)
        self.path = f"/accounts/{self.boss.all('/accounts')[0]['account_id']}"
        self.extensions = {one["number"]: one["extension_id"] for one in self.boss.all(f"{self.path}/extensions")}

    def trunk(self, name: str, host: str, **more) -> str:
        body = {"name": name, "host": host, "port": 5060, "auth_type": "digest", "username": "office", "password": "office's"}
        body = {key: value for key, value in (body | more).items() if value is not None}
        return self.boss.made(f"{self.path}/trunks", body)["trunk_id"]

    def status(self, trunk: str) -> dict:
        return self.boss.get(f"{self.path}/trunks/{trunk}/status").ok().json

    def wait_state(self, trunk: str, state: str, seconds: float = REGISTERED_SECONDS) -> dict:
        until(lambda: self.status(trunk)["state"] == state, seconds, lambda: f"{state}: {self.status(trunk)}")
        return self.status(trunk)

    def out(self, *trunks: str, pattern: str = "0!") -> None:
        route = {"name": f"Out {pattern}", "position": 1, "pattern": pattern, "strip": 0, "prefix": "", "trunks": trunks, "status": "active"}
        self.boss.made(f"{self.path}/outbound-routes", route)

    def to(self, number: str) -> dict:
        """The destination that is this extension."""
        return {"kind": "extension", "extension_id": self.extensions[number]}

    def into(self, pattern: str, number: str) -> None:
        route = {"name": f"In {pattern}", "position": 1, "did_pattern": pattern, "destination": self.to(number), "status": "active"}
        self.boss.made(f"{self.path}/inbound-routes", route)

    def last_call(self) -> dict:
        """The newest record, once its call has ended."""
        calls = until(lambda: self.boss.get(f"{self.path}/calls").ok().json["items"], 10, "a call is recorded")
        return self.boss.get(f"{self.path}/calls/{calls[0]['call_id']}").ok().json


def steps(call: dict) -> list[str]:
    return [step["data"]["step"] for step in call["trace"]]



def dial_out(near: Baresip, far: Baresip, dialled: str = DIALLED) -> None:
    """Out, answered, heard both ways, ended."""
    talk(near, far, dialled)
    near.hang_up()
    both_closed(near, far)


def e164(house: House, *trunks: str) -> None:
    """Outside numbers go out in international form, as this provider has them."""
    route = {"name": "Out", "position": 1, "pattern": "+55!", "strip": 0, "prefix": "", "trunks": trunks, "status": "active"}
    house.boss.made(f"{house.path}/outbound-routes", route)


def test_a_call_goes_out_and_one_comes_in(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address)
    assert house.wait_state(trunk, "registered")["problem"] is None
    provider.wait_registered("office")
    e164(house, trunk)
    house.into(DID, "1001")
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    dial_out(near, far)
    call = house.last_call()
    assert (call["direction"], call["trunk_id"], call["callee"]) == ("outbound", trunk, DIALLED), call
    assert {"number_read", "route_taken", "trunk_chosen", "trunk_tried"} <= set(steps(call)), call["trace"]
    talk(far, near, DID)
    near.hang_up()
    both_closed(far, near)
    until(lambda: house.last_call()["direction"] == "inbound", 10, "the inbound call is recorded")
    call = house.last_call()
    assert (call["caller"], call["trunk_id"], call["extension_id"]) == (FAR_NUMBER, trunk, house.extensions["1001"]), call
    assert {"came_in", "route_taken", "extension"} <= set(steps(call)), call["trace"]


def test_over_tcp_and_over_tls_with_the_certificate_checked(office: Office) -> None:
    provider = provider_of(office)
    resolver = office.resolver(records_of(provider))
    more = f'[trunks]\ndns_servers = ["{resolver.address}"]\nauthorities = "{provider.ca}"\n'
    house = House(office, provider, more=more)
    trunks = {
        "tcp": house.trunk("TCP", provider.address, transport="tcp"),
        "tls": house.trunk("TLS", provider.name, transport="tls", port=None),
    }
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    for transport, trunk in trunks.items():
        house.wait_state(trunk, "registered")
        for route in house.boss.all(f"{house.path}/outbound-routes"):
            path = f"{house.path}/outbound-routes/{route['route_id']}"
            house.boss.delete(path, if_match=house.boss.get(path).etag).ok(204)
        e164(house, trunk)
        dial_out(near, far)
        seen = [one for one in provider.requests("INVITE", caller="office") if one.incoming]
        assert seen[-1].transport.lower() == transport, seen[-1]
    # An address is not what the certificate is for.
    wrong = house.trunk("Wrong name", provider.address, transport="tls", port=5061)
    until(lambda: house.status(wrong)["problem"] == "no_connection", 20, lambda: str(house.status(wrong)))
    assert "certificate" in house.status(wrong)["advice"]


def test_over_tls_the_sound_is_encrypted_where_the_trunk_wants_it(office: Office) -> None:
    provider = provider_of(office)
    resolver = office.resolver(records_of(provider))
    more = f'[trunks]\ndns_servers = ["{resolver.address}"]\nauthorities = "{provider.ca}"\n'
    house = House(office, provider, more=more)
    secure = house.trunk("Secure", provider.name, transport="tls", port=None, profile={"media_encryption": "required"})
    house.wait_state(secure, "registered")
    e164(house, secure)
    house.into(DID, "1001")
    near = office.phone("1001", NEAR)
    far = office.bare_phone("far", FAR, provider.inside)
    far.register(replace(provider.account(FAR_NUMBER), mediaenc="srtp-mand"))
    for caller, callee, number, direction, sides in [
        (near, far, DIALLED, "outbound", ("callee", "caller")), (far, near, DID, "inbound", ("caller", "callee")),
    ]:
        talk(caller, callee, number)
        caller.hang_up()
        both_closed(caller, callee)

        def ended(direction: str = direction) -> dict | None:
            call = house.last_call()
            return call["quality"] if call["direction"] == direction else None

        quality = until(ended, 10, "the call is recorded")
        suites = [quality[side].get("encryption") for side in sides]
        assert suites == ["AES_CM_128_HMAC_SHA1_80", None], quality
    # In clear nobody is reached.
    plain = house.trunk("Plain", provider.address, profile={"media_encryption": "required"})
    house.wait_state(plain, "registered")
    for route in house.boss.all(f"{house.path}/outbound-routes"):
        path = f"{house.path}/outbound-routes/{route['route_id']}"
        house.boss.delete(path, if_match=house.boss.get(path).etag).ok(204)
    e164(house, plain)
    near.forget()
    near.dial(DIALLED)
    near.wait_closed()

    def told() -> list[dict]:
        return [step["data"] for step in house.last_call()["trace"] if step["data"]["step"] == "encryption_refused"]

    until(told, 10, lambda: f"the record says why: {house.last_call()['trace']}")
    assert (told()[0]["party"], told()[0]["why"]) == ("Plain", "clear_signalling"), told()


def test_a_wrong_password_says_so_and_is_not_tried_again_and_again(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Wrong", provider.address, password="nobody's")
    until(lambda: house.status(trunk)["problem"] == "wrong_credentials", 20, lambda: str(house.status(trunk)))
    status = house.status(trunk)
    assert status["state"] == "down" and "password" in status["advice"], status
    steps = {step["step"]: step["state"] for step in status["steps"]}
    assert steps == {"address": "ok", "connection": "ok", "answer": "ok", "credentials": "failed", "registration": "waiting"}, status
    assert len(provider.requests("REGISTER", caller="office")) <= 3
    path = f"{house.path}/trunks/{trunk}"
    house.boss.ask("PATCH", path, {"password": "office's"}, if_match=house.boss.get(path).etag).ok()
    house.wait_state(trunk, "registered")
    before = len(provider.requests("REGISTER", caller="office"))
    house.boss.post(f"{path}/test").ok()
    until(lambda: len(provider.requests("REGISTER", caller="office")) > before + 1, 10, "it registers anew")
    house.wait_state(trunk, "registered")
    assert {step["state"] for step in house.status(trunk)["steps"]} == {"ok"}, house.status(trunk)


def test_the_second_provider_takes_over_when_the_first_dies_and_gives_back(office: Office) -> None:
    one, two = provider_of(office, "one"), provider_of(office, "two")
    house = House(office, one, two)
    first, second = house.trunk("One", one.address), house.trunk("Two", two.address)
    house.wait_state(first, "registered")
    house.wait_state(second, "registered")
    e164(house, first, second)
    near = office.phone("1001", NEAR)
    far = office.far_phone(two, FAR_NUMBER, FAR)
    # It takes the call, says 100, and dies before anything else.
    one.behave(slow=15, trying=True)
    far.forget()
    near.dial(DIALLED)
    one.wait_request("INVITE")
    one.kill()
    far.wait_incoming(FAILOVER_SECONDS)
    far.accept()
    near.wait_established()
    hear_each_other(near, far)
    near.hang_up()
    both_closed(near, far)
    call = house.last_call()
    assert call["trunk_id"] == second and "trunk_failed" in steps(call), call
    one.restart()
    house.wait_state(first, "registered", 150)


def test_a_provider_that_cannot_serve_is_passed_over_at_once(office: Office) -> None:
    one, two = provider_of(office, "one"), provider_of(office, "two")
    house = House(office, one, two)
    first, second = house.trunk("One", one.address), house.trunk("Two", two.address)
    house.wait_state(first, "registered")
    house.wait_state(second, "registered")
    e164(house, first, second)
    near, far = office.phone("1001", NEAR), office.far_phone(two, FAR_NUMBER, FAR)
    for behaviour in ({"invite": 503}, {"invite": 302, "headers": {"Contact": "<sip:+19005550123@premium.test>"}}, {"challenge": True}):
        one.behave(**behaviour)
        dial_out(near, far)
        assert not [seen for seen in two.requests("INVITE") if "1900" in seen.uri], "a redirection was followed"
    # What is about who is called is told, and nobody else is asked.
    one.behave(invite=486)
    before = len(two.requests("INVITE", caller="office"))
    near.forget()
    near.dial(DIALLED)
    near.wait_closed()
    assert len(two.requests("INVITE", caller="office")) == before


def test_servers_are_found_by_dns_and_the_next_is_used(office: Office) -> None:
    one, two = provider_of(office, "one"), provider_of(office, "two")
    resolver = office.resolver(records_of(one, two, ttl=5))
    house = House(office, one, two, more=f'[trunks]\ndns_servers = ["{resolver.address}"]\n')
    trunk = house.trunk("By name", "provider.test", port=None)
    house.wait_state(trunk, "registered")
    status = house.status(trunk)
    assert status["servers"] == 2 and status["server"] == f"{one.address}:5060", status
    one.kill()
    e164(house, trunk)
    near, far = office.phone("1001", NEAR), office.far_phone(two, FAR_NUMBER, FAR)
    near.forget()
    far.forget()
    near.dial(DIALLED)
    far.wait_incoming(FAILOVER_SECONDS)
    far.accept()
    near.wait_established()
    hear_each_other(near, far)
    near.hang_up()
    both_closed(near, far)


def test_a_trunk_by_address_carries_calls_both_ways(office: Office) -> None:
    provider = provider_of(office, addresses=("{box}",))
    house = House(office, provider)
    trunk = house.trunk("By address", provider.address, auth_type="address", username=None, password=None, caller_id=DID)
    status = house.wait_state(trunk, "reachable")
    assert status["round_trip_ms"] is not None
    e164(house, trunk)
    near, far = office.phone("1001", NEAR), office.far_phone(provider, FAR_NUMBER, FAR)
    dial_out(near, far)
    assert provider.requests("INVITE")[0].asserted, "the caller's number is asserted"


def test_a_number_of_another_account_goes_out_and_comes_in(office: Office) -> None:
    """Two accounts of one box at the same provider: each hears only its own number."""
    provider = provider_of(office)
    house = House(office, provider)
    mine = house.trunk("Mine", provider.address)
    shop = house.boss.made("/accounts", {"name": "Shop", "slug": "shop", "domain": "shop.test", "max_extensions": 5})
    path = f"/accounts/{shop['account_id']}"
    extension = house.boss.made(f"{path}/extensions", {"number": "1001", "name": "Shop"})
    theirs = house.boss.made(f"{path}/trunks", {
        "name": "Theirs", "host": provider.address, "port": 5060, "auth_type": "digest", "username": "shop", "password": "shop's",
    })["trunk_id"]
    house.boss.made(f"{path}/inbound-routes", {
        "name": "In", "position": 1, "did_pattern": OTHER_DID, "destination": {"kind": "extension", "extension_id": extension["extension_id"]},
        "status": "active",
    })
    e164(house, mine)
    house.wait_state(mine, "registered")
    until(lambda: house.boss.get(f"{path}/trunks/{theirs}/status").ok().json["state"] == "registered", 20, "theirs is registered")
    near = office.phone("1001", NEAR)
    near.forget()
    near.dial("01144440001")
    near.wait_closed()
    # No phone of the shop is registered: it came in there, and was recorded there.
    calls = until(lambda: house.boss.get(f"{path}/calls").ok().json["items"], 10, "the shop's record")
    assert [(one["direction"], one["trunk_id"]) for one in calls] == [("inbound", theirs)], calls
    own = house.boss.get(f"{house.path}/calls").ok().json["items"]
    assert [(one["direction"], one["trunk_id"]) for one in own] == [("outbound", mine)], own


def test_where_a_number_goes_is_explained_without_a_call(office: Office) -> None:
    provider = provider_of(office)
    house = House(office, provider)
    trunk = house.trunk("Provider", provider.address)
    e164(house, trunk)
    house.into(DID, "1001")
    ask = lambda **body: house.boss.post(f"{house.path}/routes/simulate", body).ok().json  # noqa: E731
    out = ask(to=DIALLED)
    assert out["destination"] == {"kind": "trunks", "attempts": [{"trunk_id": trunk, "number": FAR_NUMBER, "price": None}]}, out
    assert any("mobile" in step["text"] for step in out["trace"]), out
    assert ask(to="1001")["destination"]["reason"] == "not_registered"
    blocked = ask(to="00351211234567")
    assert blocked["destination"]["reason"] == "not_permitted", blocked
    came = ask(to=DID, trunk_id=trunk)
    assert [step["data"]["step"] for step in came["trace"]] == ["came_in", "route_taken", "extension"], came
    dialling = f"{house.path}/dialling"
    body = {"country": "br", "area_code": "11", "international": ["351"]}
    house.boss.ask("PUT", dialling, body, if_match=house.boss.get(dialling).etag).ok()
    assert ask(to="00351211234567")["destination"]["reason"] == "unknown_number", "allowed, and no route is for it"
    assert ask(to="190")["destination"]["kind"] == "trunks", "an emergency needs no route"
    assert not provider.requests("INVITE")
