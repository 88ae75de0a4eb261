"""Spanish."""

from dunning.rules.checking.wording.kinds import Wording
from dunning.rules.words import Consequence

SOMEBODY = "Una persona de nuestro equipo revisará su cuenta."
NO_SUCCESS = "El pago no se completó."

SPANISH = Wording(
    threats={
        r"policía|cárcel|prisión|detención|arrest\w+": "",
        r"embarg\w+|incautar\w*|incautación": "",
        r"ASNEF|(?:fichero|lista|registro) de moros\w+|buró de crédito|lista negra": "",
        r"(?:graves|serias) consecuencias": SOMEBODY,
    },
    law={
        r"tribunal\w*|juzgados?|abogad\w+|judicial\w*|demandar\w*|demanda|pleitos?|a juicio": SOMEBODY,
        r"(?:acciones|medidas|vías?) legal(?:es)?": SOMEBODY,
    },
    consequences={
        Consequence.CHARGE: r"(?:cargar\w*|cobrar\w*)(?: \S+){0,6} (?:tarjeta|cuenta bancaria)",
        Consequence.RESTRICTION: (
            r"suspend\w+|suspensión|bloque\w+|restring\w+|cortar\w*|"
            r"(?:cancelar|limitar|cerrar)(?:emos|á|án) (?:su |el |la )?(?:acceso|cuenta|servicio|suscripción)"
        ),
        Consequence.AGENCY: r"(?:agencia|empresa|gestoría) de (?:cobros?|recobros?)|recobros?",
    },
    causes={
        r"robad\w+|robo|fraud\w*|sospechos\w+": NO_SUCCESS,
        r"tarjeta perdida|perdida o robada|pérdida de (?:la|su) tarjeta|extraviad\w+": NO_SUCCESS,
        r"(?:nivel|puntuación) de riesgo|lista de bloqueo": NO_SUCCESS,
    },
    blame={
        r"incumpl\w+|omitid\w+": "no se completó",
        r"neglig\w+": "sigue pendiente",
        r"se (?:niega|negó)|rechaz\w+": "no hemos podido cobrar el pago",
        r"ignorad\w+|ignora\w*": "Quizá no le llegó nuestro mensaje",
        r"deudor\w*|moros\w+": "usted",
        r"deudas?|adeud\w*|impag\w+": "el importe pendiente",
        r"(?:usted )?no ha (?:pagado|abonado|respondido|contestado)": "sigue pendiente",
        r"a pesar de (?:nuestros|los|varios)(?: \w+)?": "",
        r"exig\w+|requer(?:imos|imientos?|ido)": "por favor",
        r"inmediat\w+|de inmediato|sin demora|urgente\w*": "a más tardar el {next_contact_on}",
    },
    final_only={
        r"último (?:aviso|requerimiento)|última (?:advertencia|oportunidad)": "nuestro último mensaje sobre este pago",
    },
    jargon={
        r"a la mayor brevedad(?: posible)?|en la mayor brevedad": "a más tardar el {next_contact_on}",
        r"abonar|abone|satisfacer|liquidar": "pagar",
        r"(?:efectuar|realizar|proceder a(?:l| efectuar el)) (?:el )?pago": "pagar",
        r"(?:en )?mora|morosidad|cobranza|remesas?": "pendiente",
        r"por la presente|por medio de la presente": "",
        r"susodich\w+|antedich\w+|anteriormente mencionad\w+|dich[oa]s?": "este",
        r"conforme a|de conformidad con|en lo sucesivo": "",
        r"saldo (?:deudor|vencido)|vencid\w+": "pendiente",
        r"rogamos|le instamos": "por favor",
        r"neto \d+": "en 30 días",
    },
    fees=r"recargos?|intereses|(?<!su )interés|comisi(?:ón|ones)|penalizaci\w+|gastos|multas?",
    offers=r"descuentos?|ofertas?|promoci\w+|cup(?:ón|ones)|vales? de|regalos?",
    norms=(
        r"(?:la mayoría|casi todos|\d+ de cada \d+|\d+ ?%)(?: \w+){0,3} (?:clientes|personas|empresas|vecinos)|"
        r"uno de los pocos"
    ),
    debt=(
        r"deudas?|impag\w+|vencid\w+|moros\w+|mora|pendientes?|recordatorio(?: de pago)?|atrasos?|atrasad\w+|cobros?|"
        r"adeuda\w*|reclamación|debe"
    ),
    familiar=r"tú|tu|tus|te|ti|contigo|vosotros|vuestr\w+|oye|colega|amigo|amiga",
    polite=r"por favor|gracias",
    already_paid=r"ha pagado|ya pagó|ya (?:lo )?ha abonado|se ha cruzado",
    reply=r"respond\w*|escrib[ae]\w*|llám\w+|llame|díganos|teléfono|chat|contact\w*|hablemos",
    cannot_pay=r"otra fecha|en partes|plazos|aplaz\w+|más tiempo|fraccion\w+",
    next=(
        r"qué pasa después|le (?:escribiremos|enviaremos|llamaremos|contactaremos)|se pondrá en contacto|"
        r"nos pondremos en contacto|revisará"
    ),
    when=(
        r"en los próximos (?:\w+ )?días|mañana|la próxima semana|en las próximas semanas|"
        r"(?:en|dentro de) \w+ (?:días|semanas)"
    ),
    days_from_now=r"(?:en|dentro de|tras) (\d+) (?:días|(semanas))",
    not_before=r"(?:no|sin|ning(?:ún|una)|nunca)",
    passive=r"(?:es|son|fue|fueron|será|serán|sido|ser) (?:\w+mente )?\w{2,}(?:ad|id)[oa]s?",
    bent_wrong=(
        r"1 (?:facturas|días|pagos)|1 factura están|(?:[2-9]|\d\d+) (?:factura|día|pago)|"
        r"(?:[2-9]|\d\d+) facturas está|\w+\((?:s|es)\)"
    ),
    stop=r"stop|baja",
    tone={
        r"con gusto": -5,
        r"breve\w*|unas breves líneas": -4,
        r"juntos": -6,
        r"un momento": -6,
        r"se pasa pronto|mucho que hacer|le pasa a cualquiera": -10,
        r"tiempo de organizarse|una fecha para anotar": -10,
        r"gracias por su confianza": -10,
        r"hola": -3,
        r"sigue pendiente": 4,
        r"qué pasa después": 5,
        r"a más tardar el \d+ de \w+ de \d{4}": 6,
        r"aún no nos ha llegado|todavía no nos ha llegado": 8,
        r"antes de ese día|una vez más": 6,
        r"resolverlo con usted": 6,
        r"una persona de nuestro equipo": 6,
        r"estimad[oa]s?|buenos días": 4,
        r"último mensaje(?: automático)?": 16,
        r"no habrá más": 8,
        r"debe|obligatorio|obligad[oa]s?": 8,
        r"inmediat\w+|exigimos|último aviso": 12,
        r"tribunal\w*|abogad\w+|judicial\w*|por la presente|requerimiento": 14,
    },
    suggestions={
        "already_paid": "¿Ya ha pagado? Muchas gracias. Entonces no tiene que hacer nada.",
        "reply": "¿Tiene alguna duda, o hay algo mal? Responda a este mensaje.",
        "cannot_pay": (
            "¿No puede pagarlo todo de una vez? Responda a este mensaje, por favor. "
            "Podemos acordar otra fecha o un pago en partes."
        ),
        "next": "Si el {next_contact_on} queda algo pendiente, le escribiremos de nuevo.",
        "next_last": (
            "En los próximos días, una persona de nuestro equipo revisará su cuenta y se pondrá en contacto con usted."
        ),
        "polite": "Gracias.",
        "greeting": "Hola, {customer_name}:",
        "subject": "Su cuenta con {company_name}: le pedimos un momento",
        "stop": "Responda BAJA para no recibir más SMS.",
    },
)
