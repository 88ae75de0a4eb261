"""English."""

from dunning.rules.checking.wording.kinds import Wording
from dunning.rules.words import Consequence

ENGLISH = Wording(
    threats={
        r"(?:the )?police": "",
        r"arrest\w*|jail|prison": "",
        r"garnish\w*|seiz\w+|bailiffs?|enforcement officers?": "",
        r"credit (?:bureaus?|agenc(?:y|ies)|score|rating|file|report|record)": "",
        r"blacklist\w*|(?:serious|severe|further) consequences": "A person from our team will look at your account.",
    },
    law={
        r"courts?|lawyers?|attorneys?|solicitors?|sue you|be sued|lawsuits?|litigation": (
            "A person from our team will look at your account."
        ),
        r"legal (?:action|steps?|proceedings|measures|department|consequences)": (
            "A person from our team will look at your account."
        ),
    },
    consequences={
        Consequence.CHARGE: (
            r"(?:charge|debit|collect\w*|take) (?:\w+ ){0,6}(?:your|the) (?:\w+ ){0,2}(?:card|"
            r"bank account)"
        ),
        Consequence.RESTRICTION: (
            r"(?:we(?: will| may| must| have to|’ll)?|have to|need to|going to) "
            r"(?:suspend|restrict|pause|block|disable|close|terminate|cancel|limit|switch off|cut off) "
            r"(?:\w+ ){0,3}(?:account|access|services?|subscription|plan)|lose (?:your )?access|"
            r"(?:account|access|services?|subscription|plan) (?:will be|gets|may be) "
            r"(?:suspended|restricted|paused|blocked|disabled|closed|terminated|cancelled|limited|switched off|cut off)"
        ),
        Consequence.AGENCY: (
            r"(?:debt |collection |collections )(?:collection )?(?:agenc(?:y|ies)|compan(?:y|ies))|"
            r"debt collectors?|collectors?"
        ),
    },
    causes={
        r"stolen|fraud\w*|suspicious\w*": "The payment did not go through.",
        r"lost card|card (?:was|is|has been|as) (?:reported )?(?:as )?lost": "The payment did not go through.",
        r"risk (?:score|level|rating)|block(?:ed)? ?list|hot ?list": "The payment did not go through.",
    },
    blame={
        r"(?:you |have )?failed to(?: pay)?|failure to pay": "didn’t go through",
        r"neglect\w*|delinquen\w+": "is still open",
        r"refus\w+": "we couldn’t collect the payment",
        r"deadbeats?": "",
        r"debtors?": "you",
        r"debts?": "the open amount",
        r"you (?:have not|haven’t|did not|didn’t|never) (?:yet )?(?:pa(?:id|y)|settled?|respond\w*|repl\w+)": (
            "is still open"
        ),
        r"ignor(?:ed|ing)|disregarded": "Perhaps our message did not reach you",
        r"(?:we )?demand\w*": "please",
        r"immediately|without delay|forthwith": "by {next_contact_on}",
        r"your fault|unacceptable|inexcusable": "",
    },
    final_only={
        r"final (?:warning|notice|demand|reminder)|last (?:warning|chance)": "our last message about this payment",
    },
    jargon={
        r"dunning": "reminder",
        r"remit\w*": "pay",
        r"arrears|outstanding (?:receivables?|balances?|amounts?|invoices?)|receivables?": "the open amount",
        r"pursuant(?: to)?": "under",
        r"aforementioned|aforesaid": "this",
        r"hereby|herewith|undersigned": "",
        r"henceforth": "from now on",
        r"net \d+": "within 30 days",
        r"at your earliest convenience": "by {next_contact_on}",
        r"notwithstanding": "even so",
        r"prior to": "before",
        r"in default|past due": "still open",
    },
    fees=(
        r"(?:late |reminder |handling |collection )?fees?|penalt(?:y|ies)|surcharges?|"
        r"(?<!your )(?<!of )(?<!no )interest(?! in)"
    ),
    offers=(
        r"discounts?|\d+ ?% off|special offers?|vouchers?|coupons?|promo(?:tion\w*|s)?|free months?|bonus|"
        r"upgrade (?:now|today)"
    ),
    norms=(
        r"(?:most|nearly all|almost all|\d+ (?:out of|in) \d+|\d+ ?(?:%|percent))(?: of)?(?: \w+){0,2} "
        r"(?:customers?|people|companies|clients|neighbou?rs|businesses)|one of the few"
    ),
    debt=(
        r"overdue|debts?|unpaid|outstanding|ow(?:e|es|ed|ing)|past due|arrears|collections?|late payment|"
        r"(?:payment |final )?(?:reminder|notice)|still open"
    ),
    familiar=r"hey|hi there|buddy|mate|dude|pal|folks|dear friend|my friend|xoxo|lol",
    polite=r"please|thank you|thanks",
    already_paid=(
        r"(?:already|have you|just|if you(?:’ve| have)?) paid|paid (?:already|in the last)|"
        r"payment (?:has )?crossed"
    ),
    reply=r"repl(?:y|ies)|call us|phone|write to|chat|tell us|contact us|get in touch|answer this",
    cannot_pay=r"later date|smaller payments|instal?lments?|in parts|payment plan|more time|spread",
    next=(
        r"what happens next|(?:we|you) will (?:\w+ ){0,3}(?:write|send|call|be in touch|contact|get in touch)|"
        r"(?:we|you) will (?:\w+ ){0,3}(?:look|remind|hear)|"
        r"next, (?:we|a person)|a person (?:\w+ ){0,4}will"
    ),
    when=r"(?:in|within) the (?:coming|next) (?:\w+ )?(?:days?|weeks?)|tomorrow|next (?:week|month)|on \w+day|"
    r"(?:in|within) \w+ (?:working )?(?:days|weeks)",
    days_from_now=r"(?:within|in|after) (\d+) (?:days|(weeks))",
    not_before=r"(?:no|not|never|without|nor|n’t)",
    passive=(
        r"(?:is|are|was|were|be|been|being) (?:\w+ly |now |not |still )?(?:\w{2,}ed|paid|sent|made|taken|given|"
        r"written|found|kept|held|told|done|seen)"
    ),
    bent_wrong=(
        r"1 (?:invoices|days|payments)|1 invoice (?:are|were|have)|(?:[2-9]|\d\d+) (?:invoice|day|payment)|"
        r"(?:[2-9]|\d\d+) invoices (?:is|was|has)|\w+\(e?s\)"
    ),
    stop=r"stop",
    tone={
        r"friendly": -12,
        r"just|simply": -5,
        r"short (?:note|reminder|message)": -5,
        r"glad|gladly|happy": -5,
        r"together": -6,
        r"a moment|have a look": -6,
        r"slip by|easily happens|busy (?:week|day|time)": -10,
        r"time to plan|a date to note": -10,
        r"difficult": -3,
        r"good to have you": -10,
        r"hello|hi": -3,
        r"still open": 4,
        r"what happens next": 5,
        r"by \d+ \w+ \d{4}": 6,
        r"has not (?:yet )?reached us|not reached us(?: yet)?": 8,
        r"before that day|once more": 6,
        r"settle this": 6,
        r"a person from our team": 6,
        r"dear": 4,
        r"last (?:automatic )?(?:message|reminder)": 16,
        r"no further": 8,
        r"must|required|obliged|insist": 8,
        r"immediately|without delay|demand|final": 12,
        r"legal|court|hereby|pursuant|formal notice": 14,
    },
    suggestions={
        "already_paid": "Have you paid already? Thank you. Then please ignore this message.",
        "reply": "Is something unclear or wrong? Just reply to this message.",
        "cannot_pay": (
            "Is it too much to pay at once? Please reply. We can agree on a later date or on smaller payments."
        ),
        "next": "If anything is still open on {next_contact_on}, we will write to you again.",
        "next_last": "In the coming days, a person from our team will look at your account and get in touch with you.",
        "polite": "Thank you.",
        "greeting": "Hello {customer_name},",
        "subject": "Your account with {company_name}: please have a look",
        "stop": "Reply STOP to stop these messages.",
    },
)
