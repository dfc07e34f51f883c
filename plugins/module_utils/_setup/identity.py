# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""A device's identity: its key and its certificate, made or put in place so that they always belong together.

A daemon that finds one without the other, or two that don't fit, makes new ones at its start without a word.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib.util
import os
import re
import ssl
import tempfile
import typing as t

from .._errors import DiscoveryError, InvalidInput
from .._host import accounts, directories
from .._schema import device_ids
from .installation import Program

HAS_CRYPTOGRAPHY = bool(importlib.util.find_spec("cryptography"))
_LIMIT = 32 * 1024  # many times what either takes
_MODES = {"key.pem": 0o600, "cert.pem": 0o644}  # as the daemon does; in this order they are put in place
_LIFETIME = datetime.timedelta(days=20 * 365)
_END = "-----END CERTIFICATE-----"
# How certificates name the kinds of keys that Go's TLS knows: RSA, Ed25519, and ECDSA with three curves.
_KEYS = [
    bytes.fromhex(identifier)
    for identifier in (
        "300d06092a864886f70d0101010500",
        "300506032b6570",
        "06072a8648ce3d020106082a8648ce3d030107",
        "06072a8648ce3d020106052b81040022",
        "06072a8648ce3d020106052b81040023",
    )
]
_NAME = "syncthing"  # the common name that daemons expect of each other


class Pair(t.NamedTuple):
    certificate: str
    private_key: str

    @property
    def device_id(self) -> str:
        return device_ids.from_certificate(self.certificate)

    @property
    def shown(self) -> str:
        """The certificate without whatever else cert.pem holds, which may be a key."""
        found = re.search("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", self.certificate, re.DOTALL)
        return found.group() + "\n" if found else ""


class Found(t.NamedTuple):
    """What is in a directory: a pair, perhaps with the last step of an interrupted run undone; or why it is none."""

    certificate: str | None = None
    private_key: str | None = None
    pair: Pair | None = None
    unfinished: bool = False
    broken: str = ""
    exposed: bool = False  # others may read the key

    def is_part_of(self, wanted: Pair) -> bool:
        """Whether nothing of another identity is there."""
        if self.certificate is not None and _problem(Pair(self.certificate, wanted.private_key)):
            return False
        return self.private_key is None or not _problem(Pair(wanted.certificate, self.private_key))


def given(certificate: str | None, private_key: str | None) -> Pair | None:
    """Return the pair that these options are; raises InvalidInput if they are none."""
    return given_pair(certificate, private_key, ("cert.pem", "key.pem"))


def given_pair(
    certificate: str | None, private_key: str | None, files: tuple[str, str], chain: bool = False, prefix: str = ""
) -> Pair | None:
    """Return what is to be in these files. ``chain``: further certificates may follow. ``prefix``: of the options."""
    if not certificate and not private_key:
        return None
    if not certificate or not private_key:
        raise InvalidInput(f"{prefix}certificate and {prefix}private_key belong together: set both or neither.")
    for name, text, label, file in (
        ("certificate", certificate, "CERTIFICATE", files[0]),
        ("private_key", private_key, "PRIVATE KEY", files[1]),
    ):
        if len(text) > _LIMIT:
            raise InvalidInput(f"{prefix}{name} is longer than {_LIMIT} characters, which no key or certificate is.")
        kinds = "" if label == "CERTIFICATE" else "([A-Z0-9 ]+ )?"  # Go reads certificates of this one only
        count = len(re.findall(rf"^-----BEGIN {kinds}{label}-----\s*$", text, re.MULTILINE))
        if count < 1 or (count > 1 and not (chain and label == "CERTIFICATE")):
            raise InvalidInput(
                f"{prefix}{name} must be the whole content of Syncthing's {file}, with "
                f"{'at least ' if chain and label == 'CERTIFICATE' else ''}one block 'BEGIN {label}'; it has "
                f"{count or 'none'}."
            )
    if "PRIVATE KEY-----" in certificate:
        raise InvalidInput(
            f"{prefix}certificate has a private key in it, too: everybody may read {files[0]}, so leave it out."
        )
    pair = Pair(certificate.strip() + "\n", private_key.strip() + "\n")
    if not chain:
        pair.device_id  # noqa: B018 - raises for a certificate that can't be read
    problem = mismatch(pair)
    if problem:
        raise InvalidInput(f"{prefix}private_key {problem}.")
    binary = der(pair.certificate)
    if not any(known in binary for known in _KEYS):
        raise InvalidInput(
            f"{prefix}certificate has a key of a kind that Syncthing can't use: it would replace both, or let nobody "
            "connect. Use an RSA key, an Ed25519 key, or an ECDSA key on one of the curves P-256, P-384 and P-521."
        )
    return pair


def der(certificate: str) -> bytes:
    """Return the first certificate of a text as the bytes that it stands for; raises ValueError if there is none."""
    end = certificate.find(_END)
    return ssl.PEM_cert_to_DER_cert(certificate[certificate.index("-----BEGIN CERTIFICATE") : end + len(_END)])


class _Encrypted(Exception):
    pass


def mismatch(pair: Pair) -> str | None:
    """Say why a key is not that of the certificate; None if it is."""

    def ask() -> t.NoReturn:
        raise _Encrypted

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        with nameless(pair.certificate) as certificate, nameless(pair.private_key) as key:
            context.load_cert_chain(f"/dev/fd/{certificate.fileno()}", f"/dev/fd/{key.fileno()}", ask)
    except _Encrypted:
        return "is encrypted, which Syncthing can't use: decrypt it, and keep it in a vault instead"
    except ssl.SSLError as exc:
        if exc.reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"):
            return "is not the key of this certificate"
        return f"and the certificate can't be read as a pair ({(exc.reason or 'not PEM').lower().replace('_', ' ')})"
    return None


@contextlib.contextmanager
def nameless(text: str) -> t.Iterator[t.IO[bytes]]:
    """A file with this text that nobody else can find, since the library reads files only."""
    memory = hasattr(os, "memfd_create")
    with os.fdopen(os.memfd_create("pem"), "w+b") if memory else tempfile.TemporaryFile() as stream:
        stream.write(text.encode("utf-8"))
        stream.seek(0)
        yield stream


def look(folder: str, account: accounts.Account) -> Found:
    """Find the identity in this directory."""
    with accounts.acting_as(account):
        certificate, key = (accounts.read(os.path.join(folder, name), _LIMIT) for name in ("cert.pem", "key.pem"))
        staged = accounts.read(os.path.join(accounts.scratch_path(folder), "cert.pem"), _LIMIT)
        exposed = key is not None and bool(os.stat(os.path.join(folder, "key.pem")).st_mode & 0o077)
    found = Found(certificate, key, exposed=exposed)
    if certificate is None and key is None:
        return found
    if key is not None and staged is not None and not _problem(Pair(staged, key)):
        return found._replace(pair=Pair(staged, key), unfinished=True)
    if certificate is None or key is None:
        there, missing = ("key.pem", "cert.pem") if certificate is None else ("cert.pem", "key.pem")
        return found._replace(broken=f"{there} is there without {missing}")
    pair = Pair(certificate, key)
    problem = _problem(pair)
    return found._replace(broken=problem) if problem else found._replace(pair=pair)


def _problem(pair: Pair) -> str:
    try:
        pair.device_id  # noqa: B018 - raises for a certificate that can't be read
    except InvalidInput:
        return "cert.pem is not a certificate"
    problem = mismatch(pair)
    return f"key.pem {problem}" if problem else ""


def choose(found: Found, wanted: Pair | None, force: bool, folder: str) -> Pair | None:
    """Return the pair that must be there; None if a new one must be created. Refuses to lose an identity."""
    if found.pair and (wanted is None or wanted.device_id == found.pair.device_id):
        return found.pair
    if force or (wanted and not found.pair and found.is_part_of(wanted)) or not (found.pair or found.broken):
        return wanted
    if found.pair and wanted:
        raise InvalidInput(
            f"certificate: it is of the device {wanted.device_id}, but {folder} holds the identity of "
            f"{found.pair.device_id}, and other devices know it by that one. Set force to true to replace it."
        )
    raise InvalidInput(
        f"{folder}: {found.broken}, and the daemon would make itself a new identity at its start. Bring back the "
        "right file; or set certificate and private_key, and force if what is there is of another identity; or set "
        "force alone to have a new identity made."
    )


def settle(
    folder: str, account: accounts.Account, wanted: Pair | None, force: bool, program: Program | None
) -> tuple[Found, Pair]:
    """Bring the directory to the identity that ``choose`` tells; return what was found there and what is there now."""
    directories.create_private(folder, account)
    with accounts.locked(folder, account):
        found = look(folder, account)
        pair = choose(found, wanted, force, folder)
        if pair is None or pair is not found.pair:
            prepared = accounts.make_scratch(folder, account)
            try:
                pair = pair or (_generated(prepared, account, program) if program else make())
                write(prepared, account, pair)
            except BaseException:
                accounts.remove_scratch(folder, account)
                raise
            _put_in_place(folder, account, *_MODES)
        elif found.unfinished:
            _put_in_place(folder, account, "cert.pem")
        if found.exposed:
            with accounts.acting_as(account):
                os.chmod(os.path.join(folder, "key.pem"), _MODES["key.pem"])
        accounts.remove_scratch(folder, account)
    return found, pair


def write(prepared: str, account: accounts.Account, pair: Pair) -> None:
    """Write a pair into a directory where there is none."""
    with accounts.acting_as(account):
        for name, text in (("cert.pem", pair.certificate), ("key.pem", pair.private_key)):
            accounts.write(os.path.join(prepared, name), text, _MODES[name])


def _generated(prepared: str, account: accounts.Account, program: Program) -> Pair:
    generate(program, prepared, account)
    made = look(prepared, account).pair
    if made is None:
        raise DiscoveryError(f"{program.path} created no usable identity.")
    with accounts.acting_as(account):
        for name in _MODES:
            os.unlink(os.path.join(prepared, name))
    return made


def _put_in_place(folder: str, account: accounts.Account, *names: str) -> None:
    # Interrupted after the key, its certificate is still where look() finds it.
    with accounts.acting_as(account):
        for name in names:
            os.rename(os.path.join(accounts.scratch_path(folder), name), os.path.join(folder, name))


def generate(program: Program, folder: str, account: accounts.Account, user: str = "", password: str = "") -> None:
    """Let Syncthing make what is missing in a directory: a pair, and a config.xml."""
    if program.key < (1, 18, 5):
        accounts.run(account, [program.path, "-generate=" + folder])
        return
    command = [program.path, "generate", "--home=" + folder]
    if password:
        command += ["--gui-user=" + user, "--gui-password=-"]
    accounts.run(account, command, password + "\n" if password else "")


def make() -> Pair:
    """Make a pair of the kind that Syncthing makes, without it; every release can use ECDSA."""
    if not HAS_CRYPTOGRAPHY:
        raise DiscoveryError(
            "No identity can be created: there is neither the program that 'executable' names nor the Python library "
            "cryptography. Install one of them, or set certificate and private_key."
        )
    # whose import takes longer than all else, and most runs make nothing
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP384R1())
    attributes = ((NameOID.ORGANIZATION_NAME, "Syncthing"), (NameOID.COMMON_NAME, _NAME))
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + _LIFETIME)
        .add_extension(x509.KeyUsage(digital_signature=True, key_encipherment=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Pair(
        certificate.public_bytes(pem).decode("ascii"),
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode(
            "ascii"
        ),
    )
