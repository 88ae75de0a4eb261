from django.db import migrations

FORWARD = """
CREATE TRIGGER kept_as_agreed BEFORE UPDATE OR DELETE ON payments_instalment
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = "DROP TRIGGER kept_as_agreed ON payments_instalment"


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_decline_tables_keep_history"), ("customers", "0002_ledger_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
