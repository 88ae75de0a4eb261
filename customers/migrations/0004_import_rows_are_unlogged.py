from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_import_tables")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE customers_importrow SET UNLOGGED", "ALTER TABLE customers_importrow SET LOGGED"
        ),
    ]
