#!/usr/bin/env python3
"""A box for the tests of the web UI: tests/web/office.py FOLDER [--fresh]

Starts a real pabxd that serves the UI of `webui/dist`, fills it, prints one line of JSON (addresses and passwords), and then does
what lines of JSON on standard input say, answering each with a line: {"do": "call", "from": "1001", "to": "1002"}, … (`COMMANDS`).
Ends with its input. `--fresh`: a box out of the packet, that nobody has set up.
"""

import argparse
import json
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "api"), str(HERE.parent / "peers"), str(HERE)]

from filling import fill, many_calls  # noqa: E402
from harness.baresip import Account, Baresip  # noqa: E402
from harness.office import Office  # noqa: E402
from harness.pabxd import ROOT, Pabxd  # noqa: E402
from web.client import Client  # noqa: E402
from web.world import socket_of  # noqa: E402

UI = ROOT / "webui/dist"
TOKEN_SECONDS = 600


class FreshPabxd(Pabxd):
    """Nobody has set it up."""

    def _make_demo(self) -> dict:
        return {"sip": {"domain": "fresh.test"}, "extensions": [], "admin": {}}


class Box:
    """The daemon, its phones, and what can be done with them."""

    def __init__(self, folder: Path, fresh: bool) -> None:
        self.office = Office(folder)
        web = f'files = "{UI}"'
        if fresh:
            self.office._pabxd = FreshPabxd(folder / "pabxd", self.office.ports, web=web)
            self.office.closes(self.office._pabxd.close)
            socket_of(self.office)
            self.world = {}
        else:
            self.office.start_pabxd(web=web)
            self.world = fill(self.office)
        self.phones: dict[str, Baresip] = {}
        self.people: dict[str, tuple[Client, float]] = {}

    @property
    def pabxd(self) -> Pabxd:
        return self.office.pabxd

    def hello(self) -> dict:
        return {
            "url": f"https://127.0.0.1:{self.pabxd.https_port}", "certificate": str(self.pabxd.certificate), "sip": self.pabxd.server,
            "domain": self.pabxd.domain, "pid": self.pabxd.child.pid, "world": self.world, "database": str(self.pabxd.folder / "state/pabx.db"),
        }

    def phone(self, number: str, frequency: int = 600) -> Baresip:
        if number not in self.phones:
            self.phones[number] = self.office.phone(number, frequency)
        return self.phones[number]

    def do_register(self, number: str) -> dict:
        """A phone of the first account registers."""
        self.phone(number)
        return {}

    def do_phone(self, user: str, password: str, domain: str, auth_user: str, answer: str = "auto") -> dict:
        """A phone set up by hand, with what the UI shows; it answers by itself."""
        phone = self.phones[user] = self.office.bare_phone(f"hand{user}", 700)
        phone.register(Account(user, password, domain, self.pabxd.server, auth_user=auth_user, answer=answer))
        return {}

    def do_call(self, **who: str) -> dict:
        """A call that is answered."""
        caller, callee = self.phone(who["from"], 500), self.phone(who["to"], 900)
        caller.dial(who["to"])
        callee.wait_incoming()
        callee.accept()
        caller.wait_established()
        return {}

    def do_ring(self, **who: str) -> dict:
        """A call that rings."""
        self.phone(who["to"], 900)
        self.phone(who["from"], 500).dial(who["to"])
        self.phones[who["to"]].wait_incoming()
        return {}

    def do_hangup(self, number: str) -> dict:
        self.phones[number].hang_up()
        return {}

    def do_closed(self, number: str) -> dict:
        return {"reason": self.phones[number].wait_closed()}

    def do_hears(self, number: str, frequency: int) -> dict:
        self.phones[number].hears(frequency)
        return {}

    def do_kill(self) -> dict:
        self.pabxd.kill()
        return {}

    def do_stop(self) -> dict:
        self.pabxd.stop()
        return {}

    def do_start(self) -> dict:
        self.pabxd.start()
        socket_of(self.office)
        return {"pid": self.pabxd.child.pid}

    def do_many_calls(self, count: int, account: str) -> dict:
        """Records as of years; the daemon is stopped meanwhile."""
        self.pabxd.stop()
        many_calls(self.pabxd.folder / "state/pabx.db", count, account)
        return self.do_start()

    def do_ask(self, method: str, path: str, body=None, who: str = "boss") -> dict:
        """The API, past the page."""
        person = self.person(who)
        headers = {"if_match": person.get(path).etag} if method in ("PUT", "PATCH") and person.get(path).status == 200 else {}
        answer = person.ask(method, path, body, **headers)
        return {"status": answer.status, "body": answer.json}

    def person(self, who: str) -> Client:
        """Signed in once: who signs in too often is made to wait. A token lives for a quarter of an hour."""
        kept, since = self.people.get(who, (None, 0.0))
        if kept is None or time.monotonic() - since > TOKEN_SECONDS:
            given = self.world["people"][who]
            kept = Client(socket_of(self.office)).signed_in(given["username"], given["password"])
            self.people[who] = (kept, time.monotonic())
        return kept

    def do_cpu(self) -> dict:
        """Processor time of the daemon so far, in ms."""
        tasks = Path(f"/proc/{self.pabxd.child.pid}/task").glob("*/schedstat")
        return {"ms": sum(int(task.read_text().split()[0]) for task in tasks) / 1e6}


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("--fresh", action="store_true")
    given = words.parse_args()
    given.folder.mkdir(parents=True)
    box = Box(given.folder.resolve(), given.fresh)
    try:
        print(json.dumps(box.hello()), flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            started = time.monotonic()
            try:
                answer = getattr(box, f"do_{order.pop('do')}")(**order) | {"ok": True}
            except Exception as error:  # noqa: BLE001 (said to whoever asked)
                answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer | {"seconds": round(time.monotonic() - started, 2)}), flush=True)
    finally:
        box.office.close()


if __name__ == "__main__":
    main()
