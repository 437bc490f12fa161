"""A cpio archive (format newc) that is the same each time: sorted, owned by root, one time for all."""

import stat
from pathlib import Path

TRAILER = "TRAILER!!!"


def entry(number: int, name: str, mode: int, clock: int, data: bytes) -> bytes:
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = [number, mode, 0, 0, links, clock, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return padded(head) + padded(data)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def archive(folder: Path, clock: int) -> bytes:
    """Everything in the folder."""
    result = b""
    for number, path in enumerate(sorted(folder.rglob("*")), 1):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            result += entry(number, name, stat.S_IFLNK | 0o777, clock, str(path.readlink()).encode())
        elif path.is_dir():
            result += entry(number, name, stat.S_IFDIR | 0o755, clock, b"")
        else:
            mode = stat.S_IFREG | (0o755 if path.stat().st_mode & 0o111 else 0o644)
            result += entry(number, name, mode, clock, path.read_bytes())
    return result + entry(0, TRAILER, 0, 0, b"")
