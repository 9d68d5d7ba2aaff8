//! Starts the service: settings, telemetry, database, cache, and the listener for TLS.

use anyhow::Context as _;
use axum_server::tls_rustls::RustlsConfig;
use parcel::{App, settings::Settings, telemetry};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::load().context("the settings cannot be used")?;
    let _errors = telemetry::report_errors(&settings);
    telemetry::init(&settings)?;

    let address = SocketAddr::from(([0, 0, 0, 0], settings.server.port));
    let tls = RustlsConfig::from_pem_file(&settings.server.tls.cert_path, &settings.server.tls.key_path)
        .await
        .context("the certificate cannot be read")?;
    let app = App::start(settings).await?;

    let handle = axum_server::Handle::new();
    tokio::spawn(stop_on_signal(handle.clone()));
    tracing::warn!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
    axum_server::bind_rustls(address, tls)
        .handle(handle)
        .serve(parcel::routes::router(app).into_make_service_with_connect_info::<SocketAddr>())
        .await?;
    Ok(())
}

/// Lets requests that are under way finish, for as long as the pod is given.
async fn stop_on_signal(handle: axum_server::Handle) {
    let mut terminate = signal(SignalKind::terminate()).expect("a handler for SIGTERM");
    terminate.recv().await;
    handle.graceful_shutdown(Some(Duration::from_secs(20)));
}
