//! What a part of Azure can hold of which only the services are known: a file of Bicep, a module of Azure's own registry.
//!
//! A kind is held by the services that offer the like of it, whatever cloud its name is of: who declares nothing of
//! Azure's cache has no cache from there. What is not listed here may be held by anything.

use super::names::BESIDE_CLOUDS;

/// The services that have been looked at: what the kinds below could be made by is among them, or made by none of them.
const KNOWN: &[&str] = &[
    "alertsmanagement",
    "apimanagement",
    "app",
    "appconfiguration",
    "authorization/locks",
    "authorization/roleassignments",
    "authorization/roledefinitions",
    "azureactivedirectory",
    "billing",
    "cache",
    "cdn",
    "cognitiveservices",
    "communication",
    "compute",
    "consumption",
    "containerinstance",
    "containerregistry",
    "containerservice",
    "costmanagement",
    "dashboard",
    "dataprotection",
    "dbformariadb",
    "dbformysql",
    "dbforpostgresql",
    "documentdb",
    "eventgrid",
    "eventhub",
    "insights",
    "keyvault",
    "kubernetesconfiguration",
    "machinelearningservices",
    "managedidentity",
    "monitor",
    "network",
    "notificationhubs",
    "operationalinsights",
    "operationsmanagement",
    "portal",
    "recoveryservices",
    "resources/resourcegroups",
    "resources/tags",
    "search",
    "servicebus",
    "signalrservice",
    "sql",
    "storage",
    "web",
];

/// Words that kinds are made of, and the services of Azure that offer such a thing. A database may be an add-on of a
/// container app, and every store has backups of its own.
#[rustfmt::skip]
const OFFERED: &[(&[&str], &[&str])] = &[
    (&["redis", "elasticache", "memcache", "memorystore"], &["cache", "app", "containerinstance"]),
    (&["vpn", "virtual_network_gateway"], &["network"]),
    (&["shield", "ddos"], &["network", "cdn"]),
    (&["kms", "key_vault_key"], &["keyvault"]),
    (&["secretsmanager", "secret_manager", "key_vault_secret", "ssm_parameter"], &["keyvault", "appconfiguration"]),
    (&["budget", "budgets", "ce_anomaly", "consumption_budget"], &["consumption", "costmanagement", "billing"]),
    (&["cognito", "identity_platform", "conditional_access", "iap", "apigatewayv2_authorizer", "api_gateway_authorizer"],
        &["azureactivedirectory", "apimanagement", "web", "app", "network", "cdn"]),
    (&["macie2", "data_loss_prevention"], &["sql", "insights"]),
    (&["opensearch"], &["search"]),
    (&["ecr"], &["containerregistry"]),
    (&["ecs", "cloud_run_service", "cloud_run_v2_service", "container_app", "apprunner", "lambda_function", "app_engine", "cloudfunctions2", "function_app", "web_app", "nomad_job", "digitalocean_app"],
        &["app", "web", "containerinstance"]),
    (&["eks", "container_cluster", "container_node_pool", "kubernetes_cluster"], &["containerservice"]),
    (&["instance", "launch_template", "autoscaling", "autoscaling_group", "instance_group_manager", "droplet", "server", "virtual_machine"],
        &["compute", "app", "web", "containerservice", "containerinstance"]),
    (&["lb", "alb", "elb", "loadbalancer", "load_balancer", "forwarding_rule", "backend_service", "application_gateway", "target_http_proxy", "target_https_proxy", "apigatewayv2_api", "api_gateway_rest_api"],
        &["network", "app", "web", "apimanagement", "cdn", "containerservice", "containerinstance", "kubernetesconfiguration"]),
    (&["certificate", "certificate_manager", "certificate_pack"],
        &["keyvault", "app", "web", "network", "apimanagement", "cdn", "containerservice", "containerinstance"]),
    (&["vpc", "subnet", "subnetwork", "virtual_network", "flow_log"], &["network"]),
    (&["cdn", "cloudfront", "backend_bucket"], &["cdn", "network"]),
    (&["db", "rds", "dynamodb", "docdb", "neptune", "redshift", "sql", "alloydb", "spanner", "bigtable", "firestore", "postgresql", "mysql", "mssql", "cosmosdb", "database"],
        &["sql", "dbforpostgresql", "dbformysql", "dbformariadb", "documentdb", "storage", "app", "containerinstance"]),
    (&["backup", "backups"],
        &["recoveryservices", "dataprotection", "storage", "compute", "sql", "dbforpostgresql", "dbformysql", "dbformariadb", "documentdb", "cache"]),
    (&["s3_bucket", "storage_bucket", "storage_account", "spaces_bucket", "r2_bucket"], &["storage"]),
    (&["ebs", "efs", "managed_disk", "filestore", "compute_disk"], &["storage", "compute"]),
];

/// What runs in clusters is also declared by extensions of theirs.
const CLUSTERS: &[&str] = &["containerservice", "kubernetesconfiguration"];

/// The services whose types a part declares, in lower case and without `Microsoft.`: `insights/metricalerts`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Services(Vec<String>);

impl Services {
    /// Adds a type as it is declared, `Microsoft.Cache/redis`; `None` where it may be anything.
    pub(super) fn declare(&mut self, declared: &str) -> Option<()> {
        let service = declared.to_ascii_lowercase();
        let service = service.strip_prefix("microsoft.")?;
        // Modules are named after one of what a type holds many of: `resources/resource-group`.
        let is_known = |known: &&str| {
            let rest = service.strip_prefix(known.trim_end_matches('s'));
            rest.is_some_and(|rest| matches!(rest.trim_start_matches('s').chars().next(), None | Some('/')))
        };
        KNOWN.iter().copied().find(is_known)?;
        self.0.push(service.to_owned());
        Some(())
    }

    /// Adds what a module of Azure's own registries declares, by the service and the type in its address:
    /// `document-db/database-account`. A machine's backups are made by the machine's module.
    pub(super) fn call(&mut self, address: &str) -> Option<()> {
        if address.starts_with("compute") {
            self.declare("Microsoft.RecoveryServices/vaults")?;
        }
        self.declare(&format!("Microsoft.{}", address.replace('-', "")))
    }

    /// What a module of Azure's own registry for Terraform declares: `Azure/avm-res-cache-redis/azurerm`.
    pub(super) fn of_module(source: &str) -> Option<Self> {
        let (service, rest) = source.strip_prefix("Azure/avm-res-")?.split_once('-')?;
        let mut services = Self::default();
        services.call(&format!("{service}/{}", rest.split('/').next()?))?;
        Some(services)
    }

    /// Whether a resource of a kind could be among them.
    pub(super) fn may_hold(&self, kind: &str) -> bool {
        // A group holds what others declare, and a part that declares nothing calls others.
        if self.0.iter().all(|service| service.starts_with("resources/")) {
            return false;
        }
        let family = kind.split(['_', ':', '/']).next().unwrap_or(kind);
        match family {
            "kubernetes" | "helm" => return self.names_one_of(CLUSTERS),
            "grafana" => return self.names_one_of(&["dashboard"]),
            _ if BESIDE_CLOUDS.contains(&family) => return false,
            _ => {}
        }
        let words = format!("_{}_", kind.trim_matches('*').trim_matches('_'));
        let is_spoken_of = |word: &&str| words.contains(&format!("_{word}_"));
        let mut offers = OFFERED.iter().filter(|(words, _)| words.iter().any(is_spoken_of)).peekable();
        offers.peek().is_none() || offers.any(|(_, services)| self.names_one_of(services))
    }

    fn names_one_of(&self, services: &[&str]) -> bool {
        self.0.iter().any(|own| services.contains(&own.split('/').next().unwrap_or(own)))
    }
}
