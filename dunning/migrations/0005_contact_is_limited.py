from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIRST_LOOK = import_module("dunning.migrations.0003_mark_calling").FORWARD.split("-- The call is made")[0]
DROP_FIRST = "DROP FUNCTION dunning_mark_calling(bigint, uuid, int, timestamptz, text, text[], bigint[], jsonb);"
DROP = "DROP FUNCTION dunning_mark_calling(bigint, uuid, int, timestamptz, text, text[], text[], jsonb);"
# The moment before a message leaves: as it was, and with all that customers have asked for.
LAST_LOOK = """
CREATE FUNCTION dunning_mark_calling(
  held_notice bigint, token uuid, call_seconds int, called_at timestamptz, expected_case_state text,
  expected_balances text[], expected_marks text[], message jsonb
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  held record;
BEGIN
  SELECT id, case_id, customer_id, contact_id INTO held FROM dunning_notice WHERE id = held_notice;
  -- A payer who is faster is seen, because the next statement looks after this one has waited for the lock;
  -- a payer who is slower waits until the row says calling.
  PERFORM id FROM customers_invoice WHERE customer_id = held.customer_id AND balance > 0 ORDER BY id FOR SHARE;
  UPDATE dunning_notice SET state = 'calling', calling_at = called_at, reason = '', address = message->>'address',
    language = message->>'language', subject = message->>'subject', body = message->>'body', lines = message->'lines',
    link_id = (message->>'link')::bigint, message_id = message->>'key'
  WHERE id = held.id AND state = 'leased' AND lease_token = token
    AND lease_until > clock_timestamp() + make_interval(secs => call_seconds)
    -- With the plan that covers an invoice: a letter for the whole sum does not leave once a plan was made, nor one
    -- for an instalment once it has ended.
    AND ARRAY(
      SELECT invoice.id || ':' || balance || coalesce('/' || covered.plan_id, '')
      FROM customers_invoice invoice
      LEFT JOIN payments_planinvoice covered ON covered.invoice_id = invoice.id AND covered.released_at IS NULL
      WHERE invoice.customer_id = held.customer_id AND balance > 0 ORDER BY invoice.id
    ) = expected_balances
    -- The same marks as in dunning/limit_queries.py: holds, what the customer does not want, whether they are vulnerable.
    AND ARRAY(
      SELECT mark FROM (
        SELECT 'hold:' || id FROM customers_hold WHERE customer_id = held.customer_id AND released_at IS NULL
        UNION ALL
        SELECT 'stop:' || id FROM customers_contactstop WHERE customer_id = held.customer_id AND released_at IS NULL
        UNION ALL
        SELECT 'vulnerable' FROM customers_customer WHERE id = held.customer_id AND vulnerable_since IS NOT NULL
      ) AS marks (mark) ORDER BY mark COLLATE "C"
    ) = expected_marks
    AND NOT EXISTS (
      SELECT 1 FROM payments_chargeattempt
      WHERE customer_id = held.customer_id AND state IN ('queued', 'calling', 'pending', 'in_doubt'))
    -- Money at the bank that is probably theirs. Thanks, which leave when the case is closed, may go.
    AND (expected_case_state <> 'open'
      OR NOT EXISTS (SELECT 1 FROM payments_likelypayer WHERE customer_id = held.customer_id))
    AND EXISTS (SELECT 1 FROM dunning_case WHERE id = held.case_id AND state = expected_case_state)
    AND EXISTS (
      SELECT 1 FROM customers_contact
      WHERE id = held.contact_id AND email = message->>'address' AND is_primary);
  RETURN FOUND;
END $$;
"""
# A row that was in force yesterday is history, as in the decline tables.
FROZEN = "".join(
    f"""
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
"""
    for table in ("dunning_contactcap", "dunning_contacthours")
)
FREE = "DROP TRIGGER frozen_once_begun ON dunning_contactcap; DROP TRIGGER frozen_once_begun ON dunning_contacthours;"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_holds_say_what_they_block'),
        ('dunning', '0004_conditions_and_choices'),
        ('payments', '0002_decline_tables_keep_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='attention',
            field=models.CharField(blank=True, choices=[('parked', 'parked'), ('no_address', 'no address'), ('end_of_road', 'end of road'), ('opted_out', 'opted out'), ('vulnerable', 'vulnerable'), ('deceased', 'deceased'), ('insolvency', 'insolvency')], max_length=16),
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called_at', models.DateTimeField()),
                ('is_talk', models.BooleanField(default=False, help_text='Somebody answered and talked.', verbose_name='answered')),
                ('note', models.CharField(blank=True, max_length=300)),
                ('called_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='ContactCap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(blank=True, help_text='Only for customers there; empty for everywhere.', max_length=2)),
                ('channel', models.CharField(blank=True, choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post')], max_length=16)),
                ('talks_only', models.BooleanField(default=False, help_text='Only calls that were answered; the day of the talk is day 1.', verbose_name='only talks count')),
                ('at_most', models.PositiveSmallIntegerField(help_text='So many contacts …')),
                ('days', models.PositiveSmallIntegerField(help_text='… in so many days in a row. 1 in 1 day is a minimum gap.')),
                ('source', models.CharField(help_text='The law, or who decided it.', max_length=200)),
                ('valid_from', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('country', 'channel', 'talks_only', 'days', 'valid_from'), name='one_contact_cap_per_span_and_day'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='contact_cap_has_a_source'), models.CheckConstraint(condition=models.Q(('at_most__gte', 1), ('days__gte', 1), ('days__lte', 366)), name='contact_cap_lets_something_through')],
            },
        ),
        migrations.CreateModel(
            name='ContactHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(blank=True, help_text='Only for customers there; empty for everywhere.', max_length=2)),
                ('weekdays', models.CharField(default='1234567', help_text='1 is Monday, 7 Sunday; 12345 for weekdays.', max_length=7)),
                ('opens', models.TimeField(help_text="On the customer's clock.", verbose_name='from')),
                ('closes', models.TimeField(verbose_name='until')),
                ('source', models.CharField(help_text='The law, or who decided it.', max_length=200)),
                ('valid_from', models.DateField()),
            ],
            options={
                'verbose_name_plural': 'contact hours',
                'constraints': [models.UniqueConstraint(fields=('country', 'weekdays', 'valid_from'), name='one_row_of_contact_hours_per_day'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='contact_hours_have_a_source'), models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes'))), name='contact_hours_are_a_window'), models.CheckConstraint(condition=models.Q(('weekdays__regex', '^1?2?3?4?5?6?7?$'), models.Q(('weekdays', ''), _negated=True)), name='contact_hours_name_weekdays')],
            },
        ),
        migrations.RunSQL(DROP_FIRST + LAST_LOOK, DROP + FIRST_LOOK),
        migrations.RunSQL(FROZEN, FREE),
    ]
