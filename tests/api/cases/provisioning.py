"""A phone app fetches its settings by a link that somebody made on purpose, and works with what it was told."""

import xml.etree.ElementTree as Xml

from harness.baresip import Account
from harness.office import Office
from web.client import Client
from web.world import boss, world

SPACE = "{http://www.linphone.org/xsds/lpconfig.xsd}"


def settings(client: Client, link: str) -> dict[str, str]:
    answer = client.get(link).ok()
    assert answer.headers["content-type"].startswith("application/xml") and answer.headers["cache-control"] == "no-store", answer.headers
    root = Xml.fromstring(answer.body)
    return {
        f"{section.get('name')}.{entry.get('name')}": entry.text or ""
        for section in root.iter(f"{SPACE}section") for entry in section.iter(f"{SPACE}entry")
    }


def test_an_app_signs_in_with_what_its_link_told_it(office: Office) -> None:
    chief = boss(office)
    path = f"/accounts/{chief.all('/accounts')[0]['account_id']}"
    extension = chief.all(f"{path}/extensions?q=1001")[0]
    one = f"{path}/extensions/{extension['extension_id']}"
    chief.patch(one, {"name": 'Ana & "João" <x>'}).ok()
    link = chief.post(f"{one}/provisioning", {"server": "127.0.0.1", "port": office.pabxd.port}).ok().json["path"]
    nobody = Client(chief.path)
    told = settings(nobody, link)
    assert told["proxy_0.reg_identity"] == f'"Ana & João <x>" <sip:1001@{office.pabxd.domain}>', told
    assert told["proxy_0.reg_route"] == f"<sip:127.0.0.1:{office.pabxd.port};transport=tcp>", told
    phone = office.bare_phone("linphone", 700)
    phone.register(Account(
        user=told["auth_info_0.username"], password=told["auth_info_0.passwd"], domain=told["auth_info_0.domain"],
        server=office.pabxd.server, transport="tcp", auth_user=told["auth_info_0.userid"],
    ))
    assert [device["transport"] for device in chief.get(f"{path}/registrations").ok().json["items"]] == ["tcp"]
    actions = [entry["action"] for entry in chief.all(f"{path}/audit")]
    assert actions.count("extension.provisioning") == 1 and actions.count("extension.password.shown") == 1, actions


def test_a_link_ends_after_three_fetches_with_a_newer_one_and_with_its_extension(office: Office) -> None:
    everything = world(office)
    admin, one = everything.acme.admin, f"{everything.acme.path}/extensions/{everything.acme.extension_id}"
    wanted = {"server": "pabx.local"}
    first = admin.post(f"{one}/provisioning", wanted).ok().json["path"]
    second = admin.post(f"{one}/provisioning", wanted).ok().json["path"]
    everything.nobody.get(first).refused(404, "not-found")
    for _ in range(3):
        assert settings(everything.nobody, second)["proxy_0.reg_route"] == "<sip:pabx.local:5060;transport=tcp>"
    everything.nobody.get(second).refused(404, "not-found")
    third = admin.post(f"{one}/provisioning", wanted | {"transport": "tls"}).ok().json["path"]
    admin.patch(one, {"status": "suspended"}).ok()
    everything.nobody.get(third).refused(404, "not-found")
    admin.patch(one, {"status": "active"}).ok()
    assert settings(everything.nobody, third)["proxy_0.reg_route"] == "<sip:pabx.local:5061;transport=tls>"


def test_only_who_may_see_the_password_makes_a_link_and_nonsense_makes_none(office: Office) -> None:
    everything = world(office)
    admin, one = everything.acme.admin, f"{everything.acme.path}/extensions/{everything.acme.extension_id}/provisioning"
    everything.acme.user.post(one, {"server": "pabx.local"}).refused(403, "forbidden")
    everything.bolt.admin.post(one, {"server": "pabx.local"}).refused(404, "not-found")
    key = admin.made("/api-keys", {"name": "robot", "permissions": ["extensions.read", "extensions.write"]})["secret"]
    Client(admin.path, key).post(one, {"server": "pabx.local"}).refused(403, "forbidden")
    for wrong in ({"server": "a b"}, {"server": "x\r\ny"}, {"server": "pabx.local", "port": 0}, {"server": "pabx.local", "port": 70_000}, {}):
        assert admin.post(one, wrong).status in (400, 422), wrong
    for guess in ("A" * 43, "..", "%2e%2e%2f", "a" * 2_000):
        assert everything.nobody.get(f"/provisioning/{guess}").status in (400, 404, 414), guess
