"""German."""

from dunning.rules.checking.wording.kinds import Wording
from dunning.rules.words import Consequence

SOMEBODY = "Ein Mensch aus unserem Team sieht sich Ihr Konto an."
NO_SUCCESS = "Die Zahlung kam nicht zustande."

GERMAN = Wording(
    threats={
        r"Polizei\w*|Haft|Verhaftung|Gefängnis": "",
        r"pfänd\w*|Pfändung\w*|Gerichtsvollzieher\w*|Zwangsvollstreck\w+|beschlagnahm\w+": "",
        r"Schufa\w*|Auskunftei\w*|Bonität\w*|schwarze\w* Liste": "",
        r"(?:ernste|schwere|weitere) (?:Folgen|Konsequenzen)": SOMEBODY,
    },
    law={
        r"(?!Gerichtsvollz)Gericht\w*|Klage|verklag\w+|Mahnbescheid\w*|Rechtsweg": SOMEBODY,
        r"Anwalt\w*|Anwält\w+|Rechtsanw\w+": SOMEBODY,
        r"rechtliche\w* (?:Schritte\w*|Maßnahmen|Folgen)|juristisch\w*": SOMEBODY,
    },
    consequences={
        Consequence.CHARGE: r"(?:buchen|ziehen|belasten) (?:\w+ ){0,8}(?:Karte|Bankkonto)",
        Consequence.RESTRICTION: (
            r"sperren|gesperrt|Sperrung|kündigen wir|wir kündigen|gekündigt|einschränk\w*|eingeschränkt|"
            r"abschalt\w*|abgeschaltet|"
            r"(?:Zugang|Dienst|Leistung)\w* (?:\w+ ){0,3}(?:eingestellt|einstellen|entzogen|entziehen)"
        ),
        Consequence.AGENCY: r"Inkasso\w*",
    },
    causes={
        r"gestohlen\w*|Diebstahl\w*|Betrug\w*|betrüger\w*|verdächtig\w*": NO_SUCCESS,
        r"verlorene\w* Karte|Karte (?:\w+ ){0,3}verloren|Verlust der Karte": NO_SUCCESS,
        r"Risiko(?:wert|stufe|bewertung)\w*|Sperrliste\w*|gesperrte Karte": NO_SUCCESS,
    },
    blame={
        r"versäum\w+|unterlassen": "kam nicht zustande",
        r"vernachlässig\w+|säumig\w*": "ist noch offen",
        r"weiger\w*|verweiger\w*": "wir konnten die Zahlung nicht einziehen",
        r"Schuldner\w*": "Sie",
        r"Schuld(?:en)?|verschuldet": "der offene Betrag",
        r"Sie haben (?:\w+ ){0,4}nicht (?:be)?(?:zahlt|glichen|antwortet|reagiert)": "ist noch offen",
        r"nicht gezahlt|nicht reagiert": "ist noch offen",
        r"ignorier\w*|missachtet": "Vielleicht hat Sie unsere Nachricht nicht erreicht",
        r"trotz (?:\w+ ){0,2}(?:Mahnung|Aufforderung|Erinnerung)\w*": "",
        r"(?:fordern|fordere) (?:\w+ ){0,3}auf|Zahlungsaufforderung\w*|verlangen wir": "bitte",
        r"unverzüglich\w*|umgehend\w*|sofort(?:ige\w*)?": "bis zum {next_contact_on}",
    },
    final_only={
        r"letzt\w+ (?:Mahnung|Warnung|Aufforderung|Frist)|letztmal\w*": "unsere letzte Nachricht zu dieser Zahlung",
    },
    jargon={
        r"Mahnung\w*|Mahn(?:verfahren|lauf|stufe)\w*|anmahn\w*": "Erinnerung",
        r"Außenst\w+|Forderung\w*|Saldo": "der offene Betrag",
        r"Zahlungsverzug\w*|(?:in|im) Verzug|Rückstand\w*": "noch offen",
        r"begleich\w*|beglichen|entrichten": "bezahlen",
        r"diesbezüglich\w*|hiermit|hierdurch": "",
        r"fristgerecht|termingerecht": "bis zum {next_contact_on}",
        r"obig\w+|vorgenannt\w*|oben ?genannt\w*|o\. ?g\.": "diese",
        r"bezugnehmend|Bezug nehmend|gemäß": "",
        r"nachkommen|nachzukommen": "bezahlen",
        r"netto \d+|zahlbar netto": "innerhalb von 30 Tagen",
    },
    fees=r"\w*gebühr\w*|Mahnkosten|Mahnspesen|\w*zinsen|Säumniszuschl\w+|Strafe\w*|Aufschlag\w*",
    offers=(
        r"\w*rabatt\w*|Gutschein\w*|Sonderangebot\w*|Preisnachlass|Gratismonat\w*|\d+ ?% (?:günstiger|"
        r"weniger)|Bonus"
    ),
    norms=(
        r"(?:die meisten|fast alle|\d+ von \d+|\d+ ?(?:%|Prozent))(?: \w+){0,2} "
        r"(?:Kund\w+|Menschen|Firmen|Unternehmen|Nachbarn)|eine\w* der wenigen"
    ),
    debt=(
        r"(?:Zahlungs)?Erinnerung|Mahnung|Schuld(?:en)?|überfällig\w*|unbezahlt\w*|Rückstand|Inkasso|Verzug|"
        r"offene\w* (?:Rechnung|Betrag|Zahlung|Posten)\w*|Forderung|noch offen"
    ),
    familiar=r"du|dich|dir|dein\w*|hey|hallöchen|Kumpel|liebe\w* Freund\w*",
    polite=r"bitte|dank\w*",
    already_paid=(
        r"(?:schon|bereits|gerade) (?:be|ge)?zahlt|(?:schon|bereits) überwiesen|"
        r"hat sich (?:\w+ ){0,3}überschnitten"
    ),
    reply=r"antwort\w*|rufen Sie|schreiben Sie|sagen Sie uns|melden Sie sich|Telefon\w*|Chat",
    cannot_pay=r"später\w* (?:Termin|Datum|Zeitpunkt|Tag)|\w*Raten\w*|Teilbetr\w+|mehr Zeit|Aufschub",
    next=(
        r"so geht es weiter|(?:schreiben|senden|schicken|melden|rufen) wir|wir (?:schreiben|melden|rufen|senden)|"
        r"meldet sich|sieht sich"
    ),
    when=(
        r"in den (?:nächsten|kommenden) (?:\w+ )?(?:Tagen|Wochen)|morgen|nächste Woche|"
        r"(?:innerhalb von|in|binnen) \w+ (?:Tagen|Wochen)"
    ),
    days_from_now=r"(?:innerhalb von|in|binnen|nach) (\d+) (?:Tagen|(Wochen))",
    not_before=r"(?:kein\w*|nicht|ohne|nie)",
    passive=(r"(?:wird|werden|wurden?|worden)(?: \S+){0,12} (?:\w*ge\w{2,}(?:t|en)|(?:be|ver|er|ent|zer|über)\w+t)"),
    bent_wrong=(
        r"1 (?:Rechnungen|Tage|Zahlungen)|1 Rechnung sind|(?:[2-9]|\d\d+) (?:Rechnung|Tag|Zahlung)|"
        r"(?:[2-9]|\d\d+) Rechnungen ist|\w+\((?:en|n|s|e)\)"
    ),
    stop=r"stop|stopp",
    tone={
        r"gern|gerne": -5,
        r"einfach|kurz\w*": -4,
        r"gemeinsam": -6,
        r"im Alltag|geht schnell etwas unter|leicht passier\w*": -10,
        r"in Ruhe|zum Vormerken": -10,
        r"Hinweis": -4,
        r"schön, dass": -10,
        r"hallo": -4,
        r"noch (?:eine Zahlung )?offen": 4,
        r"so geht es weiter": 5,
        r"bis zum \d+\. \w+ \d{4}": 6,
        r"noch nicht bei uns angekommen|noch nicht eingegangen": 8,
        r"vorher|noch einmal": 4,
        r"mit Ihnen klären": 6,
        r"ein Mensch aus unserem Team": 6,
        r"sehr geehrte\w*": 8,
        r"letzte (?:automatische )?(?:Nachricht|Erinnerung)": 16,
        r"mit freundlichen Grüßen": 4,
        r"eine weitere (?:automatische )?Erinnerung": 8,
        r"müssen|erforderlich|verpflichtet": 4,
        r"unverzüglich|umgehend|Aufforderung|letztmalig": 12,
        r"gerichtlich\w*|Anwalt|rechtlich\w*|hiermit|gemäß": 14,
    },
    suggestions={
        "already_paid": "Haben Sie schon bezahlt? Vielen Dank. Dann ist diese Nachricht für Sie erledigt.",
        "reply": "Ist etwas unklar oder falsch? Antworten Sie einfach auf diese Nachricht.",
        "cannot_pay": (
            "Können Sie nicht alles auf einmal bezahlen? Bitte antworten Sie. "
            "Ein späterer Termin oder kleine Raten sind möglich."
        ),
        "next": "Ist am {next_contact_on} noch etwas offen, schreiben wir Ihnen wieder.",
        "next_last": (
            "In den nächsten Tagen sieht sich ein Mensch aus unserem Team Ihr Konto an und meldet sich bei Ihnen."
        ),
        "polite": "Vielen Dank.",
        "greeting": "Guten Tag {customer_name},",
        "subject": "Ihr Konto bei {company_name}: bitte kurz ansehen",
        "stop": "Antworten Sie STOP, wenn Sie keine SMS mehr möchten.",
    },
)
