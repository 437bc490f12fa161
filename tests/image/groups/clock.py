"""The clock and the power key: the time zone, time by hand, an orderly end, and a box whose battery is flat."""

import sqlite3
import time

from box import network, web
from box.lab import Lab
from box.runner import long
from harness.wait import until

ZONE, OFFSET = "America/Sao_Paulo", "-0300"
TIMEDATE = "org.freedesktop.timedate1 /org/freedesktop/timedate1 org.freedesktop.timedate1"
SYNCHRONISE_SECONDS = 240
AHEAD = 600  # seconds that the clock is set forward by hand
FLAT = "1970-01-01T00:00:00"


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()
        self.box.wait_good()

    def ask_timedated(self, call: str) -> str:
        """As the daemon does: as its user, over the bus."""
        return self.box.run(f"systemd-run --quiet --wait --pipe --uid=pabxd busctl --timeout=120 call {TIMEDATE} {call}", 150)

    def now(self) -> int:
        return int(self.box.run("date +%s"))

    def judged(self) -> str:
        """What the daemon thinks of the clock."""
        return self.box.run("pabxd status | grep -o '\"clock\":\"[a-z]*\"' | cut -d : -f 2").strip('"')

    def test_a_time_zone_is_set(self) -> None:
        assert self.box.run("date +%z") == "+0000"
        self.ask_timedated(f"SetTimezone sb {ZONE} false")
        assert self.box.run("date +%z") == OFFSET
        assert ZONE in self.box.run(f"busctl get-property {TIMEDATE} Timezone")

    def network_time(self) -> tuple[bool, str]:
        """What the box says, and what systemd does."""
        state = self.box.try_run("systemctl is-active systemd-timesyncd")[1]
        return web.owner().get("/system/time").ok(200).json["ntp"], state

    def change_time(self, **change: object) -> None:
        web.owner().ask("PATCH", "/system/time", change).ok(204)

    def test_network_time_is_switched_off_and_the_time_set_by_hand(self) -> None:
        assert self.network_time() == (True, "active")
        before = self.now()
        self.change_time(ntp=False, servers=["192.0.2.1"], utc_ms=(before + AHEAD) * 1000)
        assert before + AHEAD <= self.now() < before + 2 * AHEAD, self.now() - before
        self.change_time(utc_ms=int(time.time() * 1000))
        assert abs(self.now() - time.time()) < 60
        assert self.network_time() == (False, "inactive")

    def test_the_power_key_shuts_it_down_in_order(self) -> None:
        before = self.box.boot_id()
        self.box.shut_down()
        self.box.start()
        self.box.wait_good()
        assert self.box.boot_id() != before

    def test_network_time_is_still_off_then_and_is_switched_on_again(self) -> None:
        assert self.network_time() == (False, "inactive")
        self.change_time(ntp=True, servers=[])
        assert self.network_time() == (True, "active")
        assert self.box.try_run("systemctl is-enabled systemd-timesyncd")[1] == "static"

    @long
    def test_a_box_with_a_flat_battery_starts_at_its_last_shutdown(self) -> None:
        self.before = self.now()
        self.box.shut_down()
        self.box.clock = FLAT
        self.box.start()
        self.box.wait_good()
        assert self.before - 5 <= self.now() < self.before + 1800, self.now() - self.before
        assert self.judged() == "untrusted", self.box.run("date +%s; cat /sys/class/rtc/rtc0/since_epoch; ls /run/systemd/timesync; pabxd status")
        assert self.box.run("date +%z") == OFFSET

    @long
    def test_its_certificate_is_valid_at_that_time(self) -> None:
        begins, ends = network.certificate_dates(network.BOX, 443)
        assert begins <= self.now() <= ends, (begins, self.now(), ends)

    @long
    def test_calls_work_and_are_recorded_as_of_an_uncertain_time(self) -> None:
        office = self.lab.office(self.box)
        office.make_account()
        self.box.wait_serving()
        self.phones = [office.phone("1001", 1000), office.phone("1002", 600)]
        self.talk()

    def talk(self) -> None:
        one, other = self.phones
        for phone in self.phones:
            phone.forget()
        one.dial("1002")
        other.wait_incoming()
        other.accept()
        one.wait_established()
        one.hears(600)
        one.hang_up()
        other.wait_closed()

    @long
    def test_a_time_server_ends_that(self) -> None:
        with network.TimeServer():
            self.lab.network.serve(time_server=True)
            self.box.run("networkctl reconfigure $(ls /sys/class/net | grep -E '^(en|eth)')")
            until(lambda: self.judged() == "trusted", SYNCHRONISE_SECONDS, "the clock is trusted")
        assert abs(self.now() - time.time()) < 30
        self.talk()
        with sqlite3.connect(self.box.fetch_state("pabx.db")) as database:
            clocks = [row[0] for row in database.execute("SELECT clock FROM call_stats ORDER BY call_id")]
        assert clocks[-2:] == ["untrusted", "trusted"], clocks

    @long
    def test_the_battery_is_charged_again(self) -> None:
        """For the groups that come after."""
        self.lab.network.serve()
        self.box.shut_down()
        self.box.clock = None
        self.box.start()
        self.box.wait_good()
        assert self.judged() == "trusted"
