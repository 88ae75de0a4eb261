
import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0140_invoice_pdf_and_disputed_amounts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ledgerentry',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['recorded_at'], name='ledger_entry_recorded'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['occurred_on'], name='ledger_entry_occurred'),
        ),
    ]
