#!/bin/sh
# kubectl rollout undo deployment/shop
# pg_restore --dbname=shop backup.dump
echo "deploying, monitoring, alerting, backing up"
