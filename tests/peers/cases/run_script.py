"""scripts/run, as a person starts it."""

import json
import os
import re
import signal
from pathlib import Path

from cases.calls import both_closed, talk
from harness.baresip import Account
from harness.office import Office
from harness.pabxd import ROOT, binary
from harness.ports import holds_port
from harness.process import Child
from harness.wait import until

STOP_SECONDS = 5
EXTENSIONS = ["1001", "1002", "1003", "1004"]


class Run:
    """A started scripts/run, with its state and ports apart from a person's."""

    def __init__(self, office: Office, *options: str, port: int | None = None) -> None:
        self.state, self.port = office.folder / "run", port or office.ports.take()
        self.tls_port, self.web_port = office.ports.take(), office.ports.take()
        self._first, self._last = office.ports.take_rtp(40)
        self._office, self._starts = office, 0
        self.start(*options)

    def start(self, *options: str) -> None:
        self._starts += 1
        settings = {
            "PABXD": str(binary()), "PABX_STATE": str(self.state), "PABX_SIP_PORT": str(self.port),
            "PABX_TLS_PORT": str(self.tls_port), "PABX_WEB_PORT": str(self.web_port),
            "PABX_RTP_FIRST": str(self._first), "PABX_RTP_LAST": str(self._last),
        }
        command = ["env", *(f"{name}={value}" for name, value in settings.items())]
        command += [str(ROOT / "scripts" / "run"), "--no-build", *options]
        self.child = Child("scripts/run", command, self._office.folder / f"run-{self._starts}.log")
        self._office.closes(self.child.stop)

    def wait_serving(self) -> None:
        def serving() -> bool:
            assert self.child.running(), self.child.tail()
            return holds_port("udp", self.port) and holds_port("tcp", self.port)

        until(serving, 20, lambda: f"scripts/run serves\n{self.child.tail()}")

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.child.signal(signal.SIGINT)
        return self.child.wait(STOP_SECONDS)

    @property
    def demo_file(self) -> Path:
        return self.state / "demo.json"

    def demo(self) -> dict:
        return json.loads(self.demo_file.read_text())


def test_a_first_start_prints_the_table_and_writes_demo_json(office: Office) -> None:
    run = Run(office)
    run.wait_serving()
    demo, shown = run.demo(), run.child.text()
    assert run.demo_file.stat().st_mode & 0o777 == 0o600, oct(run.demo_file.stat().st_mode)
    assert [entry["number"] for entry in demo["extensions"]] == EXTENSIONS, demo["extensions"]
    assert set(demo["sip"]) == {"domain", "udp", "tcp", "tls"} and demo["account"], demo.keys()
    assert demo["sip"]["tls"] == f"127.0.0.1:{run.tls_port}" and demo["web"] == f"https://127.0.0.1:{run.web_port}/"
    assert demo["web"] in shown and demo["admin"]["password"] in shown
    assert str(run.port) in str(demo["sip"]["udp"]) and str(run.port) in str(demo["sip"]["tcp"]), demo["sip"]
    for entry in demo["extensions"]:
        assert len(entry["password"]) == 24, f"{len(entry['password'])} characters"
        line = re.search(rf"^.*\b{entry['number']}\b.*$", shown, re.MULTILINE)
        assert line and entry["username"] in line[0] and entry["password"] in line[0], "the table lacks an extension"
    assert len({entry["password"] for entry in demo["extensions"]}) == len(EXTENSIONS)
    assert run.interrupt() == 0, run.child.tail()


def test_phones_with_the_printed_credentials_hear_each_other(office: Office) -> None:
    run = Run(office)
    run.wait_serving()
    demo, phones = run.demo(), []
    for entry, frequency in zip(demo["extensions"][:2], (1000, 600), strict=True):
        account = Account(
            entry["number"], entry["password"], demo["sip"]["domain"], f"127.0.0.1:{run.port}", auth_user=entry["username"]
        )
        phone = office.bare_phone(f"phone{entry['number']}", frequency)
        phone.register(account)
        phones.append(phone)
    caller, callee = phones
    for _ in range(2):
        talk(caller, callee, "1002")
        caller.hang_up()
        both_closed(caller, callee)
    assert run.interrupt() == 0, run.child.tail()


def test_a_second_start_keeps_the_accounts_and_reset_makes_new_ones(office: Office) -> None:
    run = Run(office)
    run.wait_serving()
    first = run.demo()
    assert run.interrupt() == 0, run.child.tail()
    run.start()
    run.wait_serving()
    assert run.demo() == first
    assert run.interrupt() == 0, run.child.tail()
    run.start("--reset")
    run.wait_serving()
    assert run.demo()["extensions"] != first["extensions"]
    assert run.interrupt() == 0, run.child.tail()


def test_a_port_in_use_is_named(office: Office) -> None:
    run = Run(office, port=office.pabxd.port)
    assert run.child.wait(20) != 0
    assert re.search(rf"\b{run.port}\b.*in use", run.child.text()), run.child.tail()


def test_two_starts_on_one_state_are_refused(office: Office) -> None:
    run = Run(office)
    run.wait_serving()
    serving = run.child
    run.start()
    assert run.child.wait(20) != 0
    assert "already runs" in run.child.text(), run.child.tail()
    assert serving.running()
