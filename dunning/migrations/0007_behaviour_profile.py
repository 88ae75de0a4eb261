import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_tags_and_since'),
        ('dunning', '0006_campaign_designer'),
    ]

    operations = [
        # What is published by now goes on as it was published; what is drafted from now on goes by habits.
        migrations.AddField(
            model_name='campaignversion',
            name='uses_profile',
            field=models.BooleanField(default=False, help_text='A letter may wait for the hour, or up to two days for the weekday, at which the customer usually pays; the first firm letter comes a week later to whoever was never late before.', verbose_name="goes by customers' habits"),
        ),
        migrations.AlterField(
            model_name='campaignversion',
            name='uses_profile',
            field=models.BooleanField(default=True, help_text='A letter may wait for the hour, or up to two days for the weekday, at which the customer usually pays; the first firm letter comes a week later to whoever was never late before.', verbose_name="goes by customers' habits"),
        ),
        migrations.AddField(
            model_name='enginestate',
            name='profiled_at',
            field=models.DateTimeField(blank=True, help_text='When customers with new facts were last marked for a new profile.', null=True),
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='profile', serialize=False, to='customers.customer')),
                ('computed_at', models.DateTimeField(blank=True, null=True)),
                ('is_stale', models.BooleanField(db_default=True, default=True, help_text='Facts changed; it is recounted soon.')),
                ('is_used', models.BooleanField(db_default=True, default=True, help_text='Off: letters leave as the campaign has it.')),
                ('pays', models.CharField(choices=[('new', 'new'), ('on_time', 'on time'), ('first_time_late', 'first time late'), ('late', 'late'), ('chronic', 'chronic')], db_default='new', default='new', max_length=16)),
                ('usual_days_late', models.IntegerField(blank=True, help_text='Of the settled invoice in the middle.', null=True)),
                ('settled', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Settled invoices looked at.')),
                ('late', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Of these, paid late.')),
                ('weekday', models.PositiveSmallIntegerField(blank=True, help_text='Monday is 1; empty: not clear.', null=True)),
                ('weekday_times', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('weekday_of', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('hour', models.PositiveSmallIntegerField(blank=True, help_text='On their clock; empty: not clear.', null=True)),
                ('hour_times', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('hour_of', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('channel', models.CharField(blank=True, db_default='', default='', help_text='Its alias.', max_length=16)),
                ('channel_times', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('channel_of', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('promises_made', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('promises_kept', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('worked_step', models.ForeignKey(blank=True, db_index=False, help_text='After which the money came, the last time.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dunning.step')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_stale', True)), fields=['customer'], name='profile_to_recount')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('weekday__isnull', True), ('weekday__range', (1, 7)), _connector='OR'), models.Q(('hour__isnull', True), ('hour__range', (0, 23)), _connector='OR')), name='profile_weekday_and_hour_exist'), models.CheckConstraint(condition=models.Q(('channel_times__lte', models.F('channel_of')), ('hour_times__lte', models.F('hour_of')), ('late__lte', models.F('settled')), ('promises_kept__lte', models.F('promises_made')), ('weekday_times__lte', models.F('weekday_of'))), name='profile_counts_parts_of_wholes')],
            },
        ),
    ]
