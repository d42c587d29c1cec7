# The role that the sweep reads an account with. It allows reading, and nothing else.
#
# Apply it in every account, or make a module of it; a StackSet from `rootsweep kit audit-role --as cloudformation`
# reaches accounts that join the organization later by itself.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "role_name" {
  description = "The role's name, equal in all accounts; rootsweep sweep --role-name."
  type        = string
  default     = "{{ options.role_name }}"
}

variable "trusted_principal" {
  description = "Who may assume the role: the id of the account that the sweep runs in, or the ARN of its role."
  type        = string
{%- if let Some(principal) = options.trusted_principal %}
  default     = "{{ principal }}"
{%- endif %}

  validation {
    condition     = can(regex("^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+)$", var.trusted_principal))
    error_message = "Write an account id, or the ARN of a role or user."
  }
}

variable "external_id" {
  description = "What the sweep has to say when it assumes the role; rootsweep sweep --external-id. Empty for none."
  type        = string
  default     = "{{ options.external_id.as_deref().unwrap_or_default() }}"
}
{%- if !content.is_empty() %}

variable "trail_log_group_name" {
  description = "The log group whose records the role may read, that of the trail; * for any."
  type        = string
  default     = "*"
}
{%- endif %}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type = "AWS"
      identifiers = [
        can(regex("^[0-9]{12}$", var.trusted_principal))
        ? "arn:${data.aws_partition.current.partition}:iam::${var.trusted_principal}:root"
        : var.trusted_principal
      ]
    }

    dynamic "condition" {
      for_each = var.external_id == "" ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "read" {
{%- if !configuration.is_empty() %}
  # None of these takes a narrower resource that is known before the account has been read.
  statement {
    sid = "ReadConfiguration"
    actions = [
{%- for action in configuration %}
      "{{ action }}",
{%- endfor %}
    ]
    resources = ["*"]
  }
{%- endif %}
{%- if !content.is_empty() %}
{%- if !configuration.is_empty() %}
{% endif %}
  statement {
    sid = "ReadTrailRecords"
    actions = [
{%- for action in content %}
      "{{ action }}",
{%- endfor %}
    ]
    resources = [
      "arn:${data.aws_partition.current.partition}:logs:*:${data.aws_caller_identity.current.account_id}:log-group:${var.trail_log_group_name}:*",
    ]
  }
{%- endif %}
}

resource "aws_iam_role" "audit" {
  name                 = var.role_name
  description          = "Rootsweep reads this account's root-user posture with it"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "read" {
  name   = "rootsweep-read"
  role   = aws_iam_role.audit.id
  policy = data.aws_iam_policy_document.read.json
}

output "role_arn" {
  description = "The role's ARN."
  value       = aws_iam_role.audit.arn
}
