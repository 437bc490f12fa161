"""The provider of SIP trunks and the DNS server, before they are believed: without pabxd in between."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from cases.calls import both_closed, hear_each_other, talk
from harness.baresip import Baresip
from harness.office import Office
from harness.place import Namespace, pids_in
from harness.provider import Provider
from harness.resolver import A, Naptr, Srv, records_of
from harness.sip import Maker, Message, challenge, credentials
from harness.wait import throughout, until

NEAR, FAR = "+5511400000001", "+5511400000002"
DID, OTHER_DID, TRUNK_DID = "+551133330000", "+551133330001", "+551144440000"
OFFER = "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"


def provider_of(office: Office, name: str = "provider", **more) -> Provider:
    return office.provider(
        name, subscribers={NEAR: "near's", FAR: "far's"}, customers={"office": "office's", "shop": "shop's"},
        dids={DID: "office", OTHER_DID: "shop"} | more.pop("dids", {}), **more,
    )


class Customer:
    """A PBX reduced to single requests over UDP, from the box."""

    def __init__(self, office: Office, provider: Provider, name: str = "office") -> None:
        self.provider, self.name, self.before = provider, name, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((provider.box, 0))
        office.closes(self.socket.close)
        self.maker = Maker(name, provider.name, self.socket.getsockname())

    def send(self, method: str, uri: str, **more) -> None:
        body = OFFER.format(self.provider.box) if method == "INVITE" else ""
        octets = self.maker.request(method, uri, to=f"<{uri}>" if method == "INVITE" else None, body=body, **more)
        self.socket.sendto(octets, (self.provider.address, self.provider.port))

    def receive(self, seconds: float = 5) -> Message:
        self.socket.settimeout(seconds)
        return Message(self.socket.recv(65536))

    def final(self, method: str, uri: str, **more) -> Message:
        """The final answer (`before` has what came first); that of an INVITE is acknowledged."""
        self.send(method, uri, **more)
        self.before = []
        while (answer := self.receive()).status < 200:
            self.before.append(answer.status)
        if method == "INVITE":
            ack = self.maker.request("ACK", uri, to=answer.get("To"), cseq=answer.cseq[0], branch=branch_of(answer))
            self.socket.sendto(ack, (self.provider.address, self.provider.port))
        return answer

    def proof(self, asked: Message, method: str, uri: str, password: str | None = None) -> tuple[str, str]:
        _, value = credentials(challenge(asked), method, uri, self.name, password or self.provider.passwords[self.name])
        return ("Authorization" if asked.status == 401 else "Proxy-Authorization"), value

    def signed(self, method: str, uri: str, password: str | None = None, extra: list[tuple[str, str]] = ()) -> Message:
        """The final answer once what was asked for has been proved."""
        asked = self.final(method, uri, extra=extra)
        assert asked.status == (401 if method == "REGISTER" else 407), asked.start
        return self.final(method, uri, extra=[*extra, self.proof(asked, method, uri, password)])

    def registers(self, expires: int = 300, password: str | None = None) -> Message:
        return self.signed("REGISTER", f"sip:{self.provider.name}", password, [("Expires", str(expires))])

    def calls(self, number: str) -> Message:
        return self.signed("INVITE", f"sip:{number}@{self.provider.name}")


def branch_of(answer: Message) -> str:
    return answer.get("Via").partition("branch=")[2].partition(";")[0]


def far_phones(office: Office, provider: Provider, *transports: str) -> list[Baresip]:
    numbers, tones = (NEAR, FAR), (1000, 600)
    return [
        office.far_phone(provider, *each) for each in zip(numbers, tones, transports, strict=True)
    ]


def pbx(office: Office, provider: Provider, name: str = "office", frequency: int = 1400, transport: str = "udp") -> Baresip:
    """A baresip on the box that is a customer, as pabxd would be."""
    phone = office.bare_phone(name, frequency, provider.outside)
    phone.register(provider.account(name, transport))
    return phone


def test_far_phones_hear_each_other(office: Office) -> None:
    provider = provider_of(office)
    near, far = far_phones(office, provider, "udp", "udp")
    assert provider.registered(NEAR).startswith(f"sip:{NEAR}-"), provider.registered(NEAR)
    for caller, callee, number in ((near, far, FAR), (far, near, NEAR)):
        talk(caller, callee, number)
        caller.hang_up()
        both_closed(caller, callee)
    invites = [one for one in provider.requests("INVITE", caller=NEAR) if FAR in one.uri]
    assert [bool(one.message.get("Proxy-Authorization")) for one in invites] == [False, True], provider.story()


def test_far_phones_hear_each_other_over_tcp_and_tls(office: Office) -> None:
    near, far = far_phones(office, provider_of(office), "tcp", "tls")
    for caller, callee, number in ((near, far, FAR), (far, near, NEAR)):
        talk(caller, callee, number)
        callee.hang_up()
        both_closed(caller, callee)


def test_a_far_phone_answers_by_itself(office: Office) -> None:
    provider = provider_of(office)
    near = office.far_phone(provider, NEAR, 1000)
    far = office.far_phone(provider, FAR, 600, answer="auto")
    near.dial(FAR)
    near.wait_established()
    hear_each_other(near, far)


def test_a_wrong_password_is_refused(office: Office) -> None:
    provider = provider_of(office)
    phone = office.bare_phone("phone", 1000, provider.inside)
    reason = phone.try_to_register(provider.account(NEAR, password="wrong"))
    assert "401" in reason, reason
    customer = Customer(office, provider)
    assert customer.registers(password="wrong").status == 401
    assert provider.registered(NEAR) is None and provider.registered("office") is None
    assert customer.signed("INVITE", f"sip:{FAR}@{provider.name}", password="wrong").status == 407


def test_a_registration_is_known_until_it_is_ended(office: Office) -> None:
    provider = provider_of(office)
    customer = Customer(office, provider)
    assert customer.registers().status == 200
    host, port = customer.maker.address
    assert provider.wait_registered("office") == f"sip:office@{host}:{port}"
    assert customer.registers(expires=0).status == 200
    provider.wait_unregistered("office")


def test_ordered_failures_of_calls_are_answered(office: Office) -> None:
    provider = provider_of(office)
    customer = Customer(office, provider)
    assert customer.calls("+5511999").status == 404
    assert customer.calls(FAR).status == 480
    for status in (503, 404, 486, 603):
        provider.behave(invite=status)
        assert customer.calls(FAR).status == status
    provider.behave(invite=302, headers={"Contact": "<sip:+1900555@premium.test>"})
    answer = customer.calls(FAR)
    assert (answer.status, answer.get("Contact")) == (302, "<sip:+1900555@premium.test>"), answer.raw
    provider.behave(invite=503, headers={"Retry-After": "7"})
    assert customer.calls(FAR).get("Retry-After") == "7"
    provider.behave(challenge=True)
    assert customer.calls(FAR).status == 407
    provider.behave()
    assert customer.calls(FAR).status == 480


def test_ordered_failures_of_registrations_are_answered(office: Office) -> None:
    provider = provider_of(office)
    customer = Customer(office, provider)
    provider.behave(register=403)
    assert customer.registers().status == 403
    provider.behave(challenge=True)
    assert customer.registers().status == 401
    provider.behave(interval=600)
    answer = customer.registers(expires=300)
    assert (answer.status, answer.get("Min-Expires")) == (423, "600"), answer.raw
    assert provider.registered("office") is None
    assert customer.registers(expires=600).status == 200
    assert customer.registers(expires=0).status == 200
    # What is ordered for customers leaves far phones alone.
    provider.behave(register=403, challenge=True)
    office.far_phone(provider, NEAR, 1000)


def test_a_silent_provider_says_nothing_and_a_slow_one_waits(office: Office) -> None:
    provider = provider_of(office)
    customer = Customer(office, provider)
    provider.behave(silent=True)
    customer.send("REGISTER", f"sip:{provider.name}")
    try:
        answer = customer.receive(1)
    except TimeoutError:
        pass
    else:
        raise AssertionError(f"it was to be silent: {answer.start}")
    provider.wait_request("REGISTER")  # it saw it
    for trying in (False, True):
        provider.behave(slow=1.5, invite=503, trying=trying)
        uri = f"sip:{FAR}@{provider.name}"
        proof = customer.proof(customer.final("INVITE", uri), "INVITE", uri)
        started = time.monotonic()
        assert customer.final("INVITE", uri, extra=[proof]).status == 503
        assert customer.before == ([100] if trying else []), customer.before
        assert 1.3 < time.monotonic() - started < 4, time.monotonic() - started


def test_a_call_to_a_slow_provider_can_be_given_up(office: Office) -> None:
    provider = provider_of(office)
    ours, far = pbx(office, provider), office.far_phone(provider, FAR, 600)
    provider.behave(slow=2, trying=True)
    ours.dial(FAR)
    until(lambda: 100 in provider.statuses(), 5, provider.story)
    ours.hang_up()
    until(lambda: 487 in provider.statuses(), 5, provider.story)
    throughout(lambda: not far.events("CALL_INCOMING"), 3, "the far phone does not ring")


def test_an_old_nonce_is_called_stale(office: Office) -> None:
    provider = provider_of(office, nonce_seconds=1)
    customer, uri = Customer(office, provider), f"sip:{provider.name}"
    proof = customer.proof(customer.final("REGISTER", uri), "REGISTER", uri)
    answer = until(lambda: refused(customer.final("REGISTER", uri, extra=[proof])), 5, "the nonce becomes old")
    assert challenge(answer).get("stale", "").lower() == "true", answer.raw



def refused(answer: Message) -> Message | None:
    return answer if answer.status == 401 else None


def test_a_number_reaches_the_customer_who_registered(office: Office) -> None:
    provider = provider_of(office)
    ours = pbx(office, provider)
    far = office.far_phone(provider, FAR, 600)
    talk(far, ours, DID)
    came = [one for one in provider.log() if not one.incoming and one.method == "INVITE"][-1]
    assert came.peer == f"{provider.box}:{ours.sip_port}", came
    assert came.uri == provider.registered("office"), came
    assert DID in came.called and came.message.get("P-Called-Party-ID") == f"<sip:{DID}@{provider.name}>", came.message.raw
    assert came.asserted == f"<sip:{FAR}@{provider.name}>", came.message.raw
    far.hang_up()
    both_closed(far, ours)
    # And out.
    talk(ours, far, FAR)
    ours.hang_up()
    both_closed(ours, far)


def test_a_number_reaches_the_customer_over_the_connection_that_it_registered_with(office: Office) -> None:
    provider = provider_of(office)
    far = office.far_phone(provider, FAR, 600)
    for name, number, transport in (("office", DID, "tcp"), ("shop", OTHER_DID, "tls")):
        ours = pbx(office, provider, name, transport=transport)
        registration = provider.wait_request("REGISTER", caller=name)
        talk(far, ours, number)
        came = [one for one in provider.log() if not one.incoming and one.method == "INVITE" and number in one.called][-1]
        assert (came.transport, came.peer) == (transport, registration.peer), (str(came), str(registration))
        far.hang_up()
        both_closed(far, ours)


def test_a_number_dialled_by_a_customer_comes_in_to_another_or_the_same(office: Office) -> None:
    provider = provider_of(office)
    ours, shop = pbx(office, provider), pbx(office, provider, "shop", 1900)
    talk(ours, shop, OTHER_DID)
    ours.hang_up()
    both_closed(ours, shop)
    ours.dial(DID)
    ours.wait_incoming()
    ours.wait_ringing_out()


def test_a_customer_known_by_address_needs_no_password(office: Office) -> None:
    port = office.ports.take()
    provider = provider_of(office, addresses=("{box}",), dids={TRUNK_DID: f"sip:{{box}}:{port}"})
    customer = Customer(office, provider, "whoever")
    assert customer.final("INVITE", f"sip:{FAR}@{provider.name}").status == 480
    scenario = {"user": TRUNK_DID, "linger": "200"}
    trunk = office.bare_sipp("answers", provider.address, scenario, port=port, place=provider.outside)
    far = office.far_phone(provider, FAR, 600)
    far.dial(TRUNK_DID)
    far.wait_established()
    far.hang_up()
    trunk.succeeds()
    invite = next(message for message in trunk.received() if message.startswith("INVITE"))
    assert invite.startswith(f"INVITE sip:{TRUNK_DID}@{provider.box}:{port} "), invite


def test_a_killed_provider_comes_back_and_has_forgotten_who_was_there(office: Office) -> None:
    provider = provider_of(office)
    customer = Customer(office, provider)
    assert customer.registers().status == 200
    provider.behave(invite=503)
    provider.wait_request("REGISTER", count=2)
    provider.kill()
    assert provider.namespace.pids() == []
    try:
        provider.ask("OPTIONS", seconds=0.5)
    except OSError:
        pass
    else:
        raise AssertionError("a killed provider answers")
    provider.restart()
    assert provider.registered("office") is None
    assert customer.registers().status == 200 and customer.calls(FAR).status == 480
    provider.wait_request("REGISTER", count=4)  # the log goes on


def test_two_providers_are_two_and_both_reach_one_address_of_the_box(office: Office) -> None:
    one, other = provider_of(office), provider_of(office, "other")
    assert one.address != other.address
    Customer(office, one).registers()
    assert one.registered("office") and other.registered("office") is None
    one.kill()
    customer = Customer(office, other)
    customer.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    customer.socket.bind((one.box, 0))
    office.closes(customer.socket.close)
    assert customer.registers().status == 200


def test_its_certificate_is_for_its_name_alone(office: Office) -> None:
    def connects(provider: Provider) -> bool:
        context = ssl.create_default_context(cafile=provider.ca)
        with socket.create_connection((provider.address, provider.tls_port), 5) as tcp:
            try:
                context.wrap_socket(tcp, server_hostname=provider.name).close()
            except ssl.SSLCertVerificationError:
                return False
        return True

    assert connects(provider_of(office))
    assert not connects(provider_of(office, "false", certified="another.test"))


def test_dns_answers_what_it_was_told_until_it_is_told_otherwise(office: Office) -> None:
    one, other = provider_of(office), provider_of(office, "other")
    resolver = office.resolver(records_of(one, other, ttl=5))
    for service, port in (("_sip._udp", 5060), ("_sip._tcp", 5060), ("_sips._tcp", 5061)):
        answers = sorted(data for _, data in resolver.ask(f"{service}.provider.test", "SRV"))
        assert answers == [(10, 0, port, "sip1.provider.test"), (20, 0, port, "sip2.provider.test")], answers
    assert resolver.ask("sip2.provider.test", "A") == [(5, (other.address,))]
    assert resolver.ask("nowhere.test", "A") == [] and resolver.ask("provider.test", "A") == []
    assert resolver.asked("sip2.provider.test") == [("A", "sip2.provider.test")], resolver.asked()
    resolver.set(
        [
            A("provider.test", one.address, 1), A("provider.test", other.address, 1),
            Srv("_sip._udp.provider.test", "provider.test", 5070), Naptr("provider.test", "SIP+D2U", "_sip._udp.provider.test"),
        ],
        ttl=2,
    )
    assert {data for _, data in resolver.ask("provider.test", "A")} == {(one.address,), (other.address,)}
    assert resolver.ask("_sip._udp.provider.test", "SRV") == [(2, (10, 0, 5070, "provider.test"))]
    assert b"SIP+D2U" in resolver.ask("provider.test", "NAPTR")[0][1][0]
    assert resolver.ask("_sip._tcp.provider.test", "SRV") == []
    resolver.silence()
    try:
        resolver.ask("provider.test", "A", seconds=0.5)
    except TimeoutError:
        resolver.silence(False)
    else:
        raise AssertionError("a silent server answers")
    until(lambda: resolver.ask("provider.test", "A"), 5, "it answers again")


def left_over(namespace: str, veth: str) -> list[str]:
    """What is still there of them; a veth of that name may by now be of another run."""
    folder, number = Path("/run/netns"), namespace.rpartition("-")[2]
    others = [entry for entry in folder.iterdir() if entry.name.endswith(f"-{number}") and entry.name != namespace]
    found = [path for path in (folder / namespace, Path("/sys/class/net") / veth) if path.exists()]
    if others:
        found = [path for path in found if path.name != veth]
    return [*map(str, found), *(f"process {pid}" for pid in pids_in(namespace))]


def test_nothing_is_left_over(office: Office) -> None:
    provider = provider_of(office)
    name, veth = provider.namespace.name, provider.namespace.veth
    office.far_phone(provider, NEAR, 1000)
    resolver = office.resolver(records_of(provider))
    pids = [*provider.namespace.pids(), resolver.child.pid]
    assert len(pids) > 10 and left_over(name, veth), "there is something that could be left over"
    provider.stop()
    resolver.stop()
    provider.stop()  # twice does no harm
    assert not left_over(name, veth), left_over(name, veth)
    assert not [pid for pid in pids if is_alive(pid)]


def test_nothing_is_left_over_of_one_that_cannot_start(office: Office) -> None:
    before = ours()
    for wrong in ({"customers": {"office": 'with a "'}}, {"digest": "NONE"}):
        try:
            Provider.start(office.folder / f"wrong-{next(iter(wrong))}", **wrong)
        except (ValueError, AssertionError):
            pass
        else:
            raise AssertionError(f"it started with {wrong}")
    assert ours() == before, ours()


def test_nothing_is_left_over_of_a_run_that_was_killed(office: Office) -> None:
    program = (
        "import sys, time; from pathlib import Path; from harness.provider import Provider\n"
        "provider = Provider.start(Path(sys.argv[1]))\n"
        "print(provider.namespace.name, provider.namespace.veth, *provider.namespace.pids(), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(office.folder / "killed")]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True) as run:
        name, veth, *pids = run.stdout.readline().split()
        os.kill(run.pid, signal.SIGKILL)
    until(lambda: not any(is_alive(int(pid)) for pid in pids), 5, "its processes have ended")
    # Its network goes when the next one is made.
    Namespace().close()
    assert not left_over(name, veth), left_over(name, veth)


def ours() -> set[str]:
    """The namespaces of this process."""
    folder = Path("/run/netns")
    return {entry.name for entry in folder.iterdir() if f"-{os.getpid()}-" in entry.name} if folder.is_dir() else set()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
