import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


DECISIONS_STAY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_reviewdecision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_holds_say_what_they_block'),
        ('dunning', '0008_campaign_trigger'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('unchanged', 'released unchanged'), ('changed', 'released with changed words'), ('dropped', 'dropped'), ('expired', 'expired undecided'), ('withdrawn', 'taken back: the facts changed')], max_length=9)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.AddField(
            model_name='campaignversion',
            name='is_reviewed',
            field=models.BooleanField(default=False, help_text='Reminders wait until a manager has released them, under Review.'),
        ),
        migrations.AddField(
            model_name='campaignversion',
            name='review_days',
            field=models.PositiveSmallIntegerField(default=3, help_text='Working days after which a reminder that nobody has decided on is taken back and decided anew.'),
        ),
        migrations.AddField(
            model_name='notice',
            name='own_body',
            field=models.TextField(blank=True, db_default=''),
        ),
        migrations.AddField(
            model_name='notice',
            name='own_subject',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='step',
            name='is_reviewed',
            field=models.BooleanField(default=False, help_text='Waits until a manager has released it. Reminders only.', verbose_name='reviewed'),
        ),
        migrations.AlterField(
            model_name='case',
            name='attention',
            field=models.CharField(blank=True, choices=[('parked', 'parked'), ('no_address', 'no address'), ('end_of_road', 'end of road'), ('opted_out', 'opted out'), ('vulnerable', 'vulnerable'), ('deceased', 'deceased'), ('insolvency', 'insolvency'), ('review', 'review')], max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='lines',
            field=models.JSONField(blank=True, default=list, help_text='Invoices as shown to the customer, or to the manager while it is proposed.'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='state',
            field=models.CharField(choices=[('proposed', 'waits for review'), ('queued', 'queued'), ('leased', 'about to be sent'), ('calling', 'being sent'), ('sent', 'sent'), ('refused', 'refused'), ('in_doubt', 'in doubt'), ('withdrawn', 'withdrawn')], default='queued', max_length=9),
        ),
        migrations.AlterField(
            model_name='steprun',
            name='is_by_hand',
            field=models.BooleanField(default=False, help_text='A person asked for it before its day, or dropped it.'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['queued_at', 'id'], name='notice_to_review'),
        ),
        migrations.AddConstraint(
            model_name='campaignversion',
            constraint=models.CheckConstraint(condition=models.Q(('review_days__range', (1, 30))), name='review_has_days'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('is_reviewed', False), ('kind', 'reminder'), _connector='OR'), name='only_reminders_are_reviewed'),
        ),
        migrations.AddField(
            model_name='reviewdecision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='dunning.case'),
        ),
        migrations.AddField(
            model_name='reviewdecision',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewdecision',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='dunning.notice'),
        ),
        migrations.AddIndex(
            model_name='reviewdecision',
            index=models.Index(fields=['decided_at'], name='review_decided'),
        ),
        migrations.AddConstraint(
            model_name='reviewdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('verdict__in', ['unchanged', 'changed', 'dropped'])), models.Q(('decided_by__isnull', True), ('verdict__in', ['expired', 'withdrawn'])), _connector='OR'), name='people_release_and_drop'),
        ),
        migrations.RunSQL(DECISIONS_STAY, "DROP TRIGGER append_only ON dunning_reviewdecision"),
    ]
