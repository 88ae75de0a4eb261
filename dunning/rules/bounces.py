"""Is what came back lost for good? Providers say "bounced" of an unknown reader and of a full mailbox alike.

The status of RFC 3463 counts first: class 4 is for now, and of class 5 only what is about the address itself is for
good.
A refusal for our sake (policy, reputation) says nothing about the reader.
"""

import re

STATUS = re.compile(r"\b([45])\.(\d{1,3}\.\d{1,3})\b")
REPLY = re.compile(r"^\D{0,20}\b([45])\d\d\b")
FOR_NOW = re.compile(r"soft|transient|temporar|full|quota|large|grey|block|policy|spam|dns|undetermined", re.IGNORECASE)
GONE = {"2.1", "4.4"}  # mailbox disabled; no such domain
ABOUT_US = {"1.7", "1.8"}  # the sender's address


def is_for_good(answer: str, kind: str) -> bool:
    """`answer`: what the reader's server said; `kind`: the provider's own words for the bounce."""
    for level, status in STATUS.findall(answer):
        if status != "0.0":
            return level == "5" and (status in GONE or status.startswith("1.") and status not in ABOUT_US)
    reply = REPLY.search(answer)
    return not (reply and reply[1] == "4") and not FOR_NOW.search(kind)
