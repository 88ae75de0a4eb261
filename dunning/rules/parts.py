"""Invoices that are paid in instalments: what each instalment still asks takes the place of the whole balance."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from dunning.rules.facts import InvoiceFact, PartFact
from payments.rules.allocate import OpenInvoice
from payments.rules.instalments import AgreedPlan, missing, spread


def in_parts(invoices: Sequence[InvoiceFact], plans: Sequence[AgreedPlan]) -> list[InvoiceFact]:
    """A customer's open invoices, oldest due first, those of a plan cut into what its instalments still ask of them."""
    parts = [part for plan in plans for part in _parts_of(plan, [i for i in invoices if i.id in plan.invoice_ids])]
    covered = frozenset[int]().union(*(plan.invoice_ids for plan in plans))
    whole = [invoice for invoice in invoices if invoice.id not in covered]
    return sorted([*whole, *parts], key=lambda invoice: (invoice.due_on, invoice.id))


def _parts_of(plan: AgreedPlan, covered: Sequence[InvoiceFact]) -> list[InvoiceFact]:
    by_id = {invoice.id: invoice for invoice in covered}
    still_open = sum((invoice.balance for invoice in covered), Decimal(0))
    asked = missing(plan.instalments, settled=plan.settled, still_open=still_open)
    return [
        replace(
            by_id[part.invoice_id],
            due_on=part.instalment.due_on,
            balance=part.instalment.amount,
            part=PartFact(plan.id, part.instalment.number, len(plan.instalments), plan.made_at),
        )
        for part in spread(asked, [OpenInvoice(invoice.id, invoice.balance) for invoice in covered])
    ]


def balances_of(invoices: Sequence[InvoiceFact]) -> list[str]:
    """What is open of each invoice, and the plan that covers it: compared once more before anything leaves."""
    whole: dict[int, Decimal] = {}
    for invoice in sorted(invoices, key=lambda invoice: invoice.id):
        whole[invoice.id] = whole.get(invoice.id, Decimal(0)) + invoice.balance
    plans = {invoice.id: f"/{invoice.part.plan_id}" for invoice in invoices if invoice.part}
    return [f"{pk}:{balance}{plans.get(pk, '')}" for pk, balance in whole.items()]
