#!/usr/bin/env python3
"""A box for the tests of the web UI: tests/web/office.py FOLDER [--fresh | --wide]

Starts a real pabxd that serves the UI of `webui/dist`, fills it, prints one line of JSON (addresses and passwords), and then does
what lines of JSON on standard input say, answering each with a line: {"do": "call", "from": "1001", "to": "1002"}, … (`COMMANDS`).
Ends with its input. `--fresh`: a box out of the packet, that nobody has set up. `--wide`: with ports for hundreds of calls.
"""

import argparse
import json
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "api"), str(HERE.parent / "peers"), str(HERE.parent / "security"), str(HERE)]

from filling import fill, many_calls  # noqa: E402
from harness.baresip import Account, Baresip  # noqa: E402
from harness.office import Office  # noqa: E402
from harness.pabxd import ROOT, Pabxd  # noqa: E402
from harness.wait import until  # noqa: E402
from ill import PROVIDER, ill_call, ill_phone  # noqa: E402
from web.client import Client  # noqa: E402
from web.world import socket_of  # noqa: E402

UI = ROOT / "webui/dist"
TOKEN_SECONDS = 600
BRIEF_SECONDS = 20


class FreshPabxd(Pabxd):
    """Nobody has set it up."""

    def _make_demo(self) -> dict:
        return {"sip": {"domain": "fresh.test"}, "extensions": [], "admin": {}}


class WidePabxd(Pabxd):
    """Ports for hundreds of calls, which may be silent: the block of a test has not that many."""

    def configure(self, more: str) -> None:
        self.rtp_first, self.rtp_last = 10_000, 15_999
        super().configure(more + "\n[calls]\nsilence_seconds = 0\n")


class Box:
    """The daemon, its phones, and what can be done with them."""

    def __init__(self, folder: Path, kind: type[Pabxd]) -> None:
        self.office = Office(folder)
        self.office._pabxd = kind(folder / "pabxd", self.office.ports, web=f'files = "{UI}"')
        self.office.closes(self.office._pabxd.close)
        if kind is FreshPabxd:
            socket_of(self.office)
            self.world = {}
        else:
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

    def do_many_live(self, calls: int, anew: int) -> dict:
        """Keeps so many real calls up (SIPp at both ends, without sound), of which some end and begin anew each second."""
        self.person("boss").patch(f"/accounts/{self.world['account']}", {"max_calls": 2 * calls}).ok()
        self.office.registered("answers", "1002", calls=1_000_000, options=("-l", str(2 * calls)), seconds=300)
        short = BRIEF_SECONDS * anew
        for count, rate, talk in ((calls - short, 60, 300), (short, anew, BRIEF_SECONDS)):
            values = {"to": "1002", "talk": str(talk * 1000)}
            self.office.signed("call", "1001", values, calls=1_000_000, options=("-r", str(rate), "-l", str(count)), seconds=300)
        until(lambda: self.live() >= calls * 95 // 100, 3 * BRIEF_SECONDS, lambda: f"{calls} calls are up; {self.live()} are")
        return {"calls": self.live()}

    def live(self) -> int:
        return len(self.person("boss").get(f"/accounts/{self.world['account']}/calls/live").ok().json["items"])

    def do_ill_phone(self, number: str, agent: str) -> dict:
        """A registered phone whose User-Agent is that; it answers by itself."""
        ill_phone(self.office, number, agent)
        return {}

    def do_ill_calls(self, to: str, callers: list[str]) -> dict:
        """Calls from outside that are answered, each from such a caller: how many characters of him came through."""
        trunk = {"name": "Operadora Turva", "auth_type": "address", "host": PROVIDER, "networks": [f"{PROVIDER}/32"]}
        self.person("boss").made(f"/accounts/{self.world['account']}/trunks", trunk)
        return {"lengths": [ill_call(self.office, to, caller) for caller in callers]}

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
    words.add_argument("--fresh", dest="kind", action="store_const", const=FreshPabxd, default=Pabxd)
    words.add_argument("--wide", dest="kind", action="store_const", const=WidePabxd)
    given = words.parse_args()
    given.folder.mkdir(parents=True)
    box = Box(given.folder.resolve(), given.kind)
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
