"""Branding, navigation and language of the desk; UNFOLD is the theme's setting."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.text import format_lazy


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _list(title: str, icon: str, model: str, query: str = "") -> dict[str, Any]:
    """A link to a list, for those who may look at it."""
    app, name = model.split(".")
    link: Any = reverse_lazy(f"admin:{app}_{name}_changelist")
    if query:
        link = format_lazy("{}?{}", link, query)
    return {"title": title, "icon": icon, "link": link, "permission": _may(f"{app}.view_{name}")}


def _list_but(page: str, title: str, icon: str, model: str) -> dict[str, Any]:
    """A link to a list one `page` of which has a link of its own: only one of the two is where we are."""
    link = _list(title, icon, model)
    here = link["link"]
    return {**link, "active": lambda request: request.path.startswith(str(here)) and page not in request.path}


def _superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


NAVIGATION: list[dict[str, Any]] = [
    {
        "title": "Work",
        "items": [
            {"title": "Today", "icon": "today", "link": reverse_lazy("admin:index")},
            _list("Cases", "folder_open", "dunning.case", "state=open"),
            _list("Tasks", "assignment", "dunning.task", "state=open"),
            _list("Replies", "forum", "dunning.reply", "state=waiting"),
            _list("Requests", "contact_support", "dunning.customerrequest", "state=waiting"),
            {
                "title": "Review",
                "icon": "rate_review",
                "link": reverse_lazy("admin:dunning_reviewdecision_review"),
                "permission": _may("dunning.view_reviewdecision"),
            },
            _list("Write-offs", "money_off", "dunning.writeoffproposal", "state=open"),
            _list("Notices", "mail", "dunning.notice"),
            _list("Letters to print", "print", "dunning.printrun"),
            {
                "title": "Calendar",
                "icon": "calendar_view_month",
                "link": reverse_lazy("admin:dunning_rehearsal_calendar"),
                "permission": _may("dunning.view_rehearsal"),
            },
            _list_but("/calendar/", "Rehearsals", "preview", "dunning.rehearsal"),
        ],
    },
    {
        "title": "Figures",
        "separator": True,
        "items": [
            {
                "title": "Reports",
                "icon": "monitoring",
                "link": reverse_lazy("admin:dunning_reportanswer_reports"),
                "permission": _may("dunning.view_reportanswer"),
            },
            _list("Cost rates", "sell", "dunning.costrate"),
        ],
    },
    {
        "title": "Customers",
        "separator": True,
        "items": [
            _list("Customers", "groups", "customers.customer"),
            _list("Invoices", "receipt_long", "customers.invoice"),
            _list("Holds", "front_hand", "customers.hold"),
            _list("Contact stops", "notifications_off", "customers.contactstop"),
            _list("Consents", "how_to_reg", "customers.consent"),
            _list("Suppressed addresses", "unsubscribe", "customers.suppressedaddress", "state=in_force"),
            _list("Imports", "upload_file", "customers.importrun"),
        ],
    },
    {
        "title": "Money in",
        "separator": True,
        "items": [
            _list("Payments", "payments", "payments.payment"),
            _list("Refunds", "undo", "payments.refund"),
            _list("Instalment plans", "calendar_month", "payments.instalmentplan"),
            _list("Bank lines", "account_balance", "payments.bankline"),
            _list("Our bank accounts", "account_balance_wallet", "payments.bankaccount"),
            _list("Charge attempts", "credit_score", "payments.chargeattempt"),
            _list("Stored cards", "credit_card", "payments.paymentmethod"),
        ],
    },
    {
        "title": "Late-payment claims",
        "separator": True,
        "items": [
            _list("Claims", "request_quote", "payments.claim"),
            _list("Laws", "gavel", "payments.claimrule"),
            _list("Base rates", "percent", "payments.baserate"),
            _list("Claim policy", "toggle_on", "payments.claimpolicy"),
        ],
    },
    {
        "title": "Refusals and retries",
        "separator": True,
        "items": [
            _list("Decline rules", "rule", "payments.declinerule"),
            _list("Network caps", "speed", "payments.networkcap"),
            _list("Retry schedules", "schedule", "payments.retryschedule"),
            _list("Unknown codes", "help", "payments.unknowncode"),
        ],
    },
    {
        "title": "What we say",
        "separator": True,
        "items": [
            _list("Campaigns", "campaign", "dunning.campaign"),
            _list("Texts", "edit_note", "dunning.template"),
            _list("Suggestions", "lightbulb", "dunning.suggestion", "state=open"),
            _list("Experiments", "science", "dunning.experiment"),
            _list("Notices in the app", "ad_units", "dunning.inappnotice"),
            _list("Mailbox", "inbox", "dunning.mailboxmessage"),
            _list("Brand", "palette", "dunning.brand"),
            _list("Help policies", "volunteer_activism", "dunning.helppolicy"),
            _list("Contact caps", "speed", "dunning.contactcap"),
            _list("Contact hours", "bedtime", "dunning.contacthours"),
            _list("Write-off limits", "group", "customers.writeofflimit"),
        ],
    },
    {
        "title": "Records",
        "separator": True,
        "items": [
            _list("Ledger entries", "menu_book", "customers.ledgerentry"),
            _list("Calls", "call", "dunning.call"),
            _list("Feedback", "thumbs_up_down", "dunning.feedback"),
            _list("Steps taken", "checklist", "dunning.steprun"),
            _list("Hand-overs", "move_to_inbox", "dunning.handover"),
            _list("Campaigns chosen by hand", "pan_tool_alt", "dunning.campaignchoice"),
            _list("Case events", "history", "dunning.caseevent"),
            _list_but("/review/", "Review decisions", "fact_check", "dunning.reviewdecision"),
            _list("Predictions", "online_prediction", "dunning.prediction"),
            _list("Taking part in experiments", "group_work", "dunning.enrolment"),
            _list("Delivery events", "mark_email_read", "dunning.deliveryevent"),
            _list("Confirmations", "mark_email_unread", "dunning.confirmation"),
            _list("Personal links", "link", "dunning.portallink"),
            _list("Codes for pages", "pin", "dunning.pagecode"),
            _list("Cards refused on pages", "credit_card_off", "dunning.refusedcard"),
            _list("Erasures", "person_remove", "dunning.erasure"),
            _list("Events to the service", "outbox", "dunning.outgoingevent"),
            _list("Gateway events", "webhook", "payments.gatewayevent"),
            _list("Gateway health", "router", "payments.gatewayhealth"),
            _list("Syncs", "sync", "payments.syncrun"),
            _list("Sync findings", "rule_settings", "payments.syncfinding"),
            _list("Weekly mails", "contact_mail", "dunning.weeklymail"),
            _list_but("/reports/", "Kept answers", "inventory_2", "dunning.reportanswer"),
            _list("Questions under way", "hourglass_top", "dunning.reportquestion"),
            _list("Gateway invoices", "receipt_long", "payments.gatewayinvoice"),
        ],
    },
    {
        "title": "People",
        "separator": True,
        "items": [
            {
                "title": "Users",
                "icon": "person",
                "link": reverse_lazy("admin:auth_user_changelist"),
                "permission": _superuser,
            },
            {
                "title": "Roles",
                "icon": "badge",
                "link": reverse_lazy("admin:auth_group_changelist"),
                "permission": _superuser,
            },
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Dunning desk",
    "SITE_HEADER": "Dunning desk",
    "SITE_SYMBOL": "mark_email_read",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("desk/icon.svg")}],
    "STYLES": [lambda request: static("desk/desk.css")],
    "SHOW_VIEW_ON_SITE": False,
    "LOGIN": {"form": "config.signing_in.LimitedLogin"},
    "DASHBOARD_CALLBACK": "config.first_page.page.first_page",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "#f0f7f7",
            "100": "#dbecec",
            "200": "#bad9da",
            "300": "#8dbfc1",
            "400": "#5a9ca0",
            "500": "#3f8185",
            "600": "#2f686d",
            "700": "#28545a",
            "800": "#25464b",
            "900": "#223c40",
            "950": "#11252a",
        },
    },
}


def desk_in_english(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the desk speaks English whatever the browser prefers; half of each would read badly."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/desk/"):
            return get_response(request)
        with translation.override("en"):
            return get_response(request)

    return answer
