//! Bicep: what it may hide, by what it declares.

use super::with;

/// Whether the files leave it open that there is a resource of a kind.
fn hides(files: &[(&str, &str)], kind: &str) -> bool {
    with(files, |view| !view.unread(&[kind]).is_empty())
}

const CACHE: &str = "azurerm_redis_cache";

#[test]
fn a_file_hides_what_its_services_offer() {
    let files =
        [("infra/main.bicep", "resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {\n  name: 'shop'\n}\n")];
    for kind in [CACHE, "aws_elasticache_cluster", "azurerm_virtual_network_gateway", "datadog_monitor", "helm_release"]
    {
        assert!(!hides(&files, kind), "{kind}");
    }
    // What has not been looked at may be made by anything.
    for kind in ["azurerm_*", "azurerm_monitor_metric_alert", "aws_iam_role", "*"] {
        assert!(hides(&files, kind), "{kind}");
    }
    let cache = [("infra/main.bicep", "resource cache 'Microsoft.Cache/redis@2024-11-01' = {\n}\n")];
    assert!(hides(&cache, CACHE) && hides(&cache, "google_redis_instance"));
    let cluster = [("infra/main.bicep", "resource a 'Microsoft.ContainerService/managedClusters@2024-10-01' = {\n}\n")];
    assert!(hides(&cluster, "helm_release") && !hides(&cluster, CACHE));
}

#[test]
fn modules_of_the_tree_are_looked_at_by_themselves() {
    let main = "targetScope = 'subscription'\nresource rg 'Microsoft.Resources/resourceGroups@2021-04-01' = {\n}\nmodule data 'data/main.bicep' = if (on) {\n}\n";
    let data =
        "resource db 'Microsoft.Sql/servers@2023-08-01' = {\n  resource rule 'firewallRules@2023-08-01' = {\n  }\n}\n";
    let files = [("infra/main.bicep", main), ("infra/data/main.bicep", data)];
    assert!(hides(&files, "azurerm_mssql_database") && !hides(&files, CACHE));
    assert!(hides(&files[..1], CACHE), "the module is not there");
}

#[test]
fn a_module_of_azure_is_named_after_what_it_makes() {
    let calls = |source: &str| format!("module a '{source}' = {{\n  name: 'a'\n}}\n");
    let hidden = |source: &str, kind: &str| hides(&[("main.bicep", calls(source).as_str())], kind);
    let accounts = "br/public:avm/res/document-db/database-account:0.11.3";
    assert!(!hidden(accounts, CACHE) && hidden(accounts, "azurerm_cosmosdb_account"));
    assert!(!hidden("br/public:avm/res/resources/resource-group:0.4.0", "azurerm_cosmosdb_account"));
    for unknown in [
        "br/public:avm/ptn/azd/apim-api:0.1.0",
        "br/public:avm/res/resources/deployment-script:0.5.0",
        "br:shop.azurecr.io/bicep/store:v1",
        "ts/shop:store:v1",
        "store.json",
    ] {
        assert!(hidden(unknown, CACHE), "{unknown}");
    }
    let terraform = |source: &str| format!("module \"a\" {{\n  source = \"{source}\"\n}}\n");
    let hidden = |source: &str, kind: &str| hides(&[("main.tf", terraform(source).as_str())], kind);
    assert!(!hidden("Azure/avm-res-documentdb-databaseaccount/azurerm", CACHE));
    assert!(hidden("Azure/avm-res-cache-redis/azurerm", CACHE));
    assert!(!hidden("Azure/avm-res-cache-redis/azurerm", "aws_elasticache_cluster"));
    assert!(hidden("Azure/avm-ptn-alz/azurerm", CACHE));
}

#[test]
fn what_may_declare_anything_hides_everything() {
    for text in [
        "extension kubernetes with {\n}\n",
        "import 'kubernetes@1.0.0' with {\n}\n",
        "resource script 'Microsoft.Resources/deploymentScripts@2023-08-01' = {\n}\n",
        "resource nested 'Microsoft.Resources/deployments@2022-09-01' = {\n}\n",
        "resource rule 'Microsoft.Authorization/policyAssignments@2024-04-01' = {\n}\n",
        "resource db 'Neon.Postgres/organizations@2025-03-01' = {\n}\n",
        "resource db\n  'Microsoft.Sql/servers@2023-08-01' = {\n}\n",
    ] {
        assert!(hides(&[("main.bicep", text)], CACHE), "{text}");
    }
    let types = "import { sku } from 'types.bicep'\nparam extensions array = []\nvar provider = 'Microsoft.Cache'\n";
    assert!(!hides(&[("main.bicep", types)], CACHE));
    assert!(!hides(&[("tests/main.bicep", "extension kubernetes\n")], CACHE), "a test");
}
