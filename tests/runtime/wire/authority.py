"""A certificate authority that lives as long as a test run."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from attrs import define, field
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@define(eq=False)
class Authority:
    """Issues certificates, and the TLS settings of both ends."""

    key: ec.EllipticCurvePrivateKey = field(factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    certificate: x509.Certificate = field(init=False)
    _serial: int = 1

    def __attrs_post_init__(self) -> None:
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        self.certificate = (
            self._builder("throwaway authority", self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS_CERTIFICATES, critical=True)
            .add_extension(identifier, critical=False)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def server(self, *hosts: str, client_certificates: bool = False) -> ssl.SSLContext:
        """Settings of a server for localhost, 127.0.0.1, 0.0.0.0 and more hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._load(context, "server", ("localhost", *hosts))
        if client_certificates:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=self.pem)
        return context

    def client(self, certificate: bool = False) -> ssl.SSLContext:
        """Settings of a client that trusts this authority, with a certificate of its own if asked for."""
        context = ssl.create_default_context(cadata=self.pem)
        # As strict as the newest Python, whatever Python this is.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        if certificate:
            self._load(context, "client", ())
        return context

    def _builder(self, name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        self._serial += 1
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("throwaway authority"))
            .public_key(key.public_key())
            .serial_number(self._serial)
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))  # however slow the machine is that runs the tests
        )

    def _load(self, context: ssl.SSLContext, name: str, hosts: tuple[str, ...]) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        addresses = map(ipaddress.ip_address, ("127.0.0.1", "0.0.0.0"))  # noqa: S104 - a name, nothing is bound
        names = [*map(x509.DNSName, hosts), *map(x509.IPAddress, addresses)]
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            self._builder(name, key)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        # The ssl module takes a certificate from a file only.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chain.pem"
            path.write_bytes(pem)
            context.load_cert_chain(path)


@cache
def authority() -> Authority:
    """The one of this run: making it takes no time worth repeating."""
    return Authority()
