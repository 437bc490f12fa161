"""The plug is pulled (kill -9 of QEMU), during an update and under calls: the box starts, and what it said is true."""

import random
import time

from box import bundles, network
from box.lab import Lab
from box.runner import long

BUNDLE = "/data/test.raucb"
CUTS_SHORT = 1
CUTS_OF_UPDATES, CUTS_UNDER_CALLS = 10, 20


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()
        self.random = random.Random(4)

    def cut_in_update(self, at: float) -> None:
        """Cuts that long after the installation began; the box then starts one of the two, and serves."""
        self.box.shell.tell(f"rauc install {BUNDLE} >/dev/null 2>&1 &")
        time.sleep(at)  # the moment is the experiment, not a condition
        self.box.kill()
        self.box.start()
        self.box.wait_good()
        network.wait_sip(network.BOX)
        self.box.run(f"test -s {BUNDLE}")

    def updates(self, cuts: int) -> None:
        self.box.wait_good()
        self.box.bring(bundles.good(), BUNDLE)
        slots = []
        for _ in range(cuts):
            self.cut_in_update(self.random.uniform(0.5, 25))
            slots.append(self.box.slot())
        self.lab.note(f"slot after each cut: {' '.join(slots)}")

    def test_it_starts_after_power_cuts_in_an_update(self) -> None:
        self.updates(CUTS_SHORT)

    @long
    def test_it_starts_after_many_power_cuts_in_an_update(self) -> None:
        self.updates(CUTS_OF_UPDATES)

    def calls(self, cuts: int) -> None:
        """Before each cut a phone registers and a call is under way; after it both phones' registrations are known."""
        self.box.wait_good()
        for number in range(cuts):
            office = self.lab.office(self.box)
            office.make_account()
            self.box.wait_serving()
            one, other = office.phone("1001", 1000), office.phone("1002", 600)
            one.dial("1002")
            other.wait_incoming()
            other.accept()
            one.wait_established()
            time.sleep(self.random.uniform(0, 3))  # the moment is the experiment
            self.box.kill()
            self.box.start()
            self.box.wait_good()
            self.check_database()
            # The registrations were acknowledged, so a call reaches the phone without a new one.
            one.forget()
            other.forget()
            one.dial("1002")
            other.wait_incoming()
            office.close()
        self.lab.note(f"{cuts} cuts")

    def check_database(self) -> None:
        """SQLite's own check, of a copy that the daemon does not write to meanwhile."""
        file = self.box.fetch_state("pabx.db")
        import sqlite3

        with sqlite3.connect(file) as database:
            answer = database.execute("PRAGMA integrity_check").fetchall()
        assert answer == [("ok",)], answer

    def test_nothing_acknowledged_is_lost_in_power_cuts_under_calls(self) -> None:
        self.calls(CUTS_SHORT)

    @long
    def test_nothing_acknowledged_is_lost_in_many_power_cuts_under_calls(self) -> None:
        self.calls(CUTS_UNDER_CALLS)
