from django.db import migrations

DECLINE_TABLES = ("payments_declinerule", "payments_networkcap", "payments_retryschedule")
LAW_TABLES = ("payments_claimrule", "payments_baserate", "payments_claimpolicy")
# Every change of a decline table makes a new edition, in the same transaction: whoever remembers the tables looks at the
# edition first. A claim is raised once ever, also when waived.
FORWARD = """
INSERT INTO payments_declineedition (id, mark) VALUES (1, gen_random_uuid());

CREATE FUNCTION new_decline_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payments_declineedition (id, mark) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET mark = EXCLUDED.mark;
  RETURN NULL;
END $$;

CREATE TRIGGER kept_as_agreed BEFORE UPDATE OR DELETE ON payments_instalment
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER raised_once_ever BEFORE DELETE ON payments_claim FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_claimallocation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER append_only ON payments_claimallocation;
DROP TRIGGER raised_once_ever ON payments_claim;
DROP TRIGGER kept_as_agreed ON payments_instalment;
DROP FUNCTION new_decline_edition();
"""
EDITIONS = """
CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE ON {0}
  FOR EACH STATEMENT EXECUTE FUNCTION new_decline_edition();
"""
FROZEN = """
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON {0}
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("customers", "0002_history_stays")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        *(migrations.RunSQL(EDITIONS.format(table), f"DROP TRIGGER new_edition ON {table}") for table in DECLINE_TABLES),
        *(
            migrations.RunSQL(FROZEN.format(table), f"DROP TRIGGER frozen_once_begun ON {table}")
            for table in DECLINE_TABLES + LAW_TABLES
        ),
    ]
