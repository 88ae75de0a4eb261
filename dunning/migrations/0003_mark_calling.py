from django.db import migrations

# The moments before and after a message leaves, on the database's side: planned once a session, one round trip each.
FORWARD = """
CREATE FUNCTION dunning_mark_calling(
  held_notice bigint, token uuid, call_seconds int, called_at timestamptz, expected_case_state text,
  expected_balances text[], expected_marks text[], message jsonb
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  held record;
BEGIN
  SELECT id, case_id, step_id, customer_id, contact_id, channel INTO held FROM dunning_notice WHERE id = held_notice;
  -- A payer who is faster is seen, because the next statement looks after this one has waited for the lock;
  -- a payer who is slower waits until the row says calling.
  PERFORM id FROM customers_invoice WHERE customer_id = held.customer_id AND balance > 0 ORDER BY id FOR SHARE;
  UPDATE dunning_notice SET state = 'calling', calling_at = called_at, reason = '', address = message->>'address',
    language = message->>'language', subject = message->>'subject', body = message->>'body', lines = message->'lines',
    link_id = (message->>'link')::bigint, message_id = message->>'key', delivery = '',
    copied_to = coalesce(message->>'copied_to', '')
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
    -- The same marks as in dunning/snapshot/limits.py: holds, what the customer does not want, whether they are vulnerable,
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
        UNION ALL
        SELECT 'renewal:' || concat_ws(':', renews_on, renewal_amount, renewal_currency, renewal_of)
        FROM customers_customer WHERE id = held.customer_id AND renews_on IS NOT NULL
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
      WHERE id = held.contact_id AND CASE held.channel WHEN 'sms' THEN phone WHEN 'post' THEN postal_address ELSE email END = message->>'held_as' AND (is_primary OR role <> ''))
    -- A bounce that was heard of since.
    AND NOT EXISTS (
      SELECT 1 FROM customers_suppressedaddress
      WHERE channel = held.channel AND address = lower(message->>'address') AND released_at IS NULL)
    -- The same step by another way, or to another contact: only what is surely undelivered is sent once more.
    AND NOT EXISTS (
      SELECT 1 FROM dunning_notice other
      WHERE other.case_id = held.case_id AND other.step_id = held.step_id AND other.id <> held.id
        AND (other.state IN ('calling', 'in_doubt')
          OR other.state = 'sent' AND other.delivery NOT IN ('', 'accepted', 'deferred', 'soft_bounced')));
  RETURN FOUND;
END $$;

-- The call is made, so nothing waits for the disk here: a record that the database loses in a crash of its own leaves
-- the notice calling, which is then shown as in doubt and not sent again.
CREATE FUNCTION dunning_mark_sent(held_notice bigint, token uuid, reference text, sent_at timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL synchronous_commit = off;
  UPDATE dunning_notice SET state = 'sent', provider_reference = reference, finished_at = sent_at,
    lease_token = NULL, lease_until = NULL
  WHERE id = held_notice AND lease_token = token AND state = 'calling';
  RETURN FOUND;
END $$;
"""
BACKWARD = "DROP FUNCTION dunning_mark_sent; DROP FUNCTION dunning_mark_calling"


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0002_history_and_versions_are_frozen"),
        ("payments", "0001_initial"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
