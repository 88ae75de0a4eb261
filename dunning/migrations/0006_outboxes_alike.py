import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dunning', '0005_limits_are_counted_in_one_table'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='customerrequest',
            name='look_at',
            field=models.DateTimeField(blank=True, help_text='The promised day is not looked at before: last time nothing could be done.', null=True),
        ),
        migrations.AddField(
            model_name='weeklymail',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='weeklymail',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='Not before.'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='weeklymail',
            name='provider_reference',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='confirmation',
            name='state',
            field=models.CharField(choices=[('queued', 'queued'), ('calling', 'being sent'), ('sent', 'sent'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('in_doubt', 'in doubt')], default='queued', max_length=9),
        ),
        migrations.AlterField(
            model_name='weeklymail',
            name='address',
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AlterField(
            model_name='weeklymail',
            name='state',
            field=models.CharField(choices=[('queued', 'queued'), ('calling', 'being sent'), ('sent', 'sent'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('in_doubt', 'in doubt')], default='queued', max_length=9),
        ),
        migrations.AddIndex(
            model_name='weeklymail',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['due_at', 'id'], name='weeklymail_to_send'),
        ),
        migrations.AddIndex(
            model_name='weeklymail',
            index=models.Index(condition=models.Q(('state__in', ['calling', 'in_doubt'])), fields=['calling_at'], name='weeklymail_unclear'),
        ),
    ]
