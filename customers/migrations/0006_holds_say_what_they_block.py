import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_tags_and_since'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(blank=True, choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post')], max_length=16)),
                ('topic', models.CharField(blank=True, choices=[('', 'everything'), ('early', 'notices before a due date'), ('reminders', 'reminders of what is due'), ('thanks', 'thank-you letters')], max_length=16)),
                ('source', models.CharField(help_text='How they said so: on the phone, by e-mail, a law …', max_length=100)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('since', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='vulnerable_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='customer',
            name='vulnerable_note',
            field=models.CharField(blank=True, db_default='', max_length=300),
        ),
        migrations.AddField(
            model_name='customer',
            name='vulnerable_since',
            field=models.DateTimeField(blank=True, help_text='A person decides on every step.', null=True),
        ),
        migrations.AddField(
            model_name='hold',
            name='blocks_charges',
            field=models.BooleanField(db_default=True, default=True, help_text='No charge without the customer.'),
        ),
        migrations.AddField(
            model_name='hold',
            name='blocks_claims',
            field=models.BooleanField(db_default=False, default=False, help_text='No fee, and no interest runs.'),
        ),
        migrations.AddField(
            model_name='hold',
            name='blocks_contact',
            field=models.BooleanField(db_default=True, default=True, help_text='No letter, no call.'),
        ),
        migrations.AlterField(
            model_name='hold',
            name='kind',
            field=models.CharField(choices=[('breathing_space', 'breathing space'), ('deceased', 'has died'), ('insolvency', 'insolvent'), ('bereavement', 'in mourning'), ('dispute', 'disputed'), ('promise', 'promised to pay'), ('money_in_transit', 'money in transit'), ('hardship', 'in hardship'), ('pause', 'paused by the desk'), ('other', 'other')], default='pause', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('vulnerable_by', None), ('vulnerable_note', ''), ('vulnerable_since', None)), models.Q(('vulnerable_since__isnull', False), models.Q(('vulnerable_note', ''), _negated=True)), _connector='OR'), name='customer_is_vulnerable_with_a_note'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('blocks_contact', True), ('blocks_charges', True), ('blocks_claims', True), _connector='OR'), name='hold_blocks_something'),
        ),
        migrations.AddField(
            model_name='contactstop',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contact_stops', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='contactstop',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='contactstop',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('customer', 'channel', 'topic'), name='one_contact_stop_in_force'),
        ),
        migrations.AddConstraint(
            model_name='contactstop',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='contact_stop_has_a_source'),
        ),
        # As it was while only the kind said so.
        migrations.RunSQL(
            "UPDATE customers_hold SET blocks_claims = true WHERE kind IN ('dispute', 'hardship')",
            migrations.RunSQL.noop,
        ),
    ]
