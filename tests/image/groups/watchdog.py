"""Watchdogs: of the daemon (systemd), of systemd and the kernel (hardware)."""

import time

from box import hooks, network
from box.lab import Lab
from box.runner import long
from harness.wait import Never, until

# WatchdogSec is 15 s; then it is killed and started.
RESTART_SECONDS = 120
HOOKED = "/run/pabxd-hooked"  # the one place that is in memory and may be run from
# The kernel restarts 10 s after a panic; the hardware bites 30 s after the last ping.
RESET_SECONDS = 600


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()

    def pid(self) -> str:
        return self.box.run("systemctl show -p MainPID --value pabxd")

    def test_the_hardware_watchdog_is_armed(self) -> None:
        self.box.wait_good()
        state = self.box.run("cat /sys/class/watchdog/watchdog0/state /sys/class/watchdog/watchdog0/identity")
        assert state.startswith("active"), state
        self.lab.note(state.replace("\n", ", "))

    def test_a_stopped_daemon_is_killed_and_started_again(self) -> None:
        before = self.pid()
        started = time.monotonic()
        self.box.run(f"kill -STOP {before}")
        self.box._wait_for(f"p=$(systemctl show -p MainPID --value pabxd); [ $p != {before} ] && [ $p != 0 ]", RESTART_SECONDS, "another pabxd")
        self.box.wait_serving()
        self.lab.note(f"serves again after {time.monotonic() - started:.0f} s")
        log = self.box.run("journalctl -b -u pabxd -o cat --no-pager | grep -i watchdog")
        assert "timeout" in log.lower(), log
        network.wait_sip(network.BOX)

    def test_a_daemon_that_is_killed_is_started_again(self) -> None:
        before = self.pid()
        self.box.run(f"kill -KILL {before}")
        self.box._wait_for(f"p=$(systemctl show -p MainPID --value pabxd); [ $p != {before} ] && [ $p != 0 ]", RESTART_SECONDS, "another pabxd")
        self.box.wait_serving()

    @long
    def test_a_stuck_engine_is_killed_and_started_again(self) -> None:
        """A daemon that can be told to stand still takes the place of the real one for a while."""
        self.box.bring(hooks.daemon(), HOOKED)
        self.box.run(f"chmod 755 {HOOKED} && mount --bind {HOOKED} /usr/bin/pabxd && systemctl restart pabxd", 60)
        try:
            self.box.wait_serving()
            network.wait_sip(network.BOX)
            before = self.pid()
            self.box.run("pabxd stop-engine", 60)
            assert not network.sip_answers(network.BOX), "the engine goes on"
            self.box._wait_for(f"p=$(systemctl show -p MainPID --value pabxd); [ $p != {before} ] && [ $p != 0 ]", RESTART_SECONDS, "another pabxd")
            self.box.wait_serving()
            network.wait_sip(network.BOX)
        finally:
            self.box.try_run(f"systemctl stop pabxd; umount /usr/bin/pabxd; systemctl start pabxd; rm {HOOKED}", 120)
        self.box.wait_serving()

    @long
    def test_a_kernel_that_panics_restarts_the_box_and_the_start_is_counted(self) -> None:
        before = self.box.boot_id()
        self.box.run("sync; echo 1 >/proc/sys/kernel/sysrq")
        self.box.shell.tell("echo c >/proc/sysrq-trigger")
        self.box.wait_restarted(before, RESET_SECONDS)
        assert "kernel panic" in self.box.console(4000).lower()
        self.box.wait_good()
        assert self.box.environment()[f"{self.box.slot()}_TRY"] == "0"

    def test_a_kernel_that_hangs_is_reset_by_the_hardware(self) -> None:
        """It is told to stay where it is after a panic: only the hardware is left."""
        before = self.box.boot_id()
        bites = self.box.qmp.seen("WATCHDOG")
        self.box.run("sync; echo 1 >/proc/sys/kernel/sysrq; echo 0 >/proc/sys/kernel/panic")
        self.box.shell.tell("echo c >/proc/sysrq-trigger")
        until(lambda: self.box.qmp.seen("WATCHDOG") > bites, RESET_SECONDS, "the hardware watchdog bites")
        self.box.wait_restarted(before, RESET_SECONDS)
        self.box.wait_serving()

    def test_a_daemon_that_cannot_stay_up_restarts_the_box(self) -> None:
        """Killed again and again: after five times within two minutes systemd gives up, and that is a restart."""
        before = self.box.boot_id()
        # (0 is no process here, but all of them to kill.)
        self.box.shell.tell("(while true; do p=$(pidof pabxd) && kill -KILL $p; sleep 0.5; done) >/dev/null 2>&1 &")
        self.box.wait_restarted(before, RESET_SECONDS)
        self.box.wait_good()

    @long
    def test_a_systemd_that_hangs_is_reset_by_the_hardware(self) -> None:
        before = self.box.boot_id()
        bites = self.box.qmp.seen("WATCHDOG")
        # Signals do not stop process 1; freezing its cgroup does.
        self.box.shell.tell("mkdir -p /sys/fs/cgroup/frozen && echo 1 >/sys/fs/cgroup/frozen/cgroup.procs && echo 1 >/sys/fs/cgroup/frozen/cgroup.freeze")
        try:
            until(lambda: self.box.qmp.seen("WATCHDOG") > bites, RESET_SECONDS, "the hardware watchdog bites")
        except Never as never:
            raise AssertionError(self.box.console()) from never
        self.box.wait_restarted(before, RESET_SECONDS)

    @long
    def test_a_start_without_its_data_restarts_the_box(self) -> None:
        """The partition is lost under its name, and found again after that start has given up."""
        rename = "sfdisk --quiet --force --no-reread --no-tell-kernel --part-label /dev/vda 4"
        before = self.box.boot_id()
        self.box.run(f"{rename} lost && sync")
        self.box.shell.tell("systemctl reboot")
        failed = self.box.wait_restarted(before)
        self.box._wait_for("systemctl is-active --quiet emergency.target", RESET_SECONDS, "the start gives up")
        self.box.run(f"{rename} data && sync")
        self.box.wait_restarted(failed, RESET_SECONDS)
        self.box.wait_good()
