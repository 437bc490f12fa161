"""Networks: the box finds its address on each kind, and calls inside the house go on whatever the network does."""

from box import network
from box.lab import DEMO, Lab, talk
from box.runner import long
from harness.baresip import Baresip
from harness.wait import until

FILE = "/etc/systemd/network/10-pabx-test"
STATIC = "192.168.77.60"
TAGGED, TAGGED_HERE = "192.168.78.60", "192.168.78.1"
LEASE_SECONDS = 180


class Group:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.box = lab.box()
        self.phones: list[Baresip] = []

    def configure(self, text: str, *more: tuple[str, str]) -> None:
        """As pabxd does it: files in its folder, then a word to networkd."""
        self.box.run(f"rm -f {FILE}*")
        for suffix, content in (("eth.network", text), *more):
            self.box.write(f"{FILE}-{suffix}", content)
        self.box.run("networkctl reload && networkctl reconfigure $(ls /sys/class/net | grep -E '^(en|eth)')")

    def talk(self) -> None:
        """The two phones of the house call and hear each other."""
        if not self.phones:
            self.new_phones()
        for phone in self.phones:
            phone.forget()
        talk(*self.phones)

    def new_phones(self, box: str = network.BOX) -> None:
        """Phones that know the box by this address."""
        self.lab.close_phones()
        office = self.lab.office(self.box)
        if self.box.try_run(f"test -f {DEMO}")[0] == 0:
            office.read_account()
        else:  # a restart has forgotten the file
            office.make_account()
            self.box.wait_serving()
        self.phones = [office.phone("1001", 1000, box=box), office.phone("1002", 600, box=box)]

    def addresses(self) -> str:
        return self.box.run("ip address")

    def test_dhcp_gives_an_address_and_calls_work(self) -> None:
        self.box.wait_good()
        until(lambda: network.BOX in self.addresses(), LEASE_SECONDS, "an address by DHCP")
        self.talk()

    def test_calls_go_on_with_a_dead_name_server(self) -> None:
        self.lab.network.serve(names=False)
        assert self.box.try_run("resolvectl query --cache=no example.test", 120)[0] != 0
        self.talk()

    def test_calls_go_on_without_dhcp_server_and_router(self) -> None:
        self.lab.network.stop_router()
        self.talk()
        self.lab.network.serve()

    def test_the_cable_comes_back(self) -> None:
        self.box.cable(False)
        self.box._wait_for("networkctl --no-legend --no-pager | grep -qE 'no-carrier|degraded'", 60, "the box sees that the cable is out")
        self.box.cable(True)
        until(lambda: network.BOX in self.addresses(), LEASE_SECONDS, "the address is there again")
        network.wait_sip(network.BOX)
        self.talk()

    def test_a_fixed_address(self) -> None:
        self.configure(f"[Match]\nType=ether\nKind=!*\n[Network]\nAddress={STATIC}/24\nGateway={network.HERE}\nMulticastDNS=yes\n")
        network.wait_sip(STATIC)
        assert network.BOX not in self.addresses()

    @long
    def test_a_fixed_address_is_kept_over_a_restart(self) -> None:
        self.box.restart()
        self.box.wait_serving()
        network.wait_sip(STATIC)

    def tag(self, number: int) -> None:
        self.configure(
            "[Match]\nType=ether\nKind=!*\n[Network]\nVLAN=voice\nLinkLocalAddressing=no\n",
            ("voice.netdev", f"[NetDev]\nName=voice\nKind=vlan\n[VLAN]\nId={number}\n"),
            ("voice.network", f"[Match]\nName=voice\n[Network]\nAddress={TAGGED}/24\n"),
        )

    def test_a_tagged_network(self) -> None:
        self.tag(42)
        until(lambda: network.tagged_arp(42, TAGGED, TAGGED_HERE), LEASE_SECONDS, f"{TAGGED} answers in the tagged network")
        assert not network.tagged_arp(43, TAGGED, TAGGED_HERE), "it answers in another network too"
        assert not network.sip_answers(STATIC, seconds=1)

    def test_a_tagged_network_that_changes_or_goes_is_gone(self) -> None:
        """networkd makes VLANs, but neither changes nor removes one: the image does (pabx-vlans.service)."""
        self.tag(43)
        until(lambda: network.tagged_arp(43, TAGGED, TAGGED_HERE), LEASE_SECONDS, f"{TAGGED} answers in the other tagged network")
        assert not network.tagged_arp(42, TAGGED, TAGGED_HERE), "it still answers in the network before"
        self.configure(f"[Match]\nType=ether\nKind=!*\n[Network]\nAddress={STATIC}/24\n")
        network.wait_sip(STATIC)
        self.box._wait_for("! test -e /sys/class/net/voice", 60, "the VLAN is gone")

    def test_a_network_with_ipv6_only(self) -> None:
        """The box takes an address from the router's advertisements, and the house talks over it."""
        self.lab.network.serve(ipv4=False, ipv6=True)
        self.configure("[Match]\nType=ether\nKind=!*\n[Network]\nDHCP=no\nIPv6AcceptRA=yes\n")
        until(lambda: "inet6 fd77:" in self.addresses(), LEASE_SECONDS, "an address by router advertisement")
        address = next(word.split("/")[0] for word in self.addresses().split() if word.startswith("fd77:"))
        until(lambda: network.pings(address), LEASE_SECONDS, f"{address} answers")
        network.wait_sip(address)
        self.new_phones(address)
        self.talk()

    def test_back_to_dhcp(self) -> None:
        self.lab.network.serve()
        self.box.run(f"rm -f {FILE}* && networkctl reload && networkctl reconfigure $(ls /sys/class/net | grep -E '^(en|eth)')")
        until(lambda: network.BOX in self.addresses(), LEASE_SECONDS, "an address by DHCP")
        network.wait_sip(network.BOX)
        self.new_phones()
        self.talk()
