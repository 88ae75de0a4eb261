from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0005_charge_steps_and_working_days"),
    ]
    operations = [
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
                ],
                max_length=16,
            ),
        ),
    ]
