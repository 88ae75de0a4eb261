from django.db import migrations

# The two functions serve all apps. A row that was in force yesterday is history; a day's grace, because the desk's
# midnight is not the database's.
FORWARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: post a new entry instead of changing or deleting one', TG_TABLE_NAME;
END $$;

CREATE FUNCTION refuse_change_of_begun_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.valid_from < CURRENT_DATE - 1 THEN
    RAISE EXCEPTION '% keeps its history: add a row with a later valid_from instead', TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON customers_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON customers_consent
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON customers_writeofflimit
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
"""
BACKWARD = """
DROP TRIGGER frozen_once_begun ON customers_writeofflimit;
DROP TRIGGER append_only ON customers_consent;
DROP TRIGGER append_only ON customers_ledgerentry;
DROP FUNCTION refuse_change_of_begun_row();
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        # Working material: what a crash of the database would lose is read again from the file.
        migrations.RunSQL("ALTER TABLE customers_importrow SET UNLOGGED", "ALTER TABLE customers_importrow SET LOGGED"),
    ]
