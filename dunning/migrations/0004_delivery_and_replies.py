import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_suppressed_addresses'),
        ('dunning', '0003_mark_calling'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=16)),
                ('provider', models.CharField(max_length=32)),
                ('event_id', models.CharField(help_text="The provider's own id, or a hash of what it is about.", max_length=128)),
                ('kind', models.CharField(choices=[('accepted', 'on its way'), ('deferred', 'deferred: the provider tries again'), ('soft_bounced', 'came back for now (soft bounce)'), ('delivered', 'delivered'), ('bounced', 'came back for good (hard bounce)'), ('complained', 'reported as spam'), ('opened', 'opened'), ('clicked', 'link followed'), ('unsubscribed', 'unsubscribed'), ('unknown', 'not understood')], max_length=12)),
                ('said_kind', models.CharField(blank=True, help_text="In the provider's own words.", max_length=64)),
                ('detail', models.CharField(blank=True, help_text='What it said besides.', max_length=300)),
                ('recipient', models.CharField(blank=True, help_text='In small letters.', max_length=254)),
                ('notice_key', models.CharField(blank=True, help_text='The number of our notice, as it came back.', max_length=20)),
                ('reference', models.CharField(blank=True, help_text="The message's id at the provider, or ours.", max_length=200)),
                ('body', models.BinaryField(blank=True, help_text='As delivered.')),
                ('happened_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('applied', 'applied'), ('stranger', 'about nothing of ours')], default='waiting', max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post')], max_length=16)),
                ('provider', models.CharField(max_length=32)),
                ('provider_id', models.CharField(help_text="The provider's own id, or the message's.", max_length=200)),
                ('sender', models.CharField(help_text='Address or number, in small letters.', max_length=254)),
                ('sender_name', models.CharField(blank=True, max_length=200)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField(blank=True)),
                ('answers', models.JSONField(blank=True, default=list, help_text='Ids of the messages it answers, newest last.')),
                ('headers', models.JSONField(blank=True, default=dict, help_text='Those that tell whether a machine wrote it.')),
                ('attachments', models.JSONField(blank=True, default=list, help_text='Name and size of each; they are not kept.')),
                ('suggestions', models.JSONField(blank=True, default=list, help_text='What it seems to ask for, with its words.')),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('received', 'just received'), ('waiting', 'waits for an answer'), ('automatic', 'automatic'), ('answered', 'answered')], default='received', max_length=9)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, help_text='What was answered or done.', max_length=300)),
            ],
            options={
                'verbose_name_plural': 'replies',
            },
        ),
        migrations.AddField(
            model_name='notice',
            name='delivery',
            field=models.CharField(blank=True, choices=[('accepted', 'on its way'), ('deferred', 'deferred: the provider tries again'), ('soft_bounced', 'came back for now (soft bounce)'), ('delivered', 'delivered'), ('bounced', 'came back for good (hard bounce)'), ('complained', 'reported as spam')], db_default='', max_length=12),
        ),
        migrations.AlterField(
            model_name='task',
            name='kind',
            field=models.CharField(choices=[('task', 'task'), ('legal', 'legal notice'), ('address', 'find the right address')], max_length=12),
        ),
        migrations.AlterField(
            model_name='task',
            name='run',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='task', to='dunning.steprun'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('provider_reference', ''), _negated=True), fields=['provider_reference'], name='notice_by_reference'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'address'), ('state', 'open')), fields=('case',), name='one_open_search_for_an_address'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'address'), ('run__isnull', True)), models.Q(models.Q(('kind', 'address'), _negated=True), ('run__isnull', False)), _connector='OR'), name='task_is_for_a_step_or_an_address'),
        ),
        migrations.AddField(
            model_name='deliveryevent',
            name='notice',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delivery_events', to='dunning.notice'),
        ),
        migrations.AddField(
            model_name='reply',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reply',
            name='case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='dunning.case'),
        ),
        migrations.AddField(
            model_name='reply',
            name='customer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='reply',
            name='notice',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='dunning.notice'),
        ),
        migrations.AddIndex(
            model_name='deliveryevent',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='delivery_to_apply'),
        ),
        migrations.AddIndex(
            model_name='deliveryevent',
            index=models.Index(condition=models.Q(('notice__isnull', False)), fields=['notice'], name='delivery_of_notice'),
        ),
        migrations.AddIndex(
            model_name='deliveryevent',
            index=models.Index(fields=['recipient', 'channel'], name='delivery_of_address'),
        ),
        migrations.AddIndex(
            model_name='deliveryevent',
            index=models.Index(condition=models.Q(('kind', 'unknown')), fields=['received_at'], name='delivery_not_understood'),
        ),
        migrations.AddConstraint(
            model_name='deliveryevent',
            constraint=models.UniqueConstraint(fields=('provider', 'event_id'), name='one_row_per_delivery_event'),
        ),
        migrations.AddIndex(
            model_name='reply',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['id'], name='reply_to_thread'),
        ),
        migrations.AddIndex(
            model_name='reply',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['received_at'], name='reply_to_answer'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.UniqueConstraint(fields=('provider', 'provider_id'), name='one_row_per_reply'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='reply_is_answered_with_an_outcome'),
        ),
    ]
