"""The phone book: names for the numbers of callers, one by one and from a file."""

import base64

from harness.office import Office
from web.client import Answer, Client
from web.world import House, boss, house, world

MANY = 10_000
ANA = {"name": "Ana", "number": "+5511987654321", "note": None}


def sao_paulo(acme: House) -> None:
    """Numbers are read as they are dialled there."""
    path = f"{acme.path}/dialling"
    acme.admin.ask("PUT", path, {"country": "br", "area_code": "11"}, if_match=acme.admin.get(path).etag).ok()


def take_in(client: Client, path: str, text: str, query: str = "") -> Answer:
    return client.post(f"{path}/import{query}", text.encode(), content_type="text/csv")


def wrong(answer: Answer) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in answer.refused(422, "invalid").json["errors"]}


def test_an_entry_is_made_listed_changed_and_deleted(office: Office) -> None:
    acme = house(boss(office), "acme")
    sao_paulo(acme)
    path = f"{acme.path}/phone-book"
    made = acme.admin.made(path, {"name": "Ana", "number": "(011) 98765-4321"})
    assert {field: made[field] for field in ANA} == ANA, made
    acme.admin.post(path, {"name": "Other", "number": "98765 4321"}).refused(409, "taken")
    acme.admin.made(path, {"name": "bia", "number": "200", "note": "in the workshop"})
    assert [entry["name"] for entry in acme.admin.all(path, 1)] == ["Ana", "bia"]
    assert [entry["name"] for entry in acme.admin.all(f"{path}?sort=number&order=desc")] == ["bia", "Ana"]
    assert [entry["name"] for entry in acme.admin.all(f"{path}?q=8765")] == ["Ana"]
    assert [entry["number"] for entry in acme.admin.all(f"{path}?q=BI")] == ["200"]
    one = f"{path}/{made['entry_id']}"
    tag = acme.admin.get(one).ok().etag
    acme.admin.ask("PUT", one, ANA).refused(428, "precondition-required")
    changed = acme.admin.ask("PUT", one, ANA | {"name": "Ana Lima", "note": "mornings"}, if_match=tag).ok().json
    assert (changed["name"], changed["note"]) == ("Ana Lima", "mornings"), changed
    acme.admin.ask("PUT", one, ANA, if_match=tag).refused(412, "stale")
    acme.admin.ask("PUT", one, ANA | {"number": "200"}, if_match="*").refused(409, "taken")
    problem = acme.admin.post(path, {"name": " ", "number": "500&600", "note": "x" * 201}).refused(422, "invalid").json
    assert [error["field"] for error in problem["errors"]] == ["name", "number", "note"], problem
    acme.admin.delete(one).ok(204)
    acme.admin.get(one).refused(404, "not-found")
    told = [entry["action"] for entry in acme.admin.all(f"{acme.path}/audit") if entry["action"].startswith("phone_book.")]
    assert told == ["phone_book.delete", "phone_book.update", "phone_book.create", "phone_book.create"], told


def test_a_file_gives_numbers_their_new_names_all_or_none(office: Office) -> None:
    acme = house(boss(office), "acme")
    sao_paulo(acme)
    path = f"{acme.path}/phone-book"
    acme.admin.made(path, ANA | {"note": "mornings"})
    file = '\ufeffName;Number\r\n"Lima; Ana";011 98765-4321\r\nBia;+351 211 234 567\r\n'
    came = {"made": 1, "renamed": 1, "unchanged": 0}
    assert take_in(acme.admin, path, file, "?dry_run=true").ok(200).json == came | {"dry_run": True}
    assert len(acme.admin.all(path)) == 1
    assert take_in(acme.admin, path, file).ok(200).json == came | {"dry_run": False}
    book = {entry["number"]: (entry["name"], entry["note"]) for entry in acme.admin.all(path)}
    assert book == {"+5511987654321": ("Lima; Ana", "mornings"), "+351211234567": ("Bia", None)}, book
    assert take_in(acme.admin, path, file).ok(200).json["unchanged"] == 2
    bad = "name,number\nCaio,200\n\n,201\nEva,x\nCaio Silva,200\nGil\n"
    problems = wrong(take_in(acme.admin, path, bad))
    assert list(problems) == ["line 4: name", "line 5: number", "line 6: number", "line 7"], problems
    assert list(wrong(take_in(acme.admin, path, "number,name\n200,Caio\n"))) == ["line 1"]
    acme.admin.post(f"{path}/import", {"name": "x"}).refused(415, "media-type")
    assert len(acme.admin.all(path)) == 2
    told = [entry["after"] for entry in acme.admin.all(f"{acme.path}/audit") if entry["action"] == "phone_book.import"]
    assert told == [{"made": 0, "renamed": 0, "unchanged": 2}, came], told


def test_a_phone_book_has_ten_thousand_entries_and_moves_with_its_account(office: Office) -> None:
    chief = boss(office)
    acme = house(chief, "acme")
    path = f"{acme.path}/phone-book"
    lines = [f"Cliente {'ç' * 50} {n},+55119{n:08}\n" for n in range(MANY + 1)]
    take_in(acme.admin, path, "name,number\n" + "".join(lines)).refused(413, "too-large")
    assert take_in(acme.admin, path, "name,number\n" + "".join(lines[:MANY])).ok(200).json["made"] == MANY
    take_in(acme.admin, path, "name,number\nOne more,200\n", "?dry_run=true").refused(409, "limit")
    acme.admin.post(path, {"name": "One more", "number": "200"}).refused(409, "limit")
    before = [(entry["name"], entry["number"]) for entry in chief.all(path, 500)]

    key = {"passphrase": "sete gatos no telhado"}
    file = chief.post(f"{acme.path}/export", key).ok(200).body
    chief.delete(acme.path).ok(204)
    chief.post("/accounts/import", {"file": base64.b64encode(file).decode()} | key).ok(200)
    assert [(entry["name"], entry["number"]) for entry in chief.all(path, 500)] == before and len(before) == MANY


def test_who_may_see_routes_sees_it_and_nobody_else(office: Office) -> None:
    everybody = world(office)
    acme, bolt = everybody.acme, everybody.bolt
    path = f"{acme.path}/phone-book"
    one = f"{path}/{acme.admin.made(path, ANA)['entry_id']}"
    file = "name,number\nBia,200\n"
    for answer in (
        acme.user.get(path), acme.user.get(one), acme.user.post(path, ANA), acme.user.delete(one), take_in(acme.user, path, file),
        acme.user.ask("PUT", one, ANA, if_match="*"),
    ):
        answer.refused(403, "forbidden")
    foreign = one.replace(acme.account_id, bolt.account_id)
    for answer in (
        bolt.admin.get(one), bolt.admin.get(foreign), bolt.admin.delete(foreign), bolt.admin.ask("PUT", foreign, ANA, if_match="*"),
        bolt.admin.get(path), take_in(bolt.admin, path, file),
    ):
        answer.refused(404, "not-found")
    assert bolt.admin.all(f"{bolt.path}/phone-book") == []
    assert [entry["name"] for entry in acme.admin.all(path)] == ["Ana"]
