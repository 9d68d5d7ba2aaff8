//! What a module that is not in the tree may declare, where its address names one service of AWS.

/// What stands in a module's name, and how the kinds begin that such a module declares.
const SERVICES: &[(&[&str], &[&str])] = &[
    (&["opensearch", "elasticsearch"], &["aws_opensearch", "aws_elasticsearch"]),
    (&["elasticache", "memcached", "valkey"], &["aws_elasticache", "aws_appautoscaling"]),
    (&["memory-db", "memorydb"], &["aws_memorydb"]),
    (&["msk", "kafka"], &["aws_msk", "aws_appautoscaling"]),
    (&["dynamodb"], &["aws_dynamodb", "aws_appautoscaling"]),
    (&["rds", "aurora"], &["aws_db", "aws_rds", "aws_appautoscaling"]),
    (&["documentdb", "docdb"], &["aws_docdb"]),
    (&["app-runner", "apprunner"], &["aws_apprunner"]),
    (&["mq-broker", "rabbitmq", "activemq"], &["aws_mq"]),
    (&["sqs"], &["aws_sqs"]),
    (&["sns"], &["aws_sns"]),
    (&["ecr"], &["aws_ecr"]),
    (&["efs"], &["aws_efs", "aws_backup"]),
];

/// How the kinds begin that modules of any service declare beside it.
const BESIDE: &[&str] = &[
    "aws_security_group",
    "aws_vpc_security_group",
    "aws_cloudwatch",
    "aws_iam",
    "aws_kms",
    "aws_route53",
    "aws_secretsmanager",
    "aws_ssm",
];

/// How the kinds begin that the modules of one service declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Service(&'static [&'static str]);

impl Service {
    /// The service that the address of a module names: `terraform-aws-modules/opensearch/aws`.
    pub(super) fn of_module(source: &str) -> Option<Self> {
        let address = source.split("//").next()?;
        let mut parts = address.rsplit('/');
        let (provider, name) = (parts.next()?, parts.next()?);
        let is_said = |word: &&str| format!("-{name}-").contains(&format!("-{word}-"));
        let (_, kinds) = SERVICES.iter().find(|(words, _)| words.iter().any(is_said))?;
        (provider == "aws").then_some(Self(kinds))
    }

    /// Whether a resource of a kind could be among what they declare.
    pub(super) fn may_hold(&self, kind: &str) -> bool {
        let kind = kind.trim_end_matches('*');
        self.0.iter().chain(BESIDE).any(|start| kind.starts_with(start) || start.starts_with(kind))
    }
}
