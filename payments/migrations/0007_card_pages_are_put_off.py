from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_likely_payer_without_score"),
    ]

    operations = [
        migrations.AddField(
            model_name="cardpage",
            name="put_off_until",
            field=models.DateTimeField(
                blank=True, help_text="When its gateway is asked again to forget the card.", null=True
            ),
        ),
    ]
