data "pagerduty_user" "ann" {
  email = "ann@parcel.internal"
}

data "pagerduty_user" "bob" {
  email = "bob@parcel.internal"
}

data "pagerduty_user" "eve" {
  email = "eve@parcel.internal"
}

resource "pagerduty_schedule" "first" {
  name      = "parcel, first line"
  time_zone = "Europe/Berlin"

  layer {
    name                         = "weekly"
    start                        = "2026-01-05T09:00:00+01:00"
    rotation_virtual_start       = "2026-01-05T09:00:00+01:00"
    rotation_turn_length_seconds = 604800
    users                        = [data.pagerduty_user.ann.id, data.pagerduty_user.bob.id, data.pagerduty_user.eve.id]
  }
}

resource "pagerduty_escalation_policy" "parcel" {
  name      = "parcel"
  num_loops = 2

  rule {
    escalation_delay_in_minutes = 15
    target {
      type = "schedule_reference"
      id   = pagerduty_schedule.first.id
    }
  }

  rule {
    escalation_delay_in_minutes = 15
    target {
      type = "user_reference"
      id   = data.pagerduty_user.eve.id
    }
  }
}

resource "pagerduty_service" "parcel" {
  name                    = "parcel"
  escalation_policy       = pagerduty_escalation_policy.parcel.id
  acknowledgement_timeout = 1800
}

resource "pagerduty_service_integration" "alertmanager" {
  name    = "Alertmanager"
  service = pagerduty_service.parcel.id
  vendor  = "PV9DRP0"
}

# How each of the three is reached: push first, then a call.
locals {
  people = {
    ann = { id = data.pagerduty_user.ann.id, phone = "3012345671" }
    bob = { id = data.pagerduty_user.bob.id, phone = "3012345672" }
    eve = { id = data.pagerduty_user.eve.id, phone = "3012345673" }
  }
}

resource "pagerduty_user_contact_method" "phone" {
  for_each = local.people

  user_id      = each.value.id
  type         = "phone_contact_method"
  country_code = "+49"
  address      = each.value.phone
  label        = "phone"
}

resource "pagerduty_user_contact_method" "sms" {
  for_each = local.people

  user_id      = each.value.id
  type         = "sms_contact_method"
  country_code = "+49"
  address      = each.value.phone
  label        = "sms"
}

resource "pagerduty_user_notification_rule" "phone" {
  for_each = local.people

  user_id                = each.value.id
  start_delay_in_minutes = 5
  urgency                = "high"

  contact_method = {
    type = "phone_contact_method"
    id   = pagerduty_user_contact_method.phone[each.key].id
  }
}

resource "pagerduty_user_notification_rule" "sms" {
  for_each = local.people

  user_id                = each.value.id
  start_delay_in_minutes = 0
  urgency                = "high"

  contact_method = {
    type = "sms_contact_method"
    id   = pagerduty_user_contact_method.sms[each.key].id
  }
}

# Alerts of Amazon itself, by mail and by SMS.
resource "aws_sns_topic" "alarms" {
  name              = "parcel-alarms"
  kms_master_key_id = aws_kms_key.data.id
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "oncall@parcel.internal"
}

resource "aws_sns_topic_subscription" "sms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "sms"
  endpoint  = "+493012345671"
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "parcel-database-storage"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 20000000000
  alarm_actions       = [aws_sns_topic.alarms.arn]

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.parcel.identifier
  }
}

resource "sentry_issue_alert" "new_errors" {
  organization = "parcel-example"
  project      = "parcel"
  name         = "A new kind of error in production"
  action_match = "any"
  filter_match = "all"
  frequency    = 30

  conditions_v2 = [{ first_seen_event = {} }]
  actions_v2    = [{ slack_notify_service = { workspace = "12345", channel = "#parcel-errors" } }]
}
