//! Whose an address is by its host.

/// The host of an address; empty where it has none.
pub(super) fn host(url: &str) -> &str {
    url.split("://").nth(1).and_then(|rest| rest.split(['/', ':', '?', '#']).next()).unwrap_or_default()
}

/// Hosts of other people's manuals: a link there explains a tool and is not this project's guide.
pub fn is_reference(url: &str) -> bool {
    const HOSTS: &[&str] = &[
        "kubernetes.io",
        "docker.com",
        "amazon.com",
        "cloud.google.com",
        "microsoft.com",
        "hashicorp.com",
        "wikipedia.org",
        "docs.github.com",
        "docs.gitlab.com",
        "postgresql.org",
        "prometheus.io",
        "grafana.com",
        "datadoghq.com",
        "rust-lang.org",
        "crates.io",
        "docs.rs",
        "pkg.go.dev",
        "godoc.org",
        "javadoc.io",
        "rubydoc.info",
        "deepwiki.com",
        "npmjs.com",
        "pypi.org",
        "helm.sh",
        "istio.io",
        "redis.io",
        "stackoverflow.com",
        "digitalocean.com",
        "heroku.com",
        "fly.io",
        "opentelemetry.io",
        "jaegertracing.io",
        "developer.mozilla.org",
        "youtube.com",
        "medium.com",
        "terraform.io",
        "elastic.co",
        "mongodb.com",
        "mysql.com",
        "apache.org",
        "python.org",
        "nodejs.org",
        "shields.io",
        "img.shields.io",
        "badge.fury.io",
        "github.com",
        "sre.google",
        "spring.io",
        "instana.io",
        "instana.com",
        "ibm.com",
        "oracle.com",
        "djangoproject.com",
        "rubyonrails.org",
        "laravel.com",
        "symfony.com",
        "nginx.org",
        "nginx.com",
        "letsencrypt.org",
        "cloudflare.com",
        "newrelic.com",
        "openapis.org",
        "swagger.io",
        "atlassian.com",
        "pagerduty.com",
        "google.com",
    ];
    // What a team writes itself: documents of Google's office, the wiki of a repository.
    if ["docs.google.com/", "drive.google.com/", "sites.google.com/"].iter().any(|office| url.contains(office)) {
        return false;
    }
    if url.contains("github.com/") && url.split('/').nth(5).is_some_and(|part| part == "wiki") {
        return false;
    }
    let host = host(url);
    HOSTS.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}
