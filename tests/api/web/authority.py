"""A real ACME server (pebble, strict, refusing good nonces now and then) with a DNS of its own, all on loopback."""

import json
import signal
import socket
import ssl
import subprocess
import urllib.request

from harness.office import Office
from harness.process import Child
from harness.wait import until

START_SECONDS = 20
# Percent of good nonces that are refused: a client must come again (RFC 8555 §6.5).
NONCES_REFUSED = 15
LOOPBACK = "127.0.0.1"


def listens(port: int) -> bool:
    with socket.socket() as tcp:
        return tcp.connect_ex((LOOPBACK, port)) == 0


class Authority:
    """Validates at the box's own ports, or at others; `more` are further settings of pebble."""

    def __init__(self, office: Office, http_port: int = 0, tls_port: int = 0, **more) -> None:
        self.office, pabxd = office, office.pabxd
        self.folder = office.folder / "authority"
        self.folder.mkdir()
        self.port, self.management, self.dns = (office.ports.take() for _ in range(3))
        self.directory = f"https://localhost:{self.port}/dir"
        self._make_certificate()
        self.roots = (self.folder / "ca.pem").read_text()
        settings = {
            "listenAddress": f"{LOOPBACK}:{self.port}", "managementListenAddress": f"{LOOPBACK}:{self.management}",
            "certificate": str(self.folder / "server.pem"), "privateKey": str(self.folder / "server.key"),
            "httpPort": http_port or pabxd.http_port, "tlsPort": tls_port or pabxd.https_port,
        }
        (self.folder / "pebble.json").write_text(json.dumps({"pebble": settings | more}))
        self._start_names()
        self.pebble: Child
        self.start()
        office.closes(lambda: self.pebble.kill())

    def start(self) -> None:
        line = ["env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_AUTHZREUSE=0", f"PEBBLE_WFE_NONCEREJECT={NONCES_REFUSED}",
                "pebble", "-strict", "-config", str(self.folder / "pebble.json"), "-dnsserver", f"{LOOPBACK}:{self.dns}"]
        self.pebble = Child("pebble", line, self.folder / "pebble.log")
        until(lambda: listens(self.port), START_SECONDS, lambda: f"pebble listens\n{self.pebble.tail()}")

    def stops_answering(self) -> None:
        """It takes connections and says nothing."""
        self.pebble.signal(signal.SIGSTOP)

    def _start_names(self) -> None:
        """Every name is this machine."""
        line = ["pebble-challtestsrv", "-dns01", f"{LOOPBACK}:{self.dns}", "-management", f"{LOOPBACK}:{self.office.ports.take()}",
                "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv4", LOOPBACK, "-defaultIPv6", ""]
        names = Child("pebble-challtestsrv", line, self.folder / "names.log")
        self.office.closes(names.kill)
        until(lambda: listens(self.dns), START_SECONDS, lambda: f"the DNS listens\n{names.tail()}")

    def _make_certificate(self) -> None:
        """The authority's own HTTPS: a root, and a certificate for localhost."""
        def openssl(*words: str) -> None:
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        openssl("req", "-x509", *key, "-subj", "/CN=test root", "-keyout", "ca.key", "-out", "ca.pem")
        openssl("req", *key[:-2], "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "30", "-extfile", "names", "-out", "server.pem")

    def believing(self) -> ssl.SSLContext:
        """Trusts what this authority issues, and nothing else."""
        trusting = ssl.create_default_context(cadata=self.roots)
        url = f"https://localhost:{self.management}/roots/0"
        with urllib.request.urlopen(url, context=trusting, timeout=10) as answer:  # noqa: S310
            return ssl.create_default_context(cadata=answer.read().decode())

    def settings(self, *names: str, **more) -> dict:
        """What the box is to be told."""
        return {
            "enabled": True, "directory_url": self.directory, "terms_agreed": True, "contacts": ["admin@pbx.test"],
            "names": list(names), "challenge": "http-01", "ca_certificate": self.roots,
        } | more
