//! Charts of others, by their names: what they may make where they are installed from elsewhere.

use super::Unread;
use crate::evidence::Place;

/// Charts of others that keep data and nothing else: what they make is never the project's own.
const STORES: &[&str] = &[
    "postgresql",
    "postgresql-ha",
    "mysql",
    "mariadb",
    "mariadb-galera",
    "mongodb",
    "mongodb-sharded",
    "redis",
    "redis-cluster",
    "redis-ha",
    "valkey",
    "dragonfly",
    "memcached",
    "rabbitmq",
    "kafka",
    "zookeeper",
    "nats",
    "cassandra",
    "elasticsearch",
    "opensearch",
    "clickhouse",
    "cockroachdb",
    "etcd",
    "minio",
    "influxdb",
    "neo4j",
];
/// Charts of others that add one thing to a cluster, and the kinds that they may make for what the project asks of it.
const ADDONS: &[(&[&str], &str)] = &[
    (&["cert-manager"], "Certificate Issuer ClusterIssuer"),
    (&["metrics-server"], "APIService"),
    (&["external-dns"], "DNSEndpoint"),
    (&["sealed-secrets"], "SealedSecret"),
    (&["external-secrets"], "ExternalSecret SecretStore ClusterSecretStore"),
    (&["reloader", "descheduler", "cluster-autoscaler"], "ClusterRole"),
    (
        &["ingress-nginx", "nginx-ingress", "traefik", "kong", "contour", "haproxy-ingress"],
        "Ingress IngressClass Gateway HTTPRoute Service",
    ),
    (
        &[
            "loki",
            "loki-stack",
            "loki-distributed",
            "promtail",
            "fluent-bit",
            "fluentd",
            "vector",
            "filebeat",
            "k8s-event-logger",
        ],
        "DaemonSet Deployment StatefulSet ConfigMap ServiceMonitor PrometheusRule",
    ),
];

/// What the chart of a name hides, where it stands elsewhere: anything, unless it is known what it is.
pub(super) fn unseen(name: &str, place: &Place, why: String) -> Option<Unread> {
    // `common` is a library of named templates: what it does not print is hidden where it is called.
    if STORES.contains(&name) || name == "common" {
        return None;
    }
    let known = ADDONS.iter().find(|(names, _)| names.contains(&name)).map_or("", |(_, kinds)| kinds);
    Some(Unread { place: place.clone(), why, text: known.to_owned() })
}
