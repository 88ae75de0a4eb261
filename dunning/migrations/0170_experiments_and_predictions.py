import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_enrolment
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dunning_look
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_change_of_running_arm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM dunning_experiment WHERE state <> 'planned'
      AND id = CASE WHEN TG_OP = 'DELETE' THEN OLD.experiment_id ELSE NEW.experiment_id END) THEN
    RAISE EXCEPTION 'the arms of an experiment are fixed once it has started';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen_once_started BEFORE INSERT OR UPDATE OR DELETE ON dunning_arm
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_running_arm();
"""
BACKWARD = """
DROP TRIGGER frozen_once_started ON dunning_arm;
DROP FUNCTION refuse_change_of_running_arm();
DROP TRIGGER append_only ON dunning_look;
DROP TRIGGER append_only ON dunning_enrolment;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0160_entries_by_day"),
        ("dunning", "0160_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Prediction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "made_on",
                    models.DateField(help_text="What was booked by the end of this day is known.", unique=True),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "is_learnt",
                    models.BooleanField(help_text="No: it goes by rules, as there was too little to learn from."),
                ),
                ("says", models.CharField(help_text="Why it was learnt, or not.", max_length=300)),
                ("payments_seen", models.PositiveIntegerField(default=0)),
                ("coefficients", models.JSONField(default=dict, help_text="Log odds by feature.")),
                ("letters", models.JSONField(default=list, help_text="Letters that have usually left by each period.")),
                ("typical", models.JSONField(default=dict, help_text="The median amount by currency.")),
                (
                    "calibration",
                    models.JSONField(default=list, help_text="Chances foretold on past days, and what came."),
                ),
                (
                    "past",
                    models.JSONField(
                        default=list, help_text="Months foretold by what was known before, and what came."
                    ),
                ),
                ("expected", models.JSONField(default=dict, help_text="By currency: expected within 1, 2 … 90 days.")),
            ],
        ),
        migrations.AddField(
            model_name="campaignversion",
            name="is_variant",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Published for experiments: new cases follow it only where an experiment says so.",
                verbose_name="variant",
            ),
        ),
        migrations.AddField(
            model_name="enginestate",
            name="suggested_on",
            field=models.DateField(blank=True, help_text="The month whose suggestions are made.", null=True),
        ),
        migrations.CreateModel(
            name="Arm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "share",
                    models.PositiveSmallIntegerField(default=50, help_text="Percent of the customers; together 100."),
                ),
                (
                    "is_control",
                    models.BooleanField(
                        default=False, help_text="What the others are compared with.", verbose_name="control"
                    ),
                ),
                (
                    "is_hold_out",
                    models.BooleanField(
                        default=False,
                        help_text="Gets nothing but what law asks for: shows what letters are worth.",
                        verbose_name="hold-out",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arms", to="dunning.campaignversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseOutlook",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="outlook",
                        serialize=False,
                        to="dunning.case",
                    ),
                ),
                ("made_on", models.DateField()),
                ("chance", models.PositiveSmallIntegerField(help_text="Percent: paid within 30 days.")),
                ("likely_on", models.DateField(blank=True, help_text="Empty: not within half a year.", null=True)),
                ("why", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["chance"], name="case_outlook_chance")],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="Days within which a customer must have paid to count as recovered."
                    ),
                ),
                (
                    "smallest_effect",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Percentage points: a smaller difference is not worth seeing. Small ones take long.",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "running"),
                            ("finished", "finished"),
                            ("stopped", "stopped"),
                        ],
                        default="planned",
                        max_length=8,
                    ),
                ),
                (
                    "base_rate",
                    models.FloatField(blank=True, help_text="Share recovered so far, as planned with.", null=True),
                ),
                (
                    "planned",
                    models.PositiveIntegerField(
                        blank=True, help_text="Customers needed in all arms together.", null=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reviewed_at",
                    models.DateTimeField(
                        blank=True, help_text="When the engine last looked at its guardrails.", null=True
                    ),
                ),
                ("full_at", models.DateTimeField(blank=True, help_text="Since then it takes nobody new.", null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.CharField(blank=True, max_length=500)),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, help_text="When a manager drew the consequence.", null=True),
                ),
                (
                    "adopted",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dunning.campaignversion",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="experiments", to="dunning.campaign"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "winner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown to be better.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dunning.arm",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("enrolled_at", models.DateTimeField()),
                (
                    "arm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="dunning.arm"
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolment", to="dunning.case"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="customers.customer"
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="dunning.experiment",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="arm",
            name="experiment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="arms", to="dunning.experiment"
            ),
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("looked_at", models.DateTimeField()),
                ("fraction", models.FloatField(help_text="Of the planned customers, those whose window has passed.")),
                (
                    "counted",
                    models.JSONField(
                        help_text="Of each arm: whose window has passed, and how many of these recovered."
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="looks",
                        to="dunning.experiment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("leave_out", "leave a letter out"),
                            ("rewrite", "write a text anew"),
                            ("spare_call", "spare a call"),
                            ("other_hour", "charge at another hour"),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.CharField(blank=True, help_text="The segment, or the hour.", max_length=64)),
                ("says", models.CharField(max_length=300)),
                ("evidence", models.JSONField(default=list, help_text="The numbers behind it, in words.")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("drafted", "made a draft"), ("dismissed", "dismissed")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, help_text="Why it was dismissed.", max_length=300)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dunning.campaignversion",
                    ),
                ),
                (
                    "rehearsal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dunning.rehearsal",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it is about; empty: no step of a campaign.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dunning.step",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")),
                fields=("campaign",),
                name="one_running_experiment_per_campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_days__range", (1, 180))), name="experiment_window"
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(("smallest_effect__range", (1, 50))), name="experiment_effect"
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("started_at__isnull", True), ("state", "planned")),
                    models.Q(
                        models.Q(("state", "planned"), _negated=True),
                        ("base_rate__isnull", False),
                        ("planned__isnull", False),
                        ("started_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="experiment_runs_as_planned",
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True), ("settled_at__isnull", True), ("state__in", ["planned", "running"])
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["finished", "stopped"]),
                        models.Q(("ended_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="experiment_ends_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(fields=("experiment", "customer"), name="one_arm_per_customer"),
        ),
        migrations.AddConstraint(
            model_name="arm",
            constraint=models.UniqueConstraint(fields=("experiment", "version"), name="one_arm_per_version"),
        ),
        migrations.AddConstraint(
            model_name="arm",
            constraint=models.UniqueConstraint(fields=("experiment", "name"), name="one_arm_per_name"),
        ),
        migrations.AddConstraint(
            model_name="arm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_control", True)), fields=("experiment",), name="one_control_per_experiment"
            ),
        ),
        migrations.AddConstraint(
            model_name="arm",
            constraint=models.CheckConstraint(condition=models.Q(("share__range", (1, 99))), name="arm_has_a_share"),
        ),
        migrations.AddConstraint(
            model_name="arm",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_control", True), ("is_hold_out", True), _negated=True),
                name="control_holds_nothing_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.UniqueConstraint(fields=("experiment", "number"), name="one_row_per_look"),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("fraction__gt", 0), ("fraction__lte", 1)), name="look_at_a_part_or_all"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(
                fields=("month", "kind", "step", "detail"), name="one_suggestion_a_month", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="suggestion_is_dismissed_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="suggestion_is_decided_once",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
