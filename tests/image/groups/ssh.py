"""SSH: closed until a key was brought on a USB stick, then open for that key and nothing else."""

import subprocess
from pathlib import Path

from box import network
from box.lab import Lab
from harness.wait import until

STICK_FILE = "pabx-ssh-keys"
SECONDS = 60


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()
        self.box.wait_good()
        self.key, self.other = self.make_key("key"), self.make_key("other-key")

    def make_key(self, name: str) -> Path:
        file = self.lab.folder / name
        if not file.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
        return file

    def bring_keys(self, text: str) -> None:
        """What a restart with the stick in the box does."""
        stick = self.lab.folder / "keys.img"
        subprocess.run(["truncate", "--size", "8M", str(stick)], check=True)
        subprocess.run(["mkfs.vfat", "-n", "KEYS", str(stick)], check=True, capture_output=True)
        file = self.lab.folder / STICK_FILE
        file.write_text(text)
        subprocess.run(["mcopy", "-o", "-i", str(stick), str(file), f"::{STICK_FILE}"], check=True)
        self.box.plug_disk("keys", stick)
        self.box._wait_for("ls /dev/disk/by-path | grep -q usb", SECONDS, "the stick is there")
        self.box.run("systemctl restart pabx-usb-keys; systemctl restart pabx-ssh", SECONDS)
        self.box.unplug_disk("keys")

    def log_in(self, key: Path, *options: str) -> subprocess.CompletedProcess:
        command = [
            "ssh", "-F", "/dev/null", "-i", str(key), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
            "-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={self.lab.folder / 'known-hosts'}",
            "-o", f"ConnectTimeout={SECONDS}", *options, f"root@{network.BOX}", "cat /etc/hostname",
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=2 * SECONDS, check=False)

    def test_it_opens_for_an_installed_key(self) -> None:
        self.bring_keys(self.key.with_suffix(".pub").read_text())
        until(lambda: network.tcp_open(network.BOX, 22), SECONDS, "the port of SSH is open")
        done = self.log_in(self.key)
        assert (done.returncode, done.stdout.strip()) == (0, "pabx"), f"{done.stdout}{done.stderr}{self.log()}"

    def test_another_key_and_a_password_are_refused(self) -> None:
        for options in ([], ["-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password,keyboard-interactive"]):
            done = self.log_in(self.other, *options)
            assert done.returncode != 0 and "Permission denied (publickey)" in done.stderr, f"{done.stdout}{done.stderr}{self.log()}"

    def test_the_host_key_stays(self) -> None:
        """The client, which remembers the first one, would say so."""
        self.box.run("systemctl restart pabx-ssh", SECONDS)
        until(lambda: network.tcp_open(network.BOX, 22), SECONDS, "the port of SSH is open again")
        done = self.log_in(self.key)
        assert done.returncode == 0, done.stderr

    def test_an_empty_file_closes_it(self) -> None:
        self.bring_keys("")
        assert not network.tcp_open(network.BOX, 22)
        assert self.box.try_run("systemctl is-active pabx-ssh")[0] != 0
        assert "22" not in self.box.run("nft list set inet pabx open_tcp | grep elements").replace(",", " ").split()

    def log(self) -> str:
        return self.box.run("journalctl -b -u pabx-ssh -o cat --no-pager | tail -n 20")
