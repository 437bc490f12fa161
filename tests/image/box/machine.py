"""A virtual machine with the image on its disk."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import network, paths, shell
from harness.process import Child
from harness.wait import Never, until

# For the answer to a question that is asked again without one.
SWALLOWED_SECONDS = 60
BOOT_SECONDS = 900  # 40 s on a quiet machine; the bound is for one that compiles beside it
FIRMWARE_SILENT_SECONDS = 180  # it writes something every few seconds
LAST_WORDS = 500  # octets: what a screen of the console has many times
# Of the box. With one, a machine that has few to spare for the emulator is quicker.
CPUS = os.environ.get("PABX_IMAGE_CPUS", "2")
FIRMWARE = {
    "x86_64": ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
    "aarch64-efi": ("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
}
# Never KVM: on machines where tests run it may look present and hang.
MACHINE = {
    "x86_64": ["qemu-system-x86_64", "-machine", "q35", "-cpu", "max", "-device", "i6300esb"],
    "aarch64-efi": ["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72", "-device", "i6300esb"],
}


class Qmp:
    """QEMU's own line: commands, and events that are kept."""

    def __init__(self, path: Path) -> None:
        self.events: list[dict] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rw", encoding="utf-8")
        json.loads(self._file.readline())
        self.command("qmp_capabilities")

    def command(self, name: str, /, **arguments) -> dict:
        self._socket.settimeout(30)
        self._file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self._file.flush()
        while True:
            message = json.loads(self._file.readline())
            if "event" in message:
                self.events.append(message)
            elif "error" in message:
                raise AssertionError(f"QMP {name}: {message['error']}")
            else:
                return message.get("return", {})

    def seen(self, event: str) -> int:
        """How often it has happened."""
        self.command("query-status")  # brings what is waiting
        return sum(1 for message in self.events if message["event"] == event)

    def close(self) -> None:
        self._socket.close()


class Silence:
    """A machine whose firmware stands still.

    Seen once in some hundred restarts: after its reset the emulated firmware writes nothing, for ever, before anything of ours has
    begun. A real box has the hardware watchdog for that; here the reset is pressed once more, and said.
    """

    def __init__(self, machine: "Machine") -> None:
        self.machine = machine
        self.size, self.since, self.pressed = 0, time.monotonic(), False

    def end(self) -> None:
        """Looks whether it is so, and presses the reset, once."""
        size = self.machine.serial.stat().st_size if self.machine.serial.exists() else 0
        if size != self.size:
            self.size, self.since = size, time.monotonic()
        elif not self.pressed and not self.handed_over() and time.monotonic() - self.since > FIRMWARE_SILENT_SECONDS:
            print(f"    the emulated firmware stood still for {FIRMWARE_SILENT_SECONDS} s: reset", flush=True)
            self.pressed = True
            self.machine.qmp.command("system_reset")

    def handed_over(self) -> bool:
        """Whether the last that was written is GRUB's: then a kernel starts, which on a busy machine takes minutes, and says nothing."""
        if self.size == 0:
            return False
        with self.machine.serial.open("rb") as file:
            file.seek(max(0, self.size - LAST_WORDS))
            return b"Starting system" in file.read()


class Machine:
    """`folder` keeps its disk, logs and sockets. The disk starts as a copy of the image, on a larger disk."""

    def __init__(self, folder: Path, board: str = "x86_64", image: Path | None = None, size: str = "1G", memory: int = 512) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.board, self.memory = folder, board, memory
        self.disk = folder / "disk.img"
        image = image or paths.out(board) / f"pabx-{board}.img"
        subprocess.run(["cp", "--sparse=always", str(image), str(self.disk)], check=True)
        subprocess.run(["truncate", "--size", size, str(self.disk)], check=True)
        shutil.copyfile(FIRMWARE[board][1], folder / "firmware-variables")
        if board == "x86_64":
            self.steady_clock()
        if board == "aarch64-efi":
            os.truncate(folder / "firmware-variables", 64 << 20)
        self.serial = folder / "serial.log"
        self.sound = folder / "sound.wav"
        self.qemu: Child | None = None
        self.qmp: Qmp | None = None
        self.shell = shell.Shell(folder / "shell.sock")
        self.starts = 0
        self.more: list[str] = []
        self.clock: str | None = None

    def steady_clock(self) -> None:
        """The one thing changed in the image: the command line says to keep time by the HPET.

        An emulated processor's own clock cannot be measured on a busy machine: the kernel may take it for six times too
        slow, and all of its timers with it.
        """
        where = f"{self.disk}@@1M"
        edited = self.folder / "grub.cfg"
        subprocess.run(["mcopy", "-n", "-i", where, "::grub/grub.cfg", str(edited)], check=True)
        edited.write_text(edited.read_text().replace(" panic=10 ", " panic=10 clocksource=hpet tsc=unstable "))
        subprocess.run(["mcopy", "-o", "-i", where, str(edited), "::grub/grub.cfg"], check=True)

    # Power

    def start(self) -> None:
        self.starts += 1
        for name in ("qmp.sock", "shell.sock"):
            (self.folder / name).unlink(missing_ok=True)
        self.qemu = Child("qemu", self._command(), self.folder / "qemu.log")
        until(lambda: self._talks(), 30, lambda: f"QEMU starts\n{self.qemu.tail()}")

    def _talks(self) -> bool:
        if not self.qemu.running():
            raise AssertionError(f"QEMU ended at its start\n{self.qemu.tail()}")
        try:
            self.qmp = Qmp(self.folder / "qmp.sock")
        except OSError:
            return False
        return True

    def _command(self) -> list[str]:
        code, _ = FIRMWARE[self.board]
        return [
            "nice", "-n", "5", *MACHINE[self.board], "-accel", "tcg,thread=multi", "-smp", CPUS, "-m", str(self.memory),
            "-nodefaults", "-display", "none", "-watchdog-action", "reset",
            *(["-rtc", f"base={self.clock}"] if self.clock else []),
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,file={self.folder / 'firmware-variables'}",
            # What the box has not yet given to its disk is lost with QEMU.
            "-drive", f"if=none,id=disk,format=raw,discard=unmap,detect-zeroes=off,cache=writeback,file={self.disk}",
            "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-netdev", f"tap,id=net,ifname={network.TAP},script=no,downscript=no",
            "-device", f"virtio-net-pci,netdev=net,mac={network.MAC},romfile=",
            "-device", "virtio-rng-pci",
            *(["-audiodev", f"wav,id=sound,path={self.sound}", "-device", "intel-hda", "-device", "hda-output,audiodev=sound"]
              if self.board == "x86_64" else []),
            "-device", "qemu-xhci,id=usb",
            "-chardev", f"file,id=serial,path={self.serial},append=on", "-serial", "chardev:serial",
            "-qmp", f"unix:{self.folder / 'qmp.sock'},server=on,wait=off",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=shell,path={self.folder / 'shell.sock'},server=on,wait=off",
            "-device", f"virtserialport,chardev=shell,name={shell.PORT}",
            "-smbios", shell.firmware_tables(),
            *self.more,
        ]

    def kill(self) -> None:
        """The plug is pulled."""
        self._let_go()
        if self.qemu is not None:
            self.qemu.kill()

    def shut_down(self, seconds: float = 300) -> None:
        """As with the power key."""
        self.qmp.command("system_powerdown")
        until(lambda: not self.qemu.running(), seconds, lambda: f"the box shuts down\n{self.console()}")
        self._let_go()

    def _let_go(self) -> None:
        self.shell.close()
        if self.qmp is not None:
            self.qmp.close()
            self.qmp = None

    def close(self) -> None:
        self.kill()

    # What it says

    def run(self, command: str, seconds: float = shell.SECONDS) -> str:
        return self.shell.run(command, seconds)

    def try_run(self, command: str, seconds: float = shell.SECONDS) -> tuple[int, str]:
        return self.shell.try_run(command, seconds)

    def console(self, lines: int = 30) -> str:
        """The end of what is on the serial line, without its control sequences."""
        text = self.serial.read_text(errors="replace") if self.serial.exists() else ""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|[^\x09\x0a\x20-\x7e]", "", text)
        kept = [" ".join(line.split())[:160] for line in text.splitlines() if line.strip()]
        return f"--- serial line of {self.folder.name}\n" + "\n".join(kept[-lines:])

    def boot_id(self, seconds: float = BOOT_SECONDS) -> str:
        return self.run("cat /proc/sys/kernel/random/boot_id", seconds)

    # Conditions

    def wait_up(self, seconds: float = BOOT_SECONDS) -> None:
        """A shell answers, and the start is through."""
        if not self.shell.answers(seconds):
            raise Never(f"not within {seconds:g} s: the box starts\n{self.console()}")

    def wait_serving(self, seconds: float = BOOT_SECONDS) -> None:
        """The daemon has told systemd that it serves."""
        self.wait_up(seconds)
        self._wait_for("systemctl is-active --quiet pabxd", seconds, "pabxd serves")

    def wait_good(self, seconds: float = BOOT_SECONDS) -> None:
        """The slot has been marked good."""
        self.wait_up(seconds)
        self._wait_for("test -e /run/pabx/good", seconds, "the slot is marked good")

    def _wait_for(self, command: str, seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not self._says_yes(command):
            if time.monotonic() >= deadline:
                story = self.try_run("systemctl --failed --no-pager; systemctl list-jobs --no-pager; journalctl -b -n 40 -o cat --no-pager")[1]
                raise Never(f"not within {seconds:g} s: {what}\n{story}")
            time.sleep(0.5)

    def _says_yes(self, command: str) -> bool:
        """Whether a command ends well. One that a restart swallows is none of the two: it is asked again."""
        try:
            return self.try_run(command, SWALLOWED_SECONDS)[0] == 0
        except Never:
            return False

    def wait_restarted(self, before: str, seconds: float = BOOT_SECONDS) -> str:
        """Another start than the one with that boot id. Answers the new id."""
        deadline = time.monotonic() + seconds
        silence = Silence(self)
        while time.monotonic() < deadline:
            try:
                now = self.boot_id(min(30, seconds))
            except Never:
                silence.end()
                continue
            if now != before:
                return now
            time.sleep(0.5)
        raise Never(f"not within {seconds:g} s: the box restarts\n{self.console()}")

    def restart(self) -> str:
        """A clean restart."""
        before = self.boot_id()
        self.shell.tell("systemctl reboot")
        return self.wait_restarted(before)

    def choose_in_menu(self, last: str) -> None:
        """Takes the last entry of the boot menu, which begins so, as soon as the next menu is shown."""
        shown = self.serial.read_text(errors="replace").count(last)
        until(lambda: self.serial.read_text(errors="replace").count(last) > shown, BOOT_SECONDS, lambda: f"the boot menu\n{self.console()}")
        for key in ("down", "down", "down", "down", "ret"):
            self.qmp.command("send-key", keys=[{"type": "qcode", "data": key}])
            time.sleep(0.3)  # between two strokes of a hand

    def slot(self) -> str:
        return re.search(r"rauc\.slot=([AB])", self.run("cat /proc/cmdline"))[1]

    def environment(self) -> dict[str, str]:
        """GRUB's variables."""
        lines = self.run("grub-editenv /efi/grub/grubenv list").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def cable(self, plugged: bool) -> None:
        self.qmp.command("set_link", name="net", up=plugged)

    # Things put in

    def write(self, path: str, text: str) -> None:
        self.run(f"echo {base64.b64encode(text.encode()).decode()} | base64 -d >{path}")

    def plug_disk(self, name: str, file: Path) -> str:
        """A second disk that can only be read; answers its device in the box."""
        self.qmp.command("blockdev-add", **{
            "driver": "raw", "node-name": name, "read-only": True, "file": {"driver": "file", "filename": str(file), "read-only": True},
        })
        self.qmp.command("device_add", driver="usb-storage", bus="usb.0", drive=name, id=f"dev-{name}", serial=name)
        device = f"/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_{name}-0:0"
        self._wait_for(f"test -b {device}", 120, f"{device} is there")
        return device

    def unplug_disk(self, name: str) -> None:
        self.qmp.command("device_del", id=f"dev-{name}")
        def gone() -> bool:
            try:
                self.qmp.command("blockdev-del", **{"node-name": name})
                return True
            except AssertionError:
                return False

        until(gone, 60, f"{name} is unplugged")

    def bring(self, file: Path, path: str) -> None:
        """Copies a file into the box, over a USB stick."""
        device = self.plug_disk("bring", file)
        self.run(f"head -c {file.stat().st_size} {device} >{path} && sync {path}", 600)
        self.unplug_disk("bring")

    def fetch_state(self, name: str) -> Path:
        """A database of the daemon with its log, as they lie there while it is stopped; it serves again after that."""
        folder = self.folder / "fetched"
        folder.mkdir(exist_ok=True)
        self.run("systemctl stop pabxd && rm -rf /tmp/state && cp -r /var/lib/pabxd /tmp/state && systemctl start pabxd", 120)
        for part in (name, f"{name}-wal"):
            text = self.run(f"base64 /tmp/state/{part} 2>/dev/null || true", 120)
            (folder / part).write_bytes(base64.b64decode(text))
            if not text:
                (folder / part).unlink()
        self.wait_serving()
        return folder / name

    def signal_qemu(self, number: int = signal.SIGKILL) -> None:
        self.qemu.signal(number)
