from importlib import import_module

from django.db import migrations

BEFORE = import_module("dunning.migrations.0012_foreseen").LAST_LOOK.replace("CREATE", "CREATE OR REPLACE", 1)
ANY_PAYMENT = """state IN ('queued', 'calling', 'pending', 'in_doubt'))
"""
# A debit that a gateway began, for invoices that are known, holds back only the letters that name one of these.
ITS_PAYMENT = """state IN ('queued', 'calling', 'pending', 'in_doubt')
        AND (NOT is_elsewhere OR invoice_ids = '[]' OR EXISTS (
          SELECT 1 FROM jsonb_array_elements(message->'lines') AS line WHERE invoice_ids @> (line->>'invoice_id')::jsonb)))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0013_write_off_proposals"),
        ("payments", "0008_debits_elsewhere_stand_beside_ours"),
    ]
    operations = [migrations.RunSQL(BEFORE.replace(ANY_PAYMENT, ITS_PAYMENT), BEFORE)]
