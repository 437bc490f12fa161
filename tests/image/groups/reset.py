"""Factory reset: everything of the old box is gone, and the new one is another box."""

import mmap

from box import network
from box.lab import Lab
from box.runner import long

# Written many times over, in plain text, to files, a deleted file and the database's folder.
MARKER = "ERASE-ME-0123456789"
MENU_ENTRY = "Factory reset"  # the last of the menu
SECRETS = {
    "machine id": "cat /etc/machine-id",
    "sealing key": "sha256sum /var/lib/pabxd/*key* | head -n 1 | cut -c 1-64",
    "random seed": "sha256sum /var/lib/systemd/random-seed | cut -c 1-64",
}


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()

    def secrets(self) -> dict[str, str]:
        return {name: self.box.run(command) for name, command in SECRETS.items()}

    def mark(self) -> None:
        """Leaves traces all over the data partition, and makes sure that they are on the disk."""
        self.box.wait_good()
        self.box.run(f"for i in $(seq 1000); do echo {MARKER}; done >/tmp/mark; for i in $(seq 50); do cat /tmp/mark; done >/tmp/marks", 120)
        self.box.run("cd /data && for i in 1 2 3 4 5 6 7 8; do cp /tmp/marks old-$i; done; sync; rm old-1 old-2", 120)
        self.box.run(f"cp /tmp/marks /var/lib/pabxd/{MARKER}; rm /tmp/mark*; sync", 120)

    def traces(self) -> int:
        with self.box.disk.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as disk:
            return disk.count(MARKER.encode()) if hasattr(disk, "count") else count(disk, MARKER.encode())

    def wait_reset(self, before: str) -> None:
        self.box.wait_restarted(before)
        # The erasing start restarts on its own.
        self.box._wait_for("! test -e /data/old-3 && systemctl is-active --quiet pabxd", 600, "the reset box serves")
        self.box.wait_good()

    def test_the_daemon_erases_everything_when_asked(self) -> None:
        self.box.wait_good()
        self.old = self.secrets()
        self.mark()
        assert self.traces() > 1000
        before = self.box.boot_id()
        self.box.shell.tell("systemd-run --quiet --uid=pabxd --gid=pabxd pabxd factory-reset --yes")
        self.wait_reset(before)
        assert self.traces() == 0, f"{self.traces()} traces are left"

    def test_the_box_after_it_is_another_one(self) -> None:
        new = self.secrets()
        same = [name for name in new if new[name] == self.old[name] or not new[name]]
        assert not same, f"as before: {same}"
        network.wait_sip(network.BOX)

    @long
    def test_the_entry_of_the_boot_menu_erases_everything(self) -> None:
        self.mark()
        before = self.box.boot_id()
        self.box.shell.tell("systemctl reboot")
        self.box.choose_in_menu(MENU_ENTRY)
        self.wait_reset(before)
        assert self.traces() == 0, f"{self.traces()} traces are left"
        assert "asked for by the boot menu" in self.box.console(4000)

    @long
    def test_a_file_on_a_usb_stick_erases_everything_once(self) -> None:
        self.mark()
        before = self.box.boot_id()
        stick = self.stick()
        self.box.qmp.command("blockdev-add", **{"driver": "raw", "node-name": "stick", "file": {"driver": "file", "filename": str(stick)}})
        self.box.qmp.command("device_add", driver="usb-storage", bus="usb.0", drive="stick", id="dev-stick")
        self.box._wait_for("ls /dev/disk/by-path/ | grep -q usb", 60, "the stick is there")
        self.box.shell.tell("systemctl reboot")
        self.wait_reset(before)
        assert self.traces() == 0, f"{self.traces()} traces are left"
        assert b"PABX-F" in stick.read_bytes() or b"done" in stick.read_bytes().lower()

    def stick(self):
        import subprocess

        file = self.lab.folder / "stick.img"
        subprocess.run(["truncate", "--size", "8M", str(file)], check=True)
        subprocess.run(["mkfs.vfat", "-n", "STICK", str(file)], check=True, capture_output=True)
        empty = self.lab.folder / "empty"
        empty.write_text("please\n")
        subprocess.run(["mcopy", "-i", str(file), str(empty), "::pabx-factory-reset"], check=True)
        return file


def count(disk: mmap.mmap, text: bytes) -> int:
    found, place = 0, disk.find(text)
    while place >= 0:
        found += 1
        place = disk.find(text, place + len(text))
    return found
