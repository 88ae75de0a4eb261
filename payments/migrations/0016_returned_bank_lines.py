import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0015_refund_reversals"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bankline",
            name="bank_line_posted_has_payment",
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="bank_line_only_credits_are_matched",
        ),
        migrations.AddField(
            model_name="bankline",
            name="is_return",
            field=models.BooleanField(default=False, help_text="It gives back or takes back an earlier entry."),
        ),
        migrations.AddField(
            model_name="bankline",
            name="look_at",
            field=models.DateTimeField(blank=True, help_text="When it is compared again, while it waits.", null=True),
        ),
        migrations.AddField(
            model_name="bankline",
            name="looked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bankline",
            name="looks",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often it was compared with the books."),
        ),
        migrations.AddField(
            model_name="bankline",
            name="refund",
            field=models.OneToOneField(
                blank=True,
                help_text="What a debit took back.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_line",
                to="payments.refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount__gt", 0),
                        ("customer__isnull", False),
                        ("payment__isnull", False),
                        ("refund", None),
                        ("state", "posted"),
                    ),
                    models.Q(
                        ("amount__lt", 0),
                        ("customer__isnull", False),
                        ("payment", None),
                        ("refund__isnull", False),
                        ("state", "posted"),
                    ),
                    models.Q(
                        models.Q(("state", "posted"), _negated=True),
                        ("customer", None),
                        ("payment", None),
                        ("refund", None),
                    ),
                    _connector="OR",
                ),
                name="bank_line_posted_moves_money",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), models.Q(("state", "not_for_us"), _negated=True)),
                    ("amount__lt", 0),
                    models.Q(("amount", 0), ("state", "not_for_us")),
                    _connector="OR",
                ),
                name="bank_line_debits_wait_only_as_returns",
            ),
        ),
    ]
