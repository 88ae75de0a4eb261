from django.db import migrations, models

# The history stays append-only, with one exception: while an erasure of its customer is under way, the words of a line
# give way to the word "erased", and the facts behind them to none. What happened, when and by whom stays.
FORWARD = """
CREATE FUNCTION refuse_change_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  words text := TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> words = 'erased'
    AND coalesce(to_jsonb(NEW) -> 'because', '[]') = '[]'
    AND to_jsonb(NEW) - words - 'because' = to_jsonb(OLD) - words - 'because'
    AND EXISTS (
      SELECT 1 FROM dunning_case JOIN dunning_erasure USING (customer_id)
      WHERE dunning_case.id = OLD.case_id AND dunning_erasure.state = 'telling') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only: post a new entry instead of changing or deleting one', TG_TABLE_NAME;
END $$;
DROP TRIGGER append_only ON dunning_caseevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_caseevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasing('text');
DROP TRIGGER append_only ON dunning_reviewdecision;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_reviewdecision
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasing('reason');
"""
BACKWARD = """
DROP TRIGGER append_only ON dunning_reviewdecision;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_reviewdecision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER append_only ON dunning_caseevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_caseevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_change_but_erasing();
"""


class Migration(migrations.Migration):
    dependencies = [("dunning", "0003_mark_calling")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            "erasure",
            "reason",
            models.CharField(blank=True, help_text="Why it was stopped, or is not done yet.", max_length=300),
        ),
    ]
