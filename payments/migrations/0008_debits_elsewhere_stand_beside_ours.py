from django.db import migrations, models

LIVE = ["queued", "calling", "requires_action", "pending", "in_doubt"]


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_card_pages_are_put_off"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="chargeattempt",
            name="one_live_attempt_per_customer_and_currency",
        ),
        migrations.AddConstraint(
            model_name="chargeattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_elsewhere", False), ("state__in", LIVE)),
                fields=("customer", "currency"),
                name="one_live_attempt_of_ours_per_customer_and_currency",
            ),
        ),
        migrations.AddIndex(
            model_name="chargeattempt",
            index=models.Index(
                condition=models.Q(("is_elsewhere", True), ("state", "pending")),
                fields=["customer"],
                name="debits_elsewhere",
            ),
        ),
    ]
