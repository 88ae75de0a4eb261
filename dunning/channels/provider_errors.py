"""What an error of a mail provider says about the one thing that counts: did it take the mail or surely not?"""

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError

from dunning.channels.base import Refused

LONGEST_REASON = 400


def refusal_in(error: AnymailError) -> Refused | None:
    """The refusal that `error` stands for, None when nobody knows what became of the mail.

    Only what is about the reader's address is permanent. A 4xx is mostly about us (a wrong key, an unconfirmed
    sender, too many requests): it ends when somebody mends that, and until then it must not count against the reader.
    """
    reason = " ".join(str(error).split())[:LONGEST_REASON]
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        return Refused(reason, permanent=True)
    asked = isinstance(error, AnymailAPIError)
    if asked and not _answered_no(error) and not never_left(error.__cause__):
        return None
    return Refused(reason, permanent=False)


def _answered_no(error: AnymailError) -> bool:
    status = error.status_code
    if status is None and isinstance(error.response, dict):  # Amazon's library
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status is not None and 400 <= status < 500


def never_left(cause: BaseException | None) -> bool:
    """No connection came about, so not a byte of the mail has left."""
    if isinstance(cause, ConnectTimeout):
        return True
    tried = cause.args[0] if isinstance(cause, NoConnection) and cause.args else None
    return isinstance(tried, MaxRetryError) and isinstance(tried.reason, NewConnectionError)
