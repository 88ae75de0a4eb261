from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dunning', '0180_safety_erasure_and_brand'),
    ]

    operations = [
        migrations.AddField(
            model_name='enginestate',
            name='predicting_at',
            field=models.DateTimeField(blank=True, help_text='Since when a worker makes a prediction.', null=True),
        ),
    ]
