//! Backups that the cloud makes beside a store's own: plans of AWS Backup, copies in another region.

use super::super::Property::{Encryption, Frequency, Location, Pitr, Retention};
use super::super::reading::Fixed::{Seconds, Silent};
use super::super::reading::Read::{Days, On};
use super::super::reading::aws_gap;
use super::super::{Backup, Said};
use super::kinds::FIVE_MINUTES;
use super::said;
use crate::evidence::Observed;
use crate::facts::Facts;
use crate::facts::infra::written;
use crate::facts::kubernetes::path::Path;
use crate::quantity::Quantity;

/// Plans of AWS Backup, where a selection gives them something to save.
pub(super) fn plans(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    let infra = facts.infra();
    if infra.of_kind("aws_backup_selection").next().is_none() {
        return;
    }
    for plan in infra.of_kind("aws_backup_plan") {
        let mut said_here = Vec::new();
        for setting in plan.settings(&Path::parse("rule.schedule")) {
            let gap = setting.text().and_then(|text| aws_gap(&text));
            let value = gap.map(|gap| Observed::Quantity(Quantity::seconds(gap)));
            let message = format!("{} in {}", setting.text().unwrap_or_default(), plan.title());
            said_here.extend(value.map(|value| Said::new(Frequency, setting.place.clone(), message, value)));
        }
        for (property, path, read) in [
            (Retention, "rule.lifecycle.delete_after", Days),
            (Pitr, "rule.enable_continuous_backup", On(Seconds(FIVE_MINUTES), Silent)),
        ] {
            for setting in plan.settings(&Path::parse(path)) {
                said_here.extend(said(plan, property, &setting, read));
            }
        }
        for setting in plan.settings(&Path::parse("rule.copy_action.destination_vault_arn")) {
            let raw = written(&setting.value).unwrap_or_default();
            let message = format!("copies to {raw} in {}", plan.title());
            let value =
                if far(facts, &raw) { Observed::Word("multiple_regions".to_owned()) } else { Observed::Opaque(raw) };
            said_here.push(Said::new(Location, setting.place.clone(), message, value));
        }
        if infra.of_kind("aws_backup_vault").any(|vault| vault.setting("kms_key_arn").is_some()) {
            said_here.push(Said::new(
                Encryption,
                plan.place(),
                format!("a vault with a key for {}", plan.title()),
                Observed::Word("aws:kms".to_owned()),
            ));
        }
        backups.push(Backup::new(&[], said_here));
    }
}

/// Backups of RDS and their log in another region: AWS takes no other destination.
pub(super) fn copies(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    for copy in facts.infra().of_kind("aws_db_instance_automated_backups_replication") {
        let message = format!("backups are copied to another region by {}", copy.title());
        let value = Observed::Word("multiple_regions".to_owned());
        backups.push(Backup::new(&[], vec![Said::new(Location, copy.place(), message, value)]));
    }
}

/// Whether a vault is declared for another region: by a provider of its own.
fn far(facts: &Facts<'_>, raw: &str) -> bool {
    facts.infra().of_kind("aws_backup_vault").any(|vault| {
        let name = vault.name.rsplit('.').next().unwrap_or(&vault.name);
        raw.contains(&format!("aws_backup_vault.{name}"))
            && (vault.setting("provider").is_some() || vault.setting("region").is_some())
    })
}
