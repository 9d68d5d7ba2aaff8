//! Dockerfiles, compose files and platform specs as facts.

mod images;
mod specs;
