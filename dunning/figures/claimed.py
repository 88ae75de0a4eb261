"""Claims for late payment: what fees and interest bring, and what is waived."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.report import Report

CLAIM_UNIT = Unit(
    sql="""
  SELECT claim.id, invoice.customer_id, claim.kind || ' on ' || invoice.number AS label, claim.arose_on AS on_day,
    claim.currency, claim.amount, claim.kind, claim.law, coalesce(claim.waived_at < %(end)s, FALSE) AS is_waived,
    coalesce(put.amount, 0) AS paid
  FROM payments_claim claim JOIN customers_invoice invoice ON invoice.id = claim.invoice_id
  LEFT JOIN LATERAL (
    SELECT sum(part.amount) AS amount FROM payments_claimallocation part
    WHERE part.claim_id = claim.id AND part.made_at < %(end)s) AS put ON TRUE
  WHERE claim.raised_at < %(end)s AND claim.arose_on BETWEEN %(first)s AND %(until)s
    AND NOT (claim.kind = 'interest' AND claim.until_on IS NULL)
""",
    page="payments_claim",
    noun="claim",
    measures={
        "raised": "count(*)",
        "amount": "sum(unit.amount)",
        "paid": "sum(unit.paid)",
        "waived": "count(*) FILTER (WHERE unit.is_waived)",
        "waived_amount": "coalesce(sum(unit.amount) FILTER (WHERE unit.is_waived), 0)",
    },
    groups={
        "kind": ("kind", "replace(unit.kind, '_', ' ')"),
        "law": ("law", "unit.law"),
        **BY_MONTH,
        **BY_CUSTOMER,
    },
)
CLAIM_COLUMNS = (
    Column("raised", "Claims", Kind.COUNT, lambda m: m["raised"], only="TRUE"),
    Column("amount", "Claimed", Kind.MONEY, lambda m: m["amount"]),
    Column("paid", "Paid", Kind.MONEY, lambda m: m["paid"], "unit.paid > 0"),
    Column("share", "Paid, of the amount", Kind.SHARE, lambda m: Share(m["paid"], m["amount"], is_counted=False)),
    Column("waived", "Waived", Kind.SHARE, lambda m: Share(m["waived"], m["raised"]), "unit.is_waived"),
    Column("waived_amount", "Waived", Kind.MONEY, lambda m: m["waived_amount"]),
)

CLAIMS = Report(
    key="claims",
    title="Fees and interest",
    asks="What do late-payment claims bring, and what is waived?",
    definition=("Fees, costs and settled interest beside invoices. Interest that still runs has no amount yet.",),
    cohort="Claims by the day on which they arose, within the period.",
    in_progress="What is neither paid nor waived is in the whole.",
    columns=CLAIM_COLUMNS,
    drawn="share",
    unit=CLAIM_UNIT,
)
