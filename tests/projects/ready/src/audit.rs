//! Who did what, and when: rows that the service can add and never change.

use crate::App;
use crate::error::Error;
use uuid::Uuid;

/// Writes one entry of the audit log.
pub async fn record(app: &App, actor: Uuid, action: &str, detail: &str) -> Result<(), Error> {
    sqlx::query("INSERT INTO audit_log (actor, action, detail) VALUES ($1, $2, $3)")
        .bind(actor)
        .bind(action)
        .bind(detail)
        .execute(&app.pool)
        .await?;
    Ok(())
}
