"""The certificates of one test cluster, made anew for each; they are good for a day."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """Files of a certificate and its key, PEM."""

    certificate: Path
    key: Path


class Authority:
    """Signs for one cluster. Its key is never written: with its maker it is gone."""

    def __init__(self, folder: Path) -> None:
        """Make the folder and, in it, `ca.crt`."""
        folder.mkdir(mode=0o700)
        self.folder = folder
        self.file = folder / "ca.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("tierline test bed", ())
        usage = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._builder(self._name, self._key).add_extension(usage, critical=True)
        self.file.write_bytes(certificate.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def client(self, name: str, groups: Iterable[str] = ()) -> Pair:
        """For a user of the API: `name` and `groups` are what the API server knows it as."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_named(name, groups), key).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        return self._write(name.replace(":", "-"), builder, key)

    def server(
        self,
        name: str,
        addresses: Iterable[str],
        names: Iterable[str],
        age: dt.timedelta = dt.timedelta(),
    ) -> Pair:
        """For a server that is reached by these IP addresses and names; past a day of age, expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        also = [
            *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses),
            *(x509.DNSName(one) for one in names),
        ]
        builder = (
            self._builder(_named(name, ()), key, age)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(also), critical=False)
        )
        return self._write(name, builder, key)

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        age: dt.timedelta = dt.timedelta(),
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC) - age
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + _DAY)
        )

    def _write(
        self, name: str, builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey
    ) -> Pair:
        pair = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        pair.certificate.write_bytes(builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM))
        write_key(key, pair.key)
        return pair


def write_key(key: ec.EllipticCurvePrivateKey, file: Path) -> None:
    """Write a private key that only its owner may read."""
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )


def signing_keys(folder: Path) -> Pair:
    """The pair that tokens of service accounts are signed with: `.certificate` is the public key."""
    key = ec.generate_private_key(ec.SECP256R1())
    pair = Pair(folder / "accounts.pub", folder / "accounts.key")
    write_key(key, pair.key)
    pair.certificate.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return pair


def _named(name: str, groups: Iterable[str]) -> x509.Name:
    return x509.Name(
        [
            *(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
