//! Parcels: booked by senders, carried by carriers.

use crate::App;
use crate::auth::{Permission, Role, User};
use crate::error::Error;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::Validate;

/// A parcel, as its sender sees it.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Parcel {
    /// Its number.
    pub id: Uuid,
    /// Whose it is.
    pub sender: Uuid,
    /// Its weight in grams.
    pub grams: i32,
    /// The last thing that happened to it.
    pub status: String,
    /// When it was booked.
    pub booked_at: DateTime<Utc>,
}

/// What is asked for a new parcel.
#[derive(Deserialize, Validate)]
pub struct Booking {
    #[validate(range(min = 1, max = 31500))]
    grams: i32,
    #[validate(length(min = 1, max = 200))]
    recipient: String,
    #[validate(email)]
    recipient_email: String,
}

/// Something that happened to a parcel.
#[derive(Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct Event {
    /// What happened.
    pub status: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a carrier reports.
#[derive(Deserialize, Validate)]
pub struct Report {
    #[validate(length(min = 1, max = 40))]
    status: String,
}

/// Books a parcel with a carrier.
#[tracing::instrument(skip_all)]
pub async fn book(
    State(app): State<App>,
    user: User,
    Json(booking): Json<Booking>,
) -> Result<(StatusCode, Json<Parcel>), Error> {
    user.require_permission(&app, Permission::BookParcel).await?;
    booking.validate().map_err(|error| Error::Invalid(error.to_string()))?;
    let carrier = &app.settings.carrier;
    let label: serde_json::Value = reqwest::Client::new()
        .post(format!("{}/labels", carrier.base_url))
        .timeout(std::time::Duration::from_secs(carrier.timeout_seconds))
        .bearer_auth(carrier.api_key.expose_secret())
        .json(&serde_json::json!({ "grams": booking.grams }))
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(anyhow::Error::from)?
        .json()
        .await
        .map_err(anyhow::Error::from)?;
    let parcel: Parcel = sqlx::query_as(
        "INSERT INTO parcels (id, sender, grams, recipient, recipient_email, label) VALUES ($1, $2, $3, $4, $5, $6) \
         RETURNING id, sender, grams, status, booked_at",
    )
    .bind(Uuid::now_v7())
    .bind(user.id)
    .bind(booking.grams)
    .bind(app.cipher.encrypt_field(&booking.recipient)?)
    .bind(app.cipher.encrypt_field(&booking.recipient_email)?)
    .bind(label["number"].as_str())
    .fetch_one(&app.pool)
    .await?;
    Ok((StatusCode::CREATED, Json(parcel)))
}

/// The newest parcels of whoever asks.
pub async fn list(State(app): State<App>, user: User) -> Result<Json<Vec<Parcel>>, Error> {
    user.require_permission(&app, Permission::ReadOwnParcels).await?;
    let parcels = sqlx::query_as(
        "SELECT id, sender, grams, status, booked_at FROM parcels WHERE sender = $1 ORDER BY booked_at DESC LIMIT 100",
    )
    .bind(user.id)
    .fetch_all(&app.pool)
    .await?;
    Ok(Json(parcels))
}

/// One parcel.
pub async fn show(State(app): State<App>, user: User, Path(id): Path<Uuid>) -> Result<Json<Parcel>, Error> {
    user.require_permission(&app, Permission::ReadOwnParcels).await?;
    let parcel = match app.cache.get(id).await {
        Some(parcel) => parcel,
        None => {
            let parcel: Parcel =
                sqlx::query_as("SELECT id, sender, grams, status, booked_at FROM parcels WHERE id = $1")
                    .bind(id)
                    .fetch_one(&app.pool)
                    .await?;
            app.cache.put(&parcel).await;
            parcel
        }
    };
    if parcel.sender != user.id {
        user.require_permission(&app, Permission::ReadAllParcels).await?;
    }
    Ok(Json(parcel))
}

/// Cancels a parcel that nobody has picked up.
pub async fn cancel(State(app): State<App>, user: User, Path(id): Path<Uuid>) -> Result<StatusCode, Error> {
    user.require_permission(&app, Permission::BookParcel).await?;
    let done = sqlx::query("DELETE FROM parcels WHERE id = $1 AND sender = $2 AND status = 'booked'")
        .bind(id)
        .bind(user.id)
        .execute(&app.pool)
        .await?;
    app.cache.forget(id).await;
    if done.rows_affected() == 1 { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

/// What happened to a parcel.
pub async fn events(State(app): State<App>, user: User, Path(id): Path<Uuid>) -> Result<Json<Vec<Event>>, Error> {
    show(State(app.clone()), user, Path(id)).await?;
    let events = sqlx::query_as("SELECT status, at FROM events WHERE parcel = $1 ORDER BY at")
        .bind(id)
        .fetch_all(&app.pool)
        .await?;
    Ok(Json(events))
}

/// Says where a parcel is.
pub async fn add_event(
    State(app): State<App>,
    user: User,
    Path(id): Path<Uuid>,
    Json(report): Json<Report>,
) -> Result<StatusCode, Error> {
    user.require_role(Role::Carrier)?;
    report.validate().map_err(|error| Error::Invalid(error.to_string()))?;
    let mut both = app.pool.begin().await?;
    sqlx::query("INSERT INTO events (parcel, status) VALUES ($1, $2)")
        .bind(id)
        .bind(&report.status)
        .execute(&mut *both)
        .await?;
    sqlx::query("UPDATE parcels SET status = $2 WHERE id = $1").bind(id).bind(&report.status).execute(&mut *both).await?;
    both.commit().await?;
    app.cache.forget(id).await;
    Ok(StatusCode::CREATED)
}
