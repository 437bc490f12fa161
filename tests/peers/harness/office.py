"""One test's world: a pabxd, its phones and scenarios, in a folder and on ports of their own."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from .baresip import Account, Baresip
from .pabxd import Pabxd
from .place import LOOPBACK, Place
from .ports import PortBlock
from .provider import Provider
from .resolver import Record, Resolver
from .sipp import Sipp
from .skip import Skip  # noqa: F401 (cases take it from here)
from .tshark import Capture


class Office:
    """Made for each test; `close` ends everything that was started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self.ports = PortBlock()
        self._open.callback(self.ports.release)
        self._pabxd: Pabxd | None = None
        self._runs = 0

    @property
    def pabxd(self) -> Pabxd:
        """The daemon, started when it is first needed."""
        return self._pabxd or self.start_pabxd()

    def start_pabxd(self, more: str = "", web: str = "", at: tuple[str, ...] = ()) -> Pabxd:
        """Starts it with further settings (TOML), such of the table `[web]`, and SIP at further addresses."""
        self._pabxd = Pabxd(self.folder / "pabxd", self.ports, more, web, at)
        self._open.callback(self._pabxd.close)
        return self._pabxd

    def account(
        self, number: str, transport: str = "udp", password: str | None = None, expires: int = 300, mediaenc: str = ""
    ) -> Account:
        extension = self.pabxd.extensions[number]
        server = f"127.0.0.1:{self.pabxd.tls_port}" if transport == "tls" else self.pabxd.server
        return Account(
            user=number, password=password or extension.password, domain=self.pabxd.domain, server=server,
            transport=transport, auth_user=extension.username, expires=expires, mediaenc=mediaenc,
        )

    def bare_phone(self, name: str, frequency: int, place: Place = LOOPBACK) -> Baresip:
        """A phone that knows no PBX yet."""
        phone = Baresip(name, self.folder / name, self.ports, frequency, place)
        self._open.callback(phone.close)
        return phone

    def phone(self, number: str, frequency: int, transport: str = "udp", mediaenc: str = "") -> Baresip:
        """A registered phone."""
        phone = self.bare_phone(f"phone{number}", frequency)
        phone.register(self.account(number, transport, mediaenc=mediaenc))
        return phone

    def bare_sipp(self, scenario: str, server: str, values: dict[str, str], **options) -> Sipp:
        """A scenario towards anybody."""
        self._runs += 1
        run = Sipp(self.folder / f"sipp-{self._runs}-{scenario}", self.ports, server, scenario, values, **options)
        self._open.callback(run.close)
        return run

    def sipp(self, scenario: str, values: dict[str, str] | None = None, **options) -> Sipp:
        """A scenario towards pabxd; `values` fill its @names@, `options` are those of `Sipp`."""
        every = {"domain": self.pabxd.domain, "talk": "300", "linger": "200"}
        return self.bare_sipp(scenario, self.pabxd.server, every | (values or {}), **options)

    def signed(self, scenario: str, number: str, values: dict[str, str] | None = None, **options) -> Sipp:
        """A scenario that signs in as an extension."""
        extension = self.pabxd.extensions[number]
        who = {"user": number, "auth_user": extension.username, "password": extension.password}
        return self.sipp(scenario, who | (values or {}), **options)

    def registered(self, scenario: str, number: str, values: dict[str, str] | None = None, **options) -> Sipp:
        """A scenario that waits for calls to an extension, at a port that has been registered for it."""
        options.setdefault("port", self.ports.take())
        self.signed("register", number, port=options["port"]).succeeds()
        return self.sipp(scenario, {"user": number} | (values or {}), **options)

    def capture(self) -> Capture:
        """Everything on this test's daemon: SIP and sound."""
        pabxd = self.pabxd
        capture = Capture(self.folder / "capture", pabxd.port, pabxd.rtp_first, pabxd.rtp_last)
        self._open.callback(capture.stop)
        return capture

    def provider(self, name: str = "provider", **options) -> Provider:
        """A provider of SIP trunks; `options` are those of `Provider.start`."""
        provider = Provider.start(self.folder / name, **options)
        self._open.callback(provider.stop)
        return provider

    def far_phone(
        self, provider: Provider, number: str, frequency: int, transport: str = "udp", answer: str = "manual"
    ) -> Baresip:
        """A phone of a subscriber of the provider, beside it, registered there."""
        phone = self.bare_phone(f"far{number}", frequency, provider.inside)
        phone.register(provider.account(number, transport, answer))
        return phone

    def resolver(self, records: list[Record]) -> Resolver:
        """A DNS server that knows these records and nothing else."""
        resolver = Resolver.start(self.folder / "resolver", self.ports, records)
        self._open.callback(resolver.stop)
        return resolver

    def closes(self, end: Callable[[], object]) -> None:
        """Something more to end with the test."""
        self._open.callback(end)

    def close(self) -> None:
        self._open.close()
