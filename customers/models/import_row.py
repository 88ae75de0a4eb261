"""A row of a file, read but not yet in the books. Working material: unlogged, and emptied when its run has ended."""

from django.db import models


class ImportRow(models.Model):
    class State(models.TextChoices):
        GOOD = "good", "to be taken"
        REFUSED = "refused", "refused"
        REPEATED = "repeated", "the same as an earlier row"

    pk = models.CompositePrimaryKey("run_id", "row_number")
    run_id = models.BigIntegerField()
    row_number = models.IntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    # Empty columns are NULL: the file says nothing.
    customer_number = models.TextField(null=True)
    customer_name = models.TextField(null=True)
    email = models.TextField(null=True)
    phone = models.TextField(null=True)
    street = models.TextField(null=True)
    street_2 = models.TextField(null=True)
    postal_code = models.TextField(null=True)
    city = models.TextField(null=True)
    region = models.TextField(null=True)
    language = models.TextField(null=True)
    country = models.TextField(null=True)
    time_zone = models.TextField(null=True)
    segment = models.TextField(null=True)
    buys_as = models.TextField(null=True)
    tags = models.TextField(null=True)
    refuses = models.TextField(null=True)
    since_on = models.DateField(null=True)
    renews_on = models.DateField(null=True)
    renewal_of = models.TextField(null=True)
    renewal_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    renewal_currency = models.TextField(null=True)
    invoice_number = models.TextField(null=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    currency = models.TextField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    paid_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    paid_on = models.DateField(null=True)
    description = models.TextField(null=True)
    pdf_url = models.TextField(null=True)
    state = models.TextField(choices=State.choices)
    problems = models.JSONField(null=True)
    cells = models.TextField(help_text="The row as it stands in the file, cells parted by \\x1e.")

    def __str__(self) -> str:
        return f"row {self.row_number}"
