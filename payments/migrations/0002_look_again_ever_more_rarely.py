import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="chargeattempt",
            name="look_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="When the gateway is asked what became of it, while that is not known.",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="chargeattempt",
            name="looks",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often it was asked."),
        ),
    ]
