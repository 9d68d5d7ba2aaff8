//! Who is asking, and what they may do: a password with a second factor, then short access tokens and refresh tokens.

use crate::error::Error;
use crate::{App, audit};
use anyhow::Context as _;
use argon2::{Argon2, PasswordHash, PasswordVerifier};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use chrono::{Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use totp_rs::TOTP;
use uuid::Uuid;

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "role", rename_all = "lowercase")]
pub enum Role {
    /// Sends parcels.
    Sender,
    /// Reports where parcels are.
    Carrier,
    /// Helps senders.
    Support,
}

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Book a parcel, and cancel it.
    BookParcel,
    /// See one's own parcels.
    ReadOwnParcels,
    /// See everybody's parcels.
    ReadAllParcels,
    /// Say where a parcel is.
    AddEvent,
}

impl Role {
    fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Sender => &[Permission::BookParcel, Permission::ReadOwnParcels],
            Self::Carrier => &[Permission::AddEvent],
            Self::Support => &[Permission::ReadOwnParcels, Permission::ReadAllParcels],
        }
    }

    /// Whether a role may do something.
    pub fn has_permission(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    role: Role,
    aud: String,
    exp: i64,
}

/// Whoever makes the request.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The account.
    pub id: Uuid,
    /// What it is.
    pub role: Role,
}

impl User {
    /// Goes on only with a role that may do this; what is refused is recorded.
    pub async fn require_permission(&self, app: &App, permission: Permission) -> Result<(), Error> {
        if self.role.has_permission(permission) {
            return Ok(());
        }
        audit::record(app, self.id, "refused", &format!("{permission:?}")).await?;
        Err(Error::Forbidden)
    }

    /// Goes on only with this role.
    pub fn require_role(&self, role: Role) -> Result<(), Error> {
        if self.role == role { Ok(()) } else { Err(Error::Forbidden) }
    }
}

impl FromRequestParts<App> for User {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Error::Unauthorized)?;
        let key = DecodingKey::from_ed_pem(app.settings.auth.jwt_public_key.expose_secret().as_bytes())
            .context("the public key of tokens")?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["parcel"]);
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| Error::Unauthorized)?.claims;
        Ok(Self { id: claims.sub, role: claims.role })
    }
}

/// What a user signs in with.
#[derive(Deserialize)]
pub struct Login {
    email: String,
    password: SecretString,
    code: String,
}

/// What they get for it.
#[derive(Serialize)]
pub struct Tokens {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
}

#[derive(sqlx::FromRow)]
struct Account {
    id: Uuid,
    role: Role,
    password_hash: String,
    totp_secret: Vec<u8>,
}

/// Signs in with the password and the code of the second factor; neither is enough.
#[tracing::instrument(skip_all)]
pub async fn login(State(app): State<App>, Json(login): Json<Login>) -> Result<Json<Tokens>, Error> {
    let account: Account =
        sqlx::query_as("SELECT id, role, password_hash, totp_secret FROM users WHERE email_digest = $1")
            .bind(app.cipher.digest(&login.email))
            .fetch_optional(&app.pool)
            .await?
            .ok_or(Error::Unauthorized)?;
    let hash = PasswordHash::new(&account.password_hash).map_err(|error| anyhow::anyhow!("{error}"))?;
    let password = login.password.expose_secret().as_bytes();
    let knows = Argon2::default().verify_password(password, &hash).is_ok();
    let secret = app.cipher.open(&account.totp_secret)?;
    let totp = TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, secret).context("the secret of the second factor")?;
    let holds = totp.check_current(&login.code).unwrap_or(false);
    if !(knows && holds) {
        audit::record(&app, account.id, "login", "failed").await?;
        axum_prometheus::metrics::counter!("parcel_login_failures_total").increment(1);
        return Err(Error::Unauthorized);
    }
    audit::record(&app, account.id, "login", "passed").await?;
    Ok(Json(issue(&app, account.id, account.role).await?))
}

/// What a client renews its tokens with.
#[derive(Deserialize)]
pub struct Refresh {
    refresh_token: SecretString,
}

/// Gives new tokens for a refresh token, which is used up by it.
#[tracing::instrument(skip_all)]
pub async fn refresh(State(app): State<App>, Json(refresh): Json<Refresh>) -> Result<Json<Tokens>, Error> {
    let used: Option<(Uuid, Role)> = sqlx::query_as(
        "DELETE FROM refresh_tokens USING users WHERE refresh_tokens.user_id = users.id \
         AND token_digest = $1 AND expires_at > now() RETURNING users.id, users.role",
    )
    .bind(app.cipher.digest(refresh.refresh_token.expose_secret()))
    .fetch_optional(&app.pool)
    .await?;
    let (id, role) = used.ok_or(Error::Unauthorized)?;
    Ok(Json(issue(&app, id, role).await?))
}

async fn issue(app: &App, id: Uuid, role: Role) -> Result<Tokens, Error> {
    let auth = &app.settings.auth;
    let lifetime = Duration::seconds(auth.access_token_ttl_seconds as i64);
    let claims = Claims { sub: id, role, aud: "parcel".into(), exp: (Utc::now() + lifetime).timestamp() };
    let key = EncodingKey::from_ed_pem(auth.jwt_signing_key.expose_secret().as_bytes()).context("the signing key")?;
    let access_token =
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key).context("the token cannot be signed")?;
    let refresh_token = Alphanumeric.sample_string(&mut rand::rng(), 48);
    sqlx::query("INSERT INTO refresh_tokens (token_digest, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(app.cipher.digest(&refresh_token))
        .bind(id)
        .bind(Utc::now() + Duration::days(i64::from(auth.refresh_days)))
        .execute(&app.pool)
        .await?;
    Ok(Tokens { access_token, refresh_token, expires_in: auth.access_token_ttl_seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_sees_no_parcels_of_others() {
        assert!(Role::Sender.has_permission(Permission::ReadOwnParcels));
        assert!(!Role::Sender.has_permission(Permission::ReadAllParcels));
    }

    #[test]
    fn only_a_carrier_says_where_a_parcel_is() {
        assert!(Role::Carrier.has_permission(Permission::AddEvent));
        assert!(!Role::Support.has_permission(Permission::AddEvent));
    }
}
