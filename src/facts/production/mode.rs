//! The variables in which a program is told what it runs for.

/// Names of such variables.
const MODES: &[&str] = &[
    "APP_ENV",
    "APP_ENVIRONMENT",
    "ASPNETCORE_ENVIRONMENT",
    "DJANGO_ENV",
    "DOTNET_ENVIRONMENT",
    "FLASK_ENV",
    "GIN_MODE",
    "GO_ENV",
    "MIX_ENV",
    "NODE_ENV",
    "RACK_ENV",
    "RAILS_ENV",
    "RUN_ENV",
    "RUN_MODE",
    "SPRING_PROFILES_ACTIVE",
];

/// Whether a variable tells the program its mode: `NODE_ENV`, `APP_ENV`.
pub fn is_mode(name: &str) -> bool {
    MODES.contains(&name)
}
