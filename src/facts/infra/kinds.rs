//! What other tools call the resources of Terraform, and their settings where the names differ by more than spelling.

use crate::value::{Field, Kind, Map, Value};

/// `CloudFormation`'s types by Terraform's kinds.
#[rustfmt::skip]
const CLOUDFORMATION: &[(&str, &str)] = &[
    ("AWS::ApiGateway::DomainName", "aws_api_gateway_domain_name"),
    ("AWS::ApiGateway::RestApi", "aws_api_gateway_rest_api"),
    ("AWS::ApiGateway::Stage", "aws_api_gateway_stage"),
    ("AWS::ApiGatewayV2::Api", "aws_apigatewayv2_api"),
    ("AWS::ApiGatewayV2::Authorizer", "aws_apigatewayv2_authorizer"),
    ("AWS::ApiGatewayV2::Stage", "aws_apigatewayv2_stage"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "aws_appautoscaling_target"),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "aws_appautoscaling_policy"),
    ("AWS::AutoScaling::AutoScalingGroup", "aws_autoscaling_group"),
    ("AWS::AutoScaling::ScalingPolicy", "aws_autoscaling_policy"),
    ("AWS::Backup::BackupPlan", "aws_backup_plan"),
    ("AWS::Backup::BackupSelection", "aws_backup_selection"),
    ("AWS::Backup::BackupVault", "aws_backup_vault"),
    ("AWS::CertificateManager::Certificate", "aws_acm_certificate"),
    ("AWS::CloudFront::Distribution", "aws_cloudfront_distribution"),
    ("AWS::CloudTrail::Trail", "aws_cloudtrail"),
    ("AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm"),
    ("AWS::CloudWatch::Dashboard", "aws_cloudwatch_dashboard"),
    ("AWS::Cognito::UserPool", "aws_cognito_user_pool"),
    ("AWS::Cognito::UserPoolClient", "aws_cognito_user_pool_client"),
    ("AWS::DynamoDB::Table", "aws_dynamodb_table"),
    ("AWS::EC2::ClientVpnEndpoint", "aws_ec2_client_vpn_endpoint"),
    ("AWS::EC2::Instance", "aws_instance"),
    ("AWS::EC2::NetworkAcl", "aws_network_acl"),
    ("AWS::EC2::SecurityGroup", "aws_security_group"),
    ("AWS::EC2::SecurityGroupIngress", "aws_vpc_security_group_ingress_rule"),
    ("AWS::EC2::VPC", "aws_vpc"),
    ("AWS::EC2::VPNConnection", "aws_vpn_connection"),
    ("AWS::EC2::Volume", "aws_ebs_volume"),
    ("AWS::ECS::Cluster", "aws_ecs_cluster"),
    ("AWS::ECS::Service", "aws_ecs_service"),
    ("AWS::ECS::TaskDefinition", "aws_ecs_task_definition"),
    ("AWS::EFS::FileSystem", "aws_efs_file_system"),
    ("AWS::EKS::Cluster", "aws_eks_cluster"),
    ("AWS::ElastiCache::ReplicationGroup", "aws_elasticache_replication_group"),
    ("AWS::ElasticLoadBalancingV2::Listener", "aws_lb_listener"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "aws_lb"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "aws_lb_target_group"),
    ("AWS::Events::Rule", "aws_cloudwatch_event_rule"),
    ("AWS::KMS::Key", "aws_kms_key"),
    ("AWS::Lambda::Function", "aws_lambda_function"),
    ("AWS::Logs::LogGroup", "aws_cloudwatch_log_group"),
    ("AWS::NetworkFirewall::FirewallPolicy", "aws_networkfirewall_firewall_policy"),
    ("AWS::RDS::DBCluster", "aws_rds_cluster"),
    ("AWS::RDS::DBInstance", "aws_db_instance"),
    ("AWS::RDS::DBParameterGroup", "aws_db_parameter_group"),
    ("AWS::RDS::DBProxy", "aws_db_proxy"),
    ("AWS::Route53::HealthCheck", "aws_route53_health_check"),
    ("AWS::S3::Bucket", "aws_s3_bucket"),
    ("AWS::SNS::Subscription", "aws_sns_topic_subscription"),
    ("AWS::SNS::Topic", "aws_sns_topic"),
    ("AWS::SSM::Parameter", "aws_ssm_parameter"),
    ("AWS::Scheduler::Schedule", "aws_scheduler_schedule"),
    ("AWS::SecretsManager::RotationSchedule", "aws_secretsmanager_secret_rotation"),
    ("AWS::SecretsManager::Secret", "aws_secretsmanager_secret"),
    ("AWS::Serverless::Api", "aws_api_gateway_rest_api"),
    ("AWS::Serverless::Function", "aws_lambda_function"),
    ("AWS::Serverless::HttpApi", "aws_apigatewayv2_api"),
    ("AWS::Serverless::SimpleTable", "aws_dynamodb_table"),
    ("AWS::Shield::Protection", "aws_shield_protection"),
    ("AWS::WAFv2::WebACL", "aws_wafv2_web_acl"),
    ("AWS::WAFv2::WebACLAssociation", "aws_wafv2_web_acl_association"),
];

/// Pulumi's modules of AWS that Terraform's kinds do not name, and whose types they then name alone.
const PULUMI_UNNAMED: &[&str] = &["ec2", "lb", "rds", "vpc", "autoscaling", "ebs"];

/// Pulumi's types of AWS that are not Terraform's kinds in another spelling.
#[rustfmt::skip]
const PULUMI: &[(&str, &str)] = &[
    ("aws:rds:Instance", "aws_db_instance"),
    ("aws:rds:Cluster", "aws_rds_cluster"),
    ("aws:rds:ClusterInstance", "aws_rds_cluster_instance"),
    ("aws:rds:ParameterGroup", "aws_db_parameter_group"),
    ("aws:rds:Proxy", "aws_db_proxy"),
    ("aws:lb:LoadBalancer", "aws_lb"),
    ("aws:lb:Listener", "aws_lb_listener"),
    ("aws:lb:TargetGroup", "aws_lb_target_group"),
    ("aws:alb:LoadBalancer", "aws_lb"),
    ("aws:alb:Listener", "aws_lb_listener"),
    ("aws:alb:TargetGroup", "aws_lb_target_group"),
    ("aws:ec2:VpnConnection", "aws_vpn_connection"),
    ("aws:ec2clientvpn:Endpoint", "aws_ec2_client_vpn_endpoint"),
    ("aws:autoscaling:Group", "aws_autoscaling_group"),
    ("aws:s3:Bucket", "aws_s3_bucket"),
    ("aws:s3:BucketV2", "aws_s3_bucket"),
    ("aws:ebs:Volume", "aws_ebs_volume"),
    ("aws:acm:Certificate", "aws_acm_certificate"),
    ("aws:cloudwatch:MetricAlarm", "aws_cloudwatch_metric_alarm"),
    ("aws:cloudwatch:LogGroup", "aws_cloudwatch_log_group"),
];

/// Settings under another name, kind by kind: in a map anywhere below, the first becomes the second; `"…" → ""` takes a
/// wrapper away.
#[rustfmt::skip]
const RENAMED: &[(&str, &str, &str)] = &[
    ("aws_security_group", "security_group_ingress", "ingress"),
    ("aws_security_group", "security_group_egress", "egress"),
    ("aws_security_group", "ip_protocol", "protocol"),
    ("aws_security_group", "cidr_ip", "cidr_blocks"),
    ("aws_security_group", "cidr_ipv6", "ipv6_cidr_blocks"),
    ("aws_security_group", "source_security_group_id", "security_groups"),
    ("aws_vpc_security_group_ingress_rule", "cidr_ip", "cidr_ipv4"),
    ("aws_lb_listener", "default_actions", "default_action"),
    ("aws_dynamodb_table", "point_in_time_recovery_specification", "point_in_time_recovery"),
    ("aws_dynamodb_table", "point_in_time_recovery_enabled", "enabled"),
    ("aws_dynamodb_table", "sse_specification", "server_side_encryption"),
    ("aws_dynamodb_table", "sse_enabled", "enabled"),
    ("aws_backup_plan", "backup_plan", ""),
    ("aws_backup_plan", "backup_plan_rule", "rule"),
    ("aws_backup_plan", "schedule_expression", "schedule"),
    ("aws_backup_plan", "delete_after_days", "delete_after"),
    ("aws_backup_plan", "copy_actions", "copy_action"),
    ("aws_cloudfront_distribution", "distribution_config", ""),
    ("aws_eks_cluster", "resources_vpc_config", "vpc_config"),
    ("aws_wafv2_web_acl", "rules", "rule"),
    ("aws_ecs_service", "deployment_configuration", ""),
    ("aws_ecs_task_definition", "container_definitions", "container_definitions"),
];

/// Terraform's kind of a type of `CloudFormation`.
pub(super) fn of_cloudformation(declared: &str) -> &str {
    CLOUDFORMATION.iter().find(|(theirs, _)| *theirs == declared).map_or(declared, |(_, kind)| *kind)
}

/// Terraform's kind of a type of Pulumi: `aws:rds/instance:Instance`, `gcp:sql:DatabaseInstance`.
pub(super) fn of_pulumi(declared: &str) -> String {
    let parts: Vec<&str> = declared.split(':').collect();
    let [provider, module, name] = parts.as_slice() else { return declared.to_owned() };
    let module = module.split('/').next().unwrap_or(module);
    let short = format!("{provider}:{module}:{name}");
    if let Some((_, kind)) = PULUMI.iter().find(|(theirs, _)| *theirs == short) {
        return (*kind).to_owned();
    }
    let provider = match *provider {
        "gcp" => "google",
        "azure" => "azurerm",
        other => other,
    };
    let name = super::names::snake(name);
    // Types of azure have no module in Terraform; other providers have `index`.
    if module == "index" || provider == "azurerm" || (provider == "aws" && PULUMI_UNNAMED.contains(&module)) {
        return format!("{provider}_{name}");
    }
    format!("{provider}_{}_{name}", module.to_lowercase())
}

/// Gives settings their names in Terraform.
pub(super) fn rename(kind: &str, map: &mut Map) {
    let renamed: Vec<(&str, &str)> =
        RENAMED.iter().filter(|(of, ..)| *of == kind).map(|(_, from, to)| (*from, *to)).collect();
    if !renamed.is_empty() {
        rename_in(&renamed, map);
    }
}

fn rename_in(renamed: &[(&str, &str)], map: &mut Map) {
    let old = std::mem::take(map);
    for (key, mut field) in old {
        rename_below(renamed, &mut field.value);
        match renamed.iter().find(|(from, _)| *from == key) {
            Some((_, "")) => {
                if let Kind::Map(inner) = field.value.kind {
                    map.extend(inner);
                }
            }
            Some((_, to)) => drop(map.insert((*to).to_owned(), field)),
            None => drop(map.insert(key, Field { key: field.key, value: field.value })),
        }
    }
}

/// The depth of values is bounded where they are read.
fn rename_below(renamed: &[(&str, &str)], value: &mut Value) {
    match &mut value.kind {
        Kind::Map(map) => rename_in(renamed, map),
        Kind::List(list) => list.iter_mut().for_each(|item| rename_below(renamed, item)),
        _ => {}
    }
}
