from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_claims_are_raised_once'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='claimrule',
            name='one_claim_rule_per_kind_and_day',
        ),
        migrations.AddConstraint(
            model_name='claimrule',
            constraint=models.UniqueConstraint(fields=('pack', 'kind', 'who', 'countries', 'currency', 'valid_from'), name='one_claim_rule_per_kind_and_day'),
        ),
    ]
