"""The packs on this machine: found, loaded with their base, checked, locked, and worded."""

from onmodel.library.folders import available, folder_of, folders
from onmodel.library.loading import check, forget, load, lock, read
from onmodel.library.storage import read_wording, store, stored_texts, texts_folder

__all__ = [
    "available",
    "check",
    "folder_of",
    "folders",
    "forget",
    "load",
    "lock",
    "read",
    "read_wording",
    "store",
    "stored_texts",
    "texts_folder",
]
