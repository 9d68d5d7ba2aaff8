//! Whose software an image is, and what a service is for, by their names.

use super::Role;
use crate::facts::Facts;
use crate::tree::File;

/// Images of software that the project did not write, by the name that identifies them.
const THIRD_PARTY: &[&str] = &[
    "redis",
    "valkey",
    "postgres",
    "postgresql",
    "postgis",
    "timescaledb",
    "mysql",
    "mariadb",
    "percona",
    "mongo",
    "mongodb",
    "rabbitmq",
    "kafka",
    "cp-kafka",
    "zookeeper",
    "elasticsearch",
    "opensearch",
    "kibana",
    "nginx",
    "nginxinc",
    "nginx-unprivileged",
    "envoyproxy",
    "envoy",
    "traefik",
    "haproxy",
    "caddy",
    "otel",
    "opentelemetry-collector",
    "opentelemetry-collector-contrib",
    "prom",
    "prometheus",
    "prometheuscommunity",
    "grafana",
    "loki",
    "tempo",
    "jaegertracing",
    "jaeger",
    "busybox",
    "alpine",
    "curlimages",
    "bitnami",
    "memcached",
    "nats",
    "consul",
    "vault",
    "minio",
    "localstack",
    "azurite",
    "fake-gcs-server",
    "mailhog",
    "mailpit",
    "adminer",
    "pgadmin",
    "pgadmin4",
    "cockroachdb",
    "clickhouse",
    "cassandra",
    "etcd",
    "pulsar",
    "fluentd",
    "fluent",
    "fluent-bit",
    "vector",
    "promtail",
    "zipkin",
    "pgbouncer",
    "cloudwatch-agent",
    "aws-xray-daemon",
    "aws-otel-collector",
    "aws-for-fluent-bit",
    "datadog",
    "newrelic",
    "filebeat",
    "metricbeat",
    "elastic-agent",
    "telegraf",
    "wavefronthq",
    "dynatrace",
    "splunk",
    "signalfx",
    "sumologic",
    "grafana-agent",
    "vmagent",
    "metabase",
    "tika",
    "gotenberg",
    "keycloak",
    "oauth2-proxy",
    "phpmyadmin",
    "pgweb",
    "mongo-express",
    "redis-commander",
    "redisinsight",
    "kafka-ui",
    "akhq",
    "schema-registry",
    "cp-schema-registry",
    "cp-zookeeper",
    "solr",
    "neo4j",
    "influxdb",
    "couchdb",
    "logstash",
    "pushgateway",
    "alertmanager",
    "cadvisor",
    "netdata",
    "portainer",
    "watchtower",
    "nginx-proxy",
    "acme-companion",
    "certbot",
    "docker-socket-proxy",
    "cloudflared",
    "swagger-ui",
    "wiremock",
    "mockserver",
    "mailcatcher",
    "maildev",
    "smtp4dev",
    "dynamodb-local",
    "elasticmq",
    "keydb",
    "scylla",
    "varnish",
    "imgproxy",
    "cubejs",
    "vllm",
    "vllm-openai",
    "kube-state-metrics",
    "metrics-server",
    "external-dns",
    "external-secrets",
    "kube-rbac-proxy",
    "kubernetes-dashboard",
    "configmap-reload",
    "k8s-sidecar",
    "prometheus-config-reloader",
    "git-sync",
    "gce-proxy",
    "cloud-sql-proxy",
    "cloudsql-proxy",
    "alloydb-auth-proxy",
    "tigera",
    "calico",
    "cilium",
    "metallb",
];

/// Whether an image of this name stands before a program that may be the project's own.
pub fn is_proxy(name: &str) -> bool {
    ["nginx", "envoy", "haproxy", "traefik", "caddy", "varnish", "openresty", "httpd"].contains(&name)
}

/// The third-party product that an image name means.
pub fn third_party_image(image: &str) -> Option<&'static str> {
    let name = image.split('@').next().unwrap_or(image).to_lowercase();
    let mut parts: Vec<&str> = name.split('/').collect();
    let last = parts.pop().unwrap_or_default();
    let last = last.split(':').next().unwrap_or(last);
    // A registry's own name (`ghcr.io`, `localhost:5000`) identifies nothing.
    // Where Kubernetes publishes what belongs to a cluster.
    let is_of_kubernetes =
        ["registry.k8s.io/", "k8s.gcr.io/", "gcr.io/google_containers/", "gcr.io/google-containers/"];
    if is_of_kubernetes.iter().any(|start| name.starts_with(start)) {
        return Some("kubernetes");
    }
    // Where AWS publishes programs of others that it built for its own processors.
    if name.starts_with("public.ecr.aws/neuron/") {
        return Some("neuron");
    }
    // Istio puts its own proxy there when the pod is made.
    if name == "auto" {
        return Some("istio");
    }
    let owners = parts.into_iter().filter(|part| !part.contains(['.', ':']));
    let known = owners.chain([last]).find_map(|part| THIRD_PARTY.iter().copied().find(|known| *known == part));
    // Whoever wrote it, an exporter of metrics watches a service and is none (items-2.md §0.6).
    known.or_else(|| last.ends_with("exporter").then_some("exporter"))
}

/// Whether the project publishes an image, under whose roof ever: it bears the project's whole name, Kubernetes publishes it
/// under that name, or it is a part of the project by its name, or under its owner's, and what builds the project names it.
pub fn is_published_here(facts: &Facts<'_>, image: &str) -> bool {
    let own = facts.own_name();
    let image = image.split('@').next().unwrap_or(image);
    let (folders, last) = image.rsplit_once('/').unwrap_or(("", image));
    let last = last.split(':').next().unwrap_or(last);
    let is_of_kubernetes = || {
        let (registry, project) = folders.rsplit_once('/').unwrap_or(("", folders));
        registry == "registry.k8s.io" && own.is_image(project)
    };
    let is_part = || last.match_indices('-').any(|(at, _)| own.is_image(&last[..at]));
    // `kiosk/kiosk-ingress` of `kiosk/kubernetes-ingress`; what bears no more than the owner's name is another work of theirs.
    let publisher = folders.rsplit('/').next().unwrap_or(folders);
    let shares_a_word = || last.split('-').any(|word| word != publisher && word.len() > 2 && own.is_word(word));
    let is_of_owner = || own.is_owner(publisher) && shares_a_word();
    own.is_image(image) || is_of_kubernetes() || (is_part() || is_of_owner()) && is_built_here(facts, folders, last)
}

/// The tag of an image that is a version.
pub fn version_of(image: &str) -> Option<&str> {
    let last = image.rsplit('/').next()?.split('@').next()?;
    let (_, tag) = last.split_once(':')?;
    tag.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit()).then_some(tag)
}

/// Whether an image that production runs is the work of another project: it bears no name of this one, nothing of the tree
/// builds it, and it has a version of its own beside the project's image.
pub fn is_of_another_project(facts: &Facts<'_>, image: &str, beside: &[String]) -> bool {
    const SAID: &[&str] = &["yaml", "yml", "tpl", "json", "md", "txt"];
    let own = facts.own_name();
    let plain =
        |image: &str| image.rsplit('/').next().and_then(|last| last.split([':', '@']).next()).map(str::to_owned);
    let (Some(version), Some(name)) = (version_of(image), plain(image)) else { return false };
    let is_part = |name: &str| {
        own.is_image(name)
            || name.match_indices('-').any(|(at, _)| own.is_image(&name[..at]) || own.is_image(&name[at + 1..]))
    };
    let mut versions = beside.iter().filter(|other| own.is_image(other)).filter_map(|other| version_of(other));
    if is_part(&name) || !versions.any(|other| other != version) {
        return false;
    }
    let is_source = |file: &File| {
        let is_said = file.name().rsplit_once('.').is_some_and(|(_, end)| SAID.contains(&end));
        !is_said && file.path.split('/').rev().skip(1).any(|part| part == name)
    };
    let names_it = |file: &File| is_recipe(file) && file.text().is_some_and(|source| source.text().contains(&name));
    !facts.tree.files().iter().any(|file| is_source(file) || names_it(file))
}

/// Whether a file says what is built: a workflow, or a recipe at the root.
fn is_recipe(file: &File) -> bool {
    file.path.starts_with(".github/workflows/")
        || matches!(&*file.path, "Makefile" | "justfile" | "Taskfile.yml" | ".goreleaser.yml" | ".goreleaser.yaml")
}

/// Whether a workflow or a recipe at the root names an image with its owner.
fn is_built_here(facts: &Facts<'_>, folders: &str, last: &str) -> bool {
    let owner = folders.rsplit('/').next().unwrap_or(folders);
    let name = format!("{owner}/{last}");
    let mut texts = facts.tree.files().iter().filter(|file| is_recipe(file)).filter_map(File::text);
    !owner.is_empty() && texts.any(|source| source.text().contains(&name))
}

/// What a service of the project is for, by the words of its name.
pub fn role_of_name(name: &str, listens: bool) -> Role {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(['-', '_', '.']).collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if any(&[
        "loadgen",
        "loadgenerator",
        "locust",
        "k6",
        "migrate",
        "migration",
        "migrations",
        "migrator",
        "seed",
        "seeder",
        "loadtest",
        "loadtester",
    ]) || ["load-generator", "load-test"].iter().any(|part| name.contains(part))
    {
        return Role::Job;
    }
    if !listens && any(&["worker", "workers", "consumer", "scheduler", "cron", "celery", "sidekiq", "job", "jobs"]) {
        return Role::Worker;
    }
    Role::Serving
}

/// The user that an image starts as where nothing else is said; `None` where its name does not tell.
pub(super) fn user_of_base(base: &str) -> Option<&'static str> {
    let name = base.split('@').next().unwrap_or(base).to_lowercase();
    if name.is_empty() || name.contains('$') {
        return None;
    }
    let (path, tag) = match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, tag),
        _ => (name.as_str(), ""),
    };
    let words: Vec<&str> = tag.split(['-', '_']).collect();
    let path = path.strip_prefix("docker.io/").or_else(|| path.strip_prefix("index.docker.io/")).unwrap_or(path);
    let begins = |list: &[&str]| list.iter().any(|start| path.starts_with(start));
    // Distroless, Docker's hardened images and others say it in the tag; .NET's chiseled ones have a user of their own.
    if words.iter().any(|word| matches!(*word, "nonroot" | "rootless" | "unprivileged" | "chiseled")) {
        return Some("nonroot");
    }
    if begins(&["cgr.dev/chainguard/", "cgr.dev/chainguard-private/", "chainguard/", "dhi.io/"])
        || begins(&["bitnami/", "bitnamilegacy/", "public.ecr.aws/bitnami/", "registry.bitnami.com/"])
        || path.ends_with("-unprivileged")
        || path.ends_with("-nonroot")
    {
        return Some("nonroot");
    }
    let is_official = !path.contains('/') || begins(&["library/", "public.ecr.aws/docker/library/"]);
    let known = begins(&["gcr.io/distroless/", "mcr.microsoft.com/dotnet/", "ghcr.io/astral-sh/"]);
    (is_official || known).then_some("root")
}
