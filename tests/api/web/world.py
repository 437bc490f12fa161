"""A box with people: a super admin, two accounts with an admin and a user each, and things in them."""

from dataclasses import dataclass
from pathlib import Path

from harness.office import Office
from harness.wait import until
from web.client import Client

PASSWORD = "tijolo-Verde-nuvem-{}"


def boss(office: Office) -> Client:
    """The super admin, who has set a password of his own."""
    pabxd = office.pabxd
    nobody = Client(socket_of(office))
    given = pabxd.demo["admin"]
    first = nobody.signed_in(given["username"], given["password"])
    own = PASSWORD.format("boss")
    first.post("/auth/password", {"current_password": given["password"], "new_password": own}).ok(204)
    return nobody.signed_in(given["username"], own)


def socket_of(office: Office) -> Path:
    """Where the API is, once it is there: SIP is served a moment earlier."""
    path = office.pabxd.folder / "state/web.sock"
    until(lambda: _answers(path), 20, "the API answers")
    return path


def _answers(path: Path) -> bool:
    """A socket of an earlier run may lie there still, with nobody behind it."""
    try:
        return Client(path).get("/system/health").status == 200
    except (FileNotFoundError, ConnectionRefusedError):
        return False


@dataclass
class House:
    """An account, and the people in it."""

    account_id: str
    slug: str
    admin: Client
    user: Client
    admin_id: str
    user_id: str
    extension_id: str

    @property
    def path(self) -> str:
        return f"/accounts/{self.account_id}"


@dataclass
class World:
    """All of it."""

    nobody: Client
    boss: Client
    acme: House
    bolt: House


def person(boss: Client, path: str, name: str, role: str, extension_id: str | None = None) -> tuple[Client, str]:
    """A member who has set a password of his own."""
    given, own = PASSWORD.format(f"given-{len(name)}"), PASSWORD.format("own")
    body = {"user": {"username": name, "password": given, "full_name": f"Full {name}"}, "role": role, "extension_id": extension_id}
    user_id = boss.made(f"{path}/users", body)["user"]["user_id"]
    nobody = Client(boss.path)
    first = nobody.signed_in(name, given)
    first.post("/auth/password", {"current_password": given, "new_password": own}).ok(204)
    return nobody.signed_in(name, own), user_id


def house(boss: Client, slug: str) -> House:
    body = {"name": slug.title(), "slug": slug, "domain": f"{slug}.test", "max_extensions": 50, "description": f"marker-{slug}"}
    account_id = boss.made("/accounts", body)["account_id"]
    path = f"/accounts/{account_id}"
    extension_id = boss.made(f"{path}/extensions", {"number": "1001", "name": f"marker-{slug} phone"})["extension_id"]
    admin, admin_id = person(boss, path, f"admin.{slug}", "admin")
    user, user_id = person(boss, path, f"user.{slug}", "user", extension_id)
    return House(account_id, slug, admin, user, admin_id, user_id, extension_id)


def world(office: Office) -> World:
    chief = boss(office)
    return World(Client(chief.path), chief, house(chief, "acme"), house(chief, "bolt"))
