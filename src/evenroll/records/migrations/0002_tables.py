"""Makes the tables, second half, with their indexes and constraints; generated from the models."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('records', '0001_tables')]

    operations = [
        migrations.CreateModel(
            name='SupplyRegistry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pod', models.CharField(max_length=40)),
                ('postal_code', models.CharField(max_length=10)),
                ('utility', models.CharField(max_length=40)),
                ('supplier', models.CharField(max_length=40, null=True)),
                ('supplier_kind', models.CharField(max_length=20)),
                ('from_on', models.DateField()),
                ('status', models.CharField(max_length=20)),
                ('pending_to', models.CharField(max_length=40, null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'supply_registry',
            },
        ),
        migrations.CreateModel(
            name='TrackRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream_kind', models.CharField(max_length=20)),
                ('stream_key', models.CharField(max_length=80)),
                ('track_key', models.CharField(max_length=120)),
                ('track', models.CharField(max_length=20)),
                ('subject', models.CharField(max_length=100)),
                ('state', models.CharField(max_length=30)),
                ('since', models.DateTimeField()),
                ('owner', models.CharField(max_length=30, null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('on_lapse', models.CharField(max_length=40, null=True)),
                ('times', models.IntegerField(default=0)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'track',
            },
        ),
        migrations.CreateModel(
            name='UsagePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pod', models.CharField(max_length=40)),
                ('read_cycle', models.CharField(max_length=20)),
                ('net_metering', models.BooleanField(default=False)),
                ('interval_opt_out', models.BooleanField(default=False)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.customeraccount')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.servicelocation')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'usage_point',
            },
        ),
        migrations.CreateModel(
            name='Vehicle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_number', models.CharField(max_length=40)),
                ('pevid', models.CharField(max_length=40)),
                ('drivetrain', models.CharField(max_length=20)),
                ('vin_known', models.BooleanField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'vehicle',
            },
        ),
        migrations.CreateModel(
            name='OfferShown',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.CharField(max_length=60)),
                ('program_version', models.IntegerField()),
                ('shown_at', models.DateTimeField()),
                ('body', models.TextField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'offer_shown',
                'indexes': [models.Index(fields=['organization', 'id'], name='offer_by_organization')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream_kind', models.CharField(max_length=20)),
                ('stream_key', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=60)),
                ('parameters', models.TextField()),
                ('noticed_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'notice',
                'indexes': [models.Index(fields=['organization', 'stream_key'], name='notice_by_stream')],
            },
        ),
        migrations.CreateModel(
            name='MeterRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=40)),
                ('register', models.CharField(max_length=30)),
                ('read_on', models.DateField()),
                ('value_wh', models.BigIntegerField()),
                ('quality', models.CharField(max_length=20)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'meter_read',
                'constraints': [models.UniqueConstraint(fields=('organization', 'serial', 'register', 'read_on'), name='meter_read_once'), models.CheckConstraint(condition=models.Q(('value_wh__gte', 0)), name='meter_read_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Meter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pod', models.CharField(max_length=40)),
                ('position', models.IntegerField()),
                ('serial', models.CharField(max_length=40)),
                ('capability', models.CharField(max_length=30)),
                ('registers', models.TextField()),
                ('remote_changeable', models.BooleanField()),
                ('installed_on', models.DateField()),
                ('removed_on', models.DateField(null=True)),
                ('opening', models.TextField()),
                ('closing', models.TextField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'meter',
                'indexes': [models.Index(fields=['organization', 'serial'], name='meter_by_serial')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'pod', 'position'), name='meter_once'), models.UniqueConstraint(condition=models.Q(('removed_on__isnull', True)), fields=('organization', 'serial'), name='meter_in_one_place'), models.CheckConstraint(condition=models.Q(('removed_on__isnull', True), ('removed_on__gte', models.F('installed_on')), _connector='OR'), name='meter_days')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=30)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'membership',
                'constraints': [models.UniqueConstraint(fields=('organization', 'user', 'role'), name='membership_once')],
            },
        ),
        migrations.CreateModel(
            name='MailForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_on', models.DateField()),
                ('stamped_at', models.DateTimeField()),
                ('stamped_by', models.CharField(max_length=60)),
                ('key_id', models.BigIntegerField(null=True)),
                ('first_keying', models.BigIntegerField(null=True)),
                ('first_keyed_by', models.CharField(default='', max_length=60)),
                ('second_keying', models.BigIntegerField(null=True)),
                ('second_keyed_by', models.CharField(default='', max_length=60)),
                ('case_number', models.CharField(default='', max_length=40)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'mail_form',
                'constraints': [models.CheckConstraint(condition=models.Q(('second_keyed_by', ''), models.Q(('second_keyed_by', models.F('first_keyed_by')), _negated=True), _connector='OR'), name='mail_form_two_people')],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream_kind', models.CharField(max_length=20)),
                ('stream_key', models.CharField(max_length=80)),
                ('number', models.IntegerField()),
                ('row', models.CharField(max_length=10)),
                ('actor_key', models.CharField(max_length=60)),
                ('actor_role', models.CharField(max_length=30)),
                ('actor_organization', models.CharField(max_length=40)),
                ('event', models.CharField(max_length=60)),
                ('version', models.IntegerField()),
                ('data', models.TextField()),
                ('business_at', models.DateTimeField()),
                ('business_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('idempotency_key', models.CharField(default='', max_length=255)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'journal_entry',
                'constraints': [models.UniqueConstraint(fields=('organization', 'stream_kind', 'stream_key', 'number'), name='journal_number_once')],
            },
        ),
        migrations.CreateModel(
            name='IntakeRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_number', models.IntegerField()),
                ('case_number', models.CharField(default='', max_length=40)),
                ('outcome', models.TextField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.intakefile')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'intake_row',
                'constraints': [models.UniqueConstraint(fields=('file', 'row_number'), name='intake_row_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='intakefile',
            constraint=models.UniqueConstraint(fields=('organization', 'content_hash'), name='intake_file_once'),
        ),
        migrations.AddConstraint(
            model_name='inboxmessage',
            constraint=models.UniqueConstraint(fields=('organization', 'sender', 'message_id'), name='inbox_once'),
        ),
        migrations.AddIndex(
            model_name='customerkey',
            index=models.Index(fields=['organization', 'id'], name='customer_key_by_org'),
        ),
        migrations.AddIndex(
            model_name='customeraccount',
            index=models.Index(fields=['organization', 'id'], name='account_by_organization'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['organization', 'id'], name='customer_by_organization'),
        ),
        migrations.AddConstraint(
            model_name='controldevice',
            constraint=models.UniqueConstraint(fields=('organization', 'case_number', 'device'), name='device_once'),
        ),
        migrations.AddConstraint(
            model_name='commandanswer',
            constraint=models.UniqueConstraint(fields=('organization', 'actor_key', 'key'), name='command_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='chargingequipment',
            constraint=models.UniqueConstraint(fields=('organization', 'case_number'), name='equipment_once'),
        ),
        migrations.AddIndex(
            model_name='caserecord',
            index=models.Index(fields=['organization', 'pod'], name='case_by_pod'),
        ),
        migrations.AddIndex(
            model_name='caserecord',
            index=models.Index(fields=['organization', 'customer_id'], name='case_by_customer'),
        ),
        migrations.AddIndex(
            model_name='caserecord',
            index=models.Index(fields=['organization', 'status'], name='case_by_status'),
        ),
        migrations.AddConstraint(
            model_name='caserecord',
            constraint=models.UniqueConstraint(fields=('organization', 'number'), name='case_once'),
        ),
        migrations.AddIndex(
            model_name='bill',
            index=models.Index(fields=['organization', 'pod', 'start_on'], name='bill_by_pod'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.UniqueConstraint(fields=('organization', 'order_number', 'kind'), name='bill_once'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.CheckConstraint(condition=models.Q(('end_on__gt', models.F('start_on'))), name='bill_days'),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['organization', 'due_at'], name='outbox_due'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.UniqueConstraint(fields=('organization', 'message_id'), name='outbox_once'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.UniqueConstraint(fields=('organization', 'conversation', 'number'), name='outbox_number_once'),
        ),
        migrations.AddIndex(
            model_name='personalrecord',
            index=models.Index(fields=['organization', 'id'], name='personal_by_org'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(condition=models.Q(('live', True)), fields=('organization', 'family', 'unit_kind', 'unit_id'), name='place_live_once'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('organization', 'case_number', 'family', 'unit_kind', 'unit_id'), name='place_of_case_once'),
        ),
        migrations.AddConstraint(
            model_name='pointrecord',
            constraint=models.UniqueConstraint(fields=('organization', 'pod'), name='point_once'),
        ),
        migrations.AddIndex(
            model_name='searchtoken',
            index=models.Index(fields=['organization', 'subject_kind', 'subject_id'], name='search_token_by_subject'),
        ),
        migrations.AddConstraint(
            model_name='searchtoken',
            constraint=models.UniqueConstraint(fields=('organization', 'kind', 'token', 'subject_kind', 'subject_id'), name='search_token_once'),
        ),
        migrations.AddConstraint(
            model_name='serviceagreement',
            constraint=models.UniqueConstraint(fields=('organization', 'pod', 'start_on'), name='agreement_once'),
        ),
        migrations.AddConstraint(
            model_name='serviceagreement',
            constraint=models.CheckConstraint(condition=models.Q(('end_on__isnull', True), ('end_on__gt', models.F('start_on')), _connector='OR'), name='agreement_days'),
        ),
        migrations.AddIndex(
            model_name='servicelocation',
            index=models.Index(fields=['organization', 'id'], name='location_by_organization'),
        ),
        migrations.AddIndex(
            model_name='serviceorderrecord',
            index=models.Index(fields=['organization', 'case_number'], name='order_by_case'),
        ),
        migrations.AddIndex(
            model_name='serviceorderrecord',
            index=models.Index(fields=['organization', 'pod'], name='order_by_pod'),
        ),
        migrations.AddConstraint(
            model_name='serviceorderrecord',
            constraint=models.UniqueConstraint(fields=('organization', 'number'), name='order_once'),
        ),
        migrations.AddConstraint(
            model_name='streamhead',
            constraint=models.UniqueConstraint(fields=('organization', 'stream_kind', 'stream_key'), name='stream_head_once'),
        ),
        migrations.AddIndex(
            model_name='supplyregistry',
            index=models.Index(fields=['organization', 'postal_code'], name='supply_by_postal_code'),
        ),
        migrations.AddConstraint(
            model_name='supplyregistry',
            constraint=models.UniqueConstraint(fields=('organization', 'pod', 'from_on'), name='supply_registry_once'),
        ),
        migrations.AddIndex(
            model_name='trackrecord',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['organization', 'due_at'], name='track_due'),
        ),
        migrations.AddIndex(
            model_name='trackrecord',
            index=models.Index(condition=models.Q(('owner__isnull', False)), fields=['organization', 'owner'], name='track_by_owner'),
        ),
        migrations.AddConstraint(
            model_name='trackrecord',
            constraint=models.UniqueConstraint(fields=('organization', 'stream_kind', 'stream_key', 'track_key'), name='track_once'),
        ),
        migrations.AddConstraint(
            model_name='usagepoint',
            constraint=models.UniqueConstraint(fields=('organization', 'pod'), name='usage_point_once'),
        ),
        migrations.AddIndex(
            model_name='vehicle',
            index=models.Index(fields=['organization', 'pevid'], name='vehicle_by_pevid'),
        ),
        migrations.AddConstraint(
            model_name='vehicle',
            constraint=models.UniqueConstraint(fields=('organization', 'case_number', 'pevid'), name='vehicle_once'),
        ),
    ]
