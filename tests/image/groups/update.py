"""Updates: taken, refused, and fallen back from."""

import time
from pathlib import Path

from box import bundles, network
from box.lab import Lab
from box.runner import long
from harness.wait import Never

BUNDLE = "/data/test.raucb"
INSTALL_SECONDS = 600
MARK_GOOD_SECONDS = 400
FALL_BACK_SECONDS = 1800  # three starts of the bad slot and one of the good


def other(slot: str) -> str:
    return "B" if slot == "A" else "A"


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()
        self.box.wait_good()

    def install(self, file: Path, how: str = "rauc install {}") -> tuple[int, str]:
        self.box.bring(file, BUNDLE)
        return self.box.try_run(how.format(BUNDLE), INSTALL_SECONDS)

    def refused(self, file: Path, why: str, how: str = "rauc install {}") -> None:
        before = self.box.environment()
        status, output = self.install(file, how)
        assert status != 0, f"{file.name} was installed\n{output}"
        assert why in output, output
        assert self.box.environment() == before, "the boot counters have changed"

    def refused_by_daemon(self, file: Path, why: str) -> None:
        self.refused(file, why, "pabxd update {}")

    def test_an_update_is_refused_while_the_slot_is_not_good(self) -> None:
        self.box.run("mv /run/pabx/good /run/pabx/was-good")
        try:
            self.refused(bundles.small("small", bundles.NEWEST), "Pre-install handler error")
            self.box.run(f"grub-editenv /efi/grub/grubenv set {self.box.slot()}_TRY=1")
            self.refused(bundles.small("small", bundles.NEWEST), "not been shown to work", "pabxd update {}")
        finally:
            self.box.run(f"grub-editenv /efi/grub/grubenv set {self.box.slot()}_TRY=0; mv /run/pabx/was-good /run/pabx/good")

    def test_a_box_that_does_not_serve_is_not_marked_good(self) -> None:
        """Ten tries of the self-test, six seconds apart; a slot that has served before is not restarted for it."""
        self.box.run("mv /run/pabx/good /run/pabx/was-good; systemctl stop pabxd")
        try:
            status, output = self.box.try_run("/usr/lib/pabx/mark-good", MARK_GOOD_SECONDS)
            assert status == 1, output
            self.box.run("test ! -e /run/pabx/good")
        finally:
            self.box.run("systemctl start pabxd; rm -f /run/pabx/good; mv /run/pabx/was-good /run/pabx/good", 120)
        self.box.wait_serving()

    def test_a_bundle_without_signature_is_refused(self) -> None:
        self.refused(bundles.unsigned(), "")

    def test_a_bundle_with_another_signature_is_refused(self) -> None:
        self.refused(bundles.wrong_key(), "signature verification failed")

    def test_half_a_bundle_is_refused(self) -> None:
        self.refused(bundles.truncated(), "")

    def test_an_older_bundle_is_refused(self) -> None:
        self.refused_by_daemon(bundles.older(), "older")

    def test_a_bundle_for_another_board_is_refused(self) -> None:
        self.refused(bundles.other_board(), "Compatible mismatch")

    def test_a_bundle_with_one_bit_changed_leaves_the_running_slot_first(self) -> None:
        """It may get as far as the other slot, which then counts as empty."""
        status, output = self.install(bundles.flipped())
        assert status != 0, output
        state, slot = self.box.environment(), self.box.slot()
        assert state[f"{slot}_OK"] == "1" and (state[f"{other(slot)}_OK"] == "0" or state["ORDER"].startswith(slot)), state

    def test_an_update_is_refused_during_a_call(self) -> None:
        office = self.office = self.lab.office(self.box)
        office.make_account()
        self.box.wait_serving()
        one, other = office.phone("1001", 1000), office.phone("1002", 600)
        one.dial("1002")
        other.wait_incoming()
        other.accept()
        one.wait_established()
        try:
            self.refused_by_daemon(bundles.small("small", bundles.NEWEST), "calls are in progress")
        finally:
            one.hang_up()
            other.wait_closed()

    def test_a_good_bundle_is_taken(self) -> None:
        status, output = self.install(bundles.good(), "pabxd update {}")
        assert status == 0, output
        before = self.box.slot()
        self.box.restart()
        self.box.wait_good()
        assert self.box.slot() == other(before)
        assert f"VERSION_ID={bundles.NEWER}" in self.box.run("cat /etc/os-release")

    def test_phones_and_identity_are_still_known_after_it(self) -> None:
        identity = self.box.run("cat /etc/machine-id")
        assert self.box.environment()["MACHINE_ID"] == identity
        phone = self.office.phone("1003", 700)
        assert phone.account.user == "1003"

    def test_one_that_does_not_start_is_fallen_back_from(self) -> None:
        self.fall_back_from(bundles.no_init())

    @long
    def test_one_that_does_not_serve_is_fallen_back_from(self) -> None:
        self.fall_back_from(bundles.no_daemon())

    def fall_back_from(self, file: Path) -> None:
        status, output = self.install(file)
        assert status == 0, output
        good = self.box.slot()
        bad_starts = lambda: self.box.serial.read_text(errors="replace").count(f"Starting system {other(good)}")  # noqa: E731
        starts_before, before = bad_starts(), self.box.boot_id()
        self.box.shell.tell("systemctl reboot")
        self.wait_restarted_into(good, before)
        self.box.wait_good()
        tried = bad_starts() - starts_before
        assert tried == 3, f"the bad slot was started {tried} times"
        network.wait_sip(network.BOX)
        self.lab.note(f"bad slot started {tried} times")

    def wait_restarted_into(self, slot: str, before: str) -> None:
        deadline = time.monotonic() + FALL_BACK_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.box.slot() == slot and self.box.boot_id() != before:
                    return
            except (AssertionError, TypeError):
                pass
            time.sleep(1)
        raise Never(f"not within {FALL_BACK_SECONDS} s: slot {slot} runs\n{self.box.console()}")
