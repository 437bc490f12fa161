"""The first start of a box, from firmware to a call."""

import hashlib
import re
import resource
import select
import socket
import time

from box import network, paths, web
from box.lab import Lab, Skip, talk
from box.runner import long
from harness import tones
from harness.wait import until

MEMORY_LIMIT_MIB = 160
SLOT_LIMIT = 64 << 20
# Who may run as root, besides the kernel's own: name of the program.
# hostnamed comes when networkd asks for the name, and leaves by itself.
ROOT_PROCESSES = {"systemd", "systemd-journal", "systemd-udevd", "systemd-logind", "systemd-hostnam", "rauc"}
OURS = {"sh", "cat", "(sd-pam)"}  # the shell of the tests, and what it runs
UDP_PORTS, TCP_PORTS = {5060}, {80, 443, 5060, 5061}
# Listened on while nobody has asked for it yet, or only by what the box itself sends.
MULTICAST_DNS = 5353
SCANNED_AT_ONCE = 4096
WORLD_WRITABLE = "find / /data -xdev ! -type l -perm -0002 ! -perm -1000"
SET_UID = "find / -xdev -type f -perm -4000 -o -xdev -type f -perm -2000"


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.started = time.monotonic()
        self.box = lab.box()

    def test_it_starts_from_firmware_to_serving(self) -> None:
        self.box.wait_serving()
        network.wait_sip(network.BOX)
        self.lab.note(f"power to SIP in {time.monotonic() - self.started:.0f} s; {self.box.run('systemd-analyze time || true').splitlines()[0]}")

    def test_the_slot_is_marked_good_after_the_self_test(self) -> None:
        self.box.wait_good()
        state = self.box.environment()
        assert (state["A_OK"], state["A_TRY"]) == ("1", "0"), state
        log = self.box.run("journalctl -b -u pabx-mark-good -o cat --no-pager")
        assert "slot A is good" in log, log

    def test_nothing_has_failed_and_nothing_is_in_a_circle(self) -> None:
        self.box._wait_for('[ -z "$(systemctl list-jobs --no-legend)" ]', 240, "the start is through")
        failed = self.box.run("systemctl --failed --plain --no-legend --no-pager")
        assert not failed, failed
        log = self.box.run("journalctl -b -o cat --no-pager | grep -iE 'ordering cycle|breaking.*cycle|emergency' || true")
        assert not log, log

    def test_the_kernel_is_not_tainted_and_has_not_complained(self) -> None:
        assert self.box.run("cat /proc/sys/kernel/tainted") == "0"
        bad = self.box.run("dmesg | grep -E 'BUG:|WARNING:|Oops|Call Trace|I/O error' || true")
        assert not bad, bad

    def test_the_root_is_read_only_and_the_rest_is_in_memory(self) -> None:
        mounts = {line.split()[1]: line.split()[2:4] for line in self.box.run("cat /proc/mounts").splitlines()}
        assert mounts["/"][0] == "squashfs" and mounts["/"][1].startswith("ro"), mounts["/"]
        for path in ("/var", "/tmp", "/run"):
            assert mounts[path][0] == "tmpfs", mounts[path]
        for path in ("/data", "/var/lib/pabxd", "/etc/systemd/network"):
            assert mounts[path][0] == "ext4" and {"nosuid", "nodev", "noexec"} <= set(mounts[path][1].split(",")), mounts[path]
        assert self.box.try_run("touch /etc/x /usr/x /x")[0] != 0

    def test_the_data_partition_has_grown_to_the_disk(self) -> None:
        mebibytes = int(self.box.run("df -m /data | tail -n 1 | awk '{print $2}'"))
        assert mebibytes > 600, f"{mebibytes} MiB of a 1 GiB disk"

    def test_only_the_listed_ports_are_open(self) -> None:
        self.scan_tcp()
        self.scan_udp()

    def scan_tcp(self) -> None:
        """Every port: one that is closed by the rules says nothing, one that is open answers."""
        found = set()
        for first in range(1, 65536, SCANNED_AT_ONCE):
            found |= answering(range(first, min(first + SCANNED_AT_ONCE, 65536)))
        assert found <= TCP_PORTS | {80, 443, 5061}, f"TCP ports that answer: {sorted(found)}"
        assert TCP_PORTS <= found, f"TCP ports that answer: {sorted(found)}"

    def scan_udp(self) -> None:
        """What the box listens on, by its own account, against what its rules let in."""
        bound = self.box.run("netstat -lnu | awk '/^udp/ {print $4}'")
        outside = {int(line.rpartition(":")[2]) for line in bound.splitlines() if not line.startswith(("127.", "::1"))}
        assert outside <= UDP_PORTS | {MULTICAST_DNS, 68, 546}, f"UDP ports bound: {sorted(outside)}"
        rules = self.box.run("nft list chain inet pabx input")
        allowed = set(re.findall(r"udp dport (\S+)", rules))
        assert allowed == {"10000-19999", "5060", "68", "546", "5353"}, allowed
        assert "policy drop" in rules

    def test_only_the_listed_programs_run_as_root(self) -> None:
        names = set()
        # One that ends while it is looked at is passed over.
        for line in self.box.run("for p in /proc/[0-9]*; do readlink $p/exe >/dev/null && name=$(cat $p/comm) && user=$(stat -c %u $p) && "
                                 "echo $user $name; done 2>/dev/null || true").splitlines():
            user, _, name = line.partition(" ")
            if user == "0":
                names.add(name)
        assert names - OURS <= ROOT_PROCESSES, names - OURS - ROOT_PROCESSES

    def test_the_daemon_is_sandboxed(self) -> None:
        line = self.box.run("systemd-analyze security pabxd --no-pager | tail -n 1", 120)
        figure = float(re.search(r"(\d+\.\d)", line)[1])
        assert figure < 2.0, line
        self.lab.note(line.strip())
        status = self.box.run("cat /proc/$(systemctl show -p MainPID --value pabxd)/status")
        assert "Uid:\t990\t990" in status and "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status, status

    def test_no_program_raises_its_rights_and_nothing_is_writable_by_all(self) -> None:
        raised = self.box.run(SET_UID, 120)
        assert not raised, raised
        writable = self.box.run(WORLD_WRITABLE, 120)
        assert not writable, writable

    def test_accounts_have_fixed_numbers_and_no_passwords(self) -> None:
        wanted = {
            words[1]: words[2].partition(":")[0]
            for line in (paths.ROOT / "overlay/usr/lib/sysusers.d/00-pabx.conf").read_text().splitlines()
            if (words := line.split()) and words[0] == "u"
        }
        found = {line.split(":")[0]: line.split(":")[2] for line in self.box.run("cat /etc/passwd").splitlines()}
        assert found == wanted, found
        locked = [line for line in self.box.run("cat /etc/shadow").splitlines() if line.split(":")[1] != "!*"]
        assert not locked, locked

    def test_the_overlay_in_the_image_is_the_tree_s(self) -> None:
        for line in self.box.run("cat /usr/share/pabx/overlay.manifest").splitlines():
            first, second, path = line.split(" ", 2)
            source = paths.ROOT / "overlay" / path
            if first == "link":
                assert str(source.readlink()) == second, path
            else:
                assert hashlib.sha256(source.read_bytes()).hexdigest() == first, path

    def test_it_needs_little_memory_and_fits_its_slot(self) -> None:
        lines = dict(line.split(":") for line in self.box.run("cat /proc/meminfo").splitlines())
        total, free = (int(lines[name].split()[0]) / 1024 for name in ("MemTotal", "MemAvailable"))
        used = total - free
        slot = (paths.work() / "rootfs.squashfs").stat().st_size
        self.lab.note(f"{used:.0f} MiB in use; slot {slot / 2**20:.1f} MiB")
        assert used < MEMORY_LIMIT_MIB, f"{used:.0f} MiB in use"
        assert slot < SLOT_LIMIT, f"slot of {slot} octets"

    def test_the_web_interface_is_served(self) -> None:
        """The page, and every file that it names, its script (named by what is in it) among them."""
        self.box.wait_serving()
        browser, built = web.Outside(), paths.work() / "root/usr/share/pabxd/web"
        page = browser.page("/").ok(200)
        assert page.body == (built / "index.html").read_bytes() and page.headers["content-type"].startswith("text/html"), page
        files = [name.decode() for name in re.findall(rb'(?:src|href)="/([^"]+)"', page.body)]
        assert any(re.fullmatch(r"assets/index-[\w-]{8}\.js", name) for name in files), files
        for name in files:
            assert browser.page(f"/{name}").ok(200).body == (built / name).read_bytes(), name
        assert browser.get("/setup").ok(200).json == {"done": False}

    def test_its_owner_sees_the_box_itself(self) -> None:
        """What the screens for network, time, updates and storage ask."""
        self.box.wait_good()
        owner = web.owner()
        assert owner.get("/setup").ok(200).json == {"done": True}
        seen = owner.get("/system/network").ok(200).json
        assert network.BOX in [entry["address"] for entry in seen["addresses"]] and not seen["on_trial"], seen
        assert seen["config"] == {"interfaces": []}, seen
        clock = owner.get("/system/time").ok(200).json
        assert (clock["timezone"], clock["ntp"], clock["synchronised"], clock["servers"]) == ("UTC", True, False, []), clock
        update = owner.get("/system/update").ok(200).json
        good = [(slot["bootname"], slot["good"]) for slot in update["slots"] if slot["booted"]]
        assert (update["compatible"], good) == ("pabx-x86_64", [("A", True)]), update
        storage = owner.get("/system/storage").ok(200).json
        assert 0 < storage["free"] < storage["total"] < 1 << 30, storage

    def test_it_is_found_as_pabx_local(self) -> None:
        until(lambda: mdns_address("pabx.local"), 60, "an answer for pabx.local by multicast DNS")

    def test_ssh_is_closed_without_a_key(self) -> None:
        assert not network.tcp_open(network.BOX, 22)
        assert self.box.try_run("systemctl is-active dropbear pabx-ssh")[0] != 0

    def test_two_phones_outside_hear_each_other(self) -> None:
        office = self.office = self.lab.office(self.box)
        office.make_account()
        self.box.wait_serving()
        talk(office.phone("1001", 1000), office.phone("1002", 600, "tcp"))

    def test_a_tone_comes_out_of_the_sound_device(self) -> None:
        if self.box.try_run("pabxd --help | grep -q audio-test")[0] != 0:
            raise Skip("this pabxd has no audio-test")
        before = len(read_wav(self.box.sound))
        self.box.run("systemd-run --quiet --wait --uid=pabxd --gid=pabxd -p SupplementaryGroups=audio pabxd audio-test", 120)
        until(lambda: loudest(read_wav(self.box.sound)[before:]) == 1000, 30, "a tone of 1000 Hz in the sound device's file")

    @long
    def test_it_restarts_cleanly_and_keeps_its_identity(self) -> None:
        identity = self.box.run("cat /etc/machine-id")
        boot = self.box.restart()
        self.box.wait_good()
        assert self.box.run("cat /etc/machine-id") == identity
        assert self.box.environment()["MACHINE_ID"] == identity
        assert boot != ""
        log = self.box.run("cat /data/log/warnings.log 2>/dev/null | tail -n 3 || true")
        self.lab.note(f"kept of the log before: {len(log)} characters")


def answering(ports: range) -> set[int]:
    """Which TCP ports answer. Connections are opened all at once, and looked at until they have said something."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit[0], min(2 * SCANNED_AT_ONCE, limit[1])), limit[1]))
    waiting = {}
    for port in ports:
        probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        probe.setblocking(False)
        probe.connect_ex((network.BOX, port))
        waiting[probe.fileno()] = (probe, port)
    poll = select.epoll()
    for number in waiting:
        poll.register(number, select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP)
    found = set()
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        for number, events in poll.poll(0.2):
            probe, port = waiting[number]
            if not events & (select.EPOLLERR | select.EPOLLHUP):
                found.add(port)
            poll.unregister(number)
    poll.close()
    for probe, _ in waiting.values():
        probe.close()
    return found


def mdns_address(name: str) -> str | None:
    """The first address in an answer to a question sent to everybody on the cable."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    question = b"\0\0\0\0\0\1\0\0\0\0\0\0" + labels + b"\0\1\x80\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((network.HERE, 0))
        probe.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(network.HERE))
        probe.settimeout(2)
        probe.sendto(question, ("224.0.0.251", 5353))
        try:
            answer, source = probe.recvfrom(9000)
        except TimeoutError:
            return None
        return source[0] if int.from_bytes(answer[6:8], "big") else None


def read_wav(path) -> "tones.array.array":
    """The left channel of QEMU's file (16 bit, two channels), as far as it is written."""
    import array

    if not path.exists():
        return array.array("h")
    data = path.read_bytes()[44:]
    return array.array("h", data[: len(data) // 4 * 4])[::2]


def loudest(samples) -> int:
    """The frequency that stands out, to 50 Hz; 0 where it is quiet. QEMU's file has 44100 samples a second."""
    best = samples[-44100:]
    if len(best) < 22050 or tones.level(samples) < -50:
        return 0
    thinned = samples[::5]  # 8820 a second, near enough to the instrument's 8000
    levels = {frequency: tones.tone_level(thinned, frequency * 8000 / 8820) for frequency in range(300, 3001, 50)}
    return max(levels, key=levels.get)
