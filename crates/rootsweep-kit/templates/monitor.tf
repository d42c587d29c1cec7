# The nightly run: a scheduled Fargate task, in the management account or in a delegated administrator of
# Organizations. What it keeps from night to night lies in a bucket, encrypted; the newest report is data/latest.html.
#
# Three containers, one after the other: `restore` brings what the last night left, `sweep` runs on a file system that
# it cannot write except for /data, `keep` takes it back. Runs that do not end with exit code 0 (findings, accounts that
# could not be checked, failures) are told by mail, and so is a run that could not be started.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

variable "image" {
  description = "The image that deploy/Dockerfile builds, in a registry that the task may pull from."
  type        = string
}

variable "aws_cli_image" {
  description = "The image that copies between the bucket and the task."
  type        = string
  default     = "public.ecr.aws/aws-cli/aws-cli:2.31.29"
}

variable "schedule" {
  description = "When it runs, in UTC."
  type        = string
  default     = "cron(0 2 * * ? *)"
}

variable "vpc_id" {
  description = "The network of the task; it needs a way to AWS's endpoints."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets of the task."
  type        = list(string)
}

variable "assign_public_ip" {
  description = "True in public subnets without a NAT gateway."
  type        = bool
  default     = false
}

variable "audit_role_name" {
  description = "The role that the sweep enters accounts with, as in the audit-role template."
  type        = string
  default     = "{{ options.role_name }}"
}

variable "external_id" {
  description = "The external id that the audit role asks for. Empty for none."
  type        = string
  default     = "{{ options.external_id.as_deref().unwrap_or_default() }}"
}

variable "email" {
  description = "The address that is told."
  type        = string
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

# What it keeps.

resource "aws_kms_key" "kept" {
  description         = "Encrypts what Rootsweep keeps"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "kept" {
  bucket_prefix = "rootsweep-"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "kept" {
  bucket = aws_s3_bucket.kept.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.kept.arn
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "kept" {
  bucket = aws_s3_bucket.kept.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "kept" {
  bucket                  = aws_s3_bucket.kept.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "kept" {
  bucket = aws_s3_bucket.kept.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "kept" {
  bucket     = aws_s3_bucket.kept.id
  depends_on = [aws_s3_bucket_versioning.kept]

  rule {
    id     = "what-was-pruned"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "kept" {
  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.kept.arn, "${aws_s3_bucket.kept.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "kept" {
  bucket = aws_s3_bucket.kept.id
  policy = data.aws_iam_policy_document.kept.json
}

resource "aws_cloudwatch_log_group" "monitor" {
  name              = "/rootsweep/monitor"
  retention_in_days = 365
}

# What it may do.

data "aws_iam_policy_document" "ecs_tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "execution" {
  name_prefix        = "rootsweep-execution-"
  description        = "Starts the task: pulls its images, writes its log"
  assume_role_policy = data.aws_iam_policy_document.ecs_tasks.json
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "sweep" {
  statement {
    sid       = "EnterAccounts"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:${data.aws_partition.current.partition}:iam::*:role/${var.audit_role_name}"]
  }
{%- if !caller.is_empty() %}

  statement {
    sid = "ReadOrganization"
    actions = [
{%- for action in caller %}
      "{{ action }}",
{%- endfor %}
    ]
    resources = ["*"]
  }
{%- endif %}

  # The account that the task runs in is read by the task itself, without another role.
  statement {
    sid = "ReadOwnAccount"
    actions = [
{%- for action in audit %}
      "{{ action }}",
{%- endfor %}
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ListKept"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.kept.arn]
  }

  statement {
    sid       = "Keep"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.kept.arn}/data/*"]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.kept.arn]
  }
}

resource "aws_iam_role" "sweep" {
  name_prefix        = "rootsweep-sweep-"
  description        = "What the sweep runs as"
  assume_role_policy = data.aws_iam_policy_document.ecs_tasks.json
}

resource "aws_iam_role_policy" "sweep" {
  name   = "rootsweep-sweep"
  role   = aws_iam_role.sweep.id
  policy = data.aws_iam_policy_document.sweep.json
}

# What it runs.

locals {
  mounts = [
    { sourceVolume = "data", containerPath = "/data", readOnly = false },
    { sourceVolume = "tmp", containerPath = "/tmp", readOnly = false },
  ]
  log = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.monitor.name
      awslogs-region        = data.aws_region.current.region
      awslogs-stream-prefix = "nightly"
    }
  }
  external_id = var.external_id == "" ? [] : ["--external-id", var.external_id]
}

resource "aws_ecs_cluster" "monitor" {
  name = "rootsweep"
}

resource "aws_ecs_task_definition" "sweep" {
  family                   = "rootsweep"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.sweep.arn

  volume {
    name = "data"
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([
    {
      name                   = "restore"
      image                  = var.aws_cli_image
      essential              = false
      readonlyRootFilesystem = true
      entryPoint             = ["/bin/sh", "-c"]
      # 65532 is the user that the sweep's image runs as.
      command = [
        "aws s3 sync --only-show-errors \"s3://$BUCKET/data/\" /data/ && chown -R 65532:65532 /data /tmp && touch /tmp/restored",
      ]
      environment      = [{ name = "BUCKET", value = aws_s3_bucket.kept.id }]
      mountPoints      = local.mounts
      logConfiguration = local.log
    },
    {
      name                   = "sweep"
      image                  = var.image
      essential              = false
      readonlyRootFilesystem = true
      user                   = "65532:65532"
      linuxParameters        = { capabilities = { drop = ["ALL"] } }
      command = concat(
        ["sweep", "--role-name", var.audit_role_name],
        local.external_id,
        ["--state-dir", "/data/state"],
        ["--output", "html=/data/latest.html", "--output", "json=/data/latest.json"],
        ["--log-format", "json"],
      )
      dependsOn        = [{ containerName = "restore", condition = "SUCCESS" }]
      mountPoints      = local.mounts
      logConfiguration = local.log
    },
    {
      name                   = "keep"
      image                  = var.aws_cli_image
      essential              = true
      readonlyRootFilesystem = true
      entryPoint             = ["/bin/sh", "-c"]
      # --delete carries over what the sweep pruned. Where `restore` broke off, it would delete what is kept.
      command = [
        "test -e /tmp/restored && aws s3 sync --only-show-errors --delete /data/ \"s3://$BUCKET/data/\"",
      ]
      environment      = [{ name = "BUCKET", value = aws_s3_bucket.kept.id }]
      dependsOn        = [{ containerName = "sweep", condition = "COMPLETE" }]
      mountPoints      = local.mounts
      logConfiguration = local.log
    },
  ])
}

# When it runs.

resource "aws_security_group" "sweep" {
  name_prefix = "rootsweep-"
  description = "Rootsweep calls AWS over HTTPS, and nothing calls it"
  vpc_id      = var.vpc_id

  egress {
    description = "AWS endpoints"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_scheduler_schedule_group" "monitor" {
  name = "rootsweep"
}

resource "aws_scheduler_schedule" "nightly" {
  name                = "rootsweep-nightly"
  group_name          = aws_scheduler_schedule_group.monitor.name
  description         = "Rootsweep's nightly run"
  schedule_expression = var.schedule

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.monitor.arn
    role_arn = aws_iam_role.scheduler.arn

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 3600
    }

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.sweep.arn
      launch_type         = "FARGATE"
      task_count          = 1

      network_configuration {
        assign_public_ip = var.assign_public_ip
        security_groups  = [aws_security_group.sweep.id]
        subnets          = var.subnet_ids
      }
    }
  }
}

data "aws_iam_policy_document" "scheduler_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.monitor.arn]
    }
  }
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "StartTask"
    actions   = ["ecs:RunTask"]
    resources = [aws_ecs_task_definition.sweep.arn]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.monitor.arn]
    }
  }

  statement {
    sid       = "HandOverRoles"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.sweep.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name_prefix        = "rootsweep-scheduler-"
  description        = "Starts Rootsweep's task"
  assume_role_policy = data.aws_iam_policy_document.scheduler_trust.json
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "rootsweep-start"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

# Who is told.

resource "aws_sns_topic" "monitor" {
  name = "rootsweep-monitor"
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.monitor.arn
  protocol  = "email"
  endpoint  = var.email
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "OnlyTheAlarm"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.monitor.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_metric_alarm.not_started.arn]
    }
  }

  # Without a condition: in the policy of a topic, EventBridge cannot have one.
  statement {
    sid       = "EventRules"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.monitor.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_policy" "monitor" {
  arn    = aws_sns_topic.monitor.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_cloudwatch_event_rule" "unclean_run" {
  name        = "rootsweep-unclean-run"
  description = "A nightly run that did not end with exit code 0, or whose task did not start"
  state       = "ENABLED"

  event_pattern = <<-JSON
    {
      "source": ["aws.ecs"],
      "detail-type": ["ECS Task State Change"],
      "detail": {
        "clusterArn": [{ "suffix": ":cluster/rootsweep" }],
        "lastStatus": ["STOPPED"],
        "$or": [
          { "containers": { "exitCode": [{ "anything-but": [0] }] } },
          { "stopCode": [{ "anything-but": ["EssentialContainerExited"] }] }
        ]
      }
    }
  JSON
}

resource "aws_cloudwatch_event_target" "topic" {
  rule      = aws_cloudwatch_event_rule.unclean_run.name
  target_id = "topic"
  arn       = aws_sns_topic.monitor.arn

  input_transformer {
    input_paths = {
      account = "$.account"
      region  = "$.region"
      task    = "$.detail.taskArn"
    }
    input_template = <<-TEXT
      "Rootsweep's nightly run in account <account>, <region>, did not end clean."
      "Task <task>. Exit codes: 10 findings, 11 not everything could be checked, 12 both, others a failure."
    TEXT
  }
}

resource "aws_cloudwatch_metric_alarm" "not_started" {
  alarm_name          = "rootsweep-not-started"
  alarm_description   = "EventBridge Scheduler gave up starting Rootsweep's nightly run."
  namespace           = "AWS/Scheduler"
  metric_name         = "InvocationDroppedCount"
  dimensions          = { ScheduleGroup = aws_scheduler_schedule_group.monitor.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.monitor.arn]
}

output "bucket_name" {
  description = "Where the reports and the kept runs are."
  value       = aws_s3_bucket.kept.id
}

output "task_role_arn" {
  description = "What the sweep runs as; a trusted_principal for the audit-role template."
  value       = aws_iam_role.sweep.arn
}
