"""Did a machine write this? Machines are never answered, or two of them would write to each other for ever.

Headers: Auto-Submitted (RFC 3834), List-Id and Precedence, and those that mail programs use besides.
"""

import re
from collections.abc import Mapping

SAYS_SO = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-response-suppress",
    "list-id",
    "x-failed-recipients",
)
TOLD_BY = ("auto-submitted", "precedence", "return-path", "content-type", *SAYS_SO)  # what is kept of a mail's headers
BY_MACHINES = ("bulk", "junk", "list", "auto_reply")
MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
SUBJECTS = re.compile(
    r"\s*(auto(matic|mated)?[ -]?(reply|response)|autoreply|auto:|out of (the )?office|undeliver(ed|able)|"
    r"delivery status notification|mail delivery failed|"
    r"automatische (antwort|rückmeldung)|abwesenheit|abwesend|nicht im (büro|haus)|unzustellbar|"
    r"réponse automatique|absence du bureau|absent(e)? du bureau|message d'absence|non remis|"
    r"respuesta automática|fuera de (la )?oficina|ausente de la oficina|ausencia de la oficina|no entregado)",
    re.IGNORECASE,
)


def is_automatic(sender: str, subject: str, headers: Mapping[str, str]) -> bool:
    """True when a machine wrote it. `headers`: names in small letters."""
    told = {name: headers.get(name, "").strip().lower() for name in TOLD_BY}
    return bool(
        told["auto-submitted"].partition(";")[0].strip() not in ("", "no")
        or told["precedence"] in BY_MACHINES
        or told["return-path"] == "<>"
        or told["content-type"].startswith("multipart/report")
        or any(told[name] for name in SAYS_SO)
        or MACHINES.match(sender)
        or SUBJECTS.match(subject)
    )
