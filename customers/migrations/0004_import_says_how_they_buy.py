from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_import_rows_are_unlogged'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrow',
            name='buys_as',
            field=models.TextField(null=True),
        ),
    ]
