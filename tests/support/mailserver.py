"""A mail server on loopback, with STARTTLS, authentication and refused addresses."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.processes import free_port


@dataclass
class MailServer:
    """`busy`: number of messages to defer with 451."""

    port: int
    refused: set[str] = field(default_factory=set)
    busy: int = 0
    got: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logged_in: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        if address in self.refused:
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        if self.busy:
            self.busy -= 1
            return "451 come back later"
        message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.got.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        fine = isinstance(data, LoginPassword) and data.password == b"secret"
        if fine:
            self.logged_in.append(data.login.decode())
        return AuthResult(success=fine)


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, log_in: bool = False, port: int = 0) -> Iterator[MailServer]:
    server = MailServer(port or free_port())
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=server.authenticate if log_in else None,
        auth_required=log_in,
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Create a certificate for 127.0.0.1; return the server's context and a client's that trusts only it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, key_file = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, key_file)
    return server, ssl.create_default_context(cafile=str(pem))
