from importlib import import_module

from django.db import migrations

# The last look sees addresses that came back as well; what became of an earlier sending is forgotten.
BEFORE = import_module("dunning.migrations.0005_letters").REPLACED[0]
PRIMARY = "END = message->>'address'"
BY_KEY = "message_id = message->>'key'"
assert BEFORE.count(PRIMARY) == BEFORE.count(BY_KEY) == 1
NOT_GONE = """
        AND NOT EXISTS (
          SELECT 1 FROM customers_suppressedaddress
          WHERE channel = held.channel AND address = lower(message->>'address') AND released_at IS NULL)"""
AFTER = BEFORE.replace(PRIMARY, PRIMARY + NOT_GONE).replace(BY_KEY, f"{BY_KEY}, delivery = ''")


class Migration(migrations.Migration):
    dependencies = [("dunning", "0006_delivery_and_replies")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
