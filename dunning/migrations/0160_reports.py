import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER frozen_once_begun BEFORE UPDATE OR DELETE ON dunning_costrate
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_begun_row();
CREATE TRIGGER append_only BEFORE UPDATE ON dunning_reportanswer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER append_only ON dunning_reportanswer;
DROP TRIGGER frozen_once_begun ON dunning_costrate;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("dunning", "0140_receipts_and_what_is_added"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CostRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('email', 'e-mail'), ('sms', 'text messages'), ('post', 'letters by post'), ('in_app', 'notices in the app'), ('call', 'a call'), ('charge', 'a card try')], max_length=16, verbose_name='for')),
                ('currency', models.CharField(help_text='ISO 4217 code: counts for debts in this currency.', max_length=3)),
                ('amount', models.DecimalField(decimal_places=4, help_text="For each message or try; for a call, of somebody's time.", max_digits=10)),
                ('source', models.CharField(help_text='The price list, or who decided it.', max_length=200, verbose_name='decided by')),
                ('valid_from', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'currency', 'valid_from'), name='one_cost_rate_per_day'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='cost_rate_has_a_source'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='cost_rate_is_no_income'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='cost_rate_currency_is_a_code')],
            },
        ),
        migrations.CreateModel(
            name='ReportAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.CharField(max_length=32)),
                ('as_of', models.DateField()),
                ('asked', models.CharField(help_text='Period, grouping and filters, as a key.', max_length=300)),
                ('edition', models.PositiveSmallIntegerField(help_text='Of the definitions.')),
                ('rows', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('report', 'as_of', 'asked', 'edition'), name='one_answer_per_question')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_on', models.DateField(help_text='The Monday on which it goes.')),
                ('address', models.CharField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('state', models.CharField(choices=[('queued', 'queued'), ('calling', 'being sent'), ('sent', 'sent'), ('refused', 'refused'), ('in_doubt', 'in doubt')], default='queued', max_length=8)),
                ('queued_at', models.DateTimeField()),
                ('calling_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'week_on'), name='one_mail_per_week_and_person')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
