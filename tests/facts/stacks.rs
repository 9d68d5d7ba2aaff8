//! Stacks of `CloudFormation` and programs of Pulumi, by the names that Terraform has for the same things.

use super::infra::{text, with};

#[test]
fn cloudformation_speaks_by_terraforms_names() {
    let template = r#"
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Days: {Type: Number, Default: 14}
  Environment: {Type: String, Default: dev}
  Given: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
  Off: !Equals [a, b]
  Open: !Equals [!Ref Given, x]
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Condition: IsProd
    Properties:
      BackupRetentionPeriod: !Ref Days
      MultiAZ: !If [IsProd, true, false]
      KmsKeyId: !GetAtt Key.Arn
      DBName: !Sub "shop-${Days}"
      Engine: !Ref AWS::NoValue
  Old: {Type: AWS::S3::Bucket, Condition: Off}
  Perhaps: {Type: AWS::SNS::Topic, Condition: Open}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
  Unknown: {Type: "Custom::Thing"}
"#;
    with(&[("infra/template.yaml", template)], |view| {
        assert_eq!(view.blind, []);
        let db = view.of_kind("aws_db_instance").next().expect("it");
        assert!(db.is_kind("AWS::RDS::DBInstance"));
        for (path, expected) in [
            ("backup_retention_period", "14"),
            ("multi_az", "true"),
            ("kms_key_id", "?GetAtt Key.Arn"),
            ("db_name", "shop-14"),
            ("engine", ""),
            ("storage_encrypted", "false"),
        ] {
            assert_eq!(text(db, path), expected, "{path}");
        }
        let place = db.setting("backup_retention_period").expect("it").place.span.expect("a span");
        assert_eq!(&template[place.range()], "BackupRetentionPeriod: !Ref Days");
        let group = view.of_kind("aws_security_group").next().expect("it");
        assert_eq!(
            (text(group, "ingress.cidr_blocks"), text(group, "ingress.from_port")),
            ("0.0.0.0/0".into(), "22".into())
        );
        assert_eq!(view.of_kind("aws_s3_bucket").count(), 0);
        assert_eq!(view.unread(&["aws_sns_topic"]).len(), 1);
    });
    let json = r#"{"Resources": {"B": {"Type": "AWS::DynamoDB::Table", "Properties": {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}}}}}"#;
    with(&[("stack.json", json)], |view| {
        let table = view.of_kind("aws_dynamodb_table").next().expect("it");
        assert_eq!(text(table, "point_in_time_recovery.enabled"), "true");
    });
    with(&[("examples/stack.json", json)], |view| assert_eq!(view.production().count(), 0));
}

#[test]
fn pulumi_speaks_by_terraforms_names() {
    let program = r"
name: shop
runtime: yaml
config:
  days: {type: integer, default: 3}
resources:
  db:
    type: aws:rds/instance:Instance
    properties:
      backupRetentionPeriod: ${days}
      kmsKeyId: ${key.arn}
      storageEncrypted: true
  sql:
    type: gcp:sql:DatabaseInstance
    properties:
      settings: {backupConfiguration: {enabled: true}}
";
    let prod = ("Pulumi.prod.yaml", "config:\n  shop:days: 9\n");
    with(&[("Pulumi.yaml", program), prod], |view| {
        let db = view.of_kind("aws_db_instance").next().expect("it");
        assert_eq!((text(db, "backup_retention_period"), text(db, "kms_key_id")), ("9".into(), "?${key.arn}".into()));
        let sql = view.of_kind("google_sql_database_instance").next().expect("it");
        assert_eq!(text(sql, "settings.backup_configuration.enabled"), "true");
    });
    with(&[("Pulumi.yaml", "name: x\nruntime: nodejs\n")], |view| {
        assert_eq!(view.unread(&["aws_db_instance"]).len(), 1);
    });
}
