"""Updates to try: good ones, broken ones, and ones that nobody should take. Made once, kept beside the image."""

import hashlib
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import paths

SCRIPTS = paths.ROOT / "scripts/image"
BUNDLES = paths.CACHE / "image/test-bundles"
TREE_VERSION = re.search(r'^version = "(.+)"', (paths.ROOT / "Cargo.toml").read_text(), re.M)[1]
NEWER, NEWEST, OLDER = "90.0.0", "91.0.0", "0.0.1"


def run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stdout}{done.stderr}")


def slot_key() -> str:
    """Which build the bundles are of."""
    return hashlib.sha256((paths.work() / "rootfs.squashfs").read_bytes()).hexdigest()[:12]


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """The file of that name for this build, made if it is not there."""
    folder = BUNDLES / slot_key()
    if not folder.exists():
        shutil.rmtree(BUNDLES, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    if not file.exists():
        beside = folder / f"new-{name}"
        beside.unlink(missing_ok=True)
        make(beside)
        beside.rename(file)
    return file


def keys(other: bool = False) -> tuple[Path, Path]:
    """Key and certificate: the checkout's, or somebody else's."""
    folder = paths.CACHE / ("image/other-keys" if other else "image/keys")
    run(SCRIPTS / "keys", folder)
    return folder / "key.pem", folder / "cert.pem"


def bundle(slot: Path, version: str, out: Path, other_key: bool = False, compatible: str = "x86_64") -> None:
    key, certificate = keys(other_key)
    run(SCRIPTS / "bundle", compatible, version, "test", slot, key, certificate, out)


def changed(name: str, version: str, change: Callable[[Path], None] = lambda root: None) -> Path:
    """The image's system with another version and a change."""

    def make(out: Path) -> None:
        root = BUNDLES / f"root-{os.getpid()}"
        shutil.rmtree(root, ignore_errors=True)
        run("cp", "-a", paths.work() / "root", root)
        for path in ("usr/lib/os-release", "etc/rauc/system.conf"):
            file = root / path
            file.write_text(file.read_text().replace(f"={TREE_VERSION}", f"={version}").replace(f" {TREE_VERSION}", f" {version}"))
        change(root)
        slot = BUNDLES / f"slot-{os.getpid()}.squashfs"
        run("nice", "-n", "10", SCRIPTS / "slot", root, slot, "1700000000")
        bundle(slot, version, out)
        shutil.rmtree(root)
        slot.unlink()

    return kept(f"{name}.raucb", make)


def good() -> Path:
    return changed("good", NEWER)


def no_init() -> Path:
    """Has a kernel, and nothing for it to start."""

    def change(root: Path) -> None:
        (root / "usr/lib/systemd/systemd").unlink()

    return changed("no-init", NEWEST, change)


def no_daemon() -> Path:
    """Starts, but the phone system ends at once."""

    def change(root: Path) -> None:
        (root / "usr/bin/pabxd").write_text("#!/bin/sh\nexit 1\n")

    return changed("no-daemon", NEWEST, change)


def small(name: str, version: str, **options) -> Path:
    """Nothing that would start: for what must be refused before that matters."""

    def make(out: Path) -> None:
        slot = BUNDLES / "small.squashfs"
        slot.write_bytes(b"hsqs" + random.Random(1).randbytes(1 << 18))
        bundle(slot, version, out, **options)

    return kept(f"{name}.raucb", make)


def wrong_key() -> Path:
    return small("wrong-key", NEWEST, other_key=True)


def older() -> Path:
    return small("older", OLDER)


def other_board() -> Path:
    return small("other-board", NEWEST, compatible="toaster")


def unsigned() -> Path:
    """A bundle without its signature: only the file system."""

    def make(out: Path) -> None:
        data = small("to-cut", NEWEST).read_bytes()
        length = int.from_bytes(data[-8:], "big")
        out.write_bytes(data[: -8 - length])

    return kept("unsigned.raucb", make)


def truncated() -> Path:
    def make(out: Path) -> None:
        data = small("to-cut", NEWEST).read_bytes()
        out.write_bytes(data[: len(data) // 2])

    return kept("truncated.raucb", make)


def flipped() -> Path:
    """One bit of the content is another one: the signature is whole."""

    def make(out: Path) -> None:
        data = bytearray(small("to-cut", NEWEST).read_bytes())
        data[len(data) // 4] ^= 1
        out.write_bytes(data)

    return kept("flipped.raucb", make)
