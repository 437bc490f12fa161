"""Who may do what, asked of every route there is: role × route × own, foreign and missing account."""

import itertools
import re

from harness.office import Office
from harness.pabxd import ROOT
from web.client import Client
from web.world import House, World, world

PLACES = itertools.count()
REACH = {"–": 0, "own": 1, "own account": 2, "all": 3}
MISSING = "01900000-0000-7000-8000-000000000000"
NOTHING = "01900000-0000-7000-8000-000000000001"  # an id of something in an account
# A route must be let in before it looks at what is asked: these statuses say that somebody was.
LET_IN = {200, 201, 204, 400, 404, 409, 412, 413, 415, 422, 428, 503}


def table() -> dict[str, dict[str, int]]:
    """The permission table as the docs print it; a test of pabx-model holds the two together."""
    rows = re.findall(r"^\| ([a-z.]+) \| (\S.*?) \| (\S.*?) \| (\S.*?) \|$", (ROOT / "docs/security.md").read_text(), re.M)
    return {name: dict(zip(("super_admin", "admin", "user"), map(REACH.get, cells), strict=True)) for name, *cells in rows if cells[0] in REACH}


def routes(world: World) -> list[tuple[str, str, str, str | None]]:
    """Method, path, what it asks for, permission."""
    document = world.nobody.get("/openapi.json").ok().json
    return [
        (method.upper(), path, operation["x-access"], operation.get("x-permission"))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def asked(client: Client, method: str, path: str) -> tuple[int, str]:
    """With a body that no route takes: who may is told so, and nothing is done."""
    body = None if method in ("GET", "DELETE") else {"unknown": True}
    # From many places, for one may not ask so much in so short a time.
    client = Client(client.path, client.token, source=f"192.0.2.{next(PLACES) % 200}")
    answer = client.ask(method, re.sub(r"\{[a-z_]+\}", NOTHING, path), body)
    return answer.status, answer.kind


def expected(access: str, permission: str | None, role: str, account: str, rights: dict) -> str:
    reach = rights[permission][role] if permission else 3
    if access == "anybody":
        return "in"
    if access == "whoever is signed in":
        return "in"
    if access == "for the whole box":
        return "in" if reach == 3 else "forbidden"
    if access.startswith("in any account"):
        return "in" if reach else "forbidden"
    if account != "own" and role != "super_admin":
        return "not-found"
    least = 1 if "or for one" in access else 2
    if account == "missing":
        return "not-found"
    return "in" if reach >= least else "forbidden"


# Not asked in this round: they would end the session that asks, or the box.
LEFT_OUT = {("POST", "/auth/logout"), ("GET", "/events"), ("DELETE", "/auth/sessions"), ("POST", "/system/restart")}


def judged(status: int, kind: str) -> str:
    if status == 403:
        return "forbidden" if kind in ("forbidden", "csrf") else kind
    if status == 401:
        return kind
    assert status in LET_IN, (status, kind)
    return "in"


def test_every_role_is_let_in_where_the_table_says_and_nowhere_else(office: Office) -> None:
    everything, rights = world(office), table()
    assert len(rights) > 20, rights
    checked = 0
    who = {
        "super_admin": (everything.boss, everything.acme, everything.bolt),
        "admin": (everything.acme.admin, everything.acme, everything.bolt),
        "user": (everything.acme.user, everything.acme, everything.bolt),
    }
    for method, path, access, permission in routes(everything):
        if (method, path) in LEFT_OUT:
            continue
        anonymous = judged(*asked(everything.nobody, method, path.replace("{account_id}", everything.acme.account_id)))
        if access == "anybody":
            assert anonymous != "unauthenticated" or path.startswith("/auth"), (method, path)
        else:
            assert anonymous == "unauthenticated", (method, path, anonymous)
        for role, (client, own, foreign) in who.items():
            accounts = {"own": own.account_id, "foreign": foreign.account_id, "missing": MISSING}
            if "{account_id}" not in path:
                accounts = {"own": ""}
            for account, account_id in accounts.items():
                if (role, method, path) == ("super_admin", "DELETE", "/accounts/{account_id}"):
                    continue  # it would be done
                status, kind = asked(client, method, path.replace("{account_id}", account_id))
                wanted = expected(access, permission, role, account, rights)
                got = judged(status, kind)
                # What is let in may still not find the thing, and answers the same as a foreign account.
                same = got == wanted or (wanted == "not-found" and (status, kind) == (404, "not-found"))
                assert same, f"{role} {method} {path} {account}: {status} {kind}, expected {wanted}"
                checked += 1
    assert checked > 300, checked
    print(f"{checked} combinations")


def test_a_foreign_account_answers_exactly_as_one_that_is_not_there(office: Office) -> None:
    everything = world(office)
    for method, path, access, _ in routes(everything):
        if "{account_id}" not in path:
            continue
        for client in (everything.acme.admin, everything.acme.user):
            answers = []
            for account in (everything.bolt.account_id, MISSING):
                full = re.sub(r"\{[a-z_]+\}", NOTHING, path.replace("{account_id}", account))
                body = None if method in ("GET", "DELETE") else {"unknown": True}
                answer = client.ask(method, full, body)
                headers = {name: value for name, value in answer.headers.items() if name not in ("date", "content-length")}
                answers.append((answer.status, headers, answer.body.replace(account.encode(), b"ACCOUNT")))
            assert answers[0] == answers[1], (method, path, answers)


def test_single_permissions_are_given_and_taken_away_at_once(office: Office) -> None:
    everything = world(office)
    acme: House = everything.acme
    trunks, member = f"{acme.path}/trunks", f"{acme.path}/users/{acme.user_id}"
    acme.user.get(trunks).refused(403, "forbidden")
    acme.admin.patch(member, {"allow": ["trunks.read"]}).ok()
    acme.user.get(trunks).ok()
    acme.admin.patch(member, {"deny": ["trunks.read"]}).ok()
    acme.user.get(trunks).refused(403, "forbidden")
    acme.admin.patch(member, {"allow": ["system.read"]}).refused(403, "forbidden")
    everything.boss.patch(f"{acme.path}/users/{acme.admin_id}", {"deny": ["trunks.read"]}).ok()
    acme.admin.get(trunks).refused(403, "forbidden")
    acme.admin.patch(member, {"role": "admin"}).refused(403, "forbidden")
    everything.boss.patch(f"/users/{acme.user_id}", {"status": "suspended"}).ok()
    acme.user.get("/me").refused(401, "unauthenticated")
