"""SIP as bytes: building requests that may be as wrong as wanted, and reading what comes back."""

import hashlib
import re
import secrets

CRLF = "\r\n"


class Message:
    """What came: `start` line, `headers` in order as (name, value), `body`, and the bytes themselves."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split(CRLF)
        self.start = lines[0]
        self.headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]

    @property
    def is_response(self) -> bool:
        return self.start.startswith("SIP/2.0 ")

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1]) if self.is_response else 0

    @property
    def method(self) -> str:
        return self.start.split(" ")[0]

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def cseq(self) -> tuple[int, str]:
        number, _, method = self.get("CSeq").partition(" ")
        return int(number), method


def token(octets: int = 8) -> str:
    return secrets.token_hex(octets)


def build(start: str, headers: list[tuple[str, str]], body: str = "") -> bytes:
    kind = [("Content-Type", "application/sdp")] if body else []
    lines = [start, *(f"{name}: {value}" for name, value in [*headers, *kind]), f"Content-Length: {len(body.encode())}"]
    return (CRLF.join(lines) + CRLF * 2 + body).encode()


class Maker:
    """Writes requests of one user from one address. Whatever is not said is as it should be."""

    def __init__(self, user: str, domain: str, address: tuple[str, int], transport: str = "UDP") -> None:
        self.user, self.domain, self.address, self.transport = user, domain, address, transport
        self.call_id, self.tag, self.cseq = token(), token(4), 0

    def request(
        self, method: str, uri: str | None = None, *, to: str | None = None, extra: list[tuple[str, str]] = (),
        contact: bool = True, body: str = "", cseq: int | None = None, branch: str | None = None,
    ) -> bytes:
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        host, port = self.address
        via = f"SIP/2.0/{self.transport} {host}:{port};branch={branch or 'z9hG4bK' + token()};rport"
        headers = [
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{self.user}@{self.domain}>;tag={self.tag}"),
            ("To", to or f"<sip:{self.user}@{self.domain}>"),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
        ]
        if contact:
            headers.append(("Contact", f"<sip:{self.user}@{host}:{port}{self._transport_param()}>"))
        return build(f"{method} {uri or f'sip:{self.domain}'} SIP/2.0", [*headers, *extra], body)

    def _transport_param(self) -> str:
        return "" if self.transport == "UDP" else f";transport={self.transport.lower()}"


def challenge(response: Message) -> dict[str, str]:
    """The parameters of the first challenge."""
    value = response.get("WWW-Authenticate") or response.get("Proxy-Authenticate")
    pairs = re.findall(r'(\w[\w-]*)=(?:"([^"]*)"|([^\s,]+))', value)
    return {name.lower(): quoted or bare for name, quoted, bare in pairs}


def credentials(
    asked: dict[str, str], method: str, uri: str, username: str, password: str, count: int = 1
) -> tuple[str, str]:
    """The Authorization header that answers a challenge."""
    algorithm = asked.get("algorithm", "MD5")
    hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def h(text: str) -> str:
        return hashed(text.encode()).hexdigest()

    cnonce, nc = token(4), f"{count:08x}"
    ha1, ha2 = h(f"{username}:{asked['realm']}:{password}"), h(f"{method}:{uri}")
    response = h(f"{ha1}:{asked['nonce']}:{nc}:{cnonce}:auth:{ha2}")
    value = (
        f'Digest username="{username}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm={algorithm}, cnonce="{cnonce}", qop=auth, nc={nc}'
    )
    return "Authorization", value


def anonymous(response: Message, *names: str) -> str:
    """What a response says, without what differs each time: tags, nonces, branches, the names that were asked with."""
    text = re.sub(r'(tag=|nonce="|branch=|Call-ID: |received=|rport=)[^;",\s]*', r"\1…", response.raw.decode())
    for name in names:
        text = text.replace(name, "NAME")
    return text
