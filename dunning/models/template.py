"""The library of texts the desk edits. Publishing a campaign copies them into its frozen steps."""

from django.db import models

from customers.rules.contact import EMAIL, IN_APP, SMS, channel_words
from dunning.rules.words import CONSEQUENCES, MESSAGE_CLASSES, Consequence, MessageClass

WRITTEN_FOR = [(alias, channel_words(alias)) for alias in (EMAIL, SMS, IN_APP)]


class Template(models.Model):
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    channel = models.CharField(
        "written for",
        max_length=16,
        choices=WRITTEN_FOR,
        default=EMAIL,
        db_default=EMAIL,
        help_text="Text messages and notices in the app have few words and no table; a text message shows no subject.",
    )
    announces = models.CharField(
        max_length=12,
        blank=True,
        default=Consequence.NOTHING.value,
        choices=[(kind.value, words) for kind, words in CONSEQUENCES.items()],
        help_text="What the text says will happen if nothing is paid. A later step of the campaign must really do it.",
    )

    message_class = models.CharField(
        "class",
        max_length=13,
        default=MessageClass.TRANSACTIONAL.value,
        db_default=MessageClass.TRANSACTIONAL.value,
        choices=[(each.value, words) for each, words in MESSAGE_CLASSES.items()],
        help_text="Promotional: offers something, goes by e-mail only, and lets people unsubscribe by one click. Legal "
        "notice: has to be sent, whatever its reader does not want.",
    )

    class Meta:
        verbose_name = "text"

    def __str__(self) -> str:
        return self.name


class TemplateText(models.Model):
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    body = models.TextField(help_text="Plain text with fields such as {customer_name}; see the list beside.")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_text_per_template_language", fields=["template", "language"])]

    def __str__(self) -> str:
        return f"{self.template} ({self.language})"
