"""What stops a backup or a restore, in words for the person who runs it."""


class BackupError(Exception):
    """Nothing was changed, unless the message says so."""
