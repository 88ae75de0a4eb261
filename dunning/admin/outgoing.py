"""How the states of mails in an outbox look."""

from dunning.models.outgoing import Outgoing

State = Outgoing.State
COLOURS: dict[str, str | None] = {
    State.QUEUED: "info",
    State.CALLING: "info",
    State.SENT: "success",
    State.REFUSED: "danger",
    State.WITHDRAWN: None,
    State.IN_DOUBT: "warning",
}
