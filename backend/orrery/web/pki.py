"""The gateway's own authority, its server certificate, and the administrator's token.

They are kept in a folder of the user's, so that a kubeconfig stays good when the server is started again.
"""

import datetime
import ipaddress
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_DAYS = 365
RENEW_DAYS = 30  # before the end


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the gateway serves with, and what it lets in."""

    ca_pem: bytes
    certificate_file: Path
    key_file: Path
    token: str


def state_folder() -> Path:
    """Where credentials are kept: $ORRERY_STATE, or the user's state folder."""
    chosen = os.environ.get("ORRERY_STATE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "orrery"


def credentials(folder: Path, names: list[str]) -> Credentials:
    """Those of the folder, made where they are missing, about to expire, or not good for all of `names` (DNS names and
    IP addresses). Raises OSError if the folder cannot be written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ca_key, ca_certificate = _authority(folder)
    certificate_file, key_file = folder / "server.crt", folder / "server.key"
    if not _is_good(certificate_file, key_file, ca_certificate, names):
        _issue(ca_key, ca_certificate, certificate_file, key_file, names)
    token_file = folder / "token"
    if not token_file.exists():
        _write(token_file, secrets.token_urlsafe(32).encode())
    return Credentials(
        ca_certificate.public_bytes(serialization.Encoding.PEM), certificate_file, key_file,
        token_file.read_text().strip(),
    )


def _authority(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, certificate_file = folder / "ca.key", folder / "ca.crt"
    if key_file.exists() and certificate_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        if isinstance(key, ec.EllipticCurvePrivateKey) and _days_left(certificate) > RENEW_DAYS:
            return key, certificate
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orrery")])
    certificate = (
        _builder(name, name, key.public_key(), 10 * VALID_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _key_bytes(key))
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
    return key, certificate


def _issue(
    ca_key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, certificate_file: Path, key_file: Path, names: list[str]
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kube-apiserver")])
    certificate = (
        _builder(subject, ca.subject, key.public_key(), VALID_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_key_usage(sign=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(key_file, _key_bytes(key))
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))


def _is_good(certificate_file: Path, key_file: Path, ca: x509.Certificate, names: list[str]) -> bool:
    if not (certificate_file.exists() and key_file.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    try:
        certificate.verify_directly_issued_by(ca)
        there = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:  # any defect means that a new one is needed
        return False
    return _days_left(certificate) > RENEW_DAYS and all(_general_name(name) in there for name in names)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _key_usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=not sign, data_encipherment=False,
        key_agreement=False, key_cert_sign=sign, crl_sign=sign, encipher_only=False, decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _days_left(certificate: x509.Certificate) -> float:
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return left.total_seconds() / 86_400


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    """Writes a file that only its owner may read."""
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(data)
