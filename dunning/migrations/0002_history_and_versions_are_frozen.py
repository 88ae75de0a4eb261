from django.db import migrations

DATED_TABLES = ("dunning_contactcap", "dunning_contacthours", "dunning_costrate")
FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_caseevent
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_change_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'campaign version % is published and frozen: edit the draft and publish the next version', OLD.id;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen_once_published BEFORE UPDATE OR DELETE ON dunning_campaignversion
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_version();

CREATE FUNCTION refuse_change_of_published_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  step_version bigint;
BEGIN
  IF TG_TABLE_NAME = 'dunning_step' THEN
    step_version := CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
  ELSE
    SELECT version_id INTO step_version FROM dunning_step
      WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.step_id ELSE NEW.step_id END;
  END IF;
  IF EXISTS (SELECT 1 FROM dunning_campaignversion WHERE id = step_version AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'this step belongs to a published campaign version and is frozen: edit the draft instead';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen_once_published BEFORE INSERT OR UPDATE OR DELETE ON dunning_step
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_step();
CREATE TRIGGER frozen_once_published BEFORE INSERT OR UPDATE OR DELETE ON dunning_steptext
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_step();
CREATE TRIGGER frozen_once_published BEFORE INSERT OR UPDATE OR DELETE ON dunning_fallback
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_step();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_reviewdecision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was put on paper stays as it is: a letter may only be given its place in a run, once; a file only be posted.
CREATE FUNCTION refuse_change_of_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF TG_TABLE_NAME = 'dunning_paperletter' THEN
      IF OLD.run_id IS NULL AND to_jsonb(NEW) - 'run_id' - 'place' = to_jsonb(OLD) - 'run_id' - 'place' THEN
        RETURN NEW;
      END IF;
    ELSIF OLD.state <> 'made' OR (OLD.posted_at IS NULL
        AND to_jsonb(NEW) - 'posted_at' - 'posted_by_id' = to_jsonb(OLD) - 'posted_at' - 'posted_by_id') THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% % was put on paper and stays as it is', TG_TABLE_NAME, OLD.id;
END $$;
CREATE TRIGGER frozen_on_paper BEFORE UPDATE OR DELETE ON dunning_paperletter
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_paper();
CREATE TRIGGER frozen_on_paper BEFORE UPDATE OR DELETE ON dunning_printrun
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_paper();
CREATE TRIGGER append_only BEFORE UPDATE ON dunning_reportanswer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_enrolment
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_look
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_change_of_running_arm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM dunning_experiment WHERE state <> 'planned'
      AND id = CASE WHEN TG_OP = 'DELETE' THEN OLD.experiment_id ELSE NEW.experiment_id END) THEN
    RAISE EXCEPTION 'the arms of an experiment are fixed once it has started';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen_once_started BEFORE INSERT OR UPDATE OR DELETE ON dunning_arm
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_running_arm();
"""
BACKWARD = """
DROP TRIGGER frozen_once_started ON dunning_arm;
DROP FUNCTION refuse_change_of_running_arm();
DROP TRIGGER append_only ON dunning_look;
DROP TRIGGER append_only ON dunning_enrolment;
DROP TRIGGER append_only ON dunning_reportanswer;
DROP TRIGGER frozen_on_paper ON dunning_printrun;
DROP TRIGGER frozen_on_paper ON dunning_paperletter;
DROP FUNCTION refuse_change_of_paper();
DROP TRIGGER append_only ON dunning_reviewdecision;
DROP TRIGGER frozen_once_published ON dunning_fallback;
DROP TRIGGER frozen_once_published ON dunning_steptext;
DROP TRIGGER frozen_once_published ON dunning_step;
DROP FUNCTION refuse_change_of_published_step();
DROP TRIGGER frozen_once_published ON dunning_campaignversion;
DROP FUNCTION refuse_change_of_published_version();
DROP TRIGGER append_only ON dunning_caseevent;
"""
FROZEN = """
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON {0}
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
"""


class Migration(migrations.Migration):
    dependencies = [("dunning", "0001_initial"), ("customers", "0002_history_stays")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        *(
            migrations.RunSQL(FROZEN.format(table), f"DROP TRIGGER frozen_once_begun ON {table}")
            for table in DATED_TABLES
        ),
    ]
