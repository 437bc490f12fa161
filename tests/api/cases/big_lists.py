"""Lists on a box that has been in use for years: 10,000 extensions and 1,000,000 calls. What counts is processor time."""

import datetime
import sqlite3
import statistics
from contextlib import closing
from pathlib import Path

from harness.office import Office
from web.client import Client
from web.world import PASSWORD, boss, socket_of

EXTENSIONS = 10_000
AT_ONCE = 2_000
CALLS = 1_000_000
TIMES = 3
DEEP = 8
AT_MOST_MS = 50
START = 1_750_000_000_000
APART = 60_000

FILL = """
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :calls)
INSERT INTO call_stats (call_id, account_id, extension_id, call_direction, caller, callee, start_time, answer_time, end_time,
                        duration, status, sip_status, created_at)
SELECT printf('%08x-%04x-7%03x-8%03x-%012x', (:start + i * :apart) >> 16, (:start + i * :apart) & 65535, i % 4096, i % 4093, i),
       :account, CASE i % 10000 WHEN 77 THEN :extension END, 'internal', '1001', '1002', :start + i * :apart,
       CASE WHEN i % 3 THEN :start + i * :apart + 1000 END, :start + i * :apart + 9000, 8000,
       CASE WHEN i = 5 THEN 'busy' WHEN i % 3 THEN 'answered' ELSE 'no_answer' END, 200, :start + i * :apart
FROM n
"""


def filled(office: Office) -> tuple[Client, str, str]:
    """The super admin, the account, and an extension with a hundred calls."""
    chief = boss(office)
    body = {"name": "Big", "slug": "big", "domain": "big.test", "max_extensions": EXTENSIONS}
    account = chief.made("/accounts", body)["account_id"]
    for first in range(10_000, 10_000 + EXTENSIONS, AT_ONCE):
        body = {"first": str(first), "last": str(first + AT_ONCE - 1), "name": "Phone {number}"}
        chief.post(f"/accounts/{account}/extensions/range", body).ok()
    extension = chief.get(f"/accounts/{account}/extensions?limit=1").ok().json["items"][0]["extension_id"]
    office.pabxd.stop()
    with closing(sqlite3.connect(office.pabxd.folder / "state/pabx.db")) as database:
        values = {"calls": CALLS, "start": START, "apart": APART, "account": account, "extension": extension}
        database.execute(FILL, values)
        database.commit()
    office.pabxd.start()
    chief = Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))
    return chief, f"/accounts/{account}", extension


def cpu_ms(office: Office) -> float:
    """Processor time of the daemon so far."""
    tasks = Path(f"/proc/{office.pabxd.child.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def costs(office: Office, client: Client, path: str) -> float:
    """Of one request, in the middle of some."""
    spent = []
    for _ in range(TIMES):
        before = cpu_ms(office)
        client.get(path).ok()
        spent.append(cpu_ms(office) - before)
    return statistics.median(spent)


def test_every_page_of_a_big_list_is_cheap(office: Office) -> None:
    chief, account, extension = filled(office)
    middle = datetime.datetime.fromtimestamp((START + CALLS // 2 * APART) // 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lists = [f"{account}/extensions?limit=100&sort={sort}&order={order}" for sort in ("number", "name", "created_at") for order in ("asc", "desc")]
    lists += [f"{account}/extensions?limit=100&q={text}" for text in ("15000", "nobody")]
    lists += [
        f"{account}/calls?limit=100", f"{account}/calls?limit=100&to={middle}", f"{account}/calls?limit=100&from={middle}",
        f"{account}/calls?limit=100&extension_id={extension}", f"{account}/calls?limit=100&status=answered",
        f"{account}/calls?limit=100&status=busy", f"{account}/calls?limit=100&direction=outbound", f"{account}/calls?limit=100&q=9999",
        "/accounts?limit=100", "/audit?limit=100", f"{account}/registrations", f"{account}/users?limit=100",
    ]
    found = {}
    for path in lists:
        found[path] = costs(office, chief, path)
        cursor, pages = chief.get(path).json.get("next_cursor"), 1
        while cursor and pages < DEEP:
            last, pages = cursor, pages + 1
            cursor = chief.get(f"{path}&cursor={last}").ok().json["next_cursor"]
        if pages > 1:
            found[f"{path}&page={pages}"] = costs(office, chief, f"{path}&cursor={last}")
    for path, spent in found.items():
        print(f"{spent:7.1f} ms  {path.replace(account, '')}")
    dear = {path: round(spent) for path, spent in found.items() if spent > AT_MOST_MS}
    assert not dear, dear
