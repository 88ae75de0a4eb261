from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_law_by_currency'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='likelypayer',
            name='score',
        ),
    ]
