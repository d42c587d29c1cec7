# A message for every root event, by EventBridge. A rule hears its own Region only. Root sign-ins are logged in
# us-east-1, us-east-2 or us-west-2, whichever the browser was sent to; add each other Region in which root could call
# an API.
#
# EventBridge hears API calls only where a trail is logging. The rule reaches nobody before the link in the mail
# "AWS Notification - Subscription Confirmation" was followed, one mail from each Region.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0" # the first in which a resource names its Region
    }
  }
}

variable "email" {
  description = "The address that is told."
  type        = string
}

variable "regions" {
  description = "The Regions to listen in."
  type        = set(string)
  default     = ["us-east-1", "us-east-2", "us-west-2"]
}

resource "aws_cloudwatch_event_rule" "root_use" {
  for_each    = var.regions
  region      = each.value
  name        = "rootsweep-root-use"
  description = "Root sign-ins and API calls that no AWS service made"

  # ENABLED alone leaves out what only reads: the looking around that comes before the damage.
  state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

  # Events say "Sign In" in two words; a rule that says "Signin", as one of AWS's pages does, never fires.
  event_pattern = <<-JSON
    {
      "detail-type": [
        "AWS API Call via CloudTrail",
        "AWS Console Action via CloudTrail",
        "AWS Console Sign In via CloudTrail"
      ],
      "detail": {
        "userIdentity": {
          "type": ["Root"],
          "invokedBy": [{ "exists": false }]
        }
      }
    }
  JSON
}

resource "aws_cloudwatch_event_target" "topic" {
  for_each  = var.regions
  region    = each.value
  rule      = aws_cloudwatch_event_rule.root_use[each.key].name
  target_id = "topic"
  arn       = aws_sns_topic.root_use[each.key].arn

  input_transformer {
    input_paths = {
      account = "$.account"
      event   = "$.detail.eventName"
      id      = "$.detail.eventID"
      region  = "$.region"
      source  = "$.detail.sourceIPAddress"
      time    = "$.detail.eventTime"
    }
    input_template = <<-TEXT
      "The root user of account <account> did <event> in <region> at <time>, from <source>."
      "What it was, and whether it is live: rootsweep triage --event-id <id>"
    TEXT
  }
}

# Not encrypted with a key: EventBridge cannot publish to a topic under the key that AWS manages for SNS.
resource "aws_sns_topic" "root_use" {
  for_each = var.regions
  region   = each.value
  name     = "rootsweep-root-events"
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = var.regions
  region    = each.value
  topic_arn = aws_sns_topic.root_use[each.key].arn
  protocol  = "email"
  endpoint  = var.email
}

data "aws_iam_policy_document" "topic" {
  for_each = var.regions

  # Without a condition: in the policy of a topic, EventBridge cannot have one.
  statement {
    sid       = "EventRules"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.root_use[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_policy" "root_use" {
  for_each = var.regions
  region   = each.value
  arn      = aws_sns_topic.root_use[each.key].arn
  policy   = data.aws_iam_policy_document.topic[each.key].json
}

output "topic_arns" {
  description = "The topic of each Region, for further subscriptions."
  value       = { for region, topic in aws_sns_topic.root_use : region => topic.arn }
}
