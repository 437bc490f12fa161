"""Turns a root file system (Buildroot's, or the reference one) into the appliance's: overlay, accounts, what runs.

Both assemblers call this, so that what the tests see of the one holds for the other. See --help.
"""

import argparse
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
OVERLAY = TREE / "overlay"
ACCOUNTS = "usr/lib/sysusers.d/00-pabx.conf"
# Folders that must be there to be mounted on, for the root file system is never written.
MOUNT_POINTS = ["data", "dev", "efi", "etc/dropbear", "etc/systemd/network", "etc/systemd/timesyncd.conf.d", "mnt", "proc", "run", "sys", "tmp", "var"]
LINKS = {
    "etc/resolv.conf": "../run/systemd/resolve/stub-resolv.conf",
    "etc/mtab": "../proc/self/mounts",
    "etc/localtime": "../data/config/time/localtime",
    "etc/os-release": "../usr/lib/os-release",
}
DOCUMENTS = ["docs/operations.md", "docs/image.md", "docs/flash.md", "SECURITY.md"]


def put(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    path.write_text(text)
    path.chmod(mode)


def overlay_files() -> list[Path]:
    """What git tracks (or would) in overlay/, relative to it; never what an editor left there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "overlay"]
    names = subprocess.run(command, cwd=TREE, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = sorted({Path(name).relative_to("overlay") for name in names if name})
    return [path for path in paths if path.name != "README.md" and (os.path.lexists(OVERLAY / path))]


def lay_over(root: Path, values: dict[str, str]) -> None:
    """Copies the overlay, with @NAME@ filled in, and leaves the list of what was copied in the image."""
    listed = []
    for path in overlay_files():
        source, target = OVERLAY / path, root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target) and not target.is_dir():
            target.unlink()
        if source.is_symlink():
            target.symlink_to(source.readlink())
            listed.append(f"link {source.readlink()} {path}")
            continue
        text = source.read_text()
        listed.append(f"{hashlib.sha256(text.encode()).hexdigest()} {source.stat().st_mode & 0o111 and 'x' or '-'} {path}")
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        put(target, text, 0o755 if source.stat().st_mode & 0o111 else 0o644)
    put(root / "usr/share/pabx/overlay.manifest", "\n".join(listed) + "\n")


def lines_of(path: Path) -> list[list[str]]:
    """The words of each line, with "…" as one word."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [re.findall(r'"[^"]*"|\S+', line) for line in lines if line and not line.startswith("#")]


def write_accounts(root: Path) -> None:
    """passwd, group and shadow from our list; an account that a package wants and the list lacks is an error."""
    users, groups, members = {}, {}, {}
    for words in lines_of(root / ACCOUNTS):
        kind, name = words[0], words[1]
        if kind == "m":
            members.setdefault(words[2], []).append(name)
            continue
        number = words[2].partition(":")[0]
        groups.setdefault(name, number)
        if kind == "u":
            shell = words[5] if len(words) > 5 else "/usr/sbin/nologin"
            users[name] = f"{name}:x:{number}:{number}:{words[3].strip(chr(34))}:{words[4]}:{shell}"
    check_accounts(root, set(users), set(groups))
    put(root / "etc/passwd", "".join(f"{line}\n" for line in users.values()))
    put(root / "etc/group", "".join(f"{name}:x:{number}:{','.join(members.get(name, []))}\n" for name, number in groups.items()))
    put(root / "etc/shadow", "".join(f"{name}:!*:::::::\n" for name in users), 0o600)
    for name in ("etc/gshadow", "etc/passwd-", "etc/group-", "etc/shadow-"):
        (root / name).unlink(missing_ok=True)


def check_accounts(root: Path, users: set[str], groups: set[str]) -> None:
    unknown = []
    for file in sorted((root / "usr/lib/sysusers.d").glob("*.conf")):
        for words in lines_of(file):
            known = users if words[0].startswith("u") else groups
            if words[0][0] in "ug" and words[1] not in known:
                unknown.append(f"{file.name} wants {words[0]} {words[1]}")
    if unknown:
        raise SystemExit(f"accounts without a number in {ACCOUNTS}: {'; '.join(unknown)}")


def write_identity(root: Path, options: argparse.Namespace) -> None:
    put(root / "usr/lib/os-release", (
        "ID=pabx\nNAME=\"PABX\"\n" f"PRETTY_NAME=\"PABX {options.version}\"\n" f"VERSION_ID={options.version}\n"
        f"BUILD_ID={options.build}\n" f"VARIANT_ID={options.board}\n" f"IMAGE_ID=pabx-{options.board}\n"
        f"IMAGE_VERSION={options.version}\n" "DEFAULT_HOSTNAME=pabx\n"
    ))
    put(root / "usr/share/pabx/assembler", f"{options.assembler}\n")
    # Empty, not missing: systemd makes an id for this start, and the unit that is to keep it does.
    put(root / "etc/machine-id", "")
    # A clock without battery starts here, or at the last shutdown where that is later.
    put(root / "usr/lib/clock-epoch", "")
    shutil.copyfile(options.keyring, root / "etc/rauc/keyring.pem")
    for document in DOCUMENTS:
        if (TREE / document).exists():
            put(root / "usr/share/doc/pabxd" / Path(document).name, (TREE / document).read_text())


def enable_units(root: Path) -> None:
    """Exactly what the preset says: links that packages made are no part of it."""
    for folder in (root / "etc/systemd/system").glob("*.wants"):
        shutil.rmtree(folder)
    for folder in (root / "etc/systemd/system").glob("*.requires"):
        shutil.rmtree(folder)
    subprocess.run(["systemctl", "--root", str(root), "--preset-mode=full", "preset-all"], check=True, capture_output=True)
    link = root / "etc/systemd/system/default.target"
    link.unlink(missing_ok=True)
    link.symlink_to("../../../usr/lib/systemd/system/multi-user.target")


def drop_privileged_bits(root: Path) -> None:
    """No program raises who runs it; nothing is writable by everybody."""
    for path in root.rglob("*"):
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        # S_ISVTX on tmp and the like means nothing on a tree that is never written; what is mounted there has its own.
        plain = mode & 0o755 if path.is_dir() else mode & 0o1755 & ~0o1000
        if plain != mode:
            path.chmod(plain)


def copy_readable(source: Path, target: Path) -> None:
    """Copies a folder so that everybody may read it: whoever built it may have kept it to himself."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--board", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--build", required=True, help="the commit")
    parser.add_argument("--epoch", type=int, required=True, help="SOURCE_DATE_EPOCH")
    parser.add_argument("--keyring", type=Path, required=True, help="certificates that bundles are checked with")
    parser.add_argument("--assembler", choices=["reference", "buildroot"], required=True)
    parser.add_argument("--daemon", type=Path, help="the pabxd to put in (Buildroot has its own)")
    parser.add_argument("--ui", type=Path, help="the web UI to put in, as scripts/webui builds it (Buildroot has its own)")
    options = parser.parse_args()
    root = options.root
    for name in MOUNT_POINTS:
        (root / name).mkdir(parents=True, exist_ok=True)
    lay_over(root, {"BOARD": options.board, "VERSION": options.version})
    for name, target in LINKS.items():
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(target)
    write_accounts(root)
    write_identity(root, options)
    if options.daemon:
        shutil.copyfile(options.daemon, root / "usr/bin/pabxd")
        (root / "usr/bin/pabxd").chmod(0o755)
    if options.ui:
        copy_readable(options.ui, root / "usr/share/pabxd/web")
    enable_units(root)
    drop_privileged_bits(root)
    os.utime(root / "usr/lib/clock-epoch", (options.epoch, options.epoch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
