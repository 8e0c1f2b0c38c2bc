//! `probe` against registries that work and registries that do not, on this computer.

mod broken;
mod cases;
mod good;
pub(crate) mod host;
mod preview;
mod program;
mod wire;
