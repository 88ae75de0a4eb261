import django.utils.timezone
from django.db import migrations, models


# What was left over until now: what came, less what settles invoices and claims, less what went back.
LEFT_OVER = """
UPDATE payments_payment payment SET unapplied = payment.amount
  - coalesce((SELECT sum(amount) FROM payments_allocation WHERE payment_id = payment.id), 0)
  - coalesce((SELECT sum(amount) FROM payments_claimallocation WHERE payment_id = payment.id), 0)
  - coalesce((SELECT sum(amount) FROM payments_refund WHERE payment_id = payment.id), 0)
  + coalesce((SELECT sum(part.amount) FROM payments_refundpart part JOIN payments_refund refund
              ON refund.id = part.refund_id WHERE refund.payment_id = payment.id), 0)
"""
WHEN_SETTLED = """
UPDATE payments_allocation allocation SET recorded_at = payment.recorded_at
FROM payments_payment payment WHERE payment.id = allocation.payment_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0012_claims"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allocation",
            name="one_allocation_per_payment_and_invoice",
        ),
        migrations.AddField(
            model_name="allocation",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="payment",
            name="unapplied",
            field=models.DecimalField(
                decimal_places=4,
                default=0,
                help_text="What of it settles nothing and was not given back: credit.",
                max_digits=18,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(LEFT_OVER, migrations.RunSQL.noop),
        migrations.RunSQL(WHEN_SETTLED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("unapplied__gt", 0)),
                fields=["customer"],
                include=("currency", "unapplied"),
                name="payment_with_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("unapplied__gte", 0), ("unapplied__lte", models.F("amount"))),
                name="payment_unapplied_is_a_part_of_it",
            ),
        ),
    ]
