"""The image for 64-bit ARM starts, serves and carries a call. Emulated, it takes minutes; scripts/test image-aarch64 makes it first."""

import time

from box import network, web
from box.lab import Lab, talk

SECONDS = 1500
SELF_TEST_SECONDS = 120
MEMORY_LIMIT_MIB = 160
PARTS = {"daemon", "engine", "media", "store", "edge", "call"}


class Group:
    long = True

    def __init__(self, lab: Lab) -> None:
        lab.put_box_away()
        self.lab = lab
        self.started = time.monotonic()
        self.box = lab.machine("aarch64", "aarch64-efi", memory=1024)
        self.box.start()

    def since_power(self) -> str:
        return f"{time.monotonic() - self.started:.0f} s after power"

    def test_it_starts_and_answers_sip(self) -> None:
        self.box.wait_serving(SECONDS)
        network.wait_sip(network.BOX, 120)
        self.lab.note(self.since_power())

    def test_its_slot_is_marked_good(self) -> None:
        self.box.wait_good(SECONDS)
        self.lab.note(self.since_power())
        assert self.box.run("uname -m") == "aarch64"
        state = self.box.environment()
        assert (state["A_OK"], state["A_TRY"]) == ("1", "0"), state

    def test_its_self_test_passes_when_it_is_asked_for(self) -> None:
        lines = self.box.run("systemd-run --quiet --wait --pipe --uid=pabxd --gid=pabxd pabxd self-test", SELF_TEST_SECONDS).splitlines()
        assert {line.removesuffix(": ok") for line in lines} == PARTS, lines

    def test_nothing_has_failed(self) -> None:
        self.box._wait_for('[ -z "$(systemctl list-jobs --no-legend)" ]', SECONDS, "the start is through")
        failed = self.box.run("systemctl --failed --plain --no-legend --no-pager")
        assert not failed, failed
        assert self.box.run("cat /proc/sys/kernel/tainted") == "0"

    def test_it_needs_little_memory(self) -> None:
        lines = dict(line.split(":") for line in self.box.run("cat /proc/meminfo").splitlines())
        total, free = (int(lines[name].split()[0]) / 1024 for name in ("MemTotal", "MemAvailable"))
        self.lab.note(f"{total - free:.0f} MiB in use")
        assert total - free < MEMORY_LIMIT_MIB, f"{total - free:.0f} MiB in use"

    def test_the_web_interface_is_served(self) -> None:
        browser = web.Outside()
        assert b"/assets/index-" in browser.page("/").ok(200).body
        assert browser.get("/setup").ok(200).json == {"done": False}

    def test_two_phones_outside_hear_each_other(self) -> None:
        office = self.lab.office(self.box)
        office.make_account()
        self.box.wait_serving(SECONDS)
        talk(office.phone("1001", 1000), office.phone("1002", 600, "tcp"))
