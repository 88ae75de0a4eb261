from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0008_debits_elsewhere_stand_beside_ours'),
    ]

    operations = [
        migrations.AlterField(
            model_name='syncfinding',
            name='kind',
            field=models.CharField(help_text='customer, invoice, try, refund or dispute', max_length=16),
        ),
        migrations.AlterField(
            model_name='syncrun',
            name='stage',
            field=models.CharField(choices=[('customer', 'customers'), ('invoice', 'invoices'), ('try', 'charges'), ('refund', 'refunds'), ('dispute', 'disputes'), ('done', 'done')], default='customer', max_length=16),
        ),
    ]
