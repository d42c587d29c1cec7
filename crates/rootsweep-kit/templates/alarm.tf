# A page for root use: metric filter, alarm, topic. For the account and Region of the trail's log group, which for an
# organization trail is that of the trail's owner: one of it then serves all accounts.
#
# The alarm reaches nobody before the link in the mail "AWS Notification - Subscription Confirmation" was followed.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "log_group_name" {
  description = "The log group that the trail writes to."
  type        = string
}

variable "email" {
  description = "The address that is told."
  type        = string
}

data "aws_caller_identity" "current" {}

resource "aws_cloudwatch_log_metric_filter" "root_use" {
  name           = "rootsweep-root-use"
  log_group_name = var.log_group_name

  # The text that the CIS benchmark prescribes and Security Hub's CloudWatch.1 compares, letter by letter. It hears
  # sign-ins and API calls, and not what AWS services do in the root user's name. A condition added to it has to
  # hold for records without its field: `!=` alone is false there, and the alarm would never fire again.
  pattern = "{$.userIdentity.type=\"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !=\"AwsServiceEvent\"}"

  metric_transformation {
    namespace     = "Rootsweep"
    name          = "RootUse"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "root_use" {
  alarm_name          = "rootsweep-root-use"
  alarm_description   = "The root user was used. `rootsweep triage --alarm rootsweep-root-use` tells what it was, and whether it is live."
  namespace           = "Rootsweep"
  metric_name         = "RootUse"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.root_use.arn]
}

# Not encrypted with a key: CloudWatch cannot publish to a topic under the key that AWS manages for SNS, and the
# message names the alarm, not what was done.
resource "aws_sns_topic" "root_use" {
  name = "rootsweep-root-use"
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.root_use.arn
  protocol  = "email"
  endpoint  = var.email
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "OnlyTheAlarm"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.root_use.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_metric_alarm.root_use.arn]
    }
  }
}

resource "aws_sns_topic_policy" "root_use" {
  arn    = aws_sns_topic.root_use.arn
  policy = data.aws_iam_policy_document.topic.json
}

output "topic_arn" {
  description = "The topic, for further subscriptions."
  value       = aws_sns_topic.root_use.arn
}
