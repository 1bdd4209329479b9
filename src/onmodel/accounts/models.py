"""People who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody who can sign in; what they may do follows from memberships (`programmes.Membership`)."""

    name = models.CharField(max_length=200)
    language = models.CharField(max_length=5, default="en")

    class Meta(AbstractUser.Meta):
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="user_has_a_name")]

    def __str__(self) -> str:
        return self.name


class Kept(models.Model):
    """Something that all server processes know for a while (`accounts.shared`); the key is a keyed digest."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
