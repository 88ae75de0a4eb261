"""The three roles, made again after every migration: *auditor* looks, *collector* works cases, *manager* decides more.

Users are made by a superuser only. Permissions a superuser adds to a group by hand are left alone.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

APPS = ("customers", "payments", "dunning")
COLLECTOR = (
    "customers.add_customer",
    "customers.change_customer",
    "customers.add_contact",
    "customers.change_contact",
    "customers.delete_contact",
    "customers.add_hold",
    "customers.change_hold",
    "customers.add_contactstop",
    "customers.change_contactstop",
    "customers.change_suppressedaddress",
    "customers.add_importrun",
    "payments.add_payment",
    "payments.add_bankfile",
    "payments.change_bankline",
    "payments.add_instalmentplan",
    "payments.change_instalmentplan",
    "dunning.change_case",
    "dunning.add_campaignchoice",
    "dunning.add_call",
    "dunning.add_rehearsal",
    "dunning.change_task",
    "dunning.change_reply",
    "dunning.change_customerrequest",
    "dunning.add_printrun",
    "dunning.change_printrun",
    "dunning.add_writeoffproposal",
)
MANAGER = (
    *COLLECTOR,
    "customers.add_ledgerentry",
    "payments.add_refund",
    "payments.change_chargeattempt",
    "payments.add_claim",
    "payments.change_claim",
    "payments.add_claimrule",
    "payments.change_claimrule",
    "payments.add_baserate",
    "payments.change_baserate",
    "payments.add_claimpolicy",
    "payments.change_claimpolicy",
    "payments.add_bankaccount",
    "payments.change_bankaccount",
    "payments.delete_bankaccount",
    "payments.add_declinerule",
    "payments.change_declinerule",
    "payments.add_networkcap",
    "payments.change_networkcap",
    "payments.add_retryschedule",
    "payments.change_retryschedule",
    "dunning.add_helppolicy",
    "dunning.change_helppolicy",
    "dunning.add_contactcap",
    "dunning.change_contactcap",
    "dunning.add_costrate",
    "dunning.change_costrate",
    "dunning.add_contacthours",
    "dunning.change_contacthours",
    "dunning.add_campaign",
    "dunning.change_campaign",
    "dunning.change_campaignversion",
    "dunning.delete_campaignversion",
    "dunning.add_step",
    "dunning.change_step",
    "dunning.delete_step",
    "dunning.add_template",
    "dunning.change_template",
    "dunning.change_suggestion",
    "dunning.add_experiment",
    "dunning.change_experiment",
    "dunning.add_arm",
    "dunning.change_arm",
    "dunning.delete_arm",
    "dunning.delete_template",
    "dunning.add_templatetext",
    "dunning.change_templatetext",
    "dunning.delete_templatetext",
    "dunning.change_portallink",
    "dunning.add_reviewdecision",
    "dunning.change_outgoingevent",
    "dunning.add_handover",
    "dunning.change_writeoffproposal",
    "dunning.add_erasure",
    "dunning.add_brand",
    "dunning.change_brand",
    "customers.add_writeofflimit",
    "customers.change_writeofflimit",
)
ROLES: dict[str, tuple[str, ...]] = {"auditor": (), "collector": COLLECTOR, "manager": MANAGER}


def make_roles(**_signal: Any) -> None:
    """Create the groups and give each what it may do; a second run changes nothing."""
    looking = Q(content_type__app_label__in=APPS, codename__startswith="view_")
    for name, allowed in ROLES.items():
        acting = Q()
        for permission in allowed:
            app, codename = permission.split(".")
            acting |= Q(content_type__app_label=app, codename=codename)
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(looking | acting))
