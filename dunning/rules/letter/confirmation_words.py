"""What customers are told about their requests and payments: the occasions, and the words for each by language."""

from enum import StrEnum

from customers.rules.choices import choices


class Occasion(StrEnum):
    """What there is to tell."""

    RECEIVED = "received"
    DISPUTED = "disputed"
    LATER = "later"
    CHARGE = "charge"
    EXTENSION = "extension"
    PARTS = "parts"
    EVE = "eve"
    DECLINED = "declined"
    ANSWERED = "answered"
    ERASED = "erased"
    RECEIPT = "receipt"


OCCASIONS = choices(
    {
        Occasion.RECEIVED: "received",
        Occasion.DISPUTED: "dispute received",
        Occasion.LATER: "promise noted",
        Occasion.CHARGE: "charge on a day noted",
        Occasion.EXTENSION: "extension granted",
        Occasion.PARTS: "parts agreed",
        Occasion.EVE: "note on the day before",
        Occasion.DECLINED: "declined",
        Occasion.ANSWERED: "answered",
        Occasion.ERASED: "data erased",
        Occasion.RECEIPT: "receipt of a payment",
    }
)
SUBJECTS = {
    "en": "Your account with {company}: {about}",
    "de": "Ihr Konto bei {company}: {about}",
    "fr": "Votre compte chez {company} : {about}",
    "es": "Su cuenta con {company}: {about}",
}
# What the subject says it is about, then the letter's paragraphs.
TEXTS: dict[str, dict[Occasion, tuple[str, str]]] = {
    "en": {
        Occasion.RECEIVED: (
            "we have your message",
            "Hello {name},\n\nthank you for telling us. A person reads your message and answers by {day}.\n\n"
            "Until then we send you no reminders. You see on your page how it stands.",
        ),
        Occasion.DISPUTED: (
            "we have your message",
            "Hello {name},\n\nthank you for telling us. A person looks at invoice {invoice} and answers by {day}.\n\n"
            "Until that is settled we do not ask you for what you dispute. Everything else you can pay on your "
            "page as usual.",
        ),
        Occasion.LATER: (
            "your new date",
            "Hello {name},\n\nthank you. We have noted that you pay by {day}.\n\n"
            "Until then we send you no reminders. You can pay earlier at any time on your page.",
        ),
        Occasion.CHARGE: (
            "your new date",
            "Hello {name},\n\nthank you. As you asked, we charge what is then open to {card} on {day}.\n\n"
            "Until then we send you no reminders. You can pay earlier at any time on your page.",
        ),
        Occasion.EXTENSION: (
            "more time for you",
            "Hello {name},\n\nyou have time until {day}. We send you no reminders until then.\n\n"
            "You can pay earlier at any time on your page.",
        ),
        Occasion.PARTS: (
            "your payment plan",
            "Hello {name},\n\nthank you. You pay in parts, as agreed:\n\n{schedule}\n\n"
            "You pay each part on your page. Paying early or more is fine.",
        ),
        Occasion.EVE: (
            "tomorrow",
            "Hello {name},\n\njust a short note: tomorrow, on {day}, is the day that you named for your payment.\n\n"
            "You can pay on your page. If you have paid already, thank you: please ignore this message.",
        ),
        Occasion.DECLINED: (
            "our answer",
            "Hello {name},\n\nwe have looked at your request. We cannot agree to it as it is.\n\n{answer}\n\n"
            "Is there another way? Reply to this message: a person reads it.",
        ),
        Occasion.ANSWERED: (
            "our answer",
            "Hello {name},\n\nwe have looked at what you told us.\n\n{answer}\n\n"
            "Is something still open? Reply to this message: a person reads it.",
        ),
        Occasion.ERASED: (
            "your data",
            "Hello {name},\n\nas you asked, we now erase what we hold of you: your name, your addresses, our "
            "letters and what you told us.\n\nWe must keep your invoices and payments, under your number and without "
            "your name: tax law wants them for years. Letters on paper, bank statements, files for a collection agency "
            "and what you agreed to or refused stay as they are, even where your name is in them. This is the last "
            "message to this address about it.",
        ),
        Occasion.RECEIPT: (
            "your receipt",
            "Hello {name},\n\nthank you. We received {amount} from you on {day}:\n\n{schedule}\n\n"
            "Reference: {reference}\n\nOn your page you can download the receipt as PDF.",
        ),
    },
    "de": {
        Occasion.RECEIVED: (
            "Ihre Nachricht ist da",
            "Guten Tag {name},\n\ndanke, dass Sie uns Bescheid geben. Ein Mensch liest Ihre Nachricht und "
            "antwortet bis "
            "zum {day}.\n\nBis dahin senden wir Ihnen keine Erinnerungen. Auf Ihrer Seite sehen Sie, wie es steht.",
        ),
        Occasion.DISPUTED: (
            "Ihre Nachricht ist da",
            "Guten Tag {name},\n\ndanke, dass Sie uns Bescheid geben. Ein Mensch prüft die Rechnung {invoice} "
            "und antwortet bis zum {day}.\n\nBis das geklärt ist, bitten wir Sie nicht um das, was strittig ist. "
            "Alles andere können Sie wie gewohnt auf Ihrer Seite bezahlen.",
        ),
        Occasion.LATER: (
            "Ihr neuer Termin",
            "Guten Tag {name},\n\ndanke. Wir haben notiert, dass Sie bis zum {day} bezahlen.\n\n"
            "Bis dahin senden wir Ihnen keine Erinnerungen. Früher bezahlen können Sie jederzeit auf Ihrer Seite.",
        ),
        Occasion.CHARGE: (
            "Ihr neuer Termin",
            "Guten Tag {name},\n\ndanke. Wie gewünscht buchen wir am {day} von {card} ab, was dann offen ist.\n\n"
            "Bis dahin senden wir Ihnen keine Erinnerungen. Früher bezahlen können Sie jederzeit auf Ihrer Seite.",
        ),
        Occasion.EXTENSION: (
            "mehr Zeit für Sie",
            "Guten Tag {name},\n\nSie haben Zeit bis zum {day}. Bis dahin senden wir Ihnen keine Erinnerungen.\n\n"
            "Früher bezahlen können Sie jederzeit auf Ihrer Seite.",
        ),
        Occasion.PARTS: (
            "Ihr Ratenplan",
            "Guten Tag {name},\n\ndanke. Sie bezahlen in Raten, wie vereinbart:\n\n{schedule}\n\n"
            "Jede Rate bezahlen Sie auf Ihrer Seite. Früher oder mehr zu bezahlen ist in Ordnung.",
        ),
        Occasion.EVE: (
            "morgen",
            "Guten Tag {name},\n\nnur ein kurzer Hinweis: Morgen, am {day}, ist der Tag, den Sie für Ihre "
            "Zahlung genannt haben.\n\n"
            "Bezahlen können Sie auf Ihrer Seite. Wenn Sie schon bezahlt haben: vielen Dank, dann ist nichts zu tun.",
        ),
        Occasion.DECLINED: (
            "unsere Antwort",
            "Guten Tag {name},\n\nwir haben Ihre Bitte angesehen. So, wie sie ist, können wir ihr nicht "
            "zustimmen.\n\n"
            "{answer}\n\nGibt es einen anderen Weg? Antworten Sie auf diese Nachricht: Ein Mensch liest sie.",
        ),
        Occasion.ANSWERED: (
            "unsere Antwort",
            "Guten Tag {name},\n\nwir haben uns angesehen, was Sie uns mitgeteilt haben.\n\n{answer}\n\n"
            "Ist noch etwas offen? Antworten Sie auf diese Nachricht: Ein Mensch liest sie.",
        ),
        Occasion.ERASED: (
            "Ihre Daten",
            "Guten Tag {name},\n\nwie gewünscht löschen wir jetzt, was wir über Sie haben: Ihren Namen, Ihre "
            "Adressen, unsere Schreiben und was Sie uns mitgeteilt haben.\n\nIhre Rechnungen und Zahlungen müssen "
            "wir behalten, unter Ihrer Nummer und ohne Ihren Namen: Das Steuerrecht verlangt es auf Jahre. Briefe auf "
            "Papier, Kontoauszüge, Unterlagen für ein Inkassobüro und das, wozu Sie Ja oder Nein gesagt haben, "
            "bleiben, wie sie sind, auch wo Ihr Name darin steht. Dies ist dazu die letzte Nachricht an diese Adresse.",
        ),
        Occasion.RECEIPT: (
            "Ihre Quittung",
            "Guten Tag {name},\n\ndanke. Am {day} haben wir {amount} von Ihnen erhalten:\n\n{schedule}\n\n"
            "Referenz: {reference}\n\nAuf Ihrer Seite können Sie die Quittung als PDF herunterladen.",
        ),
    },
    "fr": {
        Occasion.RECEIVED: (
            "nous avons votre message",
            "Bonjour {name},\n\nmerci de nous avoir prévenus. Une personne lit votre message et vous répond "
            "au plus tard "
            "le {day}.\n\nD’ici là, nous ne vous envoyons aucun rappel. Votre page vous dit où cela en est.",
        ),
        Occasion.DISPUTED: (
            "nous avons votre message",
            "Bonjour {name},\n\nmerci de nous avoir prévenus. Une personne examine la facture {invoice} et "
            "vous répond au plus tard le {day}.\n\nD’ici là, nous ne vous demandons pas de régler ce que vous "
            "contestez. Vous pouvez payer tout le reste sur votre page, comme d’habitude.",
        ),
        Occasion.LATER: (
            "votre nouvelle date",
            "Bonjour {name},\n\nmerci. Nous avons noté que vous payez au plus tard le {day}.\n\n"
            "D’ici là, nous ne vous envoyons aucun rappel. Vous pouvez payer plus tôt à tout moment sur votre page.",
        ),
        Occasion.CHARGE: (
            "votre nouvelle date",
            "Bonjour {name},\n\nmerci. Comme demandé, nous prélèverons le {day} sur {card} ce qui restera à "
            "payer.\n\n"
            "D’ici là, nous ne vous envoyons aucun rappel. Vous pouvez payer plus tôt à tout moment sur votre page.",
        ),
        Occasion.EXTENSION: (
            "plus de temps pour vous",
            "Bonjour {name},\n\nvous avez jusqu’au {day}. D’ici là, nous ne vous envoyons aucun rappel.\n\n"
            "Vous pouvez payer plus tôt à tout moment sur votre page.",
        ),
        Occasion.PARTS: (
            "votre échéancier",
            "Bonjour {name},\n\nmerci. Vous payez en plusieurs fois, comme convenu :\n\n{schedule}\n\n"
            "Vous payez chaque versement sur votre page. Payer plus tôt ou davantage est possible.",
        ),
        Occasion.EVE: (
            "demain",
            "Bonjour {name},\n\njuste un petit mot : demain, le {day}, est le jour que vous avez choisi pour "
            "payer.\n\n"
            "Vous pouvez payer sur votre page. Si vous avez déjà payé, merci : vous n’avez rien à faire.",
        ),
        Occasion.DECLINED: (
            "notre réponse",
            "Bonjour {name},\n\nnous avons examiné votre demande. Nous ne pouvons pas l’accepter telle quelle.\n\n"
            "{answer}\n\nY a-t-il une autre solution ? Répondez à ce message : une personne le lit.",
        ),
        Occasion.ANSWERED: (
            "notre réponse",
            "Bonjour {name},\n\nnous avons examiné ce que vous nous avez dit.\n\n{answer}\n\n"
            "Reste-t-il quelque chose ? Répondez à ce message : une personne le lit.",
        ),
        Occasion.ERASED: (
            "vos données",
            "Bonjour {name},\n\ncomme demandé, nous effaçons maintenant ce que nous avons sur vous : votre nom, "
            "vos adresses, nos lettres et ce que vous nous avez dit.\n\nNous devons conserver vos factures et "
            "paiements, sous votre numéro et sans votre nom : le droit fiscal l’exige pendant des années. Les lettres "
            "sur papier, les relevés bancaires, les dossiers remis à une société de recouvrement et ce que vous avez "
            "accepté ou refusé restent tels quels, même là où figure votre nom. Ceci est le dernier message à cette "
            "adresse à ce sujet.",
        ),
        Occasion.RECEIPT: (
            "votre reçu",
            "Bonjour {name},\n\nmerci. Le {day}, nous avons reçu {amount} de votre part :\n\n{schedule}\n\n"
            "Référence : {reference}\n\nVous pouvez télécharger le reçu en PDF sur votre page.",
        ),
    },
    "es": {
        Occasion.RECEIVED: (
            "tenemos su mensaje",
            "Hola, {name}:\n\ngracias por avisarnos. Una persona lee su mensaje y le responde antes del final del "
            "{day}.\n\nHasta entonces no le enviamos recordatorios. En su página verá cómo va.",
        ),
        Occasion.DISPUTED: (
            "tenemos su mensaje",
            "Hola, {name}:\n\ngracias por avisarnos. Una persona revisa la factura {invoice} y le responde "
            "antes del final del {day}.\n\nHasta que se aclare no le pedimos lo que está en discusión. Todo lo "
            "demás puede pagarlo en su página como siempre.",
        ),
        Occasion.LATER: (
            "su nueva fecha",
            "Hola, {name}:\n\ngracias. Hemos anotado que pagará como muy tarde el {day}.\n\n"
            "Hasta entonces no le enviamos recordatorios. Puede pagar antes en cualquier momento en su página.",
        ),
        Occasion.CHARGE: (
            "su nueva fecha",
            "Hola, {name}:\n\ngracias. Como ha pedido, el {day} cargaremos en {card} lo que quede pendiente.\n\n"
            "Hasta entonces no le enviamos recordatorios. Puede pagar antes en cualquier momento en su página.",
        ),
        Occasion.EXTENSION: (
            "más tiempo para usted",
            "Hola, {name}:\n\ntiene tiempo hasta el {day}. Hasta entonces no le enviamos recordatorios.\n\n"
            "Puede pagar antes en cualquier momento en su página.",
        ),
        Occasion.PARTS: (
            "su plan de pagos",
            "Hola, {name}:\n\ngracias. Paga a plazos, como hemos acordado:\n\n{schedule}\n\n"
            "Cada plazo se paga en su página. Puede pagar antes o más cuando quiera.",
        ),
        Occasion.EVE: (
            "mañana",
            "Hola, {name}:\n\nsolo una nota breve: mañana, {day}, es el día que eligió para su pago.\n\n"
            "Puede pagar en su página. Si ya ha pagado, gracias: no tiene que hacer nada.",
        ),
        Occasion.DECLINED: (
            "nuestra respuesta",
            "Hola, {name}:\n\nhemos estudiado su petición. Tal como está no podemos aceptarla.\n\n{answer}\n\n"
            "¿Hay otra manera? Responda a este mensaje: lo lee una persona.",
        ),
        Occasion.ANSWERED: (
            "nuestra respuesta",
            "Hola, {name}:\n\nhemos mirado lo que nos ha contado.\n\n{answer}\n\n"
            "¿Queda algo pendiente? Responda a este mensaje: lo lee una persona.",
        ),
        Occasion.ERASED: (
            "sus datos",
            "Hola, {name}:\n\ncomo ha pedido, ahora borramos lo que tenemos sobre usted: su nombre, sus "
            "direcciones, nuestras cartas y lo que nos ha contado.\n\nTenemos que conservar sus facturas y pagos, con "
            "su número y sin su nombre: la ley fiscal lo exige durante años. Las cartas en papel, los extractos "
            "bancarios, los expedientes para una agencia de cobro y lo que usted aceptó o rechazó quedan como están, "
            "aunque figure en ellos su nombre. Este es el último mensaje a esta dirección sobre ello.",
        ),
        Occasion.RECEIPT: (
            "su recibo",
            "Hola, {name}:\n\ngracias. El {day} recibimos {amount} de su parte:\n\n{schedule}\n\n"
            "Referencia: {reference}\n\nEn su página puede descargar el recibo en PDF.",
        ),
    },
}
