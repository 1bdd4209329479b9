"""How one thing, or a part of the integrity map, stands to the model."""

from enum import StrEnum


class Stand(StrEnum):
    ON = "on_model"
    PARTLY = "partly"
    OFF = "off_model"
    UNKNOWN = "unknown"
