from django.db import migrations


class Migration(migrations.Migration):
    """Working material: what a crash of the database would lose is read again from the file."""

    dependencies = [("customers", "0002_ledger_is_append_only")]
    operations = [
        migrations.RunSQL("ALTER TABLE customers_importrow SET UNLOGGED", "ALTER TABLE customers_importrow SET LOGGED")
    ]
