"""The image for 64-bit ARM starts and serves. Emulated, it takes minutes; scripts/build-image aarch64-efi --raw comes first."""

from box import network
from box.lab import Lab

SECONDS = 1500


class Group:
    long = True

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.machine("aarch64", "aarch64-efi", memory=1024)
        self.box.start()

    def test_it_starts_and_answers_sip(self) -> None:
        self.box.wait_serving(SECONDS)
        network.wait_sip(network.BOX, 120)

    def test_its_slot_is_marked_good(self) -> None:
        self.box.wait_good(SECONDS)
        assert self.box.run("uname -m") == "aarch64"
        failed = self.box.run("systemctl --failed --plain --no-legend --no-pager")
        assert not failed, failed
