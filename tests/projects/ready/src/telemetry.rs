//! Logs as JSON, spans over OTLP, errors to Sentry.

use crate::settings::{LogLevel, Settings};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use secrecy::ExposeSecret;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Sends errors and panics to Sentry for as long as the guard lives; who is concerned stays here.
pub fn report_errors(settings: &Settings) -> sentry::ClientInitGuard {
    sentry::init((
        settings.sentry_dsn.expose_secret(),
        sentry::ClientOptions { release: sentry::release_name!(), send_default_pii: false, ..Default::default() },
    ))
}

/// Starts logs and spans.
pub fn init(settings: &Settings) -> anyhow::Result<()> {
    let exporter =
        SpanExporter::builder().with_tonic().with_endpoint(&settings.otel_exporter_otlp_endpoint).build()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    let level = match settings.log_level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Error => LevelFilter::ERROR,
    };
    tracing_subscriber::registry()
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("parcel")))
        .with(sentry::integrations::tracing::layer())
        .with(tracing_subscriber::fmt::layer().json().with_filter(level))
        .init();
    Ok(())
}
