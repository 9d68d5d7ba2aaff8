//! Which path leads where.

use crate::{App, auth, parcels};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use std::time::Duration;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::SmartIpKeyExtractor;

/// The whole interface, a limit for each client before all of it.
pub fn router(app: App) -> Router {
    let (prometheus, metrics) = axum_prometheus::PrometheusMetricLayer::pair();
    let between = Duration::from_secs(60) / app.settings.server.requests_per_minute;
    let limits = GovernorConfigBuilder::default()
        .key_extractor(SmartIpKeyExtractor)
        .period(between)
        .burst_size(50)
        .finish()
        .expect("a limit above zero");
    Router::new()
        .route("/v1/auth/login", post(auth::login))
        .route("/v1/auth/refresh", post(auth::refresh))
        .route("/v1/parcels", post(parcels::book).get(parcels::list))
        .route("/v1/parcels/{id}", get(parcels::show).delete(parcels::cancel))
        .route("/v1/parcels/{id}/events", get(parcels::events).post(parcels::add_event))
        .layer(GovernorLayer::new(limits))
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(|| async move { metrics.render() }))
        .layer(prometheus)
        .with_state(app)
}

/// The process answers.
async fn live() -> StatusCode {
    StatusCode::OK
}

/// The database and the cache answer too.
async fn ready(State(app): State<App>) -> StatusCode {
    let database = sqlx::query_scalar::<_, i32>("SELECT 1").fetch_one(&app.pool).await.is_ok();
    let cache = app.cache.ping().await.is_ok();
    if database && cache { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
