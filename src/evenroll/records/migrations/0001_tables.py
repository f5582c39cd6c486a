"""Makes the tables, first half; generated from the models."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [('auth', '0012_alter_user_first_name_max_length')]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_id', models.BigIntegerField()),
                ('personal', models.BigIntegerField()),
                ('language', models.CharField(default='en', max_length=5)),
                ('life_support', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'customer',
            },
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('kinds', models.CharField(max_length=60)),
                ('calendar', models.CharField(max_length=20)),
                ('sealing_key', models.BinaryField(default=b'')),
            ],
            options={
                'db_table': 'organization',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('key', models.CharField(max_length=40, unique=True)),
                ('login_token', models.CharField(max_length=64, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'db_table': 'evenroll_user',
            },
        ),
        migrations.CreateModel(
            name='BusinessClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_demo', models.BooleanField(default=True)),
                ('now', models.DateTimeField()),
            ],
            options={
                'db_table': 'business_clock',
                'constraints': [models.UniqueConstraint(fields=('is_demo',), name='business_clock_once'), models.CheckConstraint(condition=models.Q(('is_demo', True)), name='business_clock_demo_only')],
            },
        ),
        migrations.CreateModel(
            name='IntakeFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_hash', models.CharField(max_length=64)),
                ('first_seen_at', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'intake_file',
            },
        ),
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=120)),
                ('conversation', models.CharField(max_length=80)),
                ('number', models.IntegerField()),
                ('in_reply_to', models.CharField(default='', max_length=120)),
                ('kind', models.CharField(max_length=60)),
                ('version', models.IntegerField()),
                ('body', models.TextField()),
                ('sealed', models.BinaryField(null=True)),
                ('parked_why', models.CharField(default='', max_length=60)),
                ('sender', models.CharField(max_length=40)),
                ('received_at', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'inbox_message',
            },
        ),
        migrations.CreateModel(
            name='CustomerKey',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('subject_kind', models.CharField(max_length=30)),
                ('wrapped', models.BinaryField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'customer_key',
            },
        ),
        migrations.CreateModel(
            name='CustomerAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('personal', models.BigIntegerField()),
                ('customer_class', models.CharField(max_length=30)),
                ('status', models.CharField(max_length=20)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField(null=True)),
                ('good_standing', models.BooleanField(default=True)),
                ('assistance', models.BooleanField(default=False)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.customer')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'customer_account',
            },
        ),
        migrations.AddField(
            model_name='customer',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization'),
        ),
        migrations.CreateModel(
            name='ControlDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_number', models.CharField(max_length=40)),
                ('device', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=30, null=True)),
                ('tested', models.BooleanField(default=False)),
                ('test_cause', models.CharField(default='', max_length=60)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'control_device',
            },
        ),
        migrations.CreateModel(
            name='CommandAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor_key', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=255)),
                ('payload_digest', models.CharField(max_length=64)),
                ('answer', models.TextField()),
                ('answered_at', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'command_answer',
            },
        ),
        migrations.CreateModel(
            name='ChargingEquipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_number', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=30, null=True)),
                ('outlet', models.CharField(max_length=80, null=True)),
                ('model', models.CharField(max_length=80, null=True)),
                ('bought_on', models.DateField(null=True)),
                ('price', models.CharField(max_length=30, null=True)),
                ('installer', models.CharField(max_length=30, null=True)),
                ('installed_on', models.DateField(null=True)),
                ('serial', models.CharField(max_length=80, null=True)),
                ('permit', models.CharField(max_length=80, null=True)),
                ('inspected_on', models.DateField(null=True)),
                ('inspection_passed', models.BooleanField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'charging_equipment',
            },
        ),
        migrations.CreateModel(
            name='CaseRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40)),
                ('state', models.TextField()),
                ('status', models.CharField(max_length=30)),
                ('owner', models.CharField(max_length=30, null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('program', models.CharField(max_length=60, null=True)),
                ('program_version', models.IntegerField(null=True)),
                ('pod', models.CharField(max_length=40, null=True)),
                ('customer_id', models.BigIntegerField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'case_record',
            },
        ),
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tile_number', models.BigIntegerField()),
                ('order_number', models.CharField(max_length=40)),
                ('pod', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=20)),
                ('rate', models.CharField(max_length=60)),
                ('start_on', models.DateField()),
                ('end_on', models.DateField()),
                ('lines', models.TextField()),
                ('total', models.CharField(max_length=30)),
                ('actual', models.BooleanField()),
                ('usage_wh', models.BigIntegerField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'bill',
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=120)),
                ('conversation', models.CharField(max_length=80)),
                ('number', models.IntegerField()),
                ('in_reply_to', models.CharField(default='', max_length=120)),
                ('kind', models.CharField(max_length=60)),
                ('version', models.IntegerField()),
                ('body', models.TextField()),
                ('sealed', models.BinaryField(null=True)),
                ('parked_why', models.CharField(default='', max_length=60)),
                ('receiver', models.CharField(max_length=40)),
                ('written_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'outbox_message',
            },
        ),
        migrations.CreateModel(
            name='PersonalRecord',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('ciphertext', models.BinaryField()),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.customerkey')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'personal_record',
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.CharField(max_length=60)),
                ('unit_kind', models.CharField(max_length=20)),
                ('unit_id', models.CharField(max_length=60)),
                ('case_number', models.CharField(max_length=40)),
                ('live', models.BooleanField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'place',
            },
        ),
        migrations.CreateModel(
            name='PointRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pod', models.CharField(max_length=40)),
                ('state', models.TextField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'point_record',
            },
        ),
        migrations.CreateModel(
            name='ProgramVersionRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('version', models.IntegerField()),
                ('publisher', models.CharField(max_length=40)),
                ('content_hash', models.CharField(max_length=64)),
                ('body', models.TextField()),
            ],
            options={
                'db_table': 'program_version',
                'constraints': [models.UniqueConstraint(fields=('key', 'version'), name='program_version_once')],
            },
        ),
        migrations.CreateModel(
            name='SearchToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('token', models.CharField(max_length=32)),
                ('subject_kind', models.CharField(max_length=30)),
                ('subject_id', models.BigIntegerField()),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.customerkey')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'search_token',
            },
        ),
        migrations.CreateModel(
            name='ServiceAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tile_number', models.BigIntegerField()),
                ('pod', models.CharField(max_length=40)),
                ('rate', models.CharField(max_length=60)),
                ('supplier', models.CharField(max_length=40)),
                ('supply_rate', models.CharField(max_length=60, null=True)),
                ('riders', models.TextField()),
                ('start_on', models.DateField()),
                ('end_on', models.DateField(null=True)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'service_agreement',
            },
        ),
        migrations.CreateModel(
            name='ServiceLocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('personal', models.BigIntegerField()),
                ('postal_code', models.CharField(max_length=10)),
                ('dwelling', models.CharField(default='unsaid', max_length=30)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'service_location',
            },
        ),
        migrations.CreateModel(
            name='ServiceOrderRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40)),
                ('state', models.TextField()),
                ('status', models.CharField(max_length=30)),
                ('asked_by', models.CharField(max_length=40)),
                ('case_number', models.CharField(max_length=40)),
                ('pod', models.CharField(max_length=40)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'service_order',
            },
        ),
        migrations.CreateModel(
            name='StreamHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream_kind', models.CharField(max_length=20)),
                ('stream_key', models.CharField(max_length=80)),
                ('number', models.IntegerField(default=0)),
                ('hash', models.CharField(default='', max_length=64)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.organization')),
            ],
            options={
                'db_table': 'stream_head',
            },
        ),
    ]
