from django.db import migrations

# As the decline tables: a row that was in force yesterday is history. A claim is raised once ever, also when waived.
TABLES = ("payments_claimrule", "payments_baserate", "payments_claimpolicy")
FORWARD = """
CREATE TRIGGER raised_once_ever BEFORE DELETE ON payments_claim FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_claimallocation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
""" + "".join(
    f"""
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
"""
    for table in TABLES
)
BACKWARD = """
DROP TRIGGER raised_once_ever ON payments_claim;
DROP TRIGGER append_only ON payments_claimallocation;
""" + "".join(f"DROP TRIGGER frozen_once_begun ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_plans_are_kept_as_agreed")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
