//! Names of providers and of known modules; what other tools call a resource is in their own files.

/// The words that Terraform's kinds begin with, and the names that registries give the same providers.
pub(super) const PROVIDERS: &[&str] = &[
    "aws",
    "google",
    "azurerm",
    "azuread",
    "digitalocean",
    "cloudflare",
    "kubernetes",
    "helm",
    "vault",
    "tls",
    "acme",
    "mongodbatlas",
    "neon",
    "hcloud",
    "openstack",
    "datadog",
    "grafana",
    "pagerduty",
    "opsgenie",
    "github",
    "auth0",
    "okta",
    "keycloak",
    "tailscale",
    "fastly",
    "akamai",
    "heroku",
    "postgresql",
    "mysql",
    "random",
    "null",
    "time",
    "local",
    "AWS",
];

/// Providers of what no service of a cloud declares.
pub(super) const BESIDE_CLOUDS: &[&str] = &[
    "acme",
    "akamai",
    "auth0",
    "betteruptime",
    "boundary",
    "checkly",
    "cloudflare",
    "datadog",
    "dynatrace",
    "elasticstack",
    "fastly",
    "github",
    "heroku",
    "honeycombio",
    "incident",
    "keycloak",
    "local",
    "logzio",
    "mongodbatlas",
    "mysql",
    "neon",
    "newrelic",
    "null",
    "okta",
    "opsgenie",
    "pagerduty",
    "pingdom",
    "postgresql",
    "random",
    "rootly",
    "sentry",
    "signalfx",
    "splunk",
    "statuscake",
    "statuspage",
    "tailscale",
    "time",
    "tls",
    "uptimerobot",
    "vault",
];

/// Whether a kind's first word and a registry's provider name mean the same provider.
pub(super) fn same_provider(family: &str, provider: &str) -> bool {
    let family = if family == "AWS" { "aws" } else { family };
    family == provider || (family.starts_with("google") && provider.starts_with("google"))
        || (family == "azurerm" && provider == "azure")
        // Modules of one cloud also set up what runs inside of its clusters.
        || (["kubernetes", "helm", "tls", "random"].contains(&family) && ["aws", "google", "azurerm"].contains(&provider))
}

/// Whether a kind as written is the address of a module.
pub(super) fn is_module(declared: &str) -> bool {
    declared.contains('/')
}

/// A name as Terraform spells settings: `BackupRetentionPeriod`, `backupRetentionPeriod` and `DBName` become
/// `backup_retention_period` and `db_name`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if begins {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
