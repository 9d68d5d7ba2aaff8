//! Places that infrastructure code declares: databases, buckets, load balancers, networks, clusters, keys.

use super::{answer, here};
use crate::evidence::{Answer, Blind, Sighting};
use crate::facts::Facts;
use crate::facts::infra::Resource;

/// The families of resources that a rule may ask for, and their kinds by Terraform's names.
#[rustfmt::skip]
const FAMILIES: &[(&str, &[&str])] = &[
    ("db", &[
        "aws_db_instance", "aws_rds_cluster", "aws_dynamodb_table", "aws_docdb_cluster", "aws_neptune_cluster", "google_sql_database_instance",
        "google_alloydb_cluster", "google_spanner_instance", "google_bigtable_instance", "google_firestore_database", "azurerm_postgresql_server",
        "azurerm_postgresql_flexible_server", "azurerm_mysql_server", "azurerm_mysql_flexible_server", "azurerm_mssql_database", "azurerm_cosmosdb_account",
        "digitalocean_database_cluster", "mongodbatlas_advanced_cluster", "mongodbatlas_cluster", "neon_project",
    ]),
    ("bucket", &["aws_s3_bucket", "google_storage_bucket", "azurerm_storage_account", "digitalocean_spaces_bucket", "cloudflare_r2_bucket"]),
    ("lb", &[
        "aws_lb", "aws_alb", "aws_elb", "google_compute_global_forwarding_rule", "google_compute_forwarding_rule", "azurerm_lb",
        "azurerm_application_gateway", "digitalocean_loadbalancer", "hcloud_load_balancer", "aws_apigatewayv2_api", "aws_api_gateway_rest_api",
    ]),
    ("cdn", &["aws_cloudfront_distribution", "google_compute_backend_bucket", "azurerm_cdn_*", "fastly_service_*", "cloudflare_zone"]),
    ("network", &[
        "aws_vpc", "aws_subnet", "google_compute_network", "google_compute_subnetwork", "azurerm_virtual_network", "digitalocean_vpc", "hcloud_network",
        "openstack_networking_network_v2",
    ]),
    ("machine", &["aws_instance", "aws_launch_template", "google_compute_instance", "azurerm_linux_virtual_machine", "digitalocean_droplet", "hcloud_server"]),
    ("cluster", &["aws_eks_cluster", "aws_ecs_cluster", "google_container_cluster", "azurerm_kubernetes_cluster", "digitalocean_kubernetes_cluster"]),
    ("workload", &[
        "aws_ecs_service", "google_cloud_run_service", "google_cloud_run_v2_service", "azurerm_container_app", "aws_lambda_function", "aws_apprunner_service",
        "digitalocean_app", "kubernetes_deployment*", "nomad_job", "google_app_engine_*", "azurerm_linux_web_app",
    ]),
    ("kms", &["aws_kms_key", "google_kms_crypto_key", "azurerm_key_vault_key"]),
    ("secret", &["aws_secretsmanager_secret", "aws_ssm_parameter", "google_secret_manager_secret", "azurerm_key_vault_secret", "vault_kv_secret_v2"]),
    ("store", &[
        "aws_ebs_volume", "aws_efs_file_system", "aws_elasticache_replication_group", "aws_opensearch_domain", "google_compute_disk", "google_filestore_instance",
        "azurerm_managed_disk",
    ]),
];

/// A resource of production of one of some families (or kinds), or any resource at all.
pub(super) fn infra(facts: &Facts<'_>, wanted: &[&str]) -> Answer {
    let wanted = if wanted.is_empty() { &["*"] } else { wanted };
    let found = if wanted == ["entry"] { entry(facts) } else { first(facts, wanted) };
    match found {
        Some(found) => answer(Some(found)),
        None => Answer { blind: unread(facts, wanted), ..Answer::default() },
    }
}

/// The first resource of production of one of some families or kinds.
pub(super) fn first(facts: &Facts<'_>, wanted: &[&str]) -> Option<Sighting> {
    let kinds: Vec<&str> = wanted.iter().flat_map(|word| kinds_of(word)).collect();
    let found = facts.infra().production().find(|resource| kinds.iter().any(|kind| resource.is_kind(kind)))?;
    Some(here(found.place(), format!("declares {}", found.title())))
}

/// What could hide one of some families or kinds.
pub(super) fn unread(facts: &Facts<'_>, wanted: &[&str]) -> Vec<Blind> {
    let kinds: Vec<&str> = wanted.iter().flat_map(|word| kinds_of(word)).collect();
    facts.infra().unread(&kinds)
}

/// A balancer, gateway or edge of production that the world reaches.
pub(super) fn entry(facts: &Facts<'_>) -> Option<Sighting> {
    let kinds: Vec<&str> = ["lb", "cdn"].iter().flat_map(|word| kinds_of(word)).collect();
    let is_entry = |resource: &&Resource| kinds.iter().any(|kind| resource.is_kind(kind)) && !is_internal(resource);
    let found = facts.infra().production().find(is_entry)?;
    Some(here(found.place(), format!("{} lets traffic in", found.title())))
}

/// Whether a balancer takes traffic from inside of its network only.
pub(in crate::probe) fn is_internal(resource: &Resource) -> bool {
    let says = |path: &str, wanted: &[&str]| {
        resource.setting(path).and_then(|setting| setting.text()).is_some_and(|text| wanted.contains(&text.as_str()))
    };
    says("internal", &["true"])
        || says("scheme", &["internal"])
        || says("load_balancing_scheme", &["INTERNAL", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"])
}

/// The kinds of a family; a word that names none is a kind itself.
fn kinds_of<'w>(word: &&'w str) -> Vec<&'w str> {
    match FAMILIES.iter().find(|(name, _)| name == word) {
        Some((_, kinds)) => kinds.to_vec(),
        None if *word == "entry" => ["lb", "cdn"].iter().flat_map(|word| kinds_of(word)).collect(),
        None => vec![*word],
    }
}
