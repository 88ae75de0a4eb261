import django.db.models.deletion
from django.db import migrations, models


# The last look before a message leaves, in full; only where it compares the address it has become another: a text
# message goes to a number, an e-mail to an e-mail address, and the contact must still have the one it was written to.
MARK_CALLING = """
CREATE OR REPLACE FUNCTION dunning_mark_calling(
  held_notice bigint, token uuid, call_seconds int, called_at timestamptz, expected_case_state text,
  expected_balances text[], expected_marks text[], message jsonb
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  held record;
BEGIN
  SELECT id, case_id, customer_id, contact_id, channel INTO held FROM dunning_notice WHERE id = held_notice;
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
    -- The same marks as in dunning/limit_queries.py: holds, what the customer does not want, whether they are vulnerable,
    -- and the card: a letter about it names it, and one that foresees its end must not leave once it is replaced.
    AND ARRAY(
      SELECT mark FROM (
        SELECT 'hold:' || id FROM customers_hold WHERE customer_id = held.customer_id AND released_at IS NULL
        UNION ALL
        SELECT 'stop:' || id FROM customers_contactstop WHERE customer_id = held.customer_id AND released_at IS NULL
        UNION ALL
        SELECT 'vulnerable' FROM customers_customer WHERE id = held.customer_id AND vulnerable_since IS NOT NULL
        UNION ALL
        SELECT 'card:' || id || ':' || coalesce(expires_on::text, '') FROM payments_paymentmethod
        WHERE customer_id = held.customer_id AND is_default AND removed_at IS NULL AND charge_agreed_at IS NOT NULL
      ) AS marks (mark) ORDER BY mark COLLATE "C"
    ) = expected_marks
    -- A debit that a gateway began, for invoices that are known, holds back only the letters that name one of these.
    AND NOT EXISTS (
      SELECT 1 FROM payments_chargeattempt
      WHERE customer_id = held.customer_id AND state IN ('queued', 'calling', 'pending', 'in_doubt')
        AND (NOT is_elsewhere OR invoice_ids = '[]' OR EXISTS (
          SELECT 1 FROM jsonb_array_elements(message->'lines') AS line WHERE invoice_ids @> (line->>'invoice_id')::jsonb)))
    -- Money at the bank that is probably theirs. Thanks, which leave when the case is closed, may go.
    AND (expected_case_state <> 'open'
      OR NOT EXISTS (SELECT 1 FROM payments_likelypayer WHERE customer_id = held.customer_id))
    AND EXISTS (SELECT 1 FROM dunning_case WHERE id = held.case_id AND state = expected_case_state)
    AND EXISTS (
      SELECT 1 FROM customers_contact
      WHERE id = held.contact_id AND %s AND is_primary);
  RETURN FOUND;
END $$;
"""
BY_CHANNEL = "CASE held.channel WHEN 'sms' THEN phone ELSE email END = message->>'held_as'"
BY_EMAIL = "email = message->>'address'"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_history_stays'),
        ('dunning', '0003_mark_calling'),
    ]

    operations = [
        migrations.CreateModel(
            name='SmsEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_sid', models.CharField(help_text="The provider's own id of the message.", max_length=64)),
                ('kind', models.CharField(help_text="“answer”, or a state in the provider's own words.", max_length=32)),
                ('number', models.CharField(help_text="The customer's.", max_length=32)),
                ('text', models.TextField(blank=True)),
                ('error_code', models.CharField(blank=True, max_length=16)),
                ('notice_key', models.CharField(blank=True, help_text='Our key, as it came back.', max_length=64)),
                ('form', models.JSONField(help_text='As delivered.')),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('applied', 'applied'), ('stranger', 'about nobody here')], default='waiting', max_length=8)),
                ('wish', models.CharField(blank=True, help_text='stop, start or help, where it says so.', max_length=8)),
            ],
            options={
                'verbose_name': 'text message event',
            },
        ),
        migrations.AddField(
            model_name='template',
            name='channel',
            field=models.CharField(choices=[('email', 'e-mail'), ('sms', 'text messages')], db_default='email', default='email', help_text='A text message has few words, no table and no button; its subject only names it on the desk.', max_length=16, verbose_name='written for'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('channel', 'sms'), models.Q(('address', ''), _negated=True)), fields=['address'], name='notice_by_number'),
        ),
        migrations.AddField(
            model_name='smsevent',
            name='customer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='smsevent',
            name='notice',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sms_events', to='dunning.notice'),
        ),
        migrations.AddIndex(
            model_name='smsevent',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='sms_event_to_apply'),
        ),
        migrations.AddConstraint(
            model_name='smsevent',
            constraint=models.UniqueConstraint(fields=('message_sid', 'kind'), name='one_row_per_sms_event'),
        ),
        migrations.RunSQL(MARK_CALLING % BY_CHANNEL, MARK_CALLING % BY_EMAIL),
    ]
