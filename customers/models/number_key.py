"""A number's letters and digits without zeros and with look-alikes as one: what all its spellings share."""

from django.db.models import CharField, Func

KEY_OF = "translate(regexp_replace(upper({}), '[^A-Z0-9]', '', 'g'), 'ILO0', '11')"


class NumberKey(Func):
    """The key of a number's column, for the index by which bank lines find invoices and customers."""

    template = KEY_OF.format("%(expressions)s")
    output_field = CharField()
