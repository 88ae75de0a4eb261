"""Which edition of the decline tables is in force: a mark that a trigger changes with every change of a row."""

from django.db import models


class DeclineEdition(models.Model):
    mark = models.UUIDField()

    def __str__(self) -> str:
        return str(self.mark)
