"""A piece of an uploaded file, kept until its rows are in the books: any host can read the file again."""

from django.db import models

from customers.models.import_run import ImportRun


class ImportPiece(models.Model):
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="pieces")
    position = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(name="import_piece_once", fields=["run", "position"])]

    def __str__(self) -> str:
        return f"piece {self.position} of {self.run_id}"
