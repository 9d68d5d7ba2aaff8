//! Names of channels, in whatever way configurations spell them.

/// Channels that call a person by the rules that each person keeps in the tool itself.
pub const PAGERS: &[&str] = &[
    "pagerduty",
    "opsgenie",
    "splunk_on_call",
    "grafana_oncall",
    "incident_io",
    "ilert",
    "squadcast",
    "better_stack",
    "zenduty",
    "signl4",
    "rootly",
    "firehydrant",
];

/// Channels that pass an alert on to something else, which the configuration does not name.
pub const FORWARDERS: &[&str] = &["webhook", "sns", "kafka", "function", "queue"];

/// What somebody else watches for the absence of a message: no person is told anything.
pub const HEARTBEAT: &str = "heartbeat";

/// The integrations of Alertmanager and of Grafana, without `_configs`, in small letters without `_` and `-`.
#[rustfmt::skip]
const INTEGRATIONS: &[(&str, &str)] = &[
    ("pagerduty", "pagerduty"), ("slack", "slack"), ("email", "email"), ("webhook", "webhook"), ("sns", "sns"),
    ("opsgenie", "opsgenie"), ("victorops", "splunk_on_call"), ("incidentio", "incident_io"), ("oncall", "grafana_oncall"),
    ("discord", "discord"), ("msteams", "teams"), ("msteamsv2", "teams"), ("teams", "teams"), ("telegram", "telegram"),
    ("mattermost", "mattermost"), ("rocketchat", "rocketchat"), ("googlechat", "google_chat"), ("webex", "webex"),
    ("pushover", "pushover"), ("wechat", "wechat"), ("wecom", "wecom"), ("jira", "jira"), ("line", "line"),
    ("dingding", "dingding"), ("threema", "threema"), ("kafka", "kafka"), ("sensugo", "sensu"), ("zulip", "zulip"),
    ("prometheusalertmanager", "alertmanager"), ("signl4", "signl4"), ("mqtt", "mqtt"), ("ilert", "ilert"),
];

/// Parts of addresses that say whose they are; the first that fits.
#[rustfmt::skip]
const ADDRESSES: &[(&str, &str)] = &[
    ("events.pagerduty.com", "pagerduty"), ("events.eu.pagerduty.com", "pagerduty"), ("pagerduty.com", "pagerduty"),
    ("nosnch.in", HEARTBEAT), ("hc-ping.com", HEARTBEAT), ("healthchecks.io", HEARTBEAT), ("deadmanssnitch", HEARTBEAT),
    ("/heartbeat", HEARTBEAT), ("heartbeat.uptimerobot.com", HEARTBEAT), ("cronitor.link", HEARTBEAT), ("/api/push/", HEARTBEAT),
    ("hooks.slack.com", "slack"), ("slack.com/api", "slack"), ("hooks.slack-gov.com", "slack"),
    ("opsgenie.com", "opsgenie"), ("alert.victorops.com", "splunk_on_call"), ("api.incident.io", "incident_io"),
    ("api.ilert.com", "ilert"), ("squadcast.com", "squadcast"), ("betterstack.com", "better_stack"), ("betteruptime.com", "better_stack"),
    ("zenduty.com", "zenduty"), ("connect.signl4.com", "signl4"), ("rootly.com", "rootly"), ("firehydrant.io", "firehydrant"),
    ("/integrations/v1/", "grafana_oncall"), ("twilio", "sms"), ("sms-gateway", "sms"), ("sachet", "sms"),
    ("discord", "discord"), ("office.com", "teams"), ("msteams", "teams"), ("logic.azure.com", "teams"),
    ("api.telegram.org", "telegram"), ("telegram", "telegram"), ("chat.googleapis.com", "google_chat"), ("mattermost", "mattermost"),
    ("rocketchat", "rocketchat"), ("rocket.chat", "rocketchat"), ("zulip", "zulip"), ("ntfy", "ntfy"), ("gotify", "gotify"),
    ("matrix", "matrix"), ("dingtalk", "dingding"), ("feishu", "feishu"), ("wechat", "wechat"), ("karma", "dashboard"),
    ("chatbot.amazonaws.com", "chatbot"),
];

/// The channel of an integration as Alertmanager's keys (`pagerduty_configs`, `pagerdutyConfigs`) or Grafana's types
/// (`prometheus-alertmanager`) name it.
pub fn of_integration(name: &str) -> Option<&'static str> {
    let mut plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    plain.make_ascii_lowercase();
    let plain = plain.strip_suffix("configs").unwrap_or(&plain);
    INTEGRATIONS.iter().find(|(word, _)| *word == plain).map(|(_, channel)| *channel)
}

/// The channel that an address belongs to; `webhook` when it does not say.
pub fn of_address(address: &str) -> &'static str {
    let address = address.to_ascii_lowercase();
    ADDRESSES.iter().find(|(part, _)| address.contains(part)).map_or("webhook", |(_, channel)| *channel)
}

/// The chat or pager that takes mail at an address, as its host or the name of what holds it says:
/// `ops@acme.pagerduty.com`, `data.azurerm_key_vault_secret.slack_notify_email`.
pub fn of_mailbox(address: &str) -> Option<&'static str> {
    const TAKERS: &[(&str, &str)] = &[
        ("slack", "slack"),
        ("pagerduty", "pagerduty"),
        ("opsgenie", "opsgenie"),
        ("victorops", "splunk_on_call"),
        ("squadcast", "squadcast"),
        ("zenduty", "zenduty"),
    ];
    let lower = address.to_ascii_lowercase();
    let said = lower.rsplit_once('@').map_or(lower.as_str(), |(_, host)| host);
    let mut words = said.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.find_map(|word| TAKERS.iter().find(|(taker, _)| *taker == word).map(|(_, channel)| *channel))
}

/// Whether an address leads to this very machine: `http://127.0.0.1:5001/`.
pub fn is_loopback(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].iter().any(|own| host.starts_with(own))
}

/// Why a hook reaches nobody: it leads to this machine, or only stands for an address.
pub fn nowhere(address: &str) -> Option<String> {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', ':', '?']).next().unwrap_or(host);
    let is_example = host.starts_with("example.") || host.contains(".example.");
    if is_loopback(address) {
        Some(format!("{address} is this very machine"))
    } else {
        is_example.then(|| format!("{address} only stands for an address"))
    }
}

/// Why a mail address reaches nobody: it only stands for one.
pub fn no_mailbox(address: &str) -> Option<String> {
    let address = address.trim().trim_matches(['<', '>']).to_ascii_lowercase();
    let (person, domain) = address.rsplit_once('@')?;
    let is_hole = domain.starts_with("example.")
        || domain.contains(".example.")
        || [".test", ".invalid", ".localhost"].iter().any(|end| domain.ends_with(end))
        || ["localhost", "email.com", "domain.com", "company.com", "yourdomain.com", "mail.com", "test.com"]
            .contains(&domain)
        || domain.starts_with("your")
        || ["test", "you", "example", "changeme", "someone", "your-email", "your_email"].contains(&person);
    is_hole.then(|| format!("{address} only stands for an address"))
}
