resource "aws_budgets_budget" "parcel" {
  name         = "parcel"
  budget_type  = "COST"
  limit_amount = "6500"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:service$parcel"]
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 90
    threshold_type             = "PERCENTAGE"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = ["team@parcel.example"]
  }
}
