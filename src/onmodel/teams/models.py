"""What members of a team say of it, kept so that nobody can tell who said what."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models

from onmodel.programmes.models import Team, period_constraint

#: Fewer answers of a period are shown to nobody.
FEWEST_ANSWERS = 4


class RoundQuerySet(models.QuerySet):
    def shown(self, day: datetime.date) -> RoundQuerySet:
        """Those that are over and have answers enough: while a period runs, each new answer could be told
        from what the figures were before it."""
        return self.filter(ends_on__lt=day, answered__gte=FEWEST_ANSWERS)


class MemberRound(models.Model):
    """One period in which the members of a team are asked, and how many answered."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="rounds")
    instrument = models.CharField(max_length=60)
    instrument_version = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    answered = models.PositiveSmallIntegerField(default=0)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["team", "starts_on"], name="one_round_a_team_and_period"),
            period_constraint("team_round_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} from {self.starts_on}"


class Tally(models.Model):
    """How many members gave this mark to this item: no row is anybody's, and none has a moment.

    `item` is an item of the form, or its main scale, whose marks are members' means.
    """

    round = models.ForeignKey(MemberRound, on_delete=models.CASCADE, related_name="tallies")
    item = models.CharField(max_length=40)
    value = models.FloatField()
    n = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["item", "value"]
        constraints = [models.UniqueConstraint(fields=["round", "item", "value"], name="one_tally_a_mark")]

    def __str__(self) -> str:
        return f"{self.item} {self.value:g}: {self.n}"


class Turn(models.Model):
    """That somebody answered in a period, so that nobody counts twice. It goes when the period is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(MemberRound, on_delete=models.CASCADE, related_name="turns")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="one_turn_a_member_and_period")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.round_id}"
