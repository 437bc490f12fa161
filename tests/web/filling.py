"""What a box that has been in use has in it: accounts, people, phones, trunks, routes, hours, call records."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from harness.office import Office
from web.client import Client
from web.world import PASSWORD, boss, house, person, socket_of

NAMES = ["Recepção", "Vendas", "João Álvares", "Mariana Conceição", "Depósito", "Oficina", "Conferência", "Ana Müller"]
RECENT = 400

CALLS = """
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :calls)
INSERT INTO call_stats (call_id, account_id, extension_id, call_direction, caller, callee, start_time, answer_time, end_time,
                        duration, status, sip_status, created_at)
SELECT printf('%08x-%04x-7%03x-8%03x-%012x', (:start + i * :apart) >> 16, (:start + i * :apart) & 65535, i % 4096, i % 4093, i),
       :account, NULL, CASE i % 3 WHEN 0 THEN 'internal' WHEN 1 THEN 'inbound' ELSE 'outbound' END,
       CASE i % 3 WHEN 1 THEN '+5511987650' || printf('%03d', i % 997) ELSE '1001' END,
       CASE i % 3 WHEN 2 THEN '+5521' || printf('%08d', 30000000 + i % 9973) ELSE '1002' END,
       :start + i * :apart, CASE WHEN i % 4 THEN :start + i * :apart + 4000 END,
       :start + i * :apart + 4000 + (i % 300) * 1000, CASE WHEN i % 4 THEN (i % 300) * 1000 ELSE 0 END,
       CASE WHEN i % 4 THEN 'answered' WHEN i % 8 THEN 'no_answer' ELSE 'busy' END,
       CASE WHEN i % 4 THEN 200 WHEN i % 8 THEN 480 ELSE 486 END, :start + i * :apart
FROM n
"""


def many_calls(database: Path, count: int, account: str, apart_ms: int = 60_000) -> None:
    """Records of calls that ended, the last one now; the daemon must not run."""
    with closing(sqlite3.connect(database)) as connection:
        start = int(time.time() * 1000) - count * apart_ms
        connection.execute(CALLS, {"calls": count, "start": start, "apart": apart_ms, "account": account})
        connection.commit()


def fill(office: Office) -> dict:
    """Two accounts; everything happens in the first, the demo's."""
    chief = boss(office)
    account = next(one for one in chief.all("/accounts") if one["slug"] != "bolt")["account_id"]
    path = f"/accounts/{account}"
    chief.patch(path, {"name": "Padaria São João", "max_extensions": 500})
    extensions = chief.all(f"{path}/extensions")
    for extension, name in zip(extensions, NAMES, strict=False):
        chief.patch(f"{path}/extensions/{extension['extension_id']}", {"name": name})
    person(chief, path, "ana", "admin")
    person(chief, path, "ugo", "user", extensions[0]["extension_id"])
    bolt = house(chief, "bolt")
    made = ways(chief, path, extensions[0]["extension_id"])
    office.pabxd.stop()
    many_calls(office.pabxd.folder / "state/pabx.db", RECENT, account, 300_000)
    office.pabxd.start()
    socket_of(office)
    people = {"boss": ("admin", "boss"), "admin": ("ana", "own"), "user": ("ugo", "own")}
    return {
        "account": account, "other": bolt.account_id, "extensions": [one["number"] for one in extensions], **made,
        "people": {role: {"username": name, "password": PASSWORD.format(word)} for role, (name, word) in people.items()},
    }


def ways(chief: Client, path: str, extension: str) -> dict:
    """Trunks, hours and routes."""
    trunk = chief.made(f"{path}/trunks", {
        "name": "Operadora Clara", "auth_type": "digest", "host": "127.0.0.1", "port": 9, "username": "padaria", "password": "segredo-do-tronco",
    })["trunk_id"]
    chief.made(f"{path}/trunks", {"name": "Reserva", "auth_type": "address", "host": "192.0.2.20"})
    here = {"kind": "extension", "extension_id": extension}
    hours = chief.made(f"{path}/time-conditions", {
        "name": "Expediente", "zone": "America/Sao_Paulo", "holiday_set": "br", "open": here, "closed": {"kind": "reject", "reject": "declined"},
        "weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}, {"days": ["sat"], "from": "08:00", "to": "12:00"}],
        "holidays": [{"name": "Aniversário da cidade", "date": "01-25", "open": []}],
    })["time_condition_id"]
    numbers = {"numbers": ["+55113333000X"], "country": "br", "area_code": "11"}
    dialling = f"{path}/dialling"
    found = chief.get(dialling)
    chief.ask("PUT", dialling, numbers | {"zone": "America/Sao_Paulo"}, if_match=found.etag).ok()
    chief.made(f"{path}/inbound-routes", {
        "name": "Número principal", "position": 1, "did_pattern": "+551133330001", "status": "active",
        "destination": {"kind": "time_condition", "time_condition_id": hours},
    })
    chief.made(f"{path}/inbound-routes", {"name": "Direto", "position": 2, "did_pattern": "+55113333000X", "status": "active", "destination": here})
    chief.made(f"{path}/outbound-routes", {
        "name": "Celulares", "position": 1, "pattern": "+55ZX9!", "strip": 0, "prefix": "", "trunks": [trunk], "status": "active",
    })
    chief.made(f"{path}/outbound-routes", {"name": "Todo o resto", "position": 2, "pattern": "0!", "strip": 0, "prefix": "", "trunks": [trunk], "status": "active"})
    chief.made(f"{path}/phone-book", {"name": "Fornecedor de farinha", "number": "+551144445555"})
    chief.made(f"{path}/call-pins", {"name": "Gerência", "calling_class": "international", "status": "active"})
    return {"trunk": trunk, "hours": hours}
