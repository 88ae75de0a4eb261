from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_due_dates_are_remembered'),
    ]

    operations = [
        migrations.AlterField(
            model_name='suppressedaddress',
            name='reason',
            field=models.CharField(choices=[('bounced', 'came back for good'), ('complained', 'reported as spam'), ('soft_bounces', 'came back three times in a row'), ('somebody_else', 'somebody else answers there'), ('stopped', 'said stop, and nobody we know has it')], max_length=16),
        ),
    ]
