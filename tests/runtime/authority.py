"""A certificate authority that lasts for one test run."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen


@frozen
class Authority:
    """A certificate authority for one test: the context of its server, and of a client that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def throwaway_authority(folder: Path) -> Authority:
    x509 = pytest.importorskip("cryptography.x509", reason="a throwaway CA signs the server's certificate")
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.UTC)

    def certificate(name: str, issuer: str, public: Any, signer: Any, *extensions: tuple[Any, bool]) -> bytes:
        built = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(hours=1))
        )
        for extension, critical in extensions:
            built = built.add_extension(extension, critical=critical)
        pem: bytes = built.sign(signer, hashes.SHA256()).public_bytes(form.Encoding.PEM)
        return pem

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
    usage = {
        name: name in ("key_cert_sign", "crl_sign")
        for name in [
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ]
    }
    ca = certificate(
        "ca",
        "ca",
        root.public_key(),
        root,
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.KeyUsage(**usage), True),
        (identifier, False),
    )
    own = certificate(
        "server",
        "ca",
        leaf.public_key(),
        root,
        (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
    )
    key = leaf.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    (folder / "server.pem").write_bytes(key + own)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return Authority(server, ssl.create_default_context(cadata=ca.decode()))
