import customers.models.number_key
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from customers.tables_at_once import TablesAtOnce


class Migration(TablesAtOnce):

    initial = True

    dependencies = [
        ('auth', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('street', models.CharField(blank=True, db_default='', help_text='With the number, or a box.', max_length=100)),
                ('street_2', models.CharField(blank=True, db_default='', help_text='Building, floor, suite; as far as needed.', max_length=100, verbose_name='second line')),
                ('postal_code', models.CharField(blank=True, db_default='', max_length=16)),
                ('city', models.CharField(blank=True, db_default='', max_length=80)),
                ('region', models.CharField(blank=True, db_default='', help_text='State or province, where addresses name it: CA, NSW.', max_length=80)),
                ('country', models.CharField(blank=True, db_default='', help_text="ISO 3166 code. Empty: the customer's country.", max_length=2)),
                ('is_primary', models.BooleanField(default=True, help_text='Reminders go to the primary contact.')),
                ('role', models.CharField(blank=True, choices=[('', 'no role of their own'), ('billing', 'billing'), ('owner', 'owner'), ('escalation', 'escalation')], db_default='', default='', help_text='A step of a campaign may go, or be copied, to whoever has this role.', max_length=10)),
                ('postal_address', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('street', ''), ('city', ''), _connector='OR'), then=models.Value('')), default=models.Func(models.Func(django.db.models.functions.text.Concat('street', models.Value('\n'), 'street_2', models.Value('\n'), 'postal_code', models.Value('\n'), 'city', models.Value('\n'), 'region', models.Value('\n'), 'country', models.Value('\n')), models.Value('\n+'), models.Value(', '), models.Value('g'), function='regexp_replace'), models.Value(', '), function='rtrim')), output_field=models.TextField())),
            ],
            options={
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), name='text_pattern_ops'), name='contact_email_start'), models.Index(django.db.models.functions.text.Right(models.Func(models.F('phone'), models.Value('[^0-9]'), models.Value(''), models.Value('g'), function='regexp_replace'), 7), condition=models.Q(('phone', ''), _negated=True), name='contact_phone_end')],
            },
        ),
        migrations.CreateModel(
            name='CustomerChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_id', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(help_text='Made from the headers.', max_length=64, unique=True)),
                ('headers', models.JSONField()),
                ('columns', models.JSONField(default=dict)),
                ('constants', models.JSONField(default=dict)),
                ('used_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run_id', models.BigIntegerField()),
                ('row_number', models.IntegerField(help_text='As a spreadsheet counts: the header is row 1.')),
                ('customer_number', models.TextField(null=True)),
                ('customer_name', models.TextField(null=True)),
                ('email', models.TextField(null=True)),
                ('phone', models.TextField(null=True)),
                ('street', models.TextField(null=True)),
                ('street_2', models.TextField(null=True)),
                ('postal_code', models.TextField(null=True)),
                ('city', models.TextField(null=True)),
                ('region', models.TextField(null=True)),
                ('language', models.TextField(null=True)),
                ('country', models.TextField(null=True)),
                ('time_zone', models.TextField(null=True)),
                ('segment', models.TextField(null=True)),
                ('buys_as', models.TextField(null=True)),
                ('tags', models.TextField(null=True)),
                ('refuses', models.TextField(null=True)),
                ('since_on', models.DateField(null=True)),
                ('renews_on', models.DateField(null=True)),
                ('renewal_of', models.TextField(null=True)),
                ('renewal_amount', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('renewal_currency', models.TextField(null=True)),
                ('invoice_number', models.TextField(null=True)),
                ('issued_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('currency', models.TextField(null=True)),
                ('amount', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('paid_amount', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('paid_on', models.DateField(null=True)),
                ('description', models.TextField(null=True)),
                ('pdf_url', models.TextField(null=True)),
                ('state', models.TextField(choices=[('good', 'to be taken'), ('refused', 'refused'), ('repeated', 'the same as an earlier row')])),
                ('problems', models.JSONField(null=True)),
                ('cells', models.TextField(help_text='The row as it stands in the file, cells parted by \\x1e.')),
            ],
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(help_text='Your own number for this customer.', max_length=64, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('language', models.CharField(default='en', help_text='Language of letters: en, de, fr or es.', max_length=8)),
                ('country', models.CharField(blank=True, help_text='ISO 3166 code, for example DE.', max_length=2)),
                ('time_zone', models.CharField(default='UTC', help_text='For example Europe/Berlin.', max_length=64)),
                ('segment', models.CharField(blank=True, db_index=True, max_length=64)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, db_default=[], default=list, help_text='Your own marks, parted by commas.', size=None)),
                ('since_on', models.DateField(blank=True, help_text='Empty: not known.', null=True, verbose_name='customer since')),
                ('renews_on', models.DateField(blank=True, help_text='When what they subscribe to is renewed next; empty: not known, or cancelled.', null=True)),
                ('renewal_of', models.CharField(blank=True, db_default='', help_text='What is renewed, as the customer calls it.', max_length=120)),
                ('renewal_amount', models.DecimalField(blank=True, decimal_places=4, help_text='What it costs then; empty: not known.', max_digits=18, null=True)),
                ('renewal_currency', models.CharField(blank=True, db_default='', help_text='Of that amount, say EUR.', max_length=3)),
                ('kind', models.CharField(choices=[('unknown', 'not known'), ('business', 'business'), ('consumer', 'consumer')], db_default='unknown', default='unknown', help_text='What the law on late payment goes by. Not known: nothing is ever claimed besides the invoice.', max_length=8, verbose_name='buys as')),
                ('vulnerable_since', models.DateTimeField(blank=True, help_text='A person decides on every step.', null=True)),
                ('vulnerable_note', models.CharField(blank=True, db_default='', max_length=300)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('vulnerable_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('name', config='simple'), name='customer_name_words'), django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='customer_tags'), models.Index(customers.models.number_key.NumberKey('number'), name='customer_number_key'), models.Index(condition=models.Q(('renews_on__isnull', False)), fields=['renews_on'], name='customer_renews')],
                'constraints': [models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='customer_number_not_empty'), models.CheckConstraint(condition=models.Q(models.Q(('renewal_amount', None), ('renewal_currency', '')), models.Q(('renewal_amount__gt', 0), ('renews_on__isnull', False), models.Q(('renewal_currency', ''), _negated=True)), _connector='OR'), name='renewal_costs_an_amount_on_a_day', violation_error_message='An amount of a renewal needs its currency and the day, and is above 0.'), models.CheckConstraint(condition=models.Q(models.Q(('vulnerable_by', None), ('vulnerable_note', ''), ('vulnerable_since', None)), models.Q(('vulnerable_since__isnull', False), models.Q(('vulnerable_note', ''), _negated=True)), _connector='OR'), name='customer_is_vulnerable_with_a_note')],
            },
        ),
        migrations.CreateModel(
            name='ContactStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(blank=True, choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post'), ('in_app', 'notices in the app'), ('webhook', 'your own system')], max_length=16)),
                ('topic', models.CharField(blank=True, choices=[('', 'everything'), ('early', 'notices before a due date'), ('reminders', 'reminders of what is due'), ('thanks', 'thank-you letters'), ('offers', 'offers')], max_length=16)),
                ('source', models.CharField(help_text='How they said so: on the phone, by e-mail, a law …', max_length=100)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('since', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('contact', models.ForeignKey(blank=True, help_text='Empty: all contacts.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contact_stops', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('customer', 'contact', 'channel', 'topic'), name='one_contact_stop_in_force', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='contact_stop_has_a_source')],
            },
        ),
        migrations.AddField(
            model_name='contact',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='customers.customer'),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_given', models.BooleanField(help_text='Agreed, or took a refusal back; otherwise refused.')),
                ('channel', models.CharField(blank=True, choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post'), ('in_app', 'notices in the app'), ('webhook', 'your own system')], max_length=16)),
                ('topic', models.CharField(blank=True, choices=[('', 'everything'), ('early', 'notices before a due date'), ('reminders', 'reminders of what is due'), ('thanks', 'thank-you letters'), ('offers', 'offers')], max_length=16)),
                ('source', models.CharField(help_text="On the phone, by SMS, on the customer's page …", max_length=100)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('said_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, help_text='Who said so, if known.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.customer')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='consent_has_a_source')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=255)),
                ('size', models.BigIntegerField(help_text='Bytes.')),
                ('state', models.CharField(choices=[('uploaded', 'waiting to be read'), ('asking', 'needs an answer'), ('read', 'ready to confirm'), ('confirmed', 'waiting to go in'), ('applying', 'going in'), ('done', 'done'), ('refused', 'refused'), ('discarded', 'discarded')], default='uploaded', max_length=16)),
                ('refusal', models.TextField(blank=True, help_text='Why the whole file was refused.')),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='How often the worker began to read the file.')),
                ('chosen', models.JSONField(default=dict, help_text='What a person said about the file.')),
                ('found', models.JSONField(default=dict, help_text='How the file is read.')),
                ('rows', models.IntegerField(default=0)),
                ('last_row', models.IntegerField(default=0, help_text='Number of the last row; the header is row 1.')),
                ('cursor', models.IntegerField(default=0, help_text='Everything up to this row is in the books.')),
                ('new', models.IntegerField(default=0)),
                ('changed', models.IntegerField(default=0)),
                ('unchanged', models.IntegerField(default=0)),
                ('refused', models.IntegerField(default=0)),
                ('conflicts', models.IntegerField(default=0)),
                ('new_customers', models.IntegerField(default=0)),
                ('changed_customers', models.IntegerField(default=0)),
                ('uploaded_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import',
                'indexes': [models.Index(condition=models.Q(('state__in', ['uploaded', 'confirmed', 'applying'])), fields=['confirmed_at'], name='import_run_to_work_on')],
            },
        ),
        migrations.CreateModel(
            name='ImportPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField()),
                ('content', models.BinaryField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='customers.importrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='import_piece_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('refused', 'refused'), ('conflict', 'in conflict with the books'), ('warning', 'taken with a warning')], max_length=8)),
                ('row_number', models.IntegerField()),
                ('is_from_books', models.BooleanField(default=False)),
                ('problems', models.JSONField(help_text='List of column, value, problem and remedy.')),
                ('cells', models.TextField(help_text='The row as it stands in the file, cells parted by \\x1e.')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='issues', to='customers.importrun')),
            ],
            options={
                'indexes': [models.Index(fields=['run', 'kind', 'row_number'], name='import_issue_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=64, unique=True)),
                ('description', models.CharField(blank=True, max_length=300)),
                ('pdf_url', models.URLField(blank=True, db_default='', help_text='Where the invoice itself can be read: https only.', max_length=500, verbose_name='PDF')),
                ('issued_on', models.DateField(blank=True, null=True)),
                ('due_on', models.DateField()),
                ('currency', models.CharField(help_text='ISO 4217 code, for example EUR.', max_length=3)),
                ('amount', models.DecimalField(decimal_places=4, help_text='What was billed.', max_digits=18)),
                ('balance', models.DecimalField(decimal_places=4, help_text="What is still open; the ledger's sum.", max_digits=18)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('balance__gt', 0)), fields=['customer', 'due_on'], include=('balance', 'currency'), name='invoice_open_by_customer'), models.Index(condition=models.Q(('balance__gt', 0)), fields=['due_on'], include=('customer', 'balance', 'currency'), name='invoice_open_by_due'), models.Index(condition=models.Q(('balance__gt', 0)), fields=['balance', 'currency'], name='invoice_open_by_balance'), models.Index(customers.models.number_key.NumberKey('number'), name='invoice_number_key')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='invoice_amount_positive'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='invoice_currency_is_a_code'), models.CheckConstraint(condition=models.Q(('pdf_url', ''), ('pdf_url__startswith', 'https://'), _connector='OR'), name='invoice_pdf_is_fetched_safely'), models.CheckConstraint(condition=models.Q(('issued_on__isnull', True), ('due_on__gte', models.F('issued_on')), _connector='OR'), name='invoice_not_due_before_issued')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('breathing_space', 'breathing space'), ('deceased', 'has died'), ('insolvency', 'insolvent'), ('bereavement', 'in mourning'), ('dispute', 'disputed'), ('promise', 'promised to pay'), ('money_in_transit', 'money in transit'), ('hardship', 'in hardship'), ('pause', 'paused by the desk'), ('other', 'other')], default='pause', max_length=16)),
                ('reason', models.CharField(max_length=300)),
                ('disputed_amount', models.DecimalField(blank=True, decimal_places=4, help_text='Only so much of it rests. Empty: all.', max_digits=18, null=True)),
                ('blocks_contact', models.BooleanField(db_default=True, default=True, help_text='No letter, no call.')),
                ('blocks_charges', models.BooleanField(db_default=True, default=True, help_text='No charge without the customer.')),
                ('blocks_claims', models.BooleanField(db_default=False, default=False, help_text='No fee, and no interest runs.')),
                ('placed_at', models.DateTimeField()),
                ('until_on', models.DateField(blank=True, help_text="Last day of the hold, in the customer's zone. Empty: until released.", null=True)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='customers.customer')),
                ('placed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(blank=True, help_text='Empty: all invoices.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='customers.invoice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('released_at__isnull', True)), fields=['customer'], name='hold_in_force')],
                'constraints': [models.CheckConstraint(condition=models.Q(('disputed_amount', None), models.Q(('disputed_amount__gt', 0), ('invoice__isnull', False), ('kind', 'dispute')), _connector='OR'), name='hold_disputes_an_amount_of_one_invoice'), models.CheckConstraint(condition=models.Q(('blocks_contact', True), ('blocks_charges', True), ('blocks_claims', True), _connector='OR'), name='hold_blocks_something')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invoiced', 'invoiced'), ('paid', 'paid'), ('credited', 'credited'), ('refunded', 'refunded'), ('written_off', 'written off')], max_length=12)),
                ('amount', models.DecimalField(decimal_places=4, help_text='Signed: invoiced and refunded add, the others take away.', max_digits=18)),
                ('occurred_on', models.DateField(help_text='Value date.')),
                ('recorded_at', models.DateTimeField()),
                ('source', models.CharField(help_text='import, gateway or desk.', max_length=16)),
                ('reference', models.CharField(blank=True, help_text="The source's own key; never posted twice.", max_length=128)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='customers.invoice')),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['recorded_at'], name='ledger_entry_recorded'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['occurred_on'], name='ledger_entry_occurred')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('invoice', 'kind', 'source', 'reference'), name='ledger_entry_posted_once'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='ledger_entry_moves_something'), models.CheckConstraint(condition=models.Q(('kind', 'invoiced'), models.Q(('amount__gt', 0), ('kind', 'refunded')), models.Q(('amount__lt', 0), ('kind__in', ['paid', 'credited', 'written_off'])), _connector='OR'), name='ledger_entry_sign')],
            },
        ),
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('', 'every channel'), ('email', 'e-mail'), ('call', 'phone calls'), ('sms', 'text messages'), ('post', 'letters by post'), ('in_app', 'notices in the app'), ('webhook', 'your own system')], max_length=16)),
                ('address', models.CharField(help_text='In small letters.', max_length=254)),
                ('reason', models.CharField(choices=[('bounced', 'came back for good'), ('complained', 'reported as spam'), ('soft_bounces', 'came back three times in a row'), ('somebody_else', 'somebody else answers there')], max_length=16)),
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
        migrations.CreateModel(
            name='WriteOffLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(help_text='ISO 4217 code, for example EUR.', max_length=3)),
                ('at_most', models.DecimalField(decimal_places=4, help_text='Up to this one manager approves a write-off; above it, two do.', max_digits=18)),
                ('source', models.CharField(help_text='Who decided it, and why.', max_length=200, verbose_name='decided by')),
                ('valid_from', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('currency', 'valid_from'), name='one_write_off_limit_per_day'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='write_off_limit_has_a_source'), models.CheckConstraint(condition=models.Q(('at_most__gte', 0)), name='write_off_limit_is_no_debt'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='write_off_limit_currency_is_a_code')],
            },
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('customer',), name='one_primary_contact_per_customer'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('role', ''), _negated=True), fields=('customer', 'role'), name='one_contact_per_role', violation_error_message='Another contact of this customer has this role already.'),
        ),
    ]
