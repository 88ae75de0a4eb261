import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_history_stays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post')], max_length=16)),
                ('address', models.CharField(help_text='In small letters.', max_length=254)),
                ('reason', models.CharField(choices=[('bounced', 'came back for good'), ('complained', 'reported as spam'), ('soft_bounces', 'came back three times in a row')], max_length=16)),
                ('source', models.CharField(help_text='Who said so, and in which words.', max_length=300)),
                ('since', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('release_reason', models.CharField(blank=True, max_length=300)),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'suppressed address',
                'verbose_name_plural': 'suppressed addresses',
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('channel', 'address'), name='one_suppression_in_force'), models.CheckConstraint(condition=models.Q(('released_at__isnull', True), models.Q(('release_reason', ''), _negated=True), _connector='OR'), name='suppression_is_released_with_a_reason')],
            },
        ),
    ]
