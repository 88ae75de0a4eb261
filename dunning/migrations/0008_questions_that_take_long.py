from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dunning', '0007_looks_marks_and_hours'),
    ]

    operations = [
        migrations.AddField(
            model_name='enginestate',
            name='reporting_at',
            field=models.DateTimeField(blank=True, help_text='Since when a worker works out reports.', null=True),
        ),
        migrations.CreateModel(
            name='ReportQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.CharField(max_length=32)),
                ('as_of', models.DateField()),
                ('asked', models.CharField(help_text='Period, grouping and filters, as a key.', max_length=300)),
                ('edition', models.PositiveSmallIntegerField(help_text='Of the definitions.')),
                ('question', models.JSONField(help_text='All that was asked, to work it out by.')),
                ('state', models.CharField(choices=[('waiting', 'waiting to begin'), ('making', 'being worked out'), ('made', 'made'), ('stopped', 'stopped')], default='waiting', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('rows', models.JSONField(default=list)),
                ('trouble', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('report', 'as_of', 'asked', 'edition'), name='asked_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'made'), _negated=True), ('made_at__isnull', False), _connector='OR'), name='report_is_made_at_a_moment')],
            },
        ),
    ]
