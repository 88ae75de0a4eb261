"""Write-offs on the desk: who proposes, who decides, what waits on the first page."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from customers.models import Hold, Invoice, WriteOffLimit
from customers.operations import holds
from dunning.models import Case, WriteOffProposal
from tests.people import NOW
from tests.screens.books import books_with, case_of
from tests.screens.pressing import plain, press

LIST = reverse("admin:dunning_writeoffproposal_changelist")


def case_to_give_up() -> Case:
    """Nobody waits to be called back."""
    case = case_of(books_with(1)[0])
    for hold in Hold.objects.filter(customer=case.customer_id, invoice=None, released_at=None):
        holds.release(hold, now=NOW)
    return case


def test_a_collector_proposes_and_a_manager_approves(collector: Client, manager: Client) -> None:
    case = case_to_give_up()
    WriteOffProposal.objects.all().delete()
    [said] = press(collector, "propose_write_off", case, reason="Insolvent")
    assert said == "1 write-off proposed. Somebody else decides, under Write-offs."
    proposal = WriteOffProposal.objects.latest("pk")
    page = collector.get(reverse("admin:dunning_case_change", args=[case.pk])).content.decode()
    assert "waits for a manager" in page
    first_page = manager.get(reverse("admin:index"))
    needed = {figure.words: (figure.number, figure.url) for figure in first_page.context["waiting"]}
    assert needed["write-off to decide on"] == ("1", f"{LIST}?state=open")
    shown = manager.get(reverse("admin:dunning_writeoffproposal_change", args=[proposal.pk])).content.decode()
    assert "Insolvent" in shown and "open when proposed" in shown and "karl" in shown
    [said] = press(manager, "approve", proposal)
    assert plain(said).startswith("Written off: ")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("approved", User.objects.get(username="maria"))
    assert not Invoice.objects.filter(pk__in=proposal.lines.values("invoice"), balance__gt=0).exists()


def test_a_manager_who_proposed_is_told_that_somebody_else_decides(manager: Client) -> None:
    case = case_to_give_up()
    press(manager, "propose_write_off", case, reason="Insolvent")
    proposal = WriteOffProposal.objects.latest("pk")
    assert press(manager, "approve", proposal) == ["You proposed it yourself: somebody else has to approve it."]
    press(manager, "refuse", proposal, reason="They pay after all")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decision) == ("refused", "They pay after all")


def test_above_the_limit_the_first_approval_is_noted(manager: Client, collector: Client) -> None:
    WriteOffLimit.objects.create(currency="EUR", at_most=0, source="board", valid_from="2026-01-01")
    press(collector, "propose_write_off", case_to_give_up(), reason="Insolvent")
    proposal = WriteOffProposal.objects.latest("pk")
    assert "a second manager has to agree" in press(manager, "approve", proposal)[0]
    assert "a second manager, after maria" in manager.get(LIST).content.decode()


def test_a_manager_sets_a_limit_from_a_day_on(manager: Client) -> None:
    told = {"currency": "EUR", "at_most": "500", "source": "board", "valid_from": "2099-01-01"}
    assert manager.post(reverse("admin:customers_writeofflimit_add"), told).status_code == 302
    assert WriteOffLimit.objects.filter(currency="EUR").count() == 2
