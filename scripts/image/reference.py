"""Makes a small root file system of Debian's packages, unpacked but never configured: only what the appliance uses.

reference.py ROOT MODULES CLOCK DAEMON: ROOT is the unpacked tree, MODULES the board's list of kernel modules, CLOCK the
time (seconds) of every file of the initramfs, DAEMON the pabxd whose libraries stay. finalise.py comes after it.
"""

import gzip
import lzma
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cpio

# Programs that stay; busybox stands in for the rest.
PROGRAMS = """
busctl busybox dbus-daemon journalctl systemctl systemd-analyze systemd-cat systemd-detect-virt systemd-notify
systemd-run systemd-tmpfiles networkctl resolvectl timedatectl loginctl udevadm rauc mount umount kmod lsblk flock
pkcheck sfdisk partx blkdiscard blockdev blkid e2fsck fsck mke2fs mkfs.ext4 nft dropbear dropbearkey losetup alsactl
""".split()
# Links to the above.
LINKS = {
    "usr/sbin/init": "../lib/systemd/systemd", "usr/sbin/reboot": "../bin/systemctl",
    "usr/sbin/poweroff": "../bin/systemctl", "usr/sbin/halt": "../bin/systemctl",
    "usr/sbin/shutdown": "../bin/systemctl", "usr/sbin/modprobe": "../bin/kmod", "usr/sbin/insmod": "../bin/kmod",
    "usr/sbin/rmmod": "../bin/kmod", "usr/sbin/depmod": "../bin/kmod", "usr/bin/lsmod": "kmod",
    "usr/sbin/fsck.ext4": "e2fsck",
}
APPLETS = """
[ ash awk base64 basename cat chgrp chmod chown cmp cp cut date dd df dirname dmesg du echo env expr false find free
fuser grep groups gunzip gzip head hexdump hostname id ip kill killall less ln ls md5sum mkdir mknod mktemp more mv
nc netstat nice nohup od pidof ping printf ps pwd readlink realpath rm rmdir sed seq sh sha256sum sleep sort stat
stty sync tail tar tee test timeout top touch tr true tty uname uniq uptime vi watch wc which xargs yes
""".split()
# Opened by name when they are needed, so that no ELF header names them.
OPENED_LATER = "libkmod.so.2 libzstd.so.1 liblzma.so.5 libidn2.so.0 libgcc_s.so.1 libnss_files.so.2 libnss_dns.so.2 libasound.so.2".split()
GONE = """
boot/System.map* boot/config-* etc/apt etc/cron.d etc/dpkg etc/init.d etc/rc?.d etc/initramfs-tools etc/kernel
etc/sgml etc/xml etc/skel etc/update-motd.d etc/X11 etc/ssh etc/gss etc/dhcp etc/debconf.conf etc/binfmt.d etc/default
etc/e2scrub.conf etc/motd etc/issue* etc/fstab etc/profile.d etc/nftables.conf etc/xdg etc/credstore*
usr/lib/dracut usr/lib/kernel usr/lib/klibc* usr/lib/mime usr/lib/lsb usr/lib/sasl2 usr/lib/policykit-1
usr/lib/pcrlock.d usr/lib/ssl usr/lib/dropbear usr/lib/dbus-1.0 usr/libexec usr/lib/environment.d
usr/lib/systemd/catalog usr/lib/systemd/user usr/lib/systemd/user-* usr/lib/systemd/profile.d
usr/lib/systemd/ssh_config.d usr/lib/systemd/journald.conf.d usr/lib/systemd/network/8*
usr/lib/systemd/resolved.conf.d
usr/lib/udev/hwdb.d usr/lib/udev/hwdb.bin usr/lib/sysusers.d/basic.conf
usr/lib/*/engines-3 usr/lib/*/gio usr/lib/*/sasl2 usr/lib/*/ossl-modules usr/lib/*/gconv usr/lib/*/krb5
usr/lib/*/glib-2.0 usr/lib/*/security usr/share/base-files usr/share/base-passwd usr/share/bash-completion
usr/share/bug usr/share/common-licenses usr/share/debconf usr/share/debhelper usr/share/dict usr/share/doc
usr/share/doc-base usr/share/fish usr/share/glib-2.0 usr/share/info usr/share/initramfs-tools usr/share/lintian
usr/share/locale usr/share/man usr/share/mime usr/share/misc usr/share/pam usr/share/pam-configs usr/share/perl5
usr/share/pixmaps usr/share/readline usr/share/sgml usr/share/sgml-base usr/share/util-linux usr/share/xml
usr/share/xml-core usr/share/zsh usr/share/sounds usr/lib/udev/rules.d/90-alsa-restore.rules usr/lib/systemd/system/alsa-*
usr/share/zoneinfo/posix usr/share/zoneinfo/right usr/share/rauc etc/pam.d etc/pam.conf
etc/security usr/lib/pam.d usr/games usr/local usr/src usr/include srv media mnt home opt root var
""".split()
# Parts of systemd that no unit of ours starts.
SYSTEMD_GONE = """
systemd-bsod systemd-battery-check systemd-binfmt systemd-hibernate-resume systemd-initctl systemd-localed
systemd-measure systemd-pcrextend systemd-pcrlock systemd-quotacheck systemd-rfkill systemd-storagetm systemd-ssh-proxy
systemd-tpm2-setup systemd-xdg-autostart-condition systemd-socket-proxyd systemd-backlight systemd-boot-check-no-failures
systemd-update-done systemd-user-runtime-dir systemd-sysroot-fstab-check systemd-volatile-root systemd-sulogin-shell
""".split()
LIBRARY_ELF = re.compile(r"Shared library: \[(.+?)\]")


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needed(path: Path) -> list[str]:
    """The libraries that an ELF file names."""
    out = subprocess.run(["readelf", "-d", str(path)], check=True, capture_output=True, text=True).stdout
    return LIBRARY_ELF.findall(out)


def prune_files(root: Path) -> None:
    for pattern in GONE:
        for path in root.glob(pattern):
            remove(path)
    for name in SYSTEMD_GONE:
        remove(root / "usr/lib/systemd" / name)
    for folder in ("usr/bin", "usr/sbin"):
        for path in (root / folder).iterdir():
            if path.name not in PROGRAMS:
                remove(path)


def link_programs(root: Path) -> None:
    for name, target in LINKS.items():
        link = root / name
        remove(link)
        link.symlink_to(target)
    for applet in APPLETS:
        link = root / "usr/bin" / applet
        if not link.exists() and not (root / "usr/sbin" / applet).exists():
            link.symlink_to("busybox")


def prune_libraries(root: Path, more: list[Path]) -> None:
    """Keeps the libraries that a program here (or in `more`: the daemon) needs, by what the ELF files say."""
    folder = next(root.glob("usr/lib/*-linux-gnu"))
    places = [root / "usr/bin", root / "usr/sbin", root / "usr/lib/systemd", root / "usr/lib/udev", root / "usr/lib/polkit-1"]
    queue = [path for place in places for path in place.rglob("*") if is_elf(path)] + more
    queue += [path for path in (folder / "systemd").glob("*.so") if is_elf(path)]
    keep, seen = set(), set()
    names = [name for path in queue for name in needed(path)] + OPENED_LATER
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        path = folder / name
        if not path.exists():
            continue
        keep.update({path, path.resolve()})
        names += needed(path.resolve())
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            if path.name != "systemd":
                remove(path)
        elif path not in keep and not path.name.startswith("ld-linux"):
            remove(path)


def module_files(root: Path, version: str) -> dict[str, Path]:
    """Every module by its name (with underscores)."""
    base = root / "usr/lib/modules" / version / "kernel"
    return {path.name.split(".ko")[0].replace("-", "_"): path for path in base.rglob("*.ko*")}


def plain(path: Path) -> Path:
    """The module without compression: the squashfs does that better, and busybox reads no xz."""
    if path.suffix != ".xz":
        return path
    result = path.with_suffix("")
    result.write_bytes(lzma.decompress(path.read_bytes()))
    path.unlink()
    return result


def depends(path: Path) -> list[str]:
    """The modules that one names in its `.modinfo` section."""
    out = subprocess.run(["modinfo", "-F", "depends", str(path)], check=True, capture_output=True, text=True).stdout
    soft = subprocess.run(["modinfo", "-F", "softdep", str(path)], check=True, capture_output=True, text=True).stdout
    names = [name for name in out.strip().split(",") if name]
    names += [word for line in soft.splitlines() for word in line.split() if not word.endswith(":")]
    return [name.replace("-", "_") for name in names]


def closure(wanted: list[str], files: dict[str, Path], builtin: set[str]) -> set[str]:
    result, queue = set(), [(name, True) for name in wanted]
    while queue:
        name, must = queue.pop()
        if name in result or name in builtin:
            continue
        if name not in files:
            if must:
                raise SystemExit(f"reference.py: the kernel has no module {name}")
            continue
        files[name] = plain(files[name])
        result.add(name)
        queue += [(other, False) for other in depends(files[name])]
    return result


def prune_modules(root: Path, listed: list[list[str]]) -> tuple[str, dict[str, Path], set[str]]:
    """Keeps the listed modules and what they depend on. Answers the version, the files, and the early ones."""
    version = next((root / "usr/lib/modules").iterdir()).name
    base = root / "usr/lib/modules" / version
    builtin = {Path(line.strip()).name.removesuffix(".ko").replace("-", "_") for line in (base / "modules.builtin").open()}
    files = module_files(root, version)
    early = closure([words[1] for words in listed if words[0] == "early"], files, builtin)
    kept = closure([words[-1] for words in listed], files, builtin) | early
    for name, path in files.items():
        if name not in kept:
            path.unlink()
    for path in sorted(base.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    run_depmod(root, version)
    return version, {name: files[name] for name in kept}, early


def run_depmod(root: Path, version: str) -> None:
    subprocess.run(["depmod", "-b", str(root), version], check=True)


INIT = """\
#!/bin/busybox sh
# Finds the slot that GRUB named by the name of its partition, and goes there.
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
export PATH=/bin
slot=$(sed -n 's/.*root=PARTLABEL=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
find_slot() { grep -lx "PARTNAME=$slot" /sys/class/block/*/uevent 2>/dev/null | head -n 1 | sed 's|.*/block/||; s|/uevent||'; }
modprobe squashfs
tries=0
while [ "$tries" -lt 300 ]; do
  # Buses show what is behind them one after the other, so this is asked again and again.
  find /sys/devices -name modalias -exec sort -u {} + 2>/dev/null | sort -u | xargs modprobe -a 2>/dev/null
  for module in sd_mod mmc_block; do modprobe "$module" 2>/dev/null; done
  name=$(find_slot)
  if [ -n "$name" ] && mount -t squashfs -o ro "/dev/$name" /mnt; then
    mount --move /dev /mnt/dev
    umount /proc /sys
    exec switch_root /mnt /usr/lib/systemd/systemd
  fi
  tries=$((tries + 1))
  sleep 0.1
done
echo "no partition $slot" >/dev/console
sleep 5
reboot -f
"""


def write_initramfs(root: Path, version: str, files: dict[str, Path], early: set[str], clock: int) -> None:
    """A small one: busybox and the modules of the disks."""
    with_modules = root.parent / "initramfs"
    shutil.rmtree(with_modules, ignore_errors=True)
    for name in ("bin", "dev", "proc", "sys", "mnt", "lib"):
        (with_modules / name).mkdir(parents=True)
    for name in early:
        target = with_modules / files[name].relative_to(root / "usr")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[name], target)
    base = root / "usr/lib/modules" / version
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copyfile(base / name, with_modules / "lib/modules" / version / name)
    run_depmod(with_modules, version)
    for path in (with_modules / "lib/modules" / version).glob("modules.*"):
        if path.name not in ("modules.dep", "modules.alias", "modules.symbols", "modules.softdep"):
            path.unlink()
    shutil.copyfile(root / "usr/bin/busybox", with_modules / "bin/busybox")
    for applet in "sh mount umount modprobe sed grep head find sort xargs sleep switch_root reboot echo".split():
        (with_modules / "bin" / applet).symlink_to("busybox")
    (with_modules / "init").write_text(INIT)
    for path in ("bin/busybox", "init"):
        (with_modules / path).chmod(0o755)
    data = cpio.archive(with_modules, clock)
    (root / "boot/initrd").write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    shutil.rmtree(with_modules)


def write_certificates(root: Path) -> None:
    """What ca-certificates' configuration would have done: every authority in one file."""
    source = root / "usr/share/ca-certificates/mozilla"
    (root / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)
    text = "".join(path.read_text() for path in sorted(source.glob("*.crt")))
    (root / "etc/ssl/certs/ca-certificates.crt").write_text(text)
    remove(root / "usr/share/ca-certificates")
    remove(root / "etc/ca-certificates")


def main() -> int:
    root, modules, clock, daemon = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    listed = [line.split() for line in modules.read_text().splitlines() if line and not line.startswith("#")]
    # The busybox of the initramfs is the one of the image: it needs no library.
    prune_files(root)
    version, files, early = prune_modules(root, listed)
    prune_libraries(root, [daemon])
    link_programs(root)
    write_initramfs(root, version, files, early, clock)
    write_certificates(root)
    kernel = next((root / "boot").glob("vmlinuz-*"))
    os.rename(kernel, root / "boot/vmlinuz")
    subprocess.run(["ldconfig", "-r", str(root)], check=True)
    remove(root / "etc/ld.so.cache~")
    for name in ("dev", "proc", "sys", "run", "tmp", "var", "mnt"):
        (root / name).mkdir(exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
