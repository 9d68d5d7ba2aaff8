//! Modules of the registry that many stacks call: what they make, and what their inputs mean.

use super::super::defaults::Preset::{self, Flag, Unknown, Word};

/// A known module.
pub(crate) struct Known {
    /// Its address, without a version.
    pub(crate) source: &'static str,
    /// The kind that it stands for, by Terraform's name.
    pub(crate) kind: &'static str,
    /// Inputs that switch it off.
    pub(crate) switches: &'static [&'static str],
    /// Inputs that the kind has under another path.
    pub(crate) renamed: &'static [(&'static str, &'static str)],
    /// What it takes where nothing is given, by the kind's settings.
    pub(crate) defaults: &'static [(&'static str, Preset)],
    /// Inputs that are maps, each entry a resource of another kind.
    pub(crate) parts: &'static [(&'static str, &'static str)],
}

const NONE: Known = Known { source: "", kind: "", switches: &[], renamed: &[], defaults: &[], parts: &[] };

/// Google's modules for Cloud SQL share their inputs.
const CLOUD_SQL: &[(&str, &str)] = &[
    ("backup_configuration", "settings.backup_configuration"),
    ("availability_type", "settings.availability_type"),
    ("ip_configuration", "settings.ip_configuration"),
    ("database_flags", "settings.database_flags"),
    ("encryption_key_name", "encryption_key_name"),
];

const CLUSTER_OF_EKS: &[(&str, &str)] = &[
    ("cluster_endpoint_public_access", "vpc_config.endpoint_public_access"),
    ("cluster_endpoint_private_access", "vpc_config.endpoint_private_access"),
    ("cluster_endpoint_public_access_cidrs", "vpc_config.public_access_cidrs"),
    ("endpoint_public_access", "vpc_config.endpoint_public_access"),
    ("endpoint_private_access", "vpc_config.endpoint_private_access"),
    ("endpoint_public_access_cidrs", "vpc_config.public_access_cidrs"),
];

/// The modules.
const MODULES: &[Known] = &[
    Known {
        source: "terraform-aws-modules/rds/aws",
        kind: "aws_db_instance",
        switches: &["create_db_instance"],
        defaults: &[
            ("storage_encrypted", Flag(true)),
            // The module passes `null` on, and the provider then takes 0.
            ("backup_retention_period", Preset::Number(0)),
            ("multi_az", Flag(false)),
            ("publicly_accessible", Flag(false)),
        ],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/rds-aurora/aws",
        kind: "aws_rds_cluster",
        switches: &["create"],
        defaults: &[("storage_encrypted", Flag(true)), ("backup_retention_period", Unknown)],
        parts: &[("instances", "aws_rds_cluster_instance")],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/ecs/aws",
        kind: "aws_ecs_cluster",
        switches: &["create"],
        parts: &[("services", "aws_ecs_service")],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/ecs/aws//modules/cluster",
        kind: "aws_ecs_cluster",
        switches: &["create"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/ecs/aws//modules/service",
        kind: "aws_ecs_service",
        switches: &["create"],
        defaults: &[("desired_count", Preset::Number(1)), ("enable_autoscaling", Flag(true))],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/alb/aws",
        kind: "aws_lb",
        switches: &["create"],
        parts: &[
            ("listeners", "aws_lb_listener"),
            // Up to version 8.
            ("http_tcp_listeners", "aws_lb_listener"),
            ("https_listeners", "aws_lb_listener"),
            ("target_groups", "aws_lb_target_group"),
        ],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/security-group/aws",
        kind: "aws_security_group",
        switches: &["create", "create_sg"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/eks/aws",
        kind: "aws_eks_cluster",
        switches: &["create"],
        renamed: CLUSTER_OF_EKS,
        // Public until version 18, private since.
        defaults: &[
            ("vpc_config.endpoint_public_access", Unknown),
            ("vpc_config.public_access_cidrs", Word("0.0.0.0/0")),
        ],
        ..NONE
    },
    Known { source: "terraform-aws-modules/vpc/aws", kind: "aws_vpc", switches: &["create_vpc"], ..NONE },
    Known { source: "terraform-aws-modules/vpc/aws//modules/vpc-endpoints", kind: "aws_vpc_endpoint", ..NONE },
    Known {
        source: "terraform-aws-modules/s3-bucket/aws",
        kind: "aws_s3_bucket",
        switches: &["create_bucket"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/acm/aws",
        kind: "aws_acm_certificate",
        switches: &["create_certificate"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/kms/aws",
        kind: "aws_kms_key",
        switches: &["create"],
        defaults: &[("enable_key_rotation", Flag(true))],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/autoscaling/aws",
        kind: "aws_autoscaling_group",
        switches: &["create"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/dynamodb-table/aws",
        kind: "aws_dynamodb_table",
        switches: &["create_table"],
        renamed: &[
            ("point_in_time_recovery_enabled", "point_in_time_recovery.enabled"),
            ("server_side_encryption_enabled", "server_side_encryption.enabled"),
        ],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/elasticache/aws",
        kind: "aws_elasticache_replication_group",
        switches: &["create"],
        defaults: &[("at_rest_encryption_enabled", Flag(true)), ("transit_encryption_enabled", Flag(true))],
        ..NONE
    },
    Known {
        source: "cloudposse/elasticache-redis/aws",
        kind: "aws_elasticache_replication_group",
        switches: &["enabled"],
        defaults: &[("at_rest_encryption_enabled", Flag(false)), ("transit_encryption_enabled", Flag(true))],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/secrets-manager/aws",
        kind: "aws_secretsmanager_secret",
        switches: &["create"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/cloudwatch/aws//modules/metric-alarm",
        kind: "aws_cloudwatch_metric_alarm",
        switches: &["create_metric_alarm"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/cloudwatch/aws//modules/metric-alarms-by-multiple-dimensions",
        kind: "aws_cloudwatch_metric_alarm",
        switches: &["create_metric_alarm"],
        ..NONE
    },
    Known { source: "terraform-aws-modules/sns/aws", kind: "aws_sns_topic", switches: &["create"], ..NONE },
    Known {
        source: "terraform-aws-modules/cloudfront/aws",
        kind: "aws_cloudfront_distribution",
        switches: &["create_distribution"],
        ..NONE
    },
    Known { source: "terraform-aws-modules/ecr/aws", kind: "aws_ecr_repository", switches: &["create"], ..NONE },
    Known { source: "terraform-aws-modules/lambda/aws", kind: "aws_lambda_function", switches: &["create"], ..NONE },
    Known {
        source: "terraform-aws-modules/route53/aws//modules/records",
        kind: "aws_route53_record",
        switches: &["create"],
        ..NONE
    },
    Known {
        source: "terraform-aws-modules/route53/aws//modules/zones",
        kind: "aws_route53_zone",
        switches: &["create"],
        ..NONE
    },
    Known { source: "terraform-aws-modules/iam/aws", kind: "aws_iam_role", ..NONE },
    Known { source: "terraform-aws-modules/ec2-instance/aws", kind: "aws_instance", switches: &["create"], ..NONE },
    Known {
        source: "GoogleCloudPlatform/sql-db/google//modules/postgresql",
        kind: "google_sql_database_instance",
        renamed: CLOUD_SQL,
        ..NONE
    },
    Known {
        source: "GoogleCloudPlatform/sql-db/google//modules/mysql",
        kind: "google_sql_database_instance",
        renamed: CLOUD_SQL,
        ..NONE
    },
    Known {
        source: "terraform-google-modules/sql-db/google//modules/postgresql",
        kind: "google_sql_database_instance",
        renamed: CLOUD_SQL,
        ..NONE
    },
    Known {
        source: "terraform-google-modules/sql-db/google//modules/mysql",
        kind: "google_sql_database_instance",
        renamed: CLOUD_SQL,
        ..NONE
    },
    Known { source: "terraform-google-modules/kubernetes-engine/google", kind: "google_container_cluster", ..NONE },
    Known { source: "terraform-google-modules/network/google", kind: "google_compute_network", ..NONE },
    Known {
        source: "terraform-google-modules/project-factory/google//modules/project_services",
        kind: "google_project_service",
        ..NONE
    },
    Known { source: "terraform-google-modules/gcloud/google", kind: "null_resource", ..NONE },
    Known { source: "terraform-google-modules/iam/google", kind: "google_project_iam_member", ..NONE },
    Known { source: "terraform-google-modules/service-accounts/google", kind: "google_service_account", ..NONE },
    Known { source: "terraform-google-modules/cloud-nat/google", kind: "google_compute_router_nat", ..NONE },
    Known { source: "terraform-google-modules/cloud-router/google", kind: "google_compute_router", ..NONE },
    Known { source: "terraform-google-modules/address/google", kind: "google_compute_address", ..NONE },
    Known { source: "terraform-google-modules/cloud-storage/google", kind: "google_storage_bucket", ..NONE },
    Known { source: "cloudposse/label/null", kind: "null_label", ..NONE },
    Known { source: "cloudposse/utils/null", kind: "null_label", ..NONE },
    Known { source: "Azure/naming/azurerm", kind: "null_label", ..NONE },
];

/// The module of a source as written, if it is known.
pub(super) fn find(source: &str) -> Option<&'static Known> {
    let address = address(source);
    let exact = MODULES.iter().find(|module| module.source == address);
    // `//modules/iam-role` and the like of a module that makes one family.
    let family = || {
        let (base, _) = address.split_once("//")?;
        [
            "terraform-aws-modules/iam/aws",
            "terraform-google-modules/kubernetes-engine/google",
            "terraform-google-modules/network/google",
            "terraform-google-modules/gcloud/google",
            "terraform-google-modules/iam/google",
        ]
        .contains(&base)
        .then(|| MODULES.iter().find(|module| module.source == base))?
    };
    exact.or_else(family)
}

/// The default that a known module takes for a setting, and the module.
pub(in crate::facts::infra) fn default_of(declared: &str, setting: &str) -> Option<(Preset, &'static str)> {
    let module = MODULES.iter().find(|module| module.source == declared)?;
    module.defaults.iter().find(|(name, _)| *name == setting).map(|(_, default)| (*default, module.source))
}

/// The provider that the address of a module names: `aws` of `terraform-aws-modules/rds/aws`.
pub(super) fn provider(source: &str) -> Option<String> {
    let address = address(source);
    let base = address.split("//").next().unwrap_or("");
    let parts: Vec<&str> = base.split('/').collect();
    match parts.as_slice() {
        [.., _, _, provider] if parts.len() <= 4 => Some((*provider).to_owned()),
        _ => None,
    }
}

/// A source as `namespace/name/provider//folder`, also for the repository of a registry module.
fn address(source: &str) -> String {
    let plain = source.trim_start_matches("git::").split('?').next().unwrap_or("");
    let plain = plain
        .strip_prefix("registry.terraform.io/")
        .or_else(|| plain.strip_prefix("registry.opentofu.org/"))
        .unwrap_or(plain);
    let plain = plain.trim_start_matches("https://").trim_start_matches("ssh://").trim_start_matches("git@");
    let Some(repository) = plain.strip_prefix("github.com").map(|rest| rest.trim_start_matches(['/', ':'])) else {
        return plain.to_owned();
    };
    let (repository, folder) =
        repository.split_once("//").map_or((repository, None), |(base, folder)| (base, Some(folder)));
    let repository = repository.trim_end_matches('/').trim_end_matches(".git");
    let named = repository.split_once('/').and_then(|(owner, name)| {
        let (provider, name) = name.strip_prefix("terraform-")?.split_once('-')?;
        Some(format!("{owner}/{name}/{provider}"))
    });
    let base = named.unwrap_or_else(|| repository.to_owned());
    folder.map_or(base.clone(), |folder| format!("{base}//{folder}"))
}
