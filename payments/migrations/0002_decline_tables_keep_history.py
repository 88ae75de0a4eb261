from django.db import migrations

TABLES = ("payments_declinerule", "payments_networkcap", "payments_retryschedule")
# A row that was in force yesterday is history. A day's grace, because the desk's midnight is not the database's.
# Every change makes a new edition, in the same transaction: whoever remembers the tables looks at the edition first.
FORWARD = """
INSERT INTO payments_declineedition (id, mark) VALUES (1, gen_random_uuid());

CREATE FUNCTION refuse_change_of_begun_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.valid_from < CURRENT_DATE - 1 THEN
    RAISE EXCEPTION '% keeps its history: add a row with a later valid_from instead', TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION new_decline_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payments_declineedition (id, mark) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET mark = EXCLUDED.mark;
  RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION new_decline_edition();
"""
    for table in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER new_edition ON {table}; DROP TRIGGER frozen_once_begun ON {table};" for table in TABLES
) + "DROP FUNCTION new_decline_edition(); DROP FUNCTION refuse_change_of_begun_row();"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
