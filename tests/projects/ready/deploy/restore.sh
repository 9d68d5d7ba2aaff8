#!/usr/bin/env bash
# Restores a database to the newest moment that its log reaches: restore.sh SOURCE TARGET
set -euo pipefail

aws rds restore-db-instance-to-point-in-time \
  --source-db-instance-identifier "$1" \
  --target-db-instance-identifier "$2" \
  --use-latest-restorable-time \
  --db-subnet-group-name parcel
aws rds wait db-instance-available --db-instance-identifier "$2"
