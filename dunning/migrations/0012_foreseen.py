from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("dunning.migrations.0005_contact_is_limited")
# A letter about a card names it, and one that foresees its end must not leave once it is replaced.
WITH_CARD = """        SELECT 'vulnerable' FROM customers_customer WHERE id = held.customer_id AND vulnerable_since IS NOT NULL
        UNION ALL
        SELECT 'card:' || id || ':' || coalesce(expires_on::text, '') FROM payments_paymentmethod
        WHERE customer_id = held.customer_id AND is_default AND removed_at IS NULL AND charge_agreed_at IS NOT NULL
"""
WITHOUT_CARD = WITH_CARD.split("        UNION ALL")[0]
LAST_LOOK = BEFORE.LAST_LOOK.replace(WITHOUT_CARD, WITH_CARD)
assert LAST_LOOK != BEFORE.LAST_LOOK


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0011_actions_beyond_messages"),
        ("customers", "0006_holds_say_what_they_block"),
        ("payments", "0007_card_pages_are_put_off"),
    ]
    operations = [
        migrations.RemoveConstraint(
            model_name="case",
            name="one_open_case_per_customer",
        ),
        migrations.AddField(
            model_name="case",
            name="about",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="What it foresees, as a key; empty for the case about what is owed.",
                max_length=60,
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("overdue", "an invoice is due, or soon will be"),
                    ("failed_payment", "the last card payment failed"),
                    ("broken_promise", "a promise to pay was broken"),
                    ("broken_plan", "an instalment plan was broken"),
                    ("card_expires", "the stored card is about to expire"),
                    ("mandate_ends", "the direct debit mandate is about to end"),
                ],
                db_default="overdue",
                default="overdue",
                help_text="For new cases only. What happened goes before a date: such campaigns are looked at first.",
                max_length=16,
                verbose_name="begins when",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("settled", "settled"),
                    ("cured", "cured"),
                    ("in_instalments", "in instalments"),
                    ("closed_by_desk", "closed by desk"),
                    ("handed_over", "handed over"),
                    ("no_longer_so", "no longer so"),
                    ("its_day_came", "its day came"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="offset_days",
            field=models.SmallIntegerField(
                default=0, help_text="Days after (before: minus) the oldest open due date, or the day that is foreseen."
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", ""), ("state", "open")),
                fields=("customer",),
                name="one_open_case_per_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", ""), _negated=True), fields=("about",), name="one_case_per_foreseen"
            ),
        ),
        migrations.RunSQL(BEFORE.DROP + LAST_LOOK, BEFORE.DROP + BEFORE.LAST_LOOK),
    ]
