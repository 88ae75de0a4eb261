from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0013_credit"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "currency",
                    models.CharField(
                        help_text="Of the invoices paid into it. ISO 4217 code, for example EUR.", max_length=3
                    ),
                ),
                ("holder", models.CharField(max_length=70, verbose_name="account holder")),
                (
                    "iban",
                    models.CharField(
                        blank=True,
                        help_text="Or an account number, where there is none.",
                        max_length=34,
                        verbose_name="IBAN",
                    ),
                ),
                ("account_number", models.CharField(blank=True, max_length=34)),
                (
                    "routing_code",
                    models.CharField(
                        blank=True,
                        help_text="What finds the bank there: sort code, routing number, BSB.",
                        max_length=34,
                    ),
                ),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("bank_name", models.CharField(blank=True, max_length=70, verbose_name="bank")),
                ("is_shown", models.BooleanField(default=True, verbose_name="shown to customers")),
            ],
            options={
                "verbose_name": "bank account of ours",
                "verbose_name_plural": "bank accounts of ours",
            },
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=("currency", "iban", "account_number", "routing_code"), name="one_bank_account_of_ours"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("iban", ""), ("account_number", ""), _connector="XOR"),
                name="bank_account_has_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="bank_account_currency_is_a_code"
            ),
        ),
    ]
