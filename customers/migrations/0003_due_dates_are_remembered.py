import django.db.models.deletion
from django.db import migrations, models

# The moment is the row's own: the desk's clock, not the database's.
FORWARD = """
CREATE FUNCTION remember_due_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO customers_duechange (invoice_id, was_due_on, changed_at) VALUES (OLD.id, OLD.due_on, NEW.updated_at);
  RETURN NULL;
END $$;
CREATE TRIGGER remember_due_date AFTER UPDATE OF due_on ON customers_invoice
  FOR EACH ROW WHEN (OLD.due_on IS DISTINCT FROM NEW.due_on) EXECUTE FUNCTION remember_due_date();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON customers_duechange
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER append_only ON customers_duechange;
DROP TRIGGER remember_due_date ON customers_invoice;
DROP FUNCTION remember_due_date();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_history_stays")]
    operations = [
        migrations.CreateModel(
            name="DueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("was_due_on", models.DateField()),
                ("changed_at", models.DateTimeField(help_text="Until then it was due on that date.")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due_changes",
                        to="customers.invoice",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
