"""Drift guards that need no QEMU: what must agree between overlay, boards, Buildroot and the reference image.

lint.py [--buildroot DIR]: with a Buildroot tree it also asks that tree for each defconfig (kconfig only, no download).
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts/image"))

import check_paths  # noqa: E402
import finalise  # noqa: E402

BOARDS = ["x86_64", "aarch64-efi", "rpi4", "rpi5"]
REFERENCE_BOARDS = ["x86_64", "aarch64-efi"]
# rustc in Buildroot 2026.05.1 (package/rust-bin).
BUILDROOT_RUST = (1, 96)
# The modules that the reference image loads early are built into Buildroot's kernel.
BUILT_IN = {
    "ahci": "SATA_AHCI", "crc32c_generic": "CRYPTO_CRC32C", "ehci_pci": "USB_EHCI_HCD", "mmc_block": "MMC_BLOCK",
    "nvme": "BLK_DEV_NVME", "sd_mod": "BLK_DEV_SD", "sdhci_acpi": "MMC_SDHCI_ACPI", "sdhci_pci": "MMC_SDHCI_PCI",
    "squashfs": "SQUASHFS", "uas": "USB_UAS", "usb_storage": "USB_STORAGE", "virtio_blk": "VIRTIO_BLK",
    "virtio_pci": "VIRTIO_PCI", "xhci_pci": "USB_XHCI_HCD",
}
NOT_BUILT_IN = {"crc32c_intel", "virtio_scsi"}  # quicker arithmetic; a disk of other virtual machines
OVERLAY = ROOT / "overlay"
UNITS = OVERLAY / "etc/systemd/system"


def defconfig(board: str) -> Path:
    return ROOT / f"buildroot/configs/pabx_{board.replace('-', '_')}_defconfig"


def boards_are_whole() -> Iterator[str]:
    disks = set()
    for board in BOARDS:
        folder = ROOT / "board" / board
        for name in ("meta", "cmdline", "genimage.cfg", "kernel.config"):
            if not (folder / name).exists():
                yield f"board/{board} has no {name}"
        if not defconfig(board).exists():
            yield f"board {board} has no defconfig"
        disks.add((folder / "genimage.cfg").read_text())
    if len(disks) != 1:
        yield "the boards' genimage.cfg differ: an update could not count on where things are"


def defconfigs_have_every_feature() -> Iterator[str]:
    for board in BOARDS:
        lines = defconfig(board).read_text().splitlines()
        for feature, symbols, _, _ in check_paths.rows():
            for symbol in symbols:
                if not symbol.startswith("(") and f"{symbol}=y" not in lines:
                    yield f"{defconfig(board).name}: no {symbol} ({feature})"
        for name in ("post-build.sh", "post-image.sh"):
            if f"$(BR2_EXTERNAL_PABX_PATH)/{name}" not in defconfig(board).read_text():
                yield f"{defconfig(board).name}: {name} is not called"


def buildroot_gives_defconfigs_back(tree: Path) -> Iterator[str]:
    for board in BOARDS:
        with tempfile.TemporaryDirectory() as folder:
            make = ["make", "-C", str(tree), f"O={folder}", f"BR2_EXTERNAL={ROOT / 'buildroot'}"]
            subprocess.run([*make, defconfig(board).name], check=True, capture_output=True)
            subprocess.run([*make, "savedefconfig", f"BR2_DEFCONFIG={folder}/saved"], check=True, capture_output=True)
            if (Path(folder) / "saved").read_text() != defconfig(board).read_text():
                yield f"{defconfig(board).name}: make savedefconfig gives another one"
            config = (Path(folder) / ".config").read_text().splitlines()
            for feature, symbols, _, _ in check_paths.rows():
                for symbol in symbols:
                    if f"{symbol.strip('()')}=y" not in config:
                        yield f"{defconfig(board).name}: {symbol} did not survive ({feature})"


def rust_is_not_too_new() -> Iterator[str]:
    version = re.search(r'^rust-version = "(\d+)\.(\d+)', (ROOT / "Cargo.toml").read_text(), re.M)
    if (int(version[1]), int(version[2])) > BUILDROOT_RUST:
        yield f"rust-version {version[1]}.{version[2]} is newer than Buildroot's {BUILDROOT_RUST[0]}.{BUILDROOT_RUST[1]}"


def accounts_are_fixed() -> Iterator[str]:
    users, groups = {}, {}
    for words in finalise.lines_of(OVERLAY / finalise.ACCOUNTS):
        if words[0] == "m":
            continue
        table = users if words[0] == "u" else groups
        number = words[2].partition(":")[0]
        if not number.isdigit():
            yield f"{words[1]} has no fixed number"
        if number in table.values():
            yield f"number {number} is given twice"
        table[words[1]] = number
    known = set(users) | set(groups)
    for file in UNITS.rglob("*.service"):
        for name in re.findall(r"^(?:User|Group)=(\w+)", file.read_text() if file.exists() and not file.is_symlink() else "", re.M):
            if name not in known:
                yield f"{file.name}: no account {name}"
    for file in (OVERLAY / "usr/lib/tmpfiles.d").glob("*.conf"):
        for words in finalise.lines_of(file):
            for name in words[3:5]:
                if name not in known | {"-"}:
                    yield f"{file.name}: no account {name}"


def what_persists_is_listed_once() -> Iterator[str]:
    """Each bind mount's source is made by the list of the data partition, and each mount is switched on."""
    made = {words[1] for words in finalise.lines_of(OVERLAY / "usr/lib/tmpfiles.d/pabx-data.conf")}
    preset = (OVERLAY / "etc/systemd/system-preset/00-pabx.preset").read_text()
    patterns = [line.split()[1] for line in preset.splitlines() if line.startswith("enable ")]
    for file in UNITS.glob("*.mount"):
        if file.is_symlink():
            continue
        text = file.read_text()
        what = re.search(r"^What=(.+)$", text, re.M)[1]
        if "Options=bind" in text and what not in made:
            yield f"{file.name}: nothing makes {what}"
        if not any(re.fullmatch(pattern.replace(".", r"\.").replace("*", ".*"), file.name) for pattern in patterns):
            yield f"{file.name} is not in the preset"


def early_modules_are_built_in() -> Iterator[str]:
    for board in REFERENCE_BOARDS:
        options = (ROOT / "board/common/kernel.config").read_text() + (ROOT / "board" / board / "kernel.config").read_text()
        for line in (ROOT / "board" / board / "modules").read_text().splitlines():
            words = line.split()
            if words[:1] == ["early"] and words[1] not in NOT_BUILT_IN:
                option = BUILT_IN.get(words[1])
                if option is None or f"CONFIG_{option}=y" not in options.splitlines():
                    yield f"board/{board}: {words[1]} is needed early and CONFIG_{option} is not asked of Buildroot's kernel"


def scripts_are_sound() -> Iterator[str]:
    shells = [path for path in sorted(OVERLAY.rglob("*")) if not path.is_symlink() and path.is_file() and path.read_text()[:9] == "#!/bin/sh"]
    done = subprocess.run(["shellcheck", "-s", "sh", "--severity=style", *map(str, shells)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield done.stdout
    done = subprocess.run(["grub-script-check", str(ROOT / "board/common/grub.cfg")], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield f"grub.cfg: {done.stdout}{done.stderr}"


def the_daemon_is_sandboxed() -> Iterator[str]:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=19", str(UNITS / "pabxd.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield f"pabxd.service: {done.stdout.splitlines()[-1]}"


def both_assemblers_make_the_same() -> Iterator[str]:
    """finalise.py, as each assembler calls it, on the same empty tree."""
    with tempfile.TemporaryDirectory() as folder:
        trees = {}
        for assembler in ("reference", "buildroot"):
            root = Path(folder) / assembler
            (root / "usr/lib/systemd/system").mkdir(parents=True)
            # What links of the overlay lead to.
            (root / "usr/lib/systemd/system/systemd-timesyncd.service").write_text("[Install]\nWantedBy=sysinit.target\n")
            keyring = Path(folder) / "keyring.pem"
            keyring.write_text("nothing\n")
            subprocess.run([
                sys.executable, str(ROOT / "scripts/image/finalise.py"), "--root", str(root), "--board", "x86_64", "--version", "1.0.0",
                "--build", "b", "--epoch", "1700000000", "--keyring", str(keyring), "--assembler", assembler,
            ], check=True, capture_output=True)
            (root / "usr/share/pabx/assembler").unlink()
            trees[assembler] = {
                str(path.relative_to(root)): os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
                for path in root.rglob("*")
            }
        one, other = trees.values()
        for path in sorted(set(one) | set(other)):
            if one.get(path) != other.get(path):
                yield f"the assemblers differ in {path}"
        if len(one) < 60:
            yield f"finalise.py made only {len(one)} files"


def no_secret_is_in_the_image() -> Iterator[str]:
    """Of what was built last, where something was."""
    for board in REFERENCE_BOARDS:
        root = ROOT / ".cache/image" / f"work-{board}" / "root"
        for path in root.rglob("*") if root.exists() else []:
            # GnuTLS carries the published keys of its self-tests.
            if path.is_symlink() or not path.is_file() or path.name.startswith("libgnutls.so"):
                continue
            data = path.read_bytes()
            if re.search(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{20}", data):
                yield f"a private key in {path.relative_to(root)}"
            if str(ROOT).encode() in data:
                yield f"this machine's path in {path.relative_to(root)}"


RULES = [
    boards_are_whole, defconfigs_have_every_feature, rust_is_not_too_new, accounts_are_fixed, what_persists_is_listed_once,
    early_modules_are_built_in, scripts_are_sound, the_daemon_is_sandboxed, both_assemblers_make_the_same, no_secret_is_in_the_image,
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buildroot", type=Path, help="a Buildroot tree")
    options = parser.parse_args()
    breaches = [f"{rule.__name__}: {breach}" for rule in RULES for breach in rule()]
    if options.buildroot:
        breaches += list(buildroot_gives_defconfigs_back(options.buildroot.resolve()))
    for breach in breaches:
        print(breach)
    print(f"{len(RULES)} rules of the image, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
