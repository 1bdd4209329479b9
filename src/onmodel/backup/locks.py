"""Encryption of a backup file, by the age format (age-encryption.org): streamed and authenticated.

`BACKUP_KEYS` holds age identities: the first is used to encrypt, all to decrypt, so that a key can be
replaced. The file can also be opened without this program, by any implementation of age.
"""

from __future__ import annotations

from pathlib import Path

import pyrage
from django.conf import settings
from pyrage import x25519

from onmodel.backup.problems import BackupError


def new_key() -> str:
    return str(x25519.Identity.generate())


def encrypt(source: Path, target: Path) -> None:
    recipient = _identities()[0].to_public()
    with source.open("rb") as plain, target.open("xb") as closed:
        pyrage.encrypt_io(plain, closed, [recipient])


def decrypt(source: Path, target: Path) -> None:
    """BackupError where no key opens the file, or the file is damaged."""
    identities = _identities()
    try:
        with source.open("rb") as closed, target.open("xb") as plain:
            pyrage.decrypt_io(closed, plain, identities)
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise BackupError(f"{source}: none of the keys in BACKUP_KEYS opens this file.") from None
        raise BackupError(f"{source}: this is not a backup, or its beginning is damaged ({error}).") from None
    except OSError as error:
        if error.errno is not None:
            raise BackupError(f"{error.filename or source}: {error.strerror}.") from None
        raise BackupError(f"{source}: the file is damaged or cut off; it was not used.") from None


def _identities() -> list[x25519.Identity]:
    if not settings.BACKUP_KEYS:
        raise BackupError("BACKUP_KEYS is not set. Make a key with: onmodel backup --new-key")
    try:
        return [x25519.Identity.from_str(key) for key in settings.BACKUP_KEYS]
    except pyrage.IdentityError as error:
        raise BackupError(
            f"BACKUP_KEYS holds something that is no key ({error}); a key begins with AGE-SECRET-KEY-1."
        ) from None
