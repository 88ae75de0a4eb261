"""What became of messages: delivery health, wrongful chases and annoyance. One row per message that left."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.reached import BY_VERSION, STEP, TONES
from dunning.figures.report import NOT_YET, Report
from dunning.snapshot.harms import after_money, stopped


def _heard(*kinds: str) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        "EXISTS (SELECT 1 FROM dunning_deliveryevent news WHERE news.notice_id = notice.id "
        f"AND news.kind IN ({listed}) AND news.received_at < %(end)s)"
    )


STOPPED = stopped("notice", "%(end)s")
UNKIND = """
    EXISTS (SELECT 1 FROM dunning_feedback said WHERE said.notice_id = notice.id AND said.given_at < %(end)s
      AND (said.is_kind IS FALSE OR said.is_clear IS FALSE))"""
WRITTEN = f"""
  SELECT notice.id, notice.customer_id, coalesce(nullif(notice.subject, ''), step.kind) AS label,
    (notice.finished_at AT TIME ZONE 'UTC')::date AS on_day, '' AS currency, NULL::numeric AS amount, notice.channel,
    notice.language, step.kind, template.name AS template, version.id AS version_id,
    campaign.name || ' v' || version.number AS version,
    {STEP.format(tone=TONES)} AS step, {{what}}
  FROM dunning_notice notice
  JOIN dunning_step step ON step.id = notice.step_id
  JOIN dunning_template template ON template.id = step.template_id
  JOIN dunning_campaignversion version ON version.id = step.version_id
  JOIN dunning_campaign campaign ON campaign.id = version.campaign_id
  WHERE notice.state = 'sent' AND notice.finished_at >= %(first_at)s AND notice.finished_at < %(end)s
    AND (notice.finished_at AT TIME ZONE 'UTC')::date <= %(until)s
"""
GROUPS = {
    "template": ("text", "unit.template"),
    "channel": ("channel", "replace(unit.channel, '_', ' ')"),
    "language": ("language", "unit.language"),
    "step": ("step", "unit.step"),
    "version": ("campaign version", "unit.version"),
    **BY_MONTH,
    "country": BY_CUSTOMER["country"],
    "segment": BY_CUSTOMER["segment"],
}
FILTERS = {"channel": "unit.channel", **BY_VERSION}
OFFERED = ("version", "segment", "country", "channel")
BOUNCED, COMPLAINED, OPTED_OUT = "bounced", "complained", "opted_out"
DELIVERY_UNIT = Unit(
    sql=WRITTEN.format(
        what=f"""{_heard("delivered")} AS is_delivered, {_heard("bounced")} AS is_bounced,
    {_heard("complained")} AS is_complained, {_heard("unsubscribed")} OR {STOPPED} AS is_opted_out,
    EXISTS (SELECT 1 FROM dunning_reply reply WHERE reply.notice_id = notice.id AND reply.state <> 'automatic'
      AND reply.received_at < %(end)s) AS is_answered"""
    ),
    page="dunning_notice",
    noun="message",
    measures={
        "sent": "count(*)",
        **{
            name: f"count(*) FILTER (WHERE unit.is_{name})"
            for name in ("delivered", BOUNCED, COMPLAINED, OPTED_OUT, "answered")
        },
    },
    groups=GROUPS,
    filters=FILTERS,
)


def _share(name: str, title: str, whole: str = "sent") -> Column:
    return Column(name, title, Kind.SHARE, lambda m: Share(m[name], m[whole]), f"unit.is_{name}")


DELIVERY_COLUMNS = (
    Column("sent", "Sent", Kind.COUNT, lambda m: m["sent"], only="TRUE"),
    _share("delivered", "Known to be delivered"),
    _share(BOUNCED, "Came back"),
    _share(COMPLAINED, "Reported as spam"),
    _share(OPTED_OUT, "Opted out"),
    _share("answered", "Answered by a person"),
)

DELIVERY = Report(
    key="delivery",
    title="Delivery health",
    asks="Do our messages arrive, and how are they taken?",
    definition=(
        "Each share is of the messages that left. Came back: bounced for good. Known to be delivered: the provider "
        "said so; not every channel does.",
        "Opted out: unsubscribed by the message, or a contact stop of the customer within seven days after it.",
    ),
    cohort="Messages by the day on which they left, within the period.",
    in_progress="Word of a message may come days later and is counted with its message.",
    columns=DELIVERY_COLUMNS,
    drawn=BOUNCED,
    filters=OFFERED,
    unit=DELIVERY_UNIT,
    span=90,
)
ANNOYED = "(unit.is_complained OR unit.is_opted_out OR unit.is_unkind)"
CHASES_UNIT = Unit(
    sql=WRITTEN.format(
        what=f"""{after_money("notice.finished_at", "%(end)s")} AS is_wrongful, {_heard("complained")} AS is_complained,
    {_heard("unsubscribed")} OR {STOPPED} AS is_opted_out, {UNKIND} AS is_unkind"""
    ).replace("WHERE notice.state", "WHERE step.kind = 'reminder' AND notice.state"),
    page="dunning_notice",
    noun="reminder",
    measures={
        "sent": "count(*)",
        "contacted": "count(DISTINCT unit.customer_id)",
        **{name: f"count(*) FILTER (WHERE unit.is_{name})" for name in ("wrongful", COMPLAINED, OPTED_OUT, "unkind")},
        "annoyed": f"count(DISTINCT unit.customer_id) FILTER (WHERE {ANNOYED})",
    },
    groups={**BY_MONTH, **GROUPS},
    filters=FILTERS,
)
CHASES_COLUMNS = (
    Column("sent", "Reminders", Kind.COUNT, lambda m: m["sent"], only="TRUE"),
    _share("wrongful", "After the money had arrived"),
    Column("contacted", "Customers contacted", Kind.COUNT, lambda m: m["contacted"], "TRUE", each="unit.customer_id"),
    _share(COMPLAINED, "Reported as spam"),
    _share(OPTED_OUT, "Opted out"),
    _share("unkind", "Called unclear or unkind"),
    Column("annoyed", "Annoyance", Kind.SHARE, lambda m: Share(m["annoyed"], m["contacted"]), ANNOYED),
)

CHASES = Report(
    key="chases",
    title="Wrongful chases and annoyance",
    asks="Whom did we remind although the money was there, and whom did we annoy?",
    definition=(
        "After the money had arrived: the reminder names an invoice that was settled, by the value date of the money, "
        "on a day before the reminder left. When the money was written down here plays no part.",
        "Annoyance: customers who reported spam, opted out or called us unclear or unkind ÷ customers contacted; the "
        "list behind names the reminders.",
    ),
    cohort="Reminders by the day on which they left, within the period.",
    in_progress="Money written down later with an earlier value date makes a reminder wrongful after the fact.",
    columns=CHASES_COLUMNS,
    drawn="wrongful",
    filters=OFFERED,
    unit=CHASES_UNIT,
    span=90,
)
FEEDBACK_UNIT = Unit(
    sql="""
  SELECT said.id, said.customer_id, coalesce(nullif(left(said.words, 60), ''), 'without words') AS label,
    (said.given_at AT TIME ZONE 'UTC')::date AS on_day, '' AS currency, NULL::numeric AS amount, said.is_clear,
    said.is_kind, said.why_late, said.language, version.id AS version_id,
    coalesce(template.name, 'no letter') AS template,
    coalesce(campaign.name || ' v' || version.number, 'no letter') AS version,
    coalesce("""
    + STEP.format(tone=TONES)
    + """, 'no letter') AS step
  FROM dunning_feedback said
  LEFT JOIN dunning_step step ON step.id = said.step_id
  LEFT JOIN dunning_template template ON template.id = step.template_id
  LEFT JOIN dunning_campaignversion version ON version.id = step.version_id
  LEFT JOIN dunning_campaign campaign ON campaign.id = version.campaign_id
  WHERE said.given_at >= %(first_at)s AND said.given_at < %(end)s
    AND (said.given_at AT TIME ZONE 'UTC')::date <= %(until)s
""",
    page="dunning_feedback",
    noun="opinion",
    measures={
        "given": "count(*)",
        "clear": "count(*) FILTER (WHERE unit.is_clear)",
        "clear_of": "count(unit.is_clear)",
        "kind": "count(*) FILTER (WHERE unit.is_kind)",
        "kind_of": "count(unit.is_kind)",
    },
    groups={
        "step": ("step", "unit.step"),
        "template": ("text", "unit.template"),
        "language": ("language", "coalesce(nullif(unit.language, ''), 'not known')"),
        "reason": ("why they were late", "coalesce(nullif(unit.why_late, ''), 'not said')"),
        "version": ("campaign version", "unit.version"),
    },
    filters=BY_VERSION,
)
FEEDBACK_COLUMNS = (
    Column("given", "Opinions", Kind.COUNT, lambda m: m["given"], only="TRUE"),
    Column("clear", "Clear", Kind.SHARE, lambda m: Share(m["clear"], m["clear_of"]), "unit.is_clear"),
    Column("kind", "Kind", Kind.SHARE, lambda m: Share(m["kind"], m["kind_of"]), "unit.is_kind"),
)

FEEDBACK = Report(
    key="feedback",
    title="Feedback",
    asks="What do customers think of how we write?",
    definition=("Each share is of those who answered that question.",),
    cohort="Opinions by the day on which they were given, within the period.",
    in_progress=NOT_YET,
    columns=FEEDBACK_COLUMNS,
    drawn="clear",
    filters=("version", "segment", "country"),
    unit=FEEDBACK_UNIT,
)
